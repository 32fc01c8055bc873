// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Inactivity.h"

namespace latchkey::access {

InactivityFinding findInactivity(const ServiceToken& token, const NamedTokens& named, int thresholdDays, std::chrono::sys_seconds now)
{
    const auto limit = now - std::chrono::days(thresholdDays);
    return {.unused = !token.lastSeenAt || *token.lastSeenAt <= limit,
            .old = token.createdAt < limit,
            .unnamed = !named.contains(token.id)};
}

void addNamedTokens(NamedTokens& named, const Policy& policy)
{
    for (const auto* rules : {&policy.include, &policy.require, &policy.exclude}) {
        for (const auto& rule : *rules) {
            if (const auto* token = std::get_if<ServiceTokenRule>(&rule))
                named.insert(token->tokenId);
        }
    }
}

} // namespace latchkey::access
