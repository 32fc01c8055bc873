// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Gate.h"

#include "agent/base/Encoding.h"
#include "agent/http/Query.h"

#include <algorithm>

namespace latchkey::api {

namespace {

constexpr std::string_view kHealthPath = "/latchkey/v1/health";

// Cloudflare's numbers for what it does not know. Source: replies of api.cloudflare.com.
constexpr int kNoRoute = 7000;
constexpr int kMethodNotAvailable = 7001;

bool isJson(std::string_view contentType)
{
    auto type = contentType.substr(0, contentType.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.remove_suffix(1);
    return base::equalsIgnoreCaseAscii(type, "application/json");
}

bool isNonce(std::string_view text)
{
    return text.size() >= 16 && text.size() <= 128 && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

Reply notAllowed(std::string_view method, std::string allow)
{
    auto reply = failure(405, kMethodNotAvailable, "Method " + std::string(method) + " not available for that URI.");
    reply.allow = std::move(allow);
    return reply;
}

} // namespace

Gate::Gate(Guard guard, Identity identity)
    : m_guard(std::move(guard))
    , m_identity(std::move(identity))
{
}

std::variant<Reply, Admitted> Gate::admit(const ApiRequest& request) const
{
    if (auto refusal = m_guard.refuseOrigin(request.host, request.origin))
        return std::move(*refusal);
    if (request.path == kHealthPath)
        return health(request);
    if (!m_guard.isAuthorized(request.authorization))
        return failure(Error{ErrorCode::unauthenticated, {}, {}});

    auto match = findRoute(request.method, request.path);
    if (match.allow.empty())
        return failure(404, kNoRoute, "No route for that URI.");
    if (match.accountId && *match.accountId != m_identity.accountId)
        return failure(403, 9109, "Unauthorized to access requested resource: this agent's account is " + m_identity.accountId + '.');
    if (!match.route)
        return notAllowed(request.method, std::move(match.allow));
    auto query = http::parseQuery(request.query);
    if (!query)
        return failure(Error{ErrorCode::invalidArgument, "the query string cannot be read", {}});
    // A form that a web page posts cannot claim to be JSON without asking first.
    if (!request.body.empty() && !isJson(request.contentType))
        return failure(415, 12130, "access.api.error.invalid_request: the body must be JSON; send Content-Type: application/json");
    return Admitted{match.route, std::move(match.ids), std::move(*query)};
}

std::size_t Gate::largestBody(std::string_view method, std::string_view path, std::string_view authorization) const
{
    const Route* const route = m_guard.isAuthorized(authorization) ? findRoute(method, path).route : nullptr;
    return route != nullptr ? route->largestBody : Route::usualBody;
}

/// Open to anybody on this machine: tells who is there, and proves to one who knows the API token that we know it too.
Reply Gate::health(const ApiRequest& request) const
{
    if (request.method != "GET")
        return notAllowed(request.method, "GET");
    const auto query = http::parseQuery(request.query);
    const auto* nonce = query ? http::find(*query, "nonce") : nullptr;
    if (!nonce || !isNonce(*nonce))
        return failure(Error{ErrorCode::invalidArgument, "nonce must be 16 to 128 visible ASCII characters", {}});
    return success(Json::object()
                       .set("agent_id", m_identity.agentId)
                       .set("version", m_identity.version)
                       .set("account_id", m_identity.accountId)
                       .set("status", "ok")
                       .set("proof", m_guard.proof(*nonce)));
}

} // namespace latchkey::api
