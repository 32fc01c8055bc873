// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/vault/Vault.h"

#include <string>

namespace latchkey::cli {

/// The kind of vault for a data directory: the one that was asked for, else the one it was first started with, else `os`.
/// Whether what was asked for fits the directory is judged by control.
[[nodiscard]] Result<vault::VaultKind> chooseVaultKind(const std::string& asked, const std::string& directory);

} // namespace latchkey::cli
