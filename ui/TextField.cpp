// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TextField.h"

#include "Theme.h"

namespace latchkey::ui {

TextField::TextField(QWidget* parent)
    : QLineEdit(parent)
{
    setTextMargins(grid - 1, 0, grid - 1, 0);
}

void TextField::setInvalid(bool invalid)
{
    if (invalid == m_invalid)
        return;
    m_invalid = invalid;
    update();
}

} // namespace latchkey::ui
