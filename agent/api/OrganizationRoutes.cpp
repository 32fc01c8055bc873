// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/OrganizationCodec.h"

namespace latchkey::api {

namespace organizationCalls {

void get(RouteCall call, ReplyHandler reply)
{
    reply(success(wire::encode(*call.commands.organization())));
}

void edit(RouteCall call, ReplyHandler reply, wire::OrganizationUpdate how)
{
    auto body = parseJson(call.body);
    if (!body)
        return reply(failure(body.error()));
    call.commands.editOrganization(
        [body = std::move(*body), how](const access::Organization& current) {
            return wire::applyOrganization(body, current, how);
        },
        [reply = std::move(reply)](Result<access::Organization> organization) mutable {
            reply(organization ? success(wire::encode(*organization)) : failure(organization.error()));
        });
}

void put(RouteCall call, ReplyHandler reply)
{
    edit(std::move(call), std::move(reply), wire::OrganizationUpdate::put);
}

void patch(RouteCall call, ReplyHandler reply)
{
    edit(std::move(call), std::move(reply), wire::OrganizationUpdate::patch);
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/organizations", get},
    {"PUT", "{owner}/access/organizations", put},
    {"PATCH", "{owner}/access/organizations", patch},
};

} // namespace organizationCalls

std::span<const Route> organizationRoutes()
{
    return organizationCalls::kRoutes;
}

} // namespace latchkey::api
