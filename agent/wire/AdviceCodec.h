// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Advice.h"
#include "agent/base/Json.h"

namespace latchkey::wire {

/// `{"code","severity","message","application":{"id","name"},"token":…,"policy":…,"group":…}`; what it is not about is null.
[[nodiscard]] Json encode(const access::Finding& finding);
/// A severity that we do not know counts as a warning.
[[nodiscard]] Result<access::Finding> decodeFinding(const Json& json);

} // namespace latchkey::wire
