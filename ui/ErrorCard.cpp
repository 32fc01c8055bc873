// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ErrorCard.h"

#include "IconLabel.h"
#include "OperationNames.h"
#include "TextLabel.h"

#include <QAccessible>
#include <QHBoxLayout>

namespace latchkey::ui {

ErrorCard::ErrorCard(const Theme& theme, QWidget* parent)
    : Panel(theme, Role::dangerSurface, {}, parent)
    , m_text(new TextLabel(theme, Role::text, TextLabel::Size::body))
{
    setCard(true);
    m_text->setObjectName(names::errorText);
    m_text->setWordWrap(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, grid, 10, grid);
    row->addWidget(new IconLabel(theme, IconName::warning, Role::danger), 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    hide();
}

void ErrorCard::setText(const QString& text)
{
    m_text->setText(text);
    setVisible(!text.isEmpty());
    if (text.isEmpty())
        return;
    QAccessibleEvent event(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

} // namespace latchkey::ui
