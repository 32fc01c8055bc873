// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StatePage.h"

#include "BusyIndicator.h"
#include "IconLabel.h"
#include "TextLabel.h"

#include <QHBoxLayout>

namespace latchkey::ui {

namespace {
constexpr int iconSide = 40;
constexpr int columnWidth = 440;
}

StatePage::StatePage(const Theme& theme, std::optional<IconName> icon, Role iconRole, QWidget* parent)
    : Panel(theme, Role::surface, {}, parent)
    , m_title(new TextLabel(theme, Role::text, TextLabel::Size::heading))
    , m_text(new TextLabel(theme, Role::mutedText, TextLabel::Size::body))
    , m_detail(new TextLabel(theme, Role::mutedText, TextLabel::Size::code))
    , m_buttons(new QHBoxLayout)
{
    QWidget* picture = icon ? static_cast<QWidget*>(new IconLabel(theme, *icon, iconRole, iconSide, this))
                            : new BusyIndicator(theme, iconSide, this);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addStretch(2);
    column->addWidget(picture, 0, Qt::AlignHCenter);
    column->addSpacing(2 * grid);
    for (TextLabel* label : {m_title, m_text, m_detail}) {
        label->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        label->setWordWrap(true);
        column->addWidget(label);
        column->addSpacing(grid);
    }
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detail->hide();
    column->addSpacing(grid);
    m_buttons->setSpacing(grid);
    m_buttons->addStretch(1);
    m_buttons->addStretch(1);
    column->addLayout(m_buttons);
    column->addStretch(3);

    auto* middle = new QWidget(this);
    middle->setLayout(column);
    middle->setMaximumWidth(columnWidth + 4 * grid);
    auto* row = new QHBoxLayout(this);
    row->addStretch(1);
    row->addWidget(middle, 100);
    row->addStretch(1);
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
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    return button;
}

} // namespace latchkey::ui
