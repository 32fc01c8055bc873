// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UnfinishedBanner.h"

#include "Button.h"
#include "IconLabel.h"
#include "OperationNames.h"
#include "TextLabel.h"

#include <QHBoxLayout>

namespace latchkey::ui {

UnfinishedBanner::UnfinishedBanner(const Theme& theme, QWidget* parent)
    : Panel(theme, Role::infoSurface, Qt::BottomEdge, parent)
    , m_text(new TextLabel(theme, Role::text, TextLabel::Size::body))
{
    setObjectName(names::unfinishedBanner);
    m_text->setWordWrap(true);
    auto* resume = new Button(theme, Button::Kind::standard, tr("&Resume…"));
    resume->setObjectName(names::unfinishedResume);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(18, grid, 18, grid + 1);
    row->setSpacing(10);
    row->addWidget(new IconLabel(theme, IconName::info, Role::accentText), 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addWidget(resume);
    connect(resume, &Button::clicked, this, &UnfinishedBanner::resumeRequested);
    hide();
}

void UnfinishedBanner::setNames(const QStringList& tokens)
{
    setVisible(!tokens.isEmpty());
    if (tokens.size() == 1)
        m_text->setText(tr("The guided rotation of “%1” is not finished.").arg(tokens.front()));
    else if (!tokens.isEmpty())
        m_text->setText(tr("%n guided rotation(s) are not finished, the first of “%1”.", nullptr, static_cast<int>(tokens.size())).arg(tokens.front()));
}

} // namespace latchkey::ui
