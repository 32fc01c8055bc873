// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Organization.h"

#include <string>
#include <string_view>

namespace latchkey::store {

/// The organization as one row's text. Its members are our own, so that a change of the API is none of the schema; those
/// that are missing have their defaults. What does not decode is damage.
[[nodiscard]] std::string encodeOrganization(const access::Organization& organization);
[[nodiscard]] Result<access::Organization> decodeOrganization(std::string_view text);

} // namespace latchkey::store
