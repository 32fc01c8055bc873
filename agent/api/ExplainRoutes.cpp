// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"
#include "agent/wire/Members.h"

namespace latchkey::api {

namespace explainCalls {

std::string_view code(access::Outcome outcome)
{
    switch (outcome) {
    case access::Outcome::allow: return "allow";
    case access::Outcome::bypass: return "bypass";
    case access::Outcome::unauthenticated: return "unauthenticated";
    case access::Outcome::forbidden: return "forbidden";
    }
    return "forbidden";
}

std::string_view code(access::Principal principal)
{
    switch (principal) {
    case access::Principal::none: return "none";
    case access::Principal::token: return "token";
    case access::Principal::certificate: return "certificate";
    case access::Principal::identity: return "identity";
    }
    return "none";
}

Result<std::vector<std::string>> textsMember(const Json& object, std::string_view name)
{
    std::vector<std::string> texts;
    const Json* member = object.find(name);
    if (member == nullptr || member->isNull())
        return texts;
    const JsonArray* array = member->asArray();
    if (array == nullptr)
        return fail(ErrorCode::invalidArgument, std::string(name) + " must be an array of strings");
    for (const Json& item : *array) {
        const std::string* text = item.asString();
        if (text == nullptr)
            return fail(ErrorCode::invalidArgument, std::string(name) + " must be an array of strings");
        texts.push_back(*text);
    }
    return texts;
}

Result<void> readIdentity(const Json& body, control::ExplainQuery& query)
{
    const Json* member = body.find("identity");
    if (member == nullptr || member->isNull())
        return {};
    if (!member->isObject())
        return fail(ErrorCode::invalidArgument, "identity must be an object");
    const auto email = wire::textMember(*member, "email");
    const auto name = wire::textMember(*member, "name");
    const auto country = wire::textMember(*member, "country");
    const auto loginMethod = wire::textMember(*member, "login_method");
    auto groups = textsMember(*member, "groups");
    if (auto read = wire::firstError(email, name, country, loginMethod, groups); !read)
        return read;
    query.identity = access::Identity{email->value_or(""), name->value_or(""), std::move(*groups), country->value_or(""), loginMethod->value_or("")};
    return {};
}

/// A client certificate: `true`, or an object with its common name.
Result<void> readCertificate(const Json& body, control::ExplainQuery& query)
{
    const Json* member = body.find("certificate");
    if (member == nullptr || member->isNull())
        return {};
    if (const auto present = member->asBool()) {
        query.hasCertificate = *present;
        return {};
    }
    if (!member->isObject())
        return fail(ErrorCode::invalidArgument, "certificate must be true, or an object with a common_name");
    const auto name = wire::textMember(*member, "common_name");
    if (!name)
        return std::unexpected(name.error());
    query.hasCertificate = true;
    query.commonName = name->value_or("");
    return {};
}

/// `token_id`, or `client_id` with or without `client_secret`.
Result<void> readToken(const Json& body, control::ExplainQuery& query)
{
    const auto tokenId = wire::textMember(body, "token_id");
    const auto clientId = wire::textMember(body, "client_id");
    const auto clientSecret = wire::textMember(body, "client_secret");
    if (auto read = wire::firstError(tokenId, clientId, clientSecret); !read)
        return read;
    query.token = {tokenId->value_or("")};
    query.clientId = clientId->value_or("");
    if (*clientSecret)
        query.clientSecret = SecretBytes(**clientSecret);
    query.isIncomplete = query.clientSecret && query.clientId.empty();
    return {};
}

/// Header lines as a request would have them: a name's value is a text, or several, each in a line of its own.
Result<void> readHeaders(const Json& body, control::ExplainQuery& query)
{
    const Json* headers = body.find("headers");
    if (headers == nullptr || headers->isNull())
        return {};
    const JsonObject* members = headers->asObject();
    if (members == nullptr)
        return fail(ErrorCode::invalidArgument, "headers must be an object of header names and their values");
    if (!query.token.isEmpty() || !query.clientId.empty() || query.clientSecret)
        return fail(ErrorCode::invalidArgument, "headers tell who is asking: leave out token_id, client_id and client_secret beside them");
    for (const auto& [name, value] : *members) {
        const JsonArray single{value};
        for (const Json& line : value.asArray() != nullptr ? *value.asArray() : single) {
            const std::string* text = line.asString();
            if (text == nullptr)
                return fail(ErrorCode::invalidArgument, "headers: the value of " + base::inQuotes(name) + " must be a string, or an array of them");
            if (!base::equalsIgnoreCaseAscii(name, "host"))
                query.headers.push_back({name, SecretBytes(*text)});
            else if (query.host.empty())
                query.host = *text;
        }
    }
    return {};
}

Result<void> readPlace(const Json& body, control::ExplainQuery& query)
{
    const auto application = wire::textMember(body, "application_id");
    const auto host = wire::textMember(body, "host");
    const auto path = wire::textMember(body, "path");
    const auto port = wire::integerMember(body, "port");
    const auto address = wire::textMember(body, "address");
    const auto country = wire::textMember(body, "country");
    const auto at = wire::timeMember(body, "time");
    if (auto read = wire::firstError(application, host, path, port, address, country, at); !read)
        return read;
    if (*port && (**port < 1 || **port > 65535))
        return fail(ErrorCode::invalidArgument, "port must be a whole number from 1 to 65535");
    query.application = {application->value_or("")};
    query.host = host->value_or("");
    query.path = path->value_or("");
    if (*port)
        query.port = static_cast<std::uint16_t>(**port);
    const auto peer = access::IpAddress::parse(address->value_or("127.0.0.1"));
    if (!peer)
        return fail(ErrorCode::invalidArgument, "address: " + peer.error().message);
    query.address = *peer;
    query.country = country->value_or("");
    query.at = *at;
    return {};
}

Result<control::ExplainQuery> queryFrom(const std::string& text)
{
    const auto body = parseJson(text);
    if (!body)
        return std::unexpected(body.error());
    if (!body->isObject())
        return fail(ErrorCode::invalidArgument, "the body must be an object");
    control::ExplainQuery query;
    for (const auto read : {readPlace, readToken, readHeaders, readIdentity, readCertificate}) {
        if (auto done = read(*body, query); !done)
            return std::unexpected(done.error());
    }
    return query;
}

Json encode(const access::PolicyTrace& policy)
{
    Json rules = Json::array();
    for (const auto& rule : policy.rules) {
        rules.push(Json::object()
                       .set("part", access::code(rule.part))
                       .set("rule", rule.description)
                       .set("matched", rule.matched)
                       .set("emulated", rule.emulated)
                       .set("message", !rule.emulated ? "This kind of rule is not emulated: it never matches here."
                                       : rule.matched ? "This rule matches."
                                                      : "This rule does not match."));
    }
    return Json::object()
        .set("id", policy.id)
        .set("name", policy.name)
        .set("decision", access::code(policy.decision))
        .set("precedence", policy.precedence)
        .set("verdict", access::code(policy.verdict))
        .set("rules", std::move(rules));
}

/// What became of the session that the header lines bring along; null: they bring none.
Json encodeSession(const control::Explanation& explanation)
{
    using Session = control::Explanation::Session;
    if (explanation.session == Session::none)
        return {};
    const bool isRefused = explanation.session == Session::refused;
    std::string_view words = "It counts.";
    if (isRefused)
        words = access::explain(explanation.sessionReason);
    else if (explanation.session == Session::unasked)
        words = "It is not asked for: the request is decided without it.";
    return Json::object()
        .set("counts", explanation.session == Session::counts)
        .set("reason", isRefused ? Json(access::code(explanation.sessionReason)) : Json())
        .set("explanation", words)
        .set("user_email", explanation.sessionEmail.empty() ? Json() : Json(explanation.sessionEmail));
}

Json encode(const control::Explanation& explanation)
{
    const auto& decision = explanation.trace.decision;
    const bool isAllowed = decision.outcome == access::Outcome::allow || decision.outcome == access::Outcome::bypass;
    Json decided = Json::object();
    decided.set("outcome", code(decision.outcome))
        .set("allowed", isAllowed)
        .set("reason", access::code(decision.reason))
        .set("explanation", access::explain(decision.reason))
        .set("policy_id", decision.policyId)
        .set("policy_name", decision.policyName)
        .set("rule", decision.rule)
        .set("principal", code(decision.principal));
    if (decision.outcome == access::Outcome::allow)
        decided.set("session_seconds", static_cast<std::int64_t>(decision.session.count()));
    Json application;
    if (explanation.application != nullptr) {
        application = Json::object()
                          .set("id", explanation.application->id().value)
                          .set("name", explanation.application->name())
                          .set("lets_people_log_in", explanation.application->hasIdentityPolicy());
    }
    Json policies = Json::array();
    for (const auto& policy : explanation.trace.policies)
        policies.push(encode(policy));
    return Json::object()
        .set("decision", std::move(decided))
        .set("mode", explanation.mode == access::Mode::strict ? "strict" : "legacy")
        .set("time", base::formatRfc3339(explanation.at))
        .set("application", std::move(application))
        .set("client_id", explanation.clientId.empty() ? Json() : Json(explanation.clientId))
        .set("session", encodeSession(explanation))
        .set("policies", std::move(policies));
}

void explain(RouteCall call, ReplyHandler reply)
{
    auto query = queryFrom(call.body);
    base::wipe(call.body);   // it may hold a secret
    if (!query)
        return reply(failure(query.error()));
    call.commands.explain(std::move(*query), [reply = std::move(reply)](Result<control::Explanation> explanation) mutable {
        reply(explanation ? success(encode(*explanation)) : failure(explanation.error()));
    });
}

constexpr Route kRoutes[] = {
    {"POST", "/latchkey/v1/explain", explain},
};

} // namespace explainCalls

std::span<const Route> explainRoutes()
{
    return explainCalls::kRoutes;
}

} // namespace latchkey::api
