// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/base/Rfc3339.h"
#include "agent/wire/LogQuery.h"

#include <algorithm>

namespace latchkey::api {

namespace logCalls {

// What every request of this log is: our choice of words, where Cloudflare's reference has only "login" and a name of an
// identity provider.
constexpr std::string_view kAction = "login";
constexpr std::string_view kConnection = "service_token";
constexpr std::string_view kPersonConnection = "test_identity";
constexpr std::string_view kApplicationType = "self_hosted";

using Filter = wire::LogQuery::Filter;
using Match = wire::LogQuery::Match;

std::optional<store::LogFilter::Match> matchOf(const std::optional<Filter>& filter)
{
    if (!filter)
        return std::nullopt;
    return store::LogFilter::Match{
        .value = filter->value,
        .isPart = filter->match == Match::contains || filter->match == Match::notContains,
        .isNegated = filter->match == Match::notEqual || filter->match == Match::notContains,
    };
}

/// Whether requests with this one value in a member pass its filter.
bool passes(const std::optional<Filter>& filter, std::string_view value)
{
    if (!filter)
        return true;
    switch (filter->match) {
    case Match::equal: return value == filter->value;
    case Match::notEqual: return value != filter->value;
    case Match::contains: return value.find(filter->value) != std::string_view::npos;
    case Match::notContains: return value.find(filter->value) == std::string_view::npos;
    }
    return false;
}

/// The value is true or false already, and its operator turns it.
std::optional<bool> nonIdentity(const std::optional<Filter>& filter)
{
    if (!filter)
        return std::nullopt;
    return passes(filter, "true");
}

/// Members that are alike in all of our requests: such a filter lets all through or none.
bool anyCanPass(const wire::LogQuery& query)
{
    return passes(query.country, {}) && passes(query.identityProvider, {}) && passes(query.applicationType, kApplicationType);
}

Json encode(const store::AccessRequest& request)
{
    const auto& row = request.row;
    return Json::object()
        .set("action", kAction)
        .set("allowed", row.allowed)
        .set("app_domain", request.domain.empty() ? row.host : request.domain)
        .set("app_uid", row.applicationId)
        .set("connection", row.userEmail.empty() ? kConnection : kPersonConnection)
        .set("created_at", base::formatRfc3339(std::chrono::floor<std::chrono::seconds>(row.at)))
        .set("ip_address", row.peer)
        .set("ray_id", row.rayId)
        .set("user_email", row.userEmail)
        .set("latchkey", Json::object()
                             .set("token_id", row.tokenId)
                             .set("token_name", request.tokenName)
                             .set("client_id", row.clientId)
                             .set("reason", row.reason)
                             .set("policy_id", row.policyId));
}

Json chosen(Json item, const std::vector<std::string>& fields)
{
    if (!fields.empty())
        std::erase_if(*item.asObject(), [&](const auto& member) { return std::ranges::find(fields, member.first) == fields.end(); });
    return item;
}

void accessRequests(RouteCall call, ReplyHandler reply)
{
    auto query = wire::decodeLogQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    if (!anyCanPass(*query))
        return reply(successPage(Json::array(), query->page, query->perPage, 0));
    call.commands.accessRequests(
        {.since = query->since,
         .until = query->until,
         .allowed = query->allowed,
         .applicationId = matchOf(query->application),
         .domain = matchOf(query->domain),
         .rayId = matchOf(query->rayId),
         .userEmail = matchOf(query->email),
         .nonIdentity = nonIdentity(query->nonIdentity),
         .oldestFirst = query->oldestFirst,
         .limit = query->limit,
         .page = query->page,
         .perPage = query->perPage},
        [fields = std::move(query->fields), reply = std::move(reply)](Result<store::Page<store::AccessRequest>> page) mutable {
            if (!page)
                return reply(failure(page.error()));
            Json items = Json::array();
            for (const auto& request : page->items)
                items.push(chosen(encode(request), fields));
            reply(successPage(std::move(items), page->page, page->perPage, page->totalCount));
        });
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/logs/access_requests", accessRequests},
};

} // namespace logCalls

std::span<const Route> logRoutes()
{
    return logCalls::kRoutes;
}

} // namespace latchkey::api
