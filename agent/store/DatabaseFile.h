// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string>

namespace latchkey::store {

/// `<directory>/latchkey.db`
[[nodiscard]] std::string databasePath(const std::string& directory);

/// Makes the directory (0700) if it is missing; one that is there and ours is narrowed to 0700.
[[nodiscard]] Result<void> prepareDirectory(const std::string& directory);

/// Whether the file is there. A write-ahead log without its database is damage: SQLite would replay it onto a new file.
[[nodiscard]] Result<bool> databaseExists(const std::string& path);

/// An empty file that only we can read (SQLite gives -wal and -shm the mode of the database); replaces what a start that
/// was cut short left there.
[[nodiscard]] Result<void> makePrivateFile(const std::string& path);
/// Narrows the database and its companions to 0600, where they are wider.
[[nodiscard]] Result<void> keepPrivate(const std::string& path);

/// Renames in one step and returns when the new name would survive a power cut.
[[nodiscard]] Result<void> publishFile(const std::string& from, const std::string& to);

} // namespace latchkey::store
