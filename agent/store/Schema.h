// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string>

namespace latchkey::store {

class Database;

/// Marks the file as ours: "LKey" in ASCII. Source: sqlite.org/fileformat2.html, offset 68.
inline constexpr int kApplicationId = 0x4C4B6579;
/// The newest schema this program knows; the file's is in `PRAGMA user_version`.
inline constexpr int kSchemaVersion = 6;

/// Makes a new database beside its final place and renames it when it is whole, so that a file of this name always has a
/// schema: an empty one is damage, never a fresh start.
[[nodiscard]] Result<void> createDatabase(const std::string& path);

/// Looks at a database without changing it: is it ours, of a version we know, and sound?
[[nodiscard]] Result<void> checkDatabase(const std::string& path);

/// Brings the schema up to kSchemaVersion in one transaction. Errors leave it as it was.
[[nodiscard]] Result<void> migrate(Database& database);

} // namespace latchkey::store
