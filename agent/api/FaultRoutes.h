// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Faults.h"
#include "agent/base/Json.h"

namespace latchkey::api {

/// `{"jwt":"expired","certs":null,"clock_offset_seconds":0,"latency_ms":0,"by_header":false}`
[[nodiscard]] Json encode(const access::Faults& faults);
/// What is not said is off.
[[nodiscard]] Result<access::Faults> decodeFaults(const Json& json);

} // namespace latchkey::api
