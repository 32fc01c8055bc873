// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Preferences.h"

#include "agent/access/Ids.h"
#include "agent/vault/Vault.h"

#include <QString>

#include <unordered_set>

namespace latchkey::app {

/// Client secrets of one profile in the keychain, under `profile/<id>/client-secret/<token id>`, and the record of which
/// tokens have one. GUI thread; answers come asynchronously, as the vault's do.
class SecretKeeper {
public:
    SecretKeeper(vault::Vault& vault, Preferences& preferences, std::string profileId);

    [[nodiscard]] std::unordered_set<access::TokenId> kept() const;

    void keep(const access::TokenId& id, SecretBytes secret, vault::Vault::DoneHandler handler);
    void read(const access::TokenId& id, vault::Vault::ReadHandler handler);
    void remove(const access::TokenId& id, vault::Vault::DoneHandler handler);

    /// The new secret of a guided rotation, beside the token's kept one until all consumers have it.
    void keepNew(const access::TokenId& id, SecretBytes secret, vault::Vault::DoneHandler handler);
    void readNew(const access::TokenId& id, vault::Vault::ReadHandler handler);
    void removeNew(const access::TokenId& id, vault::Vault::DoneHandler handler);

    [[nodiscard]] const std::string& profileId() const { return m_profileId; }

private:
    [[nodiscard]] std::string newKey(const access::TokenId& id) const;
    [[nodiscard]] std::string key(const access::TokenId& id) const;
    void record(const access::TokenId& id, bool kept);

    vault::Vault& m_vault;
    Preferences& m_preferences;
    std::string m_profileId;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);   ///< Answers that come after us are dropped.
};

} // namespace latchkey::app
