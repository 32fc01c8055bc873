// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "OrganizationChanges.h"

namespace latchkey::control {

access::Organization defaultOrganization(const std::string& team)
{
    access::Organization organization;
    organization.name = team;
    organization.authDomain = team + ".cloudflareaccess.com";
    return organization;
}

Result<access::Organization> editOrganization(Transaction& transaction, OrganizationEdit edit)
{
    auto& state = transaction.candidate.state;
    const auto current = state.organization;
    auto wanted = edit(*current);
    if (!wanted)
        return wanted;
    // The issuer of every JWT: validators and the keychain's entries are set up for it.
    if (wanted->authDomain != current->authDomain)
        return fail(ErrorCode::invalidArgument, "auth_domain: this agent's was fixed at its first start, it is " + current->authDomain
                                                    + ". Another team needs another data directory (serve --team NAME).");
    if (auto checked = access::checkOrganization(*wanted); !checked)
        return std::unexpected(checked.error());
    if (*wanted == *current)
        return wanted;
    if (auto saved = transaction.store.saveOrganization(*wanted); !saved)
        return std::unexpected(saved.error());
    state.organization = std::make_shared<const access::Organization>(*wanted);
    transaction.candidate.concernsEdge = true;
    return wanted;
}

} // namespace latchkey::control
