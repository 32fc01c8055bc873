// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Trace.h"

namespace latchkey::access {

std::string_view code(RuleTrace::Part part)
{
    switch (part) {
    case RuleTrace::Part::include: return "include";
    case RuleTrace::Part::require: return "require";
    case RuleTrace::Part::exclude: return "exclude";
    }
    return "include";
}

std::string_view code(PolicyTrace::Verdict verdict)
{
    switch (verdict) {
    case PolicyTrace::Verdict::decided: return "decided";
    case PolicyTrace::Verdict::matchedInVain: return "matched_in_vain";
    case PolicyTrace::Verdict::notIncluded: return "not_included";
    case PolicyTrace::Verdict::excluded: return "excluded";
    case PolicyTrace::Verdict::requirementNotMet: return "requirement_not_met";
    case PolicyTrace::Verdict::notApplicable: return "not_applicable";
    case PolicyTrace::Verdict::notReached: return "not_reached";
    }
    return "not_reached";
}

} // namespace latchkey::access
