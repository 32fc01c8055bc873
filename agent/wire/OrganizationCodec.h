// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Organization.h"
#include "agent/base/Json.h"

namespace latchkey::wire {

// The organization as the API writes it; our own settings stand in `latchkey` {activation_delay (seconds), rate_limit,
// country_header, test_identities}. Source: access-facts, "Management API"; the official SDK's types.

[[nodiscard]] Json encode(const access::Organization& organization);
/// From a reply: what is missing has its default.
[[nodiscard]] Result<access::Organization> decodeOrganization(const Json& json);

enum class OrganizationUpdate {
    put,     ///< Replaces session_duration and the members that we do not know; see below.
    patch,   ///< Changes what it mentions.
};
/// The organization that a body makes of `current`. What a PUT does not mention of name, auth_domain, strictness, inactivity
/// and `latchkey` stays: an SDK that is older than a setting must not switch it. A member that is null gets its default.
/// Errors (invalidArgument) name the member.
[[nodiscard]] Result<access::Organization> applyOrganization(const Json& body, const access::Organization& current,
                                                             OrganizationUpdate how);

} // namespace latchkey::wire
