// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TextLabel.h"

#include <QEvent>

#include <algorithm>

namespace latchkey::ui {

TextLabel::TextLabel(const Theme& theme, Role role, Size size, const QString& text, QWidget* parent)
    : QLabel(text, parent)
    , m_theme(theme)
    , m_role(role)
    , m_size(size)
    , m_fullText(text)
{
    setTextFormat(Qt::PlainText);   // names come from people and servers
    applyFont();
    applyTheme();
    connect(&theme, &Theme::changed, this, &TextLabel::applyTheme);
}

void TextLabel::setRole(Role role)
{
    if (role == m_role)
        return;
    m_role = role;
    applyTheme();
}

void TextLabel::setTextSize(Size size)
{
    m_size = size;
    applyFont();
}

void TextLabel::setElided(Qt::TextElideMode mode)
{
    m_elide = mode;
    elide();
}

void TextLabel::setFullText(const QString& text)
{
    m_fullText = text;
    if (m_elide == Qt::ElideNone)
        setText(text);
    else
        elide();
    updateGeometry();
    setAccessibleName(m_elide == Qt::ElideNone ? QString() : text);
}

QSize TextLabel::sizeHint() const
{
    QSize hint = QLabel::sizeHint();
    // Of the whole text: of what is shown, a label once made short would stay so. Within reason: a name may have 255 letters.
    if (m_elide != Qt::ElideNone) {
        const QMargins around = contentsMargins();
        const int wanted = fontMetrics().horizontalAdvance(m_fullText) + around.left() + around.right() + 2 * margin() + 1;
        hint.setWidth(std::min(wanted, fontMetrics().averageCharWidth() * 60));
    }
    return hint;
}

QSize TextLabel::minimumSizeHint() const
{
    QSize hint = QLabel::minimumSizeHint();
    if (m_elide != Qt::ElideNone)
        hint.setWidth(std::min(fontMetrics().averageCharWidth() * 6, sizeHint().width()));
    return hint;
}

void TextLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        applyFont();
}

void TextLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void TextLabel::applyTheme()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(m_role));
    colors.setColor(QPalette::Link, m_theme.color(Role::accentText));
    setPalette(colors);
}

void TextLabel::applyFont()
{
    switch (m_size) {
    case Size::body: setFont(QFont()); break;
    case Size::strong: {
        QFont font;
        font.setWeight(QFont::DemiBold);
        setFont(font);
        break;
    }
    case Size::caption: setFont(Theme::captionFont()); break;
    case Size::heading: setFont(Theme::headingFont()); break;
    case Size::title: setFont(Theme::titleFont()); break;
    case Size::code: setFont(Theme::codeFont()); break;
    }
    elide();
}

void TextLabel::elide()
{
    if (m_elide == Qt::ElideNone)
        return;
    const QString shown = fontMetrics().elidedText(m_fullText, m_elide, contentsRect().width());
    if (shown != text())
        setText(shown);
    setToolTip(shown == m_fullText ? QString() : m_fullText);
}

} // namespace latchkey::ui
