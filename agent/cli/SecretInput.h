// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <string>
#include <string_view>

namespace latchkey::cli {

// How a secret gets in: never as an argument, which other users can see. ErrorCode::invalidArgument. `what` names it in
// errors.

/// One line of standard input, byte by byte, so that the rest is left for a child.
[[nodiscard]] Result<SecretBytes> secretFromStdin(std::string_view what = "client secret");
/// An environment variable, which is then taken out of this process's environment.
[[nodiscard]] Result<SecretBytes> secretFromVariable(const std::string& name, std::string_view what = "client secret");
/// Asks a person at the terminal, who does not see what they type; without a terminal, as secretFromStdin().
[[nodiscard]] Result<SecretBytes> secretFromPerson(std::string_view question, std::string_view what);

} // namespace latchkey::cli
