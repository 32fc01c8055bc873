// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TextField.h"

class QMenu;

namespace latchkey::ui {

class Theme;

/// Search as you type: an icon before the text, a button that clears it, Esc clears first and leaves then.
class SearchField final : public TextField {
    Q_OBJECT

public:
    explicit SearchField(const Theme& theme, QWidget* parent = nullptr);

    /// Opened by the icon before the text, and by Alt+Down.
    void setMenu(QMenu* menu, const QString& toolTip);

    QSize sizeHint() const override;

Q_SIGNALS:
    void left();   ///< Esc in an empty field, or Down or Enter: the focus belongs to the list.

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void openMenu();

    QAction* m_icon;
    QMenu* m_menu = nullptr;
};

} // namespace latchkey::ui
