// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RequestJson.h"
#include "Route.h"

#include "FaultRoutes.h"

#include "agent/access/Reason.h"
#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <charconv>

namespace latchkey::api {

namespace agentCalls {

constexpr int kDefaultRequests = 100;
constexpr int kMostRequests = 1000;

void shutdown(RouteCall call, ReplyHandler reply)
{
    reply(success(Json::object().set("status", "stopping"), 202));
    call.commands.requestShutdown();
}

void status(RouteCall call, ReplyHandler reply)
{
    const auto status = call.commands.status();
    Json degraded = Json::array();
    for (const auto& [id, why] : status.degraded)
        degraded.push(Json::object().set("application_id", id.value).set("message", why));
    Json faults = Json::array();
    for (const auto& [id, set] : status.faults) {
        Json each = api::encode(set);
        faults.push(each.set("application_id", id.value));
    }
    reply(success(Json::object()
                      .set("agent_id", status.agentId)
                      .set("version", status.version)
                      .set("account_id", status.accountId)
                      .set("team", status.team)
                      .set("vault", status.vault)
                      .set("data_dir", status.dataDirectory)
                      .set("edge", status.edge)
                      .set("edge_tls", status.edgeTls.empty() ? Json() : Json(status.edgeTls))
                      .set("started_at", base::formatRfc3339(status.startedAt))
                      .set("service_tokens", status.tokens)
                      .set("applications", status.applications)
                      .set("requests_allowed", status.requestsAllowed)
                      .set("requests_refused", status.requestsRefused)
                      .set("events_lost", status.eventsLost)
                      .set("degraded", std::move(degraded))
                      .set("faults", std::move(faults))));
}

std::string explanation(const std::string& reason)
{
    for (int value = 0; value <= static_cast<int>(access::Reason::upstreamProtocol); ++value) {
        const auto known = static_cast<access::Reason>(value);
        if (access::code(known) == reason)
            return std::string(access::explain(known));
    }
    return {};
}

} // namespace agentCalls

Json encodeRequest(const store::LogRow& row)
{
    return Json::object()
        .set("created_at", base::formatRfc3339(std::chrono::floor<std::chrono::seconds>(row.at)))
        .set("ray_id", row.rayId)
        .set("method", row.method)
        .set("host", row.host)
        .set("path", row.path)
        .set("ip_address", row.peer)
        .set("application_id", row.applicationId)
        .set("token_id", row.tokenId)
        .set("client_id", row.clientId)
        .set("policy_id", row.policyId)
        .set("allowed", row.allowed)
        .set("status", row.status)
        .set("reason", row.reason)
        .set("explanation", agentCalls::explanation(row.reason));
}

namespace agentCalls {

Result<int> limitOf(const http::QueryItems& query)
{
    const auto* text = http::find(query, "limit");
    if (!text)
        return kDefaultRequests;
    int limit = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || limit < 1)
        return fail(ErrorCode::invalidArgument, "limit must be a whole number from 1");
    return std::min(limit, kMostRequests);
}

void requests(RouteCall call, ReplyHandler reply)
{
    const auto limit = limitOf(call.query);
    if (!limit)
        return reply(failure(limit.error()));
    call.commands.recentRequests(*limit, [reply = std::move(reply)](Result<std::vector<store::LogRow>> rows) mutable {
        if (!rows)
            return reply(failure(rows.error()));
        Json items = Json::array();
        for (const auto& row : *rows)
            items.push(encodeRequest(row));
        reply(success(std::move(items)));
    });
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/status", status},
    {"GET", "/latchkey/v1/requests", requests},
    {"POST", "/latchkey/v1/shutdown", shutdown},
};

} // namespace agentCalls

std::span<const Route> agentRoutes()
{
    return agentCalls::kRoutes;
}

} // namespace latchkey::api
