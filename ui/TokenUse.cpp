// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenUse.h"

#include <algorithm>

namespace latchkey::ui {

namespace {

bool namesToken(const access::Policy& policy, const access::TokenId& token)
{
    return std::ranges::any_of(policy.include, [&](const access::Rule& rule) {
        const auto* named = std::get_if<access::ServiceTokenRule>(&rule);
        return named && named->tokenId == token;
    });
}

bool takesAny(const access::Policy& policy)
{
    return std::ranges::any_of(policy.include, [](const access::Rule& rule) {
        return std::holds_alternative<access::AnyValidServiceTokenRule>(rule);
    });
}

TokenUse useOf(const access::Application& application, const access::Policy& policy, bool named)
{
    return {.application = application.id,
            .applicationName = application.name,
            .policyName = policy.name,
            .decision = policy.decision,
            .port = application.port,
            .domain = application.domain,
            .named = named,
            // Only Service Auth and Bypass count for a request with a service token. Source: access-facts, "The edge".
            .neverMatches = policy.decision == access::PolicyDecision::allow};
}

} // namespace

std::vector<TokenUse> usesOf(const access::TokenId& token, const std::vector<access::Application>& applications)
{
    std::vector<TokenUse> byName;
    std::vector<TokenUse> byAny;
    for (const access::Application& application : applications) {
        for (const access::Policy& policy : application.policies) {
            if (namesToken(policy, token))
                byName.push_back(useOf(application, policy, true));
            else if (takesAny(policy))
                byAny.push_back(useOf(application, policy, false));
        }
    }
    byName.insert(byName.end(), byAny.begin(), byAny.end());
    return byName;
}

} // namespace latchkey::ui
