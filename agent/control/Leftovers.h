// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey::control {

/// What the agent of a data directory may have put into a vault, secrets that a profile keeps included: what has to go when
/// the directory goes.
struct Leftovers {
    std::string agentId;                 ///< Empty: it never started, or nothing tells.
    std::string vaultKind;               ///< `os`, `file`, `memory`; empty with the id.
    std::vector<std::string> entries;    ///< The vault's keys.
    std::optional<Error> damage;         ///< The database cannot be read: these are of its newest backup, and there may be more.
};

/// No agent runs on it; the caller holds its lock. Errors: those of the store, damage apart.
[[nodiscard]] Result<Leftovers> leftoversIn(const std::string& dataDirectory);

/// What every agent has, where nothing but its id is known.
[[nodiscard]] Leftovers leftoversOf(const std::string& agentId, const std::string& vaultKind);

} // namespace latchkey::control
