// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Decision.h"
#include "Policy.h"

#include <string>
#include <vector>

namespace latchkey::access {

/// What the evaluator made of one rule.
struct RuleTrace {
    enum class Part { include, require, exclude };
    Part part = Part::include;
    std::string description;
    bool matched = false;
    bool emulated = true;   ///< false: a kind that is stored, and never matches.
};

/// What the evaluator made of one policy.
struct PolicyTrace {
    enum class Verdict {
        decided,              ///< It matched, and that was the decision.
        matchedInVain,        ///< An Allow policy that a service token matches: it never lets one in.
        notIncluded,
        excluded,
        requirementNotMet,
        notApplicable,        ///< Service Auth without token or certificate, Allow or Block without anybody it could be about.
        notReached,           ///< An earlier policy decided.
    };
    std::string id;
    std::string name;
    PolicyDecision decision = PolicyDecision::deny;
    int precedence = 0;
    Verdict verdict = Verdict::notReached;
    std::vector<RuleTrace> rules;   ///< Judged for every policy, reached or not.
};

/// A decision with everything that led to it, in the order in which policies are looked at.
struct Trace {
    Decision decision;
    std::vector<PolicyTrace> policies;
};

[[nodiscard]] std::string_view code(RuleTrace::Part part);            ///< `include`
[[nodiscard]] std::string_view code(PolicyTrace::Verdict verdict);    ///< `not_included`

} // namespace latchkey::access
