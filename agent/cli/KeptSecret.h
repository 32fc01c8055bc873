// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentSession.h"

#include "agent/base/SecretBytes.h"

namespace latchkey::cli {

// Client secrets that stay in the vault of the agent's profile, where the app looks for them too.
// Source: design, "Files, locks, finding each other".

/// Whether a secret could be kept now, asked before one is made: a vault that is locked or lives in memory cannot.
[[nodiscard]] Result<void> canKeep(AgentSession& session);
[[nodiscard]] Result<void> keepSecret(AgentSession& session, const access::TokenId& id, const SecretBytes& secret);
/// vaultMissing: none is kept.
[[nodiscard]] Result<SecretBytes> keptSecret(AgentSession& session, const access::TokenId& id);
/// Best effort: what is no longer of use to anybody.
void forgetSecret(AgentSession& session, const access::TokenId& id);

} // namespace latchkey::cli
