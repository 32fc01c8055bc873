// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Rule.h"

#include "agent/base/Json.h"

namespace latchkey::access {

/// A rule as Cloudflare writes it, `{"email":{"email":"a@example.com"}}`. Here and not in wire, as the store keeps rules of
/// kinds that are not emulated in this form, and reads them again when a later version knows their kind.
[[nodiscard]] Json encodeRule(const Rule& rule);
/// Members beside the one that a kind is known by (`token_id`, `ip`, `common_name`) are dropped. Kinds that are not emulated
/// become an UnknownRule. Errors: invalidArgument, naming the member.
[[nodiscard]] Result<Rule> decodeRule(const Json& json);

} // namespace latchkey::access
