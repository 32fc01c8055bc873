// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UseList.h"

#include "IconLabel.h"
#include "Panel.h"
#include "TextLabel.h"

#include <QHBoxLayout>

namespace latchkey::ui {

namespace {

constexpr std::size_t mostShown = 12;

QString decisionWord(access::PolicyDecision decision)
{
    switch (decision) {
    case access::PolicyDecision::allow: return UseList::tr("Allow");
    case access::PolicyDecision::deny: return UseList::tr("Block");
    case access::PolicyDecision::nonIdentity: return UseList::tr("Service Auth");
    case access::PolicyDecision::bypass: return UseList::tr("Bypass");
    }
    Q_UNREACHABLE();
}

} // namespace

UseList::UseList(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(6);
}

QString UseList::words(const TokenUse& use)
{
    if (use.neverMatches)
        return tr("Allow policy: never matches");
    const QString decision = decisionWord(use.decision);
    if (!use.named)
        return tr("%1 · any service token", "policy decision").arg(decision);
    return use.policyName.empty() ? decision : tr("%1 · %2", "policy decision, policy name").arg(decision, QString::fromStdString(use.policyName));
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
        addCard(uses[i]);
    if (uses.size() > mostShown)
        addLine(tr("and %n more", nullptr, static_cast<int>(uses.size() - mostShown)));
}

void UseList::addCard(const TokenUse& use)
{
    auto* card = new Panel(m_theme, Role::surface, {}, this);
    card->setCard(true);
    auto* name = new TextLabel(m_theme, Role::text, TextLabel::Size::body);
    name->setElided(Qt::ElideRight);
    name->setFullText(QString::fromStdString(use.applicationName));
    auto* how = new TextLabel(m_theme, use.neverMatches ? Role::warning : Role::mutedText, TextLabel::Size::body);
    how->setElided(Qt::ElideRight);
    how->setFullText(words(use));
    how->setAlignment(Qt::AlignTrailing | Qt::AlignVCenter);
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(10, grid, 10, grid);
    row->addWidget(name, use.neverMatches ? 1 : 2);
    if (use.neverMatches) {
        row->setSpacing(6);
        row->addWidget(new IconLabel(m_theme, IconName::warning, Role::warning));
        card->setToolTip(tr("A service token named in an Allow policy never works. Change the policy to Service Auth."));
        how->setToolTip(card->toolTip());
    }
    row->addWidget(how, use.neverMatches ? 0 : 3);
    if (use.neverMatches)
        how->setMinimumWidth(how->fontMetrics().horizontalAdvance(words(use)) + 2);
    m_column->addWidget(card);
}

void UseList::addLine(const QString& text)
{
    auto* line = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, text, this);
    line->setWordWrap(true);
    m_column->addWidget(line);
}

} // namespace latchkey::ui
