// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/AdviceCodec.h"

namespace latchkey::api {

namespace {

void advise(RouteCall call, ReplyHandler reply)
{
    call.commands.advise([reply = std::move(reply)](Result<std::vector<access::Finding>> findings) mutable {
        if (!findings)
            return reply(failure(findings.error()));
        Json items = Json::array();
        for (const auto& finding : *findings)
            items.push(wire::encode(finding));
        reply(success(std::move(items)));
    });
}

constexpr Route kAdviceRoutes[] = {
    {"GET", "/latchkey/v1/advice", advise},
};

} // namespace

std::span<const Route> adviceRoutes()
{
    return kAdviceRoutes;
}

} // namespace latchkey::api
