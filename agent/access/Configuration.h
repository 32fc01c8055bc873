// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "Group.h"
#include "Organization.h"
#include "ServiceToken.h"

#include "agent/base/SealedBytes.h"

#include <optional>
#include <vector>

namespace latchkey::access {

/// Everything that somebody has set up, for export and import. Of secrets only the digests, and of keys nothing that a
/// passphrase does not open.
struct Configuration {
    std::optional<Organization> organization;   ///< nullopt: says nothing of it.
    std::vector<TokenRecord> tokens;
    std::vector<Application> applications;
    std::vector<Group> groups = {};
    std::vector<Policy> policies = {};          ///< The reusable ones.
    std::optional<base::SealedBytes> keys = std::nullopt;   ///< Signing keys and the local authority's; see control::KeyBundle.

    bool operator==(const Configuration&) const = default;
};

} // namespace latchkey::access
