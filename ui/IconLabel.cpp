// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "IconLabel.h"

#include <QPainter>

namespace latchkey::ui {

IconLabel::IconLabel(const Theme& theme, IconName icon, Role role, int side, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_icon(icon)
    , m_role(role)
{
    setFixedSize(side, side);
}

void IconLabel::setIcon(IconName icon, Role role)
{
    m_icon = icon;
    m_role = role;
    update();
}

void IconLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool mirrored = m_icon == IconName::arrow && layoutDirection() == Qt::RightToLeft;
    if (mirrored) {
        painter.translate(width(), 0);
        painter.scale(-1, 1);
    }
    painter.drawPixmap(0, 0, m_theme.pixmap(m_icon, m_role, width(), devicePixelRatioF()));
}

} // namespace latchkey::ui
