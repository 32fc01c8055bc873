// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Json.h"
#include "agent/store/Store.h"

namespace latchkey::api {

/// A request as the agent's own routes tell it, with the reason and its explanation.
[[nodiscard]] Json encodeRequest(const store::LogRow& row);

} // namespace latchkey::api
