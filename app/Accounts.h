// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/client/ManagementClient.h"
#include "agent/profiles/ProfileList.h"
#include "agent/vault/Vault.h"

#include <QObject>
#include <QSettings>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace latchkey::app {

/// Where the keychain is to be had at this moment: another one when the session goes on without it.
struct Vaults {
    std::function<vault::Vault&()> asking;   ///< May ask the person to unlock it: for what they asked for.
    std::function<vault::Vault&()> quiet;    ///< Never does.
};

/// A client for the account with this API token, and with the certificate authorities that its profile names.
[[nodiscard]] Result<std::unique_ptr<client::ManagementClient>> clientFor(const profiles::Profile& profile, SecretBytes apiToken);

/// The Cloudflare accounts as the app works with them: their settings, and a client for each whose API token was read from
/// the keychain. A client keeps its token in memory until the profile is changed or removed. GUI thread.
class Accounts final : public QObject {
    Q_OBJECT
public:
    Accounts(const QString& settingsFile, Vaults vaults, QObject* parent = nullptr);
    ~Accounts() override;

    [[nodiscard]] const std::vector<profiles::Profile>& profiles() const { return m_list.profiles(); }
    [[nodiscard]] const profiles::Profile* find(const std::string& id) const { return m_list.find(id); }
    [[nodiscard]] client::ManagementClient* client(const std::string& id) const;
    [[nodiscard]] const Vaults& vaults() const { return m_vaults; }

    using Opened = std::function<void(Result<void>)>;
    /// Reads the API token, if there is no client yet. Answers once, unless the vault is replaced before.
    void open(const std::string& id, bool mayAsk, Opened answer);
    void openAllQuietly();
    /// The vault is another one: what was read from the one before is forgotten.
    void dropAll();

    /// Keeps the token first (nullopt: the one that is kept stays), then the profile.
    void put(profiles::Profile profile, std::optional<SecretBytes> apiToken, vault::Vault::DoneHandler answer);
    /// Removes what the keychain has of it, then the profile; when the first fails, the profile stays.
    void remove(const std::string& id, std::vector<std::string> keptTokens, vault::Vault::DoneHandler answer);

Q_SIGNALS:
    void listChanged();
    void opened(const std::string& id);    ///< There is a client now.
    void openFailed(const std::string& id, const latchkey::Error& error);
    void closing(const std::string& id);   ///< Its client is about to go.

private:
    void close(const std::string& id);
    void tokenRead(const std::string& id, Result<SecretBytes> token, const Opened& answer);

    QSettings m_settings;
    profiles::ProfileList m_list;
    Vaults m_vaults;
    std::map<std::string, std::unique_ptr<client::ManagementClient>> m_clients;
};

} // namespace latchkey::app
