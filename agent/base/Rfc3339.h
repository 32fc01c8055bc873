// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace latchkey::base {

/// `2026-11-24T12:04:31Z`, as Cloudflare's API writes times. A time before year 1 or after year 9999, which the form
/// cannot hold, is written as the nearest that it can.
[[nodiscard]] std::string formatRfc3339(std::chrono::sys_seconds time);

/// RFC 3339 §5.6 with any offset; fractions are cut off. Years 0001 to 9999, in UTC too; a leap second reads as
/// the next second.
[[nodiscard]] Result<std::chrono::sys_seconds> parseRfc3339(std::string_view text);

} // namespace latchkey::base
