// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentConnector.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QPointer>

namespace latchkey::profiles {

vault::VaultOptions vaultOptionsFor(const AgentInfo& info, bool mayPrompt)
{
    vault::VaultOptions options;
    options.kind = vault::vaultKindFrom(info.vault).value_or(vault::VaultKind::os);
    options.directory = info.dataDirectory;
    options.mayPrompt = mayPrompt;
    return options;
}

std::string apiTokenKey(const std::string& agentId)
{
    return "agent/" + agentId + "/api-token";
}

AgentConnector::AgentConnector(vault::Vault& vault, Random& random, QObject* parent)
    : QObject(parent)
    , m_vault(vault)
    , m_random(random)
    , m_network(std::make_unique<QNetworkAccessManager>())
{
    m_network->setProxy(QNetworkProxy::NoProxy);   // an agent is on this machine or it is none of ours
}

AgentConnector::~AgentConnector() = default;

void AgentConnector::connectTo(AgentInfo info, std::optional<SecretBytes> knownToken, Handler handler)
{
    if (knownToken) {
        verify(std::move(info), std::move(*knownToken), std::move(handler));
        return;
    }
    const std::string key = apiTokenKey(info.agentId);
    m_vault.read(key, [self = QPointer(this), info = std::move(info), handler = std::move(handler)](Result<SecretBytes> token) mutable {
        if (!self)
            return;
        if (!token)
            handler(std::unexpected(token.error()));
        else
            self->verify(std::move(info), std::move(*token), std::move(handler));
    });
}

void AgentConnector::verify(AgentInfo info, SecretBytes token, Handler handler)
{
    const std::string nonce = m_random.hex(32);
    const QUrl address(QString::fromStdString(info.api));
    client::askHealth(*m_network, address, nonce, this,
                      [address, nonce, info = std::move(info), token = std::move(token), handler = std::move(handler)](Result<client::Health> health) mutable {
                          if (!health) {
                              handler(std::unexpected(health.error()));
                              return;
                          }
                          const base::Digest wanted = base::hmacSha256(token.reveal(), nonce);
                          if (base::toHex(base::asText(wanted)) != health->proof || health->agentId != info.agentId) {
                              handler(fail(ErrorCode::unauthenticated,
                                           "What answers at " + info.api + " does not know this agent's API token, so none was sent."));
                              return;
                          }
                          ConnectedAgent agent;
                          agent.accountId = health->accountId;
                          agent.version = health->version;
                          agent.client = std::make_unique<client::ManagementClient>(
                              client::Endpoint{address, health->accountId}, std::move(token));
                          agent.info = std::move(info);
                          handler(std::move(agent));
                      });
}

} // namespace latchkey::profiles
