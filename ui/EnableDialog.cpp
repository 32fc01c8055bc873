// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EnableDialog.h"

#include "IconLabel.h"
#include "OperationNames.h"
#include "TextLabel.h"
#include "TokenUse.h"

#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace latchkey::ui {

using access::ServiceToken;

namespace {

constexpr std::chrono::days usedLately{7};

int toChange(const EnableDialog::Facts& facts)
{
    return static_cast<int>(std::ranges::count_if(facts.tokens, [&](const ServiceToken& token) { return token.enabled != facts.enable; }));
}

QString enableTitle(const EnableDialog::Facts& facts)
{
    if (facts.tokens.size() == 1) {
        const QString name = QString::fromStdString(facts.tokens.front().name);
        return facts.enable ? EnableDialog::tr("Enable “%1”?").arg(name) : EnableDialog::tr("Disable “%1”?").arg(name);
    }
    const int n = static_cast<int>(facts.tokens.size());
    return facts.enable ? EnableDialog::tr("Enable %n token(s)?", nullptr, n) : EnableDialog::tr("Disable %n token(s)?", nullptr, n);
}

QString enableText(const EnableDialog::Facts& facts)
{
    const bool one = facts.tokens.size() == 1;
    if (facts.enable)
        return one ? EnableDialog::tr("In %1. Its secret is accepted again at once, unless it is expired.").arg(facts.account)
                   : EnableDialog::tr("In %1. Their secrets are accepted again at once, unless they are expired.").arg(facts.account);
    return one ? EnableDialog::tr("In %1. It opens nothing from now on, until it is enabled again. Nothing is lost.").arg(facts.account)
               : EnableDialog::tr("In %1. They open nothing from now on, until they are enabled again. Nothing is lost.").arg(facts.account);
}

int opened(const ServiceToken& token, const std::vector<access::Application>& applications)
{
    std::set<access::ApplicationId> ids;
    for (const TokenUse& use : usesOf(token.id, applications)) {
        if (use.named && !use.neverMatches && use.decision != access::PolicyDecision::deny)
            ids.insert(use.application);
    }
    return static_cast<int>(ids.size());
}

bool recentlyUsed(const ServiceToken& token, std::chrono::sys_seconds now)
{
    return token.lastSeenAt && *token.lastSeenAt + usedLately > now;
}

} // namespace

EnableDialog::EnableDialog(const Theme& theme, const Facts& facts, QWidget* parent)
    : BatchDialog(theme, facts.tokens,
                  {.title = enableTitle(facts),
                   .text = enableText(facts),
                   .start = facts.tokens.size() == 1 ? (facts.enable ? tr("&Enable") : tr("&Disable"))
                       : facts.enable                ? tr("&Enable %n token(s)", nullptr, toChange(facts))
                                                     : tr("&Disable %n token(s)", nullptr, toChange(facts)),
                   .done = facts.enable ? tr("Enabled") : tr("Disabled"),
                   .planHeader = {tr("Last seen"), tr("Applications")},
                   .destructive = false,
                   .closesWhenOneIsDone = true},
                  parent)
{
    setObjectName(names::enableDialog);
    if (tokens().size() == 1)
        buildOne(facts);
    else
        planMany(facts);
}

void EnableDialog::buildOne(const Facts& facts)
{
    const ServiceToken& token = tokens().front();
    const bool warns = !facts.enable && recentlyUsed(token, facts.now);
    const int applications = opened(token, facts.applications);
    QString words = token.lastSeenAt ? tr("Last seen: %1.").arg(m_dates.seen(*token.lastSeenAt, facts.now)) : tr("It was never used.");
    words += u' ';
    words += applications ? tr("Let in by name by %n application(s).", nullptr, applications) : tr("No application lets it in by name.");
    auto* label = new TextLabel(theme(), warns ? Role::warning : Role::mutedText, TextLabel::Size::body, words);
    label->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(new IconLabel(theme(), warns ? IconName::warning : IconName::info, warns ? Role::warning : Role::mutedText), 0, Qt::AlignTop);
    row->addWidget(label, 1);
    body().addLayout(row);
}

void EnableDialog::planMany(const Facts& facts)
{
    for (const ServiceToken& token : tokens()) {
        const int applications = opened(token, facts.applications);
        const bool warns = !facts.enable && recentlyUsed(token, facts.now);
        setPlan(token.id, token.lastSeenAt ? m_dates.seen(*token.lastSeenAt, facts.now) : tr("Never", "seen"),
                applications ? m_dates.count(applications) : tr("None", "applications"), warns && applications ? Role::warning : Role::mutedText);
        if (token.enabled == facts.enable) {
            setOutcome(token.id, facts.enable ? tr("Is enabled already") : tr("Is disabled already"), Role::mutedText);
            leaveOut(token.id);
        }
    }
}

} // namespace latchkey::ui
