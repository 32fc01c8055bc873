// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/KeyCodec.h"

namespace latchkey::api {

namespace keyCalls {

void get(RouteCall call, ReplyHandler reply)
{
    reply(success(wire::encode(call.commands.keyRotation(), call.commands.now())));
}

/// The interval is one of the organization's settings.
void update(RouteCall call, ReplyHandler reply)
{
    const auto days = wire::decodeKeyUpdate(call.body);
    if (!days)
        return reply(failure(days.error()));
    call.commands.editOrganization(
        [days = *days](access::Organization organization) -> Result<access::Organization> {
            organization.keyRotationIntervalDays = days;
            return organization;
        },
        [&commands = call.commands, reply = std::move(reply)](Result<access::Organization> organization) mutable {
            reply(organization ? success(wire::encode(commands.keyRotation(), commands.now())) : failure(organization.error()));
        });
}

void rotate(RouteCall call, ReplyHandler reply)
{
    call.commands.rotateKeys(
        [now = call.commands.now(), reply = std::move(reply)](Result<access::KeyRotation> rotation) mutable {
            reply(rotation ? success(wire::encode(*rotation, now)) : failure(rotation.error()));
        });
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/keys", get},
    {"PUT", "{owner}/access/keys", update},
    {"POST", "{owner}/access/keys/rotate", rotate},
};

} // namespace keyCalls

std::span<const Route> keyRoutes()
{
    return keyCalls::kRoutes;
}

} // namespace latchkey::api
