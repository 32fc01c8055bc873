// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Ids.h"
#include "Rule.h"

#include <chrono>
#include <string>
#include <vector>

namespace latchkey::access {

/// An Access group: rules under a name, for policies and other groups to use. It matches as a policy does: any of
/// `include`, all of `require`, none of `exclude`.
struct Group {
    GroupId id;
    std::string name;
    std::vector<Rule> include;
    std::vector<Rule> require;
    std::vector<Rule> exclude;
    std::chrono::sys_seconds createdAt{};
    std::chrono::sys_seconds updatedAt{};
    std::string extra;   ///< See ServiceToken::extra.

    bool operator==(const Group&) const = default;
};

} // namespace latchkey::access
