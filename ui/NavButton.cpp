// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "NavButton.h"

#include "Theme.h"
#include "ThemeStyle.h"

#include <QPainter>
#include <QStyle>

namespace latchkey::ui {

namespace {
constexpr int itemIconSide = 16;
constexpr int padding = 10;
}

NavButton::NavButton(const Theme& theme, IconName icon, const QString& text, QWidget* parent)
    : QPushButton(text, parent)
    , m_theme(theme)
    , m_icon(icon)
{
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void NavButton::setTrailing(const QString& text)
{
    m_trailing = text;
    update();
}

void NavButton::setMuted(bool muted)
{
    m_muted = muted;
    update();
}

QSize NavButton::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text() + m_trailing) + itemIconSide + 4 * padding, fontMetrics().height() + 2 * grid};
}

void NavButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (isChecked())
        drawRounded(painter, QRectF(rect()), m_theme.color(Role::selection), {});
    else if (underMouse())
        drawRounded(painter, QRectF(rect()), m_theme.color(Role::hover), {});
    const Role role = isChecked() ? Role::accentText : m_muted ? Role::mutedText : Role::text;

    const auto place = [this](const QRect& logical) { return QStyle::visualRect(layoutDirection(), rect(), logical); };
    const QRect icon(padding, (height() - itemIconSide) / 2, itemIconSide, itemIconSide);
    painter.drawPixmap(place(icon).topLeft(), m_theme.pixmap(m_icon, role, itemIconSide, devicePixelRatioF()));

    const int trailingWidth = m_trailing.isEmpty() ? 0 : fontMetrics().horizontalAdvance(m_trailing) + grid;
    QFont name = font();
    if (isChecked())
        name.setWeight(QFont::DemiBold);
    painter.setFont(name);
    painter.setPen(m_theme.color(role));
    const QRect text_ = rect().adjusted(padding + itemIconSide + 9, 0, -padding - trailingWidth, 0);
    const int leading = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft) | Qt::AlignVCenter);
    painter.drawText(place(text_), leading | (style()->styleHint(QStyle::SH_UnderlineShortcut) ? Qt::TextShowMnemonic : Qt::TextHideMnemonic),
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, text_.width(), Qt::TextShowMnemonic));
    if (trailingWidth) {
        painter.setFont(Theme::captionFont());
        painter.setPen(m_theme.color(Role::mutedText));
        const int trailing = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignRight) | Qt::AlignVCenter);
        painter.drawText(rect().adjusted(padding, 0, -padding, 0), trailing, m_trailing);
    }
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange))
        drawRounded(painter, QRectF(rect()), {}, m_theme.color(Role::accentText), 5, 2);
}

} // namespace latchkey::ui
