// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UseList.h"

#include "TextLabel.h"
#include "UseCard.h"

#include <QVBoxLayout>

#include <algorithm>

namespace latchkey::ui {

namespace {

constexpr std::size_t mostShown = 12;
} // namespace

UseList::UseList(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(6);
}

void UseList::setUses(const std::vector<TokenUse>& uses)
{
    if (m_filled && uses == m_uses)
        return;
    m_uses = uses;
    m_filled = true;
    while (QLayoutItem* item = m_column->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    if (uses.empty())
        addLine(tr("No application names this token."));
    for (std::size_t i = 0; i < std::min(uses.size(), mostShown); ++i)
        m_column->addWidget(new UseCard(m_theme, uses[i], this));
    if (std::ranges::any_of(uses, &TokenUse::neverMatches)) {
        auto* advice = new TextLabel(m_theme, Role::warning, TextLabel::Size::caption,
                                     tr("A service token named in an Allow policy is never let in by it. Change the policy's action to Service Auth."), this);
        advice->setWordWrap(true);
        m_column->addWidget(advice);
    }
    if (uses.size() > mostShown)
        addLine(tr("and %n more", nullptr, static_cast<int>(uses.size() - mostShown)));
}

void UseList::addLine(const QString& text)
{
    auto* line = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, text, this);
    line->setWordWrap(true);
    m_column->addWidget(line);
}

} // namespace latchkey::ui
