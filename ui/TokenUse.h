// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"

#include <optional>
#include <vector>

namespace latchkey::ui {

/// An application that a token opens, or was meant to open.
struct TokenUse {
    access::ApplicationId application;
    std::string applicationName;
    std::string policyName;
    access::PolicyDecision decision = access::PolicyDecision::allow;
    std::optional<std::uint16_t> port;
    std::string domain;
    bool named = true;           ///< false: the policy takes any valid service token.
    bool neverMatches = false;   ///< The classic mistake: named in an Allow policy.

    bool operator==(const TokenUse&) const = default;
};

/// Policies that name the token, then those that take any; one entry a policy, in the order of the applications.
[[nodiscard]] std::vector<TokenUse> usesOf(const access::TokenId& token,
                                           const std::vector<access::Application>& applications);

} // namespace latchkey::ui
