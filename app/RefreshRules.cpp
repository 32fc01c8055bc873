// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RefreshRules.h"

#include "ui/TokenQuery.h"

#include <QJsonArray>

#include <algorithm>
#include <set>

namespace latchkey::app {

namespace {

/// A rule made ready for many tokens.
struct ReadyRule {
    const ui::RefreshRule* rule;
    ui::TokenQuery query;

    [[nodiscard]] bool means(const WatchedList& list, const access::ServiceToken& token, std::chrono::sys_seconds now) const
    {
        if (!token.enabled || !token.expiresAt || *token.expiresAt <= now)
            return false;
        if (!rule->profileId.empty() && rule->profileId != list.profileId)
            return false;
        const std::string name = ui::TokenQuery::folded(QString::fromStdString(token.name));
        const std::string haystack = name + '\n' + ui::TokenQuery::folded(QString::fromStdString(token.clientId.value));
        return query.matches({token, haystack, name, {}, {}}, now);
    }
    [[nodiscard]] bool isNear(const access::ServiceToken& token, std::chrono::sys_seconds now) const
    {
        return *token.expiresAt - now <= std::chrono::days(rule->daysBefore);
    }
};

/// nullopt: what a rule does not understand it must not take for "all".
std::optional<ReadyRule> ready(const ui::RefreshRule& rule)
{
    if (!ui::problemOf(rule).isEmpty())
        return std::nullopt;
    return ReadyRule{&rule, ui::TokenQuery::parse(rule.query)};
}

} // namespace

std::vector<PlannedRefresh> planRefreshes(const std::vector<ui::RefreshRule>& rules, bool dryRun, const WatchedList& list,
                                          std::chrono::sys_seconds now)
{
    std::vector<ReadyRule> chosen;
    for (const ui::RefreshRule& rule : rules) {
        if (auto made = rule.on || dryRun ? ready(rule) : std::nullopt)
            chosen.push_back(std::move(*made));
    }
    std::vector<PlannedRefresh> plan;
    if (chosen.empty())
        return plan;
    for (const access::ServiceToken& token : list.tokens) {
        const auto rule = std::ranges::find_if(chosen, [&](const ReadyRule& each) { return each.means(list, token, now) && each.isNear(token, now); });
        if (rule != chosen.end())
            plan.push_back({{list.profileId, token.id}, token.name, *token.expiresAt, rule->rule->id});
    }
    std::ranges::sort(plan, {}, &PlannedRefresh::end);
    return plan;
}

int countMeant(const ui::RefreshRule& rule, const WatchedList& list, std::chrono::sys_seconds now)
{
    const auto made = ready(rule);
    if (!made)
        return 0;
    return static_cast<int>(std::ranges::count_if(list.tokens, [&](const access::ServiceToken& token) { return made->means(list, token, now); }));
}

QJsonObject toJson(const std::vector<ui::RefreshRule>& rules)
{
    QJsonArray array;
    for (const ui::RefreshRule& rule : rules)
        array.append(QJsonObject{{QStringLiteral("id"), rule.id},
                                 {QStringLiteral("on"), rule.on},
                                 {QStringLiteral("query"), rule.query},
                                 {QStringLiteral("profile"), QString::fromStdString(rule.profileId)},
                                 {QStringLiteral("days"), rule.daysBefore}});
    return {{QStringLiteral("version"), 1}, {QStringLiteral("rules"), array}};
}

std::vector<ui::RefreshRule> refreshRulesFrom(const QJsonObject& saved)
{
    std::vector<ui::RefreshRule> rules;
    if (saved.value(QStringLiteral("version")).toInt() != 1)
        return rules;
    const QJsonArray array = saved.value(QStringLiteral("rules")).toArray();
    for (const QJsonValue& value : array) {
        ui::RefreshRule rule;
        rule.id = value[QStringLiteral("id")].toString();
        rule.on = value[QStringLiteral("on")].toBool();
        rule.query = value[QStringLiteral("query")].toString();
        rule.profileId = value[QStringLiteral("profile")].toString().toStdString();
        rule.daysBefore = value[QStringLiteral("days")].toInt();
        if (!rule.id.isEmpty() && ui::problemOf(rule).isEmpty())
            rules.push_back(std::move(rule));
    }
    return rules;
}

} // namespace latchkey::app
