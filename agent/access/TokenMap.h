// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Decision.h"

#include <memory>
#include <string_view>
#include <vector>

namespace latchkey::access {

/// Client ID → TokenEntry, persistent: with() and without() give a new map that shares all but one shard with the old, so
/// one change among a million tokens copies one shard. Copies are cheap, lookups allocate nothing, and any number of
/// threads may read maps while another makes new ones.
class TokenMap {
public:
    TokenMap();
    [[nodiscard]] static TokenMap build(std::vector<std::shared_ptr<const TokenEntry>> entries);   ///< Many at once, in linear time.

    [[nodiscard]] const TokenEntry* find(std::string_view clientId) const;   ///< Lives as long as this map.
    [[nodiscard]] TokenMap with(std::shared_ptr<const TokenEntry> entry) const;   ///< Adds or replaces by Client ID.
    [[nodiscard]] TokenMap without(std::string_view clientId) const;
    [[nodiscard]] std::size_t size() const;

private:
    struct Shard;
    struct Directory;
    std::shared_ptr<const Directory> m_directory;
};

/// The entry of a stored token.
[[nodiscard]] TokenEntry entryFor(const struct TokenRecord& record, std::uint32_t revision);

} // namespace latchkey::access
