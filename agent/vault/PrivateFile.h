// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <memory>
#include <optional>
#include <string>

namespace latchkey::vault {

// Files that nobody but their owner can read. On Windows the access list of the person's profile does that, and the modes
// below do not exist.

/// Makes the directory (0700) if it is missing, and narrows it if it is ours.
[[nodiscard]] Result<void> preparePrivateDirectory(const std::string& directory);

/// nullopt: there is no such file. Refuses (vaultDenied) one that others can read or write, that is not ours, or that is a
/// symbolic link; and one of more than 4 MiB (damaged).
[[nodiscard]] Result<std::optional<SecretBytes>> readPrivateFile(const std::string& path);

/// Writes beside it, syncs, renames over it and syncs the directory: the old or the new contents, never a mix.
[[nodiscard]] Result<void> replacePrivateFile(const std::string& path, const SecretBytes& contents);

/// Held while several processes' changes must not overlap; released when it goes.
class DirectoryLock {
public:
    virtual ~DirectoryLock() = default;
};
[[nodiscard]] Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& directory);

} // namespace latchkey::vault
