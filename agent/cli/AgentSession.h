// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Context.h"

#include "agent/profiles/AgentConnector.h"

#include <memory>

namespace latchkey::cli {

/// A connection to the running agent of this user, for one command.
class AgentSession {
public:
    /// Finds the agent (of --data-dir, of the usual data directory, or the only one there is), reads its API token
    /// (LATCHKEY_API_TOKEN wins) and connects. ErrorCode::network (exit 6) when none answers.
    [[nodiscard]] static Result<std::unique_ptr<AgentSession>> open(Context& context);

    [[nodiscard]] client::ManagementClient& client() { return *m_agent.client; }
    [[nodiscard]] vault::Vault& vault() { return *m_vault; }   ///< The agent's; see profiles::vaultOptionsFor().
    [[nodiscard]] const profiles::AgentInfo& info() const { return m_agent.info; }

    /// The token that `text` names: an id, a Client ID or a name that only one token has.
    [[nodiscard]] Result<access::ServiceToken> findToken(const std::string& text);
    /// The application that `text` names: an id, an audience or a name that only one application has.
    [[nodiscard]] Result<access::Application> findApplication(const std::string& text);

private:
    std::unique_ptr<vault::Vault> m_vault;
    profiles::ConnectedAgent m_agent;
};

} // namespace latchkey::cli
