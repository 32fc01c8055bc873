// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TextField.h"

namespace latchkey::ui {

class Theme;

/// Search as you type: an icon before the text, a button that clears it, Esc clears first and leaves then.
class SearchField final : public TextField {
    Q_OBJECT

public:
    explicit SearchField(const Theme& theme, QWidget* parent = nullptr);

    QSize sizeHint() const override;

Q_SIGNALS:
    void left();   ///< Esc in an empty field, or Down or Enter: the focus belongs to the list.

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace latchkey::ui
