// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UseCard.h"

#include "IconLabel.h"
#include "TextLabel.h"

#include <QBoxLayout>
#include <QResizeEvent>

namespace latchkey::ui {

namespace {

constexpr int padding = 10;
constexpr int warningSide = 16;

QString decisionWord(access::PolicyDecision decision)
{
    switch (decision) {
    case access::PolicyDecision::allow: return UseCard::tr("Allow");
    case access::PolicyDecision::deny: return UseCard::tr("Block");
    case access::PolicyDecision::nonIdentity: return UseCard::tr("Service Auth");
    case access::PolicyDecision::bypass: return UseCard::tr("Bypass");
    }
    Q_UNREACHABLE();
}

} // namespace

UseCard::UseCard(const Theme& theme, const TokenUse& use, QWidget* parent)
    : Panel(theme, Role::surface, {}, parent)
    , m_box(new QBoxLayout(QBoxLayout::LeftToRight, this))
{
    setCard(true);
    auto* name = new TextLabel(theme, Role::text, TextLabel::Size::body);
    name->setElided(Qt::ElideRight);
    name->setFullText(QString::fromStdString(use.applicationName));
    auto* how = new TextLabel(theme, use.neverMatches ? Role::warning : Role::mutedText, TextLabel::Size::body);
    how->setElided(Qt::ElideRight);
    how->setFullText(words(use));
    auto* howRow = new QHBoxLayout;
    howRow->setSpacing(6);
    if (use.neverMatches) {
        howRow->addWidget(new IconLabel(theme, IconName::warning, Role::warning, warningSide));
        setToolTip(tr("A service token named in an Allow policy never works. Change the policy to Service Auth."));
        how->setToolTip(toolTip());
    }
    howRow->addWidget(how, 1);
    m_box->setContentsMargins(padding, grid, padding, grid);
    m_box->setSpacing(3);
    m_box->addWidget(name, 1);
    m_box->addLayout(howRow);

    const int howWidth = how->fontMetrics().horizontalAdvance(words(use)) + 2;
    how->setMinimumWidth(std::min(howWidth, how->fontMetrics().averageCharWidth() * 26));
    m_oneLineWidth = name->fontMetrics().horizontalAdvance(name->fullText()) + howWidth + (use.neverMatches ? warningSide + 6 : 0)
        + 2 * padding + 6;
    setAccessibleName(tr("%1: %2", "application, how").arg(name->fullText(), words(use)));
}

QString UseCard::words(const TokenUse& use)
{
    if (use.neverMatches)
        return tr("Allow policy: never matches");
    const QString decision = decisionWord(use.decision);
    if (!use.named)
        return tr("%1 · any service token", "policy decision").arg(decision);
    return use.policyName.empty() ? decision
                                  : tr("%1 · %2", "policy decision, policy name").arg(decision, QString::fromStdString(use.policyName));
}

void UseCard::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    m_box->setDirection(event->size().width() >= m_oneLineWidth ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

} // namespace latchkey::ui
