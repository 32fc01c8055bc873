// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Panel.h"

#include "ThemeStyle.h"

#include <QPainter>

namespace latchkey::ui {

Panel::Panel(const Theme& theme, Role surface, Qt::Edges hairlines, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_surface(surface)
    , m_hairlines(hairlines)
{
}

void Panel::setCard(bool card)
{
    m_card = card;
    update();
}

void Panel::setSurface(Role surface)
{
    m_surface = surface;
    update();
}

void Panel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_card) {
        drawRounded(painter, QRectF(rect()), m_theme.color(m_surface), m_theme.color(Role::hairline));
        return;
    }
    painter.fillRect(rect(), m_theme.color(m_surface));
    const QColor line = m_theme.color(Role::hairline);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    if (m_hairlines.testFlag(Qt::TopEdge))
        painter.fillRect(QRect(0, 0, width(), 1), line);
    if (m_hairlines.testFlag(Qt::BottomEdge))
        painter.fillRect(QRect(0, height() - 1, width(), 1), line);
    if (m_hairlines.testFlag(mirrored ? Qt::RightEdge : Qt::LeftEdge))
        painter.fillRect(QRect(0, 0, 1, height()), line);
    if (m_hairlines.testFlag(mirrored ? Qt::LeftEdge : Qt::RightEdge))
        painter.fillRect(QRect(width() - 1, 0, 1, height()), line);
}

} // namespace latchkey::ui
