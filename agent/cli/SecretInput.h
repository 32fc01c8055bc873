// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <string>

namespace latchkey::cli {

// How a client secret gets in: never as an argument, which other users can see. ErrorCode::invalidArgument.

/// One line of standard input, byte by byte, so that the rest is left for a child.
[[nodiscard]] Result<SecretBytes> secretFromStdin();
/// An environment variable, which is then taken out of this process's environment.
[[nodiscard]] Result<SecretBytes> secretFromVariable(const std::string& name);

} // namespace latchkey::cli
