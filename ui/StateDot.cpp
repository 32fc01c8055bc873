// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StateDot.h"

#include <QPainter>

namespace latchkey::ui {

StateDot::StateDot(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setFixedSize(grid, grid);
}

void StateDot::setRole(Role role)
{
    m_role = role;
    update();
}

void StateDot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(m_role));
    painter.drawEllipse(rect());
}

} // namespace latchkey::ui
