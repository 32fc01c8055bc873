// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string_view>

namespace latchkey::edge {

/// Whether requests can be forwarded there, as far as the URL tells: `http://host[:port]`. Errors: invalidArgument, unsupported
/// (https), with what is wrong.
[[nodiscard]] Result<void> checkUpstream(std::string_view url);

} // namespace latchkey::edge
