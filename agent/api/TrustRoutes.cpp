// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/base/Rfc3339.h"

namespace latchkey::api {

namespace trustCalls {

Json listOf(const std::vector<std::string>& texts)
{
    Json list = Json::array();
    for (const std::string& text : texts)
        list.push(text);
    return list;
}

/// Makes the local certificate authority if there is none yet.
void show(RouteCall call, ReplyHandler reply)
{
    call.commands.localAuthority([reply = std::move(reply)](Result<control::LocalAuthority> authority) mutable {
        if (!authority)
            return reply(failure(authority.error()));
        reply(success(Json::object()
                          .set("certificate", authority->certificatePem)
                          .set("sha256", authority->fingerprint)
                          .set("not_after", base::formatRfc3339(authority->notAfter))
                          .set("permitted_dns", listOf(authority->permittedDns))
                          .set("permitted_ip", listOf({"127.0.0.0/8", "::1/128"}))
                          .set("team_host", authority->teamHost)
                          .set("hosts", listOf(authority->hosts))
                          .set("edge_tls", authority->edgeTls.empty() ? Json() : Json(authority->edgeTls))));
    });
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/trust", show},
};

} // namespace trustCalls

std::span<const Route> trustRoutes()
{
    return trustCalls::kRoutes;
}

} // namespace latchkey::api
