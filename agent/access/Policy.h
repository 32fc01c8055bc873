// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Duration.h"
#include "Ids.h"
#include "Rule.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::access {

enum class PolicyDecision { allow, deny, nonIdentity, bypass };

[[nodiscard]] std::string_view code(PolicyDecision decision);                  ///< `non_identity`, as the API writes it.
[[nodiscard]] std::optional<PolicyDecision> policyDecisionFrom(std::string_view code);

/// A policy: any of `include`, all of `require`, none of `exclude`.
struct Policy {
    PolicyId id;
    std::string name;
    PolicyDecision decision = PolicyDecision::allow;
    std::vector<Rule> include;
    std::vector<Rule> require;
    std::vector<Rule> exclude;
    std::optional<Duration> sessionDuration;   ///< nullopt: the application's.
    int precedence = 1;                        ///< Unique within an application; smaller comes first.
    /// Whether it lives by itself and applications list it by its id; theirs is then only the precedence.
    bool reusable = false;
    std::chrono::sys_seconds createdAt{};
    std::chrono::sys_seconds updatedAt{};
    std::string extra;                         ///< See ServiceToken::extra.

    bool operator==(const Policy&) const = default;
};

} // namespace latchkey::access
