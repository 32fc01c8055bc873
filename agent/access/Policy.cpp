// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Policy.h"

namespace latchkey::access {

std::string_view code(PolicyDecision decision)
{
    switch (decision) {
    case PolicyDecision::allow: return "allow";
    case PolicyDecision::deny: return "deny";
    case PolicyDecision::nonIdentity: return "non_identity";
    case PolicyDecision::bypass: return "bypass";
    }
    return "deny";
}

std::optional<PolicyDecision> policyDecisionFrom(std::string_view text)
{
    for (const auto decision : {PolicyDecision::allow, PolicyDecision::deny, PolicyDecision::nonIdentity, PolicyDecision::bypass}) {
        if (code(decision) == text)
            return decision;
    }
    return std::nullopt;
}

} // namespace latchkey::access
