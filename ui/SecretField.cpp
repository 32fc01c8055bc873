// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretField.h"

#include "Theme.h"
#include "ThemeStyle.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace latchkey::ui {

namespace {

constexpr int padding = 10;
constexpr int cfastLength = 54;   ///< Room for one line of the usual form.
constexpr std::string_view publicPrefix = "cfast_";

} // namespace

SecretField::SecretField(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setFont(Theme::codeFont());
    setLayoutDirection(Qt::LeftToRight);
    setAccessibleName(tr("Client Secret"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    describe();
}

void SecretField::setSecret(SecretBytes secret)
{
    m_secret = std::move(secret);
    setRevealed(false);
    updateGeometry();
    update();
}

void SecretField::clear()
{
    m_secret.clear();
    setRevealed(false);
    update();
}

void SecretField::setRevealed(bool revealed)
{
    m_revealed = revealed;
    describe();
    update();
}

void SecretField::describe()
{
    setAccessibleDescription(m_revealed ? tr("Shown on the screen. Use Copy to take it.") : tr("Hidden. Use Copy to take it."));
}

int SecretField::cellWidth() const
{
    return fontMetrics().horizontalAdvance(u'0');
}

int SecretField::cellsPerLine(int width) const
{
    return std::max(8, (width - 2 * padding) / std::max(1, cellWidth()));
}

QSize SecretField::sizeHint() const
{
    const int width = cfastLength * cellWidth() + 2 * padding + 2;
    return {width, heightForWidth(width)};
}

QSize SecretField::minimumSizeHint() const
{
    return {24 * cellWidth(), fontMetrics().height() + 2 * grid};
}

int SecretField::heightForWidth(int width) const
{
    const int cells = std::max(1, static_cast<int>(m_secret.size()));
    const int perLine = cellsPerLine(width);
    const int lines = (cells + perLine - 1) / perLine;
    const int field = QFontMetrics(QFont()).height() + 2 * grid;   // as tall as the buttons beside it
    return field + (lines - 1) * fontMetrics().height();
}

void SecretField::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    drawRounded(painter, QRectF(rect()), m_theme.color(Role::codeSurface),
                m_theme.color(hasFocus() ? Role::accentText : Role::hairline), 5, hasFocus() ? 2 : 1);
    painter.setFont(font());
    painter.setPen(m_theme.color(Role::text));

    const std::string_view secret = m_secret.reveal();
    const int perLine = cellsPerLine(width());
    const int lines = (static_cast<int>(secret.size()) + perLine - 1) / std::max(1, perLine);
    const int lineHeight = fontMetrics().height();
    const int top = (height() - lines * lineHeight) / 2 + fontMetrics().ascent();
    const bool hasPrefix = secret.starts_with(publicPrefix);
    for (std::size_t i = 0; i < secret.size(); ++i) {
        const bool open = m_revealed || (hasPrefix && i < publicPrefix.size());
        const int cell = static_cast<int>(i);
        // One character at a time: no string of the secret comes into being.
        const QChar glyph = open ? QLatin1Char(secret[i]) : QChar(u'•');
        const int x = padding + (cell % perLine) * cellWidth();
        painter.drawText(QPoint(x, top + (cell / perLine) * lineHeight), QString(glyph));
    }
}

void SecretField::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        Q_EMIT copyRequested();
    else
        QWidget::keyPressEvent(event);
}

void SecretField::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    setRevealed(false);
}

} // namespace latchkey::ui
