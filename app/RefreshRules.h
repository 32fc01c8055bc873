// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ExpiryNotices.h"

#include "ui/RefreshRule.h"

#include <QJsonObject>

namespace latchkey::app {

/// What a rule would do now.
struct PlannedRefresh {
    WatchedToken token;
    std::string name;
    std::chrono::sys_seconds end;
    QString ruleId;
    bool operator==(const PlannedRefresh&) const = default;
};

/// What the rules that are on (or, for a dry run, `rules` whether on or not) would refresh now, each token once, by the
/// first rule that wants it. Never a token that is disabled, has no end, or is past it: it would come back to life with
/// nobody looking. Only within the rule's days before the end. Pure.
[[nodiscard]] std::vector<PlannedRefresh> planRefreshes(const std::vector<ui::RefreshRule>& rules, bool dryRun, const WatchedList& list,
                                                        std::chrono::sys_seconds now);

/// How many tokens of the list the rule means at any time: those it would refresh once their end is near.
[[nodiscard]] int countMeant(const ui::RefreshRule& rule, const WatchedList& list, std::chrono::sys_seconds now);

[[nodiscard]] QJsonObject toJson(const std::vector<ui::RefreshRule>& rules);
[[nodiscard]] std::vector<ui::RefreshRule> refreshRulesFrom(const QJsonObject& saved);   ///< What cannot be read is left out.

} // namespace latchkey::app
