// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Accounts.h"

#include "Preferences.h"

#include "agent/profiles/ProfileSecrets.h"

#include <QPointer>

#include <utility>

namespace latchkey::app {

Result<std::unique_ptr<client::ManagementClient>> clientFor(const profiles::Profile& profile, SecretBytes apiToken)
{
    auto base = profiles::parseApiBase(profile.apiBase);
    if (!base)
        return std::unexpected(base.error());
    client::ClientOptions options;
    if (!profile.caFile.empty()) {
        auto tls = client::trusting(QString::fromStdString(profile.caFile));
        if (!tls)
            return std::unexpected(tls.error());
        options.tls = std::move(*tls);
    }
    return std::make_unique<client::ManagementClient>(client::Endpoint{std::move(*base), profile.accountId, profile.zoneId}, std::move(apiToken),
                                                      std::move(options));
}

Accounts::Accounts(const QString& settingsFile, Vaults vaults, QObject* parent)
    : QObject(parent)
    , m_settings(Preferences::pathOf(settingsFile), QSettings::IniFormat)
    , m_list(m_settings)
    , m_vaults(std::move(vaults))
{
}

Accounts::~Accounts() = default;

client::ManagementClient* Accounts::client(const std::string& id) const
{
    const auto found = m_clients.find(id);
    return found != m_clients.end() ? found->second.get() : nullptr;
}

void Accounts::open(const std::string& id, bool mayAsk, Opened answer)
{
    if (client(id)) {
        QMetaObject::invokeMethod(this, [answer = std::move(answer)] { answer({}); }, Qt::QueuedConnection);
        return;
    }
    (mayAsk ? m_vaults.asking : m_vaults.quiet)().read(profiles::profileTokenKey(id), [self = QPointer(this), id, answer = std::move(answer)](Result<SecretBytes> token) {
        if (self)
            self->tokenRead(id, std::move(token), answer);
    });
}

void Accounts::tokenRead(const std::string& id, Result<SecretBytes> token, const Opened& answer)
{
    const profiles::Profile* profile = m_list.find(id);
    if (!profile || client(id)) {   // removed, or read twice, meanwhile
        answer(profile ? Result<void>() : fail(ErrorCode::notFound, "The profile is not there any more."));
        return;
    }
    if (!token && token.error().code == ErrorCode::vaultMissing)
        token = fail(ErrorCode::vaultMissing, "Its API token is not in the keychain any more: edit the profile and enter it again.", token.error().detail);
    auto made = token ? clientFor(*profile, std::move(*token)) : std::unexpected(token.error());
    if (!made) {
        Q_EMIT openFailed(id, made.error());
        answer(std::unexpected(made.error()));
        return;
    }
    m_clients[id] = std::move(*made);
    Q_EMIT opened(id);
    answer({});
}

void Accounts::openAllQuietly()
{
    for (const profiles::Profile& profile : m_list.profiles()) {
        if (!client(profile.id))
            open(profile.id, false, [](const Result<void>&) {});   // whoever wants to see it is told then
    }
}

void Accounts::dropAll()
{
    while (!m_clients.empty())
        close(std::string(m_clients.begin()->first));
}

void Accounts::close(const std::string& id)
{
    const auto found = m_clients.find(id);
    if (found == m_clients.end())
        return;
    Q_EMIT closing(id);
    m_clients.erase(found);
}

void Accounts::put(profiles::Profile profile, std::optional<SecretBytes> apiToken, vault::Vault::DoneHandler answer)
{
    const std::string key = profiles::profileTokenKey(profile.id);
    auto keep = [self = QPointer(this), profile = std::move(profile), answer = std::move(answer)](Result<void> kept) mutable {
        if (!self)
            return;
        if (!kept) {
            answer(std::move(kept));
            return;
        }
        self->m_list.put(profile);
        self->close(profile.id);   // what it may do, and where, may be others now
        Q_EMIT self->listChanged();
        answer({});
    };
    if (!apiToken) {
        keep({});
        return;
    }
    m_vaults.asking().write(key, std::move(*apiToken), std::move(keep));   // a profile without its token does not come into being
}

void Accounts::remove(const std::string& id, std::vector<std::string> keptTokens, vault::Vault::DoneHandler answer)
{
    profiles::forgetSecrets(m_vaults.asking(), id, std::move(keptTokens), [self = QPointer(this), id, answer = std::move(answer)](Result<void> forgotten) mutable {
        if (!self)
            return;
        if (forgotten) {
            self->close(id);
            self->m_list.remove(id);
            Q_EMIT self->listChanged();
        }
        answer(std::move(forgotten));
    });
}

} // namespace latchkey::app
