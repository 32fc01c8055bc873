// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretKeeper.h"

namespace latchkey::app {

SecretKeeper::SecretKeeper(vault::Vault& vault, Preferences& preferences, std::string profileId)
    : m_vault(vault)
    , m_preferences(preferences)
    , m_profileId(std::move(profileId))
{
}

std::unordered_set<access::TokenId> SecretKeeper::kept() const
{
    std::unordered_set<access::TokenId> ids;
    for (const QString& id : m_preferences.keptSecrets(QString::fromStdString(m_profileId)))
        ids.insert(access::TokenId{id.toStdString()});
    return ids;
}

void SecretKeeper::keep(const access::TokenId& id, SecretBytes secret, vault::Vault::DoneHandler handler)
{
    // The record first: a crash between the two leaves an id without an entry, which reading finds out, and never an entry
    // that nobody knows of.
    record(id, true);
    m_vault.write(key(id), std::move(secret),
                  [this, alive = std::weak_ptr(m_alive), id, handler = std::move(handler)](Result<void> written) mutable {
                      if (alive.expired())
                          return;
                      if (!written)
                          record(id, false);
                      handler(std::move(written));
                  });
}

void SecretKeeper::read(const access::TokenId& id, vault::Vault::ReadHandler handler)
{
    m_vault.read(key(id), [this, alive = std::weak_ptr(m_alive), id, handler = std::move(handler)](Result<SecretBytes> secret) mutable {
        if (alive.expired())
            return;
        if (!secret && secret.error().code == ErrorCode::vaultMissing)
            record(id, false);
        handler(std::move(secret));
    });
}

void SecretKeeper::remove(const access::TokenId& id, vault::Vault::DoneHandler handler)
{
    m_vault.remove(key(id), [this, alive = std::weak_ptr(m_alive), id, handler = std::move(handler)](Result<void> removed) mutable {
        if (alive.expired())
            return;
        if (removed)
            record(id, false);
        handler(std::move(removed));
    });
}

void SecretKeeper::keepNew(const access::TokenId& id, SecretBytes secret, vault::Vault::DoneHandler handler)
{
    m_vault.write(newKey(id), std::move(secret), [alive = std::weak_ptr(m_alive), handler = std::move(handler)](Result<void> written) mutable {
        if (!alive.expired())
            handler(std::move(written));
    });
}

void SecretKeeper::readNew(const access::TokenId& id, vault::Vault::ReadHandler handler)
{
    m_vault.read(newKey(id), [alive = std::weak_ptr(m_alive), handler = std::move(handler)](Result<SecretBytes> secret) mutable {
        if (!alive.expired())
            handler(std::move(secret));
    });
}

void SecretKeeper::removeNew(const access::TokenId& id, vault::Vault::DoneHandler handler)
{
    m_vault.remove(newKey(id), [alive = std::weak_ptr(m_alive), handler = std::move(handler)](Result<void> removed) mutable {
        if (!alive.expired())
            handler(std::move(removed));
    });
}

std::string SecretKeeper::newKey(const access::TokenId& id) const
{
    return "profile/" + m_profileId + "/new-client-secret/" + id.value;
}

std::string SecretKeeper::key(const access::TokenId& id) const
{
    return "profile/" + m_profileId + "/client-secret/" + id.value;
}

void SecretKeeper::record(const access::TokenId& id, bool kept)
{
    m_preferences.setKeptSecret(QString::fromStdString(m_profileId), QString::fromStdString(id.value), kept);
}

} // namespace latchkey::app
