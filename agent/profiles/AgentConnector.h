// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Discovery.h"

#include "agent/base/Random.h"
#include "agent/client/Health.h"
#include "agent/client/ManagementClient.h"
#include "agent/vault/Vault.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

class QNetworkAccessManager;

namespace latchkey::profiles {

/// The vault that holds this agent's API token, as its discovery file tells. `mayPrompt`: see vault::VaultOptions.
[[nodiscard]] vault::VaultOptions vaultOptionsFor(const AgentInfo& info, bool mayPrompt);

/// The vault's key of an agent's API token.
[[nodiscard]] std::string apiTokenKey(const std::string& agentId);

/// An agent that answered and proved that it is the one.
struct ConnectedAgent {
    AgentInfo info;
    std::string accountId;
    std::string version;
    std::unique_ptr<client::ManagementClient> client;
};

/// Connects to a local agent: reads its API token (or takes the one given), asks the agent for its health with a nonce,
/// and only when the answer's HMAC shows that it knows the token makes a client that sends it: a stale discovery file must
/// not hand the token to a stranger on the same port. One thread; answers once, never from inside the call, and not after
/// the connector is gone.
class AgentConnector final : public QObject {
    Q_OBJECT
public:
    AgentConnector(vault::Vault& vault, Random& random, QObject* parent = nullptr);
    ~AgentConnector() override;

    using Handler = std::move_only_function<void(Result<ConnectedAgent>)>;
    void connectTo(AgentInfo info, std::optional<SecretBytes> knownToken, Handler handler);

private:
    void verify(AgentInfo info, SecretBytes token, Handler handler);

    vault::Vault& m_vault;
    Random& m_random;
    std::unique_ptr<QNetworkAccessManager> m_network;
};

} // namespace latchkey::profiles
