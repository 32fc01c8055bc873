// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Group.h"
#include "agent/base/Json.h"

namespace latchkey::wire {

// Groups as the API writes them. Source: the official SDK's resources/zero-trust/access/groups.d.ts.

[[nodiscard]] Json encode(const access::Group& group);
/// The object of a POST or PUT body: `name` and `include` must be there. Unknown members (`is_default`) travel in `extra`.
[[nodiscard]] Result<access::Group> decodeGroup(const Json& json);
[[nodiscard]] Result<access::Group> decodeGroupBody(std::string_view body);

} // namespace latchkey::wire
