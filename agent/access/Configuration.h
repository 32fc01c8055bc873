// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "Group.h"
#include "Organization.h"
#include "ServiceToken.h"

#include <optional>
#include <vector>

namespace latchkey::access {

/// Everything that somebody has set up, for export and import. Of secrets only the digests.
struct Configuration {
    std::optional<Organization> organization;   ///< nullopt: says nothing of it.
    std::vector<TokenRecord> tokens;
    std::vector<Application> applications;
    std::vector<Group> groups = {};
    std::vector<Policy> policies = {};          ///< The reusable ones.

    bool operator==(const Configuration&) const = default;
};

} // namespace latchkey::access
