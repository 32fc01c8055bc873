// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

/// What a team's agent starts with.
[[nodiscard]] access::Organization defaultOrganization(const std::string& team);

/// `auth_domain` is fixed with the team.
[[nodiscard]] Result<access::Organization> editOrganization(Transaction& transaction, OrganizationEdit edit);

} // namespace latchkey::control
