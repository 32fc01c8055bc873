// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <cstddef>
#include <string>

namespace latchkey::cli {

/// The text of a configuration's file; `-` is standard input. It may hold secrets that are to be hashed: wipe it. One of more
/// than `largest` bytes (whole MiB) is invalidArgument.
[[nodiscard]] Result<std::string> readConfigurationFile(const std::string& path, std::size_t largest);
/// A new file, or a replaced one, that only its owner can read.
[[nodiscard]] Result<void> writeConfigurationFile(const std::string& path, const std::string& text);

} // namespace latchkey::cli
