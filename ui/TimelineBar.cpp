// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TimelineBar.h"

#include "ThemeStyle.h"

#include <QPainter>

#include <algorithm>

namespace latchkey::ui {

namespace {

constexpr int barSpace = 26;
constexpr int lowestBar = 3;   // one token among thousands is still seen

} // namespace

TimelineBar::TimelineBar(const Theme& theme, Role role, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_role(role)
{
    setCheckable(true);
    setFont(Theme::captionFont());
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TimelineBar::setWords(const QString& label, const QString& sign, const QString& longText)
{
    setText(label);
    m_sign = sign;
    m_longText = longText;
    tell();
}

void TimelineBar::setCount(int count, const QString& words, double height)
{
    m_count = count;
    m_countWords = words;
    m_height = height;
    tell();
    update();
}

void TimelineBar::tell()
{
    setAccessibleName(m_longText);
    setAccessibleDescription(tr("%n token(s)", nullptr, m_count));
    setToolTip(tr("%1: %2", "when tokens end, how many").arg(m_longText, accessibleDescription()));
}

QSize TimelineBar::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 7, barSpace + 2 * fontMetrics().height() + 6};
}

QSize TimelineBar::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 3, sizeHint().height()};
}

void TimelineBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const int line = fontMetrics().height();
    const bool isNarrow = width() < fontMetrics().averageCharWidth() * 5;   // for all bars alike
    if (isChecked() || underMouse())
        drawRounded(painter, QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.color(isChecked() ? Role::selection : Role::hover), {});

    const QRect bars(2, line + 2, width() - 4, barSpace);
    const int barHeight = m_count == 0 ? 1 : std::max(lowestBar, static_cast<int>(m_height * barSpace));
    const int barWidth = std::clamp(width() - 10, 4, 28);
    const QRect bar(bars.center().x() - barWidth / 2 + 1, bars.bottom() + 1 - barHeight, barWidth, barHeight);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(m_count == 0 ? Role::hairline : m_role));
    painter.drawRoundedRect(bar, 2, 2);

    painter.setFont(font());
    const auto write = [&](const QString& text, int top, Role role) {
        painter.setPen(m_theme.color(role));
        // What does not fit says nothing half: bar, tool tip and screen reader still do.
        if (fontMetrics().horizontalAdvance(text) <= width())
            painter.drawText(QRect(0, top, width(), line), Qt::AlignCenter, text);
    };
    if (m_count > 0)
        write(m_countWords, bar.top() - line - 1, Role::text);
    write(isNarrow ? m_sign : text(), bars.bottom() + 3, isChecked() ? Role::accentText : Role::mutedText);
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawRounded(painter, QRectF(rect()), {}, m_theme.color(Role::accentText), 5, 2);
}

} // namespace latchkey::ui
