// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/base/Rfc3339.h"
#include "agent/wire/ListQuery.h"
#include "agent/wire/ListQuery.h"

#include <algorithm>

namespace latchkey::api {

namespace accountCalls {

/// What clients ask to see whether their API token works. The id is the agent's, in the form of Cloudflare's token ids.
void verifyToken(RouteCall call, ReplyHandler reply)
{
    std::string id = call.commands.status().agentId;
    std::erase(id, '-');
    reply(success(Json::object().set("id", std::move(id)).set("status", "active"), 200,
                  {{10000, "This API Token is valid and active"}}));
}

Json account(const control::Status& status)
{
    return Json::object()
        .set("id", status.accountId)
        .set("name", "Latchkey (" + status.team + ")")
        .set("type", "standard")
        .set("settings", Json::object().set("enforce_twofactor", false))
        .set("created_on", base::formatRfc3339(status.startedAt));
}

void listAccounts(RouteCall call, ReplyHandler reply)
{
    const auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    // Clients ask for page after page until one is empty.
    Json accounts = Json::array();
    if (query->page == 1)
        accounts.push(account(call.commands.status()));
    reply(successPage(std::move(accounts), query->page, query->perPage, 1));
}

void getAccount(RouteCall call, ReplyHandler reply)
{
    const auto status = call.commands.status();
    if (call.ids[0] != status.accountId)
        return reply(failure(403, 9109, "Unauthorized to access requested resource: this agent's account is " + status.accountId + '.'));
    reply(success(account(status)));
}

constexpr Route kRoutes[] = {
    {"GET", "/client/v4/user/tokens/verify", verifyToken},
    {"GET", "/client/v4/accounts", listAccounts},
    {"GET", "/client/v4/accounts/{id}", getAccount},
    {"GET", "{owner}/tokens/verify", verifyToken},
};

} // namespace accountCalls

std::span<const Route> accountRoutes()
{
    return accountCalls::kRoutes;
}

} // namespace latchkey::api
