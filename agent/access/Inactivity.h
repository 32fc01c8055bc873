// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "Organization.h"
#include "ServiceToken.h"

#include <chrono>
#include <span>
#include <unordered_set>

namespace latchkey::access {

/// How a token stands to the three conditions of the inactivity clean-up; all three make it inactive.
/// Source: access-facts, "Inactivity clean-up".
struct InactivityFinding {
    bool unused = false;    ///< Has not authenticated for the threshold, or never.
    bool old = false;       ///< Was created longer ago than that.
    bool unnamed = false;   ///< No policy rule names it directly ("any valid service token" and groups do not).

    [[nodiscard]] bool isInactive() const { return unused && old && unnamed; }
    bool operator==(const InactivityFinding&) const = default;
};

using NamedTokens = std::unordered_set<TokenId>;

[[nodiscard]] InactivityFinding findInactivity(const ServiceToken& token, const NamedTokens& named, int thresholdDays,
                                               std::chrono::sys_seconds now);
/// Adds the tokens that a policy's rules name, wherever they stand (include, require, exclude).
void addNamedTokens(NamedTokens& named, const Policy& policy);

} // namespace latchkey::access
