// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Snapshot.h"

#include <memory>
#include <string_view>

namespace latchkey::edge {

/// The application that a request for this host and path reaches, found as the edge finds it; null: none.
/// Errors: invalidArgument (the path is one that the edge refuses to tell).
[[nodiscard]] Result<std::shared_ptr<const access::CompiledApplication>> findApplication(const Snapshot& snapshot, std::string_view host,
                                                                                         std::string_view path);

} // namespace latchkey::edge
