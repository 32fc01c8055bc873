// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeptSecret.h"

#include "Await.h"

namespace latchkey::cli {

namespace {

std::string keyOf(const AgentSession& session, const access::TokenId& id)
{
    // The profile of a local agent has the agent's id.
    return "profile/" + session.info().agentId + "/client-secret/" + id.value;
}

} // namespace

Result<void> canKeep(AgentSession& session)
{
    auto& vault = session.vault();
    if (vault.kind() == vault::VaultKind::memory)
        return fail(ErrorCode::vaultAbsent, "This agent has no keychain (its vault is memory), so no secret can be kept. Leave --keep out.");
    const auto state = await<vault::VaultState>([&](auto done) {
        vault.state([done = std::move(done)](vault::VaultState found) mutable { done(found); });
    });
    if (!state)
        return std::unexpected(state.error());
    if (*state == vault::VaultState::locked)
        return fail(ErrorCode::vaultLocked, "The keychain (" + vault.backend() + ") is locked. Unlock it, or leave --keep out.");
    if (*state == vault::VaultState::absent)
        return fail(ErrorCode::vaultAbsent, "No keychain (" + vault.backend() + ") answers on this machine. Start one, or leave --keep out.");
    return {};
}

Result<void> keepSecret(AgentSession& session, const access::TokenId& id, const SecretBytes& secret)
{
    return await<void>([&](auto done) { session.vault().write(keyOf(session, id), secret.clone(), std::move(done)); });
}

Result<SecretBytes> keptSecret(AgentSession& session, const access::TokenId& id)
{
    return await<SecretBytes>([&](auto done) { session.vault().read(keyOf(session, id), std::move(done)); });
}

void forgetSecret(AgentSession& session, const access::TokenId& id)
{
    if (session.vault().kind() != vault::VaultKind::memory)
        static_cast<void>(await<void>([&](auto done) { session.vault().remove(keyOf(session, id), std::move(done)); }));
}

} // namespace latchkey::cli
