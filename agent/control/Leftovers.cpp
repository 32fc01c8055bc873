// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Leftovers.h"

#include "Naming.h"

namespace latchkey::control {

Result<std::vector<std::string>> vaultEntriesOf(const std::string& dataDirectory, const Services& services)
{
    auto store = services.openStore(dataDirectory);
    if (!store)
        return std::unexpected(store.error());
    const auto settings = (*store)->settings();
    if (!settings)
        return std::unexpected(settings.error());
    std::vector<std::string> entries;
    if (!*settings)
        return entries;
    const std::string kind(vault::code(services.vault.kind()));
    if ((*settings)->vaultKind != kind)
        return fail(ErrorCode::invalidArgument, "This data directory keeps its secrets in the " + (*settings)->vaultKind
                                                    + " vault, not in the " + kind + " vault.");
    const auto keys = (*store)->keys();
    if (!keys)
        return std::unexpected(keys.error());
    const auto tokens = (*store)->allTokens();
    if (!tokens)
        return std::unexpected(tokens.error());

    const auto& agent = (*settings)->agentId;
    const std::string profile = "profile/" + agent + '/';
    for (const auto& token : *tokens)
        entries.push_back(profile + "client-secret/" + token.token.id.value);
    entries.push_back(profile + "api-token");
    for (const auto& key : *keys)
        entries.push_back(signingKeyKey(agent, key.kid));
    entries.push_back("agent/" + agent + "/ca-key");
    entries.push_back(apiTokenKey(agent));
    return entries;
}

} // namespace latchkey::control
