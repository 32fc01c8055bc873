// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StatePage.h"

#include "BusyIndicator.h"
#include "IconLabel.h"
#include "TextLabel.h"

#include <QHBoxLayout>

namespace latchkey::ui {

namespace {
constexpr int pictureSide = 40;
constexpr int columnWidth = 440;
}

StatePage::StatePage(const Theme& theme, std::optional<IconName> icon, Role iconRole, QWidget* parent)
    : Panel(theme, Role::surface, {}, parent)
    , m_title(new TextLabel(theme, Role::text, TextLabel::Size::heading))
    , m_text(new TextLabel(theme, Role::mutedText, TextLabel::Size::body))
    , m_detail(new TextLabel(theme, Role::mutedText, TextLabel::Size::code))
    , m_buttons(new QBoxLayout(QBoxLayout::LeftToRight))
{
    QWidget* picture = icon ? static_cast<QWidget*>(new IconLabel(theme, *icon, iconRole, pictureSide, this))
                            : new BusyIndicator(theme, pictureSide, this);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    for (TextLabel* label : {m_title, m_text, m_detail}) {
        label->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        label->setWordWrap(true);
        column->addWidget(label);
        column->addSpacing(grid);
    }
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detail->hide();
    auto* middle = new QWidget(this);
    middle->setLayout(column);
    column->setContentsMargins(0, 0, 0, 0);
    middle->setMaximumWidth(columnWidth);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(middle, 100);
    row->addStretch(1);

    m_buttons->setSpacing(grid);
    auto* page = new QVBoxLayout(this);
    page->addStretch(2);
    page->addWidget(picture, 0, Qt::AlignHCenter);
    page->addSpacing(2 * grid);
    page->addLayout(row);
    page->addSpacing(grid);
    page->addLayout(m_buttons);
    page->addStretch(3);
}

void StatePage::setTitle(const QString& text)
{
    m_title->setText(text);
    setAccessibleName(text);
}

void StatePage::setText(const QString& text)
{
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    setAccessibleDescription(text);
}

void StatePage::setDetail(const QString& text)
{
    m_detail->setText(text);
    m_detail->setVisible(!text.isEmpty());
}

Button* StatePage::addButton(Button::Kind kind, const QString& text)
{
    auto* button = new Button(theme(), kind, text, this);
    if (m_buttons->count() == 0) {
        m_buttons->addStretch(1);
        m_buttons->addStretch(1);
    }
    m_buttons->insertWidget(m_buttons->count() - 1, button, 0, Qt::AlignCenter);
    return button;
}

void StatePage::focusFirstButton()
{
    if (auto* button = findChild<Button*>())
        button->setFocus();
    else
        setFocus();   // so that it is read out, and the focus is here when the page changes
}

void StatePage::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    // Side by side while there is room, else one above the other.
    int needed = 4 * grid;
    for (const Button* button : findChildren<Button*>())
        needed += button->sizeHint().width() + grid;
    m_buttons->setDirection(needed <= width() ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

} // namespace latchkey::ui
