// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Rule.h"
#include "agent/base/Error.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::store {

/// Rules as the database keeps them: a JSON array with an array per rule, `[["token","4c1f…"],["everyone"]]`. This is the
/// store's own form, apart from the API's, so that either can change without the other.
[[nodiscard]] std::string encodeRules(const std::vector<access::Rule>& rules);
/// Errors: damaged, as only encodeRules() writes what is read here.
[[nodiscard]] Result<std::vector<access::Rule>> decodeRules(std::string_view text);

} // namespace latchkey::store
