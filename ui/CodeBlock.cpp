// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CodeBlock.h"

#include "Theme.h"
#include "ThemeStyle.h"

#include <QEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextLayout>

namespace latchkey::ui {

CodeBlock::CodeBlock(const Theme& theme, QWidget* parent)
    : QPlainTextEdit(parent)
    , m_theme(theme)
{
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setFont(Theme::codeFont());
    setLayoutDirection(Qt::LeftToRight);
    setWordWrapMode(QTextOption::WrapAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    document()->setDocumentMargin(0);
    setViewportMargins(10, grid, 10, grid);
    viewport()->setAutoFillBackground(false);
    setBackgroundRole(QPalette::NoRole);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void CodeBlock::setCode(const QString& text)
{
    if (text == toPlainText())
        return;
    setPlainText(text);
    fitHeight();
}

void CodeBlock::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitHeight();
}

void CodeBlock::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        setFont(Theme::codeFont());
    if (event->type() == QEvent::FontChange)
        fitHeight();
}

void CodeBlock::paintEvent(QPaintEvent* event)
{
    // Drawn in the viewport, which leaves the margins free: the card is the background of both.
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme.color(Role::codeSurface));
    painter.end();
    QPlainTextEdit::paintEvent(event);
}

void CodeBlock::fitHeight()
{
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next())
        lines += qMax(1, block.layout()->lineCount());
    setFixedHeight(lines * fontMetrics().lineSpacing() + 2 * grid + 2);
}

} // namespace latchkey::ui
