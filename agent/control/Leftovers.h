// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ControlOptions.h"

#include <string>
#include <vector>

namespace latchkey::control {

/// The vault's keys of everything that the agent of a data directory may have put there, also those of secrets that a
/// profile keeps: what has to go when the directory goes. No agent runs on it; the caller holds its lock.
/// Errors: invalidArgument (the vault is of another kind than the directory's), those of the store.
[[nodiscard]] Result<std::vector<std::string>> vaultEntriesOf(const std::string& dataDirectory, const Services& services);

} // namespace latchkey::control
