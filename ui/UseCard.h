// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"
#include "TokenUse.h"

class QBoxLayout;

namespace latchkey::ui {

/// One application that takes a token: its name, and how; in two lines where one is too narrow.
class UseCard final : public Panel {
    Q_OBJECT

public:
    UseCard(const Theme& theme, const TokenUse& use, QWidget* parent = nullptr);

    /// `Service Auth · monitoring`, `Allow policy: never matches`.
    [[nodiscard]] static QString words(const TokenUse& use);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QBoxLayout* m_box;
    int m_oneLineWidth = 0;
};

} // namespace latchkey::ui
