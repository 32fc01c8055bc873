// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BusyIndicator.h"

#include "Theme.h"

#include <QPainter>

#include <algorithm>

namespace latchkey::ui {

using namespace std::chrono_literals;

namespace {
constexpr int stepsPerTurn = 12;
}

BusyIndicator::BusyIndicator(const Theme& theme, int side, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setFixedSize(side, side);
    m_timer.setInterval(90ms);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_step = (m_step + 1) % stepsPerTurn;
        update();
    });
}

void BusyIndicator::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal width = std::max(2.0, rect().width() / 10.0);
    const QRectF circle = QRectF(rect()).adjusted(width, width, -width, -width);
    painter.setPen(QPen(m_theme.color(Role::hairline), width));
    painter.drawEllipse(circle);
    painter.setPen(QPen(m_theme.color(Role::accentText), width, Qt::SolidLine, Qt::RoundCap));
    painter.drawArc(circle, 90 * 16 - m_step * 360 * 16 / stepsPerTurn, -90 * 16);
}

void BusyIndicator::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (!m_theme.isMotionReduced())   // then it stands: the words beside it say what goes on
        m_timer.start();
}

void BusyIndicator::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

} // namespace latchkey::ui
