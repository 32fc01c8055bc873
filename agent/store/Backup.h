// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::store {

// The automatic backups of a data directory's database: `<directory>/backups/latchkey-2026-11-25.db`, one a day, each a whole
// database (0600). They hold no secret that the database does not: hashes of client secrets, and no key.

inline constexpr std::size_t kBackupsKept = 7;

/// Days of which there is a backup, newest first.
[[nodiscard]] std::vector<std::chrono::year_month_day> backups(const std::string& directory);
/// `2026-11-25`
[[nodiscard]] std::string dayText(std::chrono::year_month_day day);
[[nodiscard]] std::optional<std::chrono::year_month_day> dayFrom(const std::string& text);

/// Copies the database as it is at this moment, under the name of `day`, and drops all but the newest kBackupsKept. On a
/// connection of its own, so any thread may do it while the store is in use. A day that has its backup keeps it.
[[nodiscard]] Result<void> backUp(const std::string& directory, std::chrono::year_month_day day);

struct Restored {
    std::chrono::year_month_day day;
    std::string keptAside;   ///< The directory that holds what was there before; empty: nothing was.
};

/// Puts a backup (the newest sound one, or that of `day`) in the place of the database, which is kept aside and never
/// deleted. The caller holds the data directory's lock. Errors: notFound, damaged (that backup), io.
[[nodiscard]] Result<Restored> restoreBackup(const std::string& directory, std::optional<std::chrono::year_month_day> day,
                                             std::chrono::sys_seconds now);

} // namespace latchkey::store
