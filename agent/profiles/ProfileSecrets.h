// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/vault/Vault.h"

#include <string>
#include <vector>

namespace latchkey::profiles {

// What the keychain holds of a profile. See the plan, "Files, locks, finding each other".

[[nodiscard]] std::string profileTokenKey(const std::string& profileId);                              ///< Its API token.
[[nodiscard]] std::string clientSecretKey(const std::string& profileId, const std::string& tokenId);

/// Removes the profile's entries from the keychain: the client secrets of `tokenIds`, then the API token. Stops at the
/// first that cannot be removed and says so, so that the profile can be kept and the removal tried again. `vault` outlives
/// the answer.
void forgetSecrets(vault::Vault& vault, std::string profileId, std::vector<std::string> tokenIds, vault::Vault::DoneHandler handler);

} // namespace latchkey::profiles
