// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/base/Rfc3339.h"

namespace latchkey::api {

namespace inactivityCalls {

Json time(const std::optional<std::chrono::sys_seconds>& moment)
{
    return moment ? Json(base::formatRfc3339(*moment)) : Json();
}

Json encode(const control::InactiveToken& entry)
{
    Json because = Json::array();
    if (!entry.finding.unused)
        because.push("seen_recently");
    if (!entry.finding.old)
        because.push("too_young");
    if (!entry.finding.unnamed)
        because.push("named_by_policy");
    if (entry.alreadyDone)
        because.push("already_disabled");
    return Json::object()
        .set("token_id", entry.token.id.value)
        .set("client_id", entry.token.clientId.value)
        .set("name", entry.token.name)
        .set("enabled", entry.token.enabled)
        .set("created_at", base::formatRfc3339(entry.token.createdAt))
        .set("last_seen_at", time(entry.token.lastSeenAt))
        .set("kept_because", std::move(because));
}

Json encode(const std::vector<control::InactiveToken>& entries)
{
    Json array = Json::array();
    for (const auto& entry : entries)
        array.push(encode(entry));
    return array;
}

/// What the clean-up would do now: nothing is changed, also when it is switched off.
void rehearse(RouteCall call, ReplyHandler reply)
{
    call.commands.rehearseInactivity([reply = std::move(reply)](Result<control::InactivityReport> report) mutable {
        if (!report)
            return reply(failure(report.error()));
        const bool disables = report->setting.action == access::InactivitySetting::Action::disable;
        reply(success(Json::object()
                          .set("enabled", report->setting.enabled)
                          .set("action", disables ? "disable" : "delete")
                          .set("inactivity_threshold_days", report->setting.thresholdDays)
                          .set("at", base::formatRfc3339(report->at))
                          .set("would_go", encode(report->leaving))
                          .set("would_stay", encode(report->staying))
                          .set("would_stay_count", report->stayingCount)));
    });
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/inactivity", rehearse},
};

} // namespace inactivityCalls

std::span<const Route> inactivityRoutes()
{
    return inactivityCalls::kRoutes;
}

} // namespace latchkey::api
