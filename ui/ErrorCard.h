// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"

namespace latchkey::ui {

class TextLabel;

/// Why something failed, beside what the person did. Hidden while there is nothing to say.
class ErrorCard final : public Panel {
    Q_OBJECT

public:
    explicit ErrorCard(const Theme& theme, QWidget* parent = nullptr);

    void setText(const QString& text);   ///< Read out by screen readers; empty hides it.

private:
    TextLabel* m_text;
};

} // namespace latchkey::ui
