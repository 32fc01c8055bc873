// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/KeyRotation.h"
#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <chrono>
#include <string_view>

namespace latchkey::wire {

// Signing keys as the API tells of them. Source: access-facts, "Management API"; the official SDK's types.

[[nodiscard]] Json encode(const access::KeyRotation& rotation, std::chrono::sys_seconds now);
[[nodiscard]] Result<access::KeyRotation> decodeKeyRotation(const Json& json);

/// The body of PUT: the interval in days.
[[nodiscard]] Result<int> decodeKeyUpdate(std::string_view body);

} // namespace latchkey::wire
