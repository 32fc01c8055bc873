// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationCodec.h"

#include "Members.h"

#include "agent/access/RuleJson.h"
#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <array>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

// The last one is what extraOf() may leave out.
constexpr std::array knownPolicyMembers{"id"sv, "name"sv, "decision"sv, "include"sv, "require"sv, "exclude"sv,
                                        "precedence"sv, "created_at"sv, "updated_at"sv, "session_duration"sv};
constexpr std::array knownApplicationMembers{"id"sv, "aud"sv, "name"sv, "domain"sv, "type"sv, "policies"sv,
                                             "created_at"sv, "updated_at"sv, "latchkey"sv, "session_duration"sv};
constexpr std::array knownApplicationOwnMembers{"upstream"sv, "port"sv};

/// Who wrote what is decoded: a body is told what is wrong with it, a reply is taken as it is.
enum class Origin { body, reply };

/// nullopt: missing, or (in a reply) not understood.
Result<std::optional<access::Duration>> sessionMember(const Json& json, Origin origin)
{
    auto session = durationMember(json, "session_duration");
    if (origin == Origin::reply && !session)
        return std::nullopt;
    if (origin == Origin::body && session && *session && (*session)->isForever())
        return fail(ErrorCode::invalidArgument, "session_duration: a session ends; write its length like 24h or 30m");
    return session;
}

bool isThere(const Json& json, std::string_view name)
{
    const Json* member = json.find(name);
    return member != nullptr && !member->isNull();
}

/// As unknownMembers(); a `session_duration` that a reply holds and we did not understand is among them.
std::string extraOf(const Json& json, std::span<const std::string_view> known, bool hasSession, Origin origin)
{
    const bool kept = origin == Origin::reply && !hasSession && isThere(json, "session_duration");
    return unknownMembers(json, kept ? known.first(known.size() - 1) : known);
}

/// What we do not know inside `latchkey` travels in the application's `extra` under that name.
void addOwnExtra(Json& own, const std::string& extra)
{
    const auto json = extra.empty() ? Result<Json>() : parseJson(extra);
    const Json* rest = json ? json->find("latchkey") : nullptr;
    if (rest != nullptr && rest->isObject())
        addExtra(own, rest->dump());
}

/// An `extra` text without a member.
std::string withoutMember(const std::string& extra, std::string_view name)
{
    if (!hasMember(extra, name))
        return extra;
    Json json = parseJson(extra).value_or(Json::object());
    json.remove(name);
    return json.asObject()->empty() ? std::string() : json.dump();
}

void setTime(Json& json, std::string_view name, std::chrono::sys_seconds time)
{
    // Older replies lack them, and 1970 would be an invention.
    if (time != std::chrono::sys_seconds{})
        json.set(name, base::formatRfc3339(time));
}

/// A rule that a reply holds and we would not take from a body: kept as it is, matching nothing.
access::Rule keptRule(const Json& json)
{
    const JsonObject* members = json.asObject();
    return access::UnknownRule{members != nullptr && !members->empty() ? members->front().first : "unknown", json.dump()};
}

Result<std::vector<access::Rule>> decodeRulesFrom(const Json& policy, std::string_view name, Origin origin)
{
    std::vector<access::Rule> rules;
    const Json* member = policy.find(name);
    if (member == nullptr || member->isNull())
        return rules;
    const JsonArray* array = member->asArray();
    if (array == nullptr)
        return fail(ErrorCode::invalidArgument, std::string(name) + " must be an array");
    for (const Json& item : *array) {
        auto rule = access::decodeRule(item);
        if (!rule && origin == Origin::reply)
            rule = keptRule(item);
        if (!rule)
            return fail(ErrorCode::invalidArgument, std::string(name) + ": " + rule.error().message);
        rules.push_back(std::move(*rule));
    }
    return rules;
}

Result<void> decodeOwnMember(const Json& json, access::Application& application)
{
    const Json* own = json.find("latchkey");
    if (own == nullptr || own->isNull())
        return {};
    if (!own->isObject())
        return fail(ErrorCode::invalidArgument, "latchkey must be an object");
    const auto upstream = textMember(*own, "upstream");
    if (!upstream)
        return std::unexpected(upstream.error());
    const auto port = integerMember(*own, "port");
    if (!port)
        return std::unexpected(port.error());
    if (*port && (**port < 1 || **port > 65535))
        return fail(ErrorCode::invalidArgument, "port must be a whole number from 1 to 65535");
    application.upstream = upstream->value_or("");
    if (*port)
        application.port = static_cast<std::uint16_t>(**port);
    if (const std::string rest = unknownMembers(*own, knownApplicationOwnMembers); !rest.empty()) {
        Json extra = application.extra.empty() ? Json::object() : parseJson(application.extra).value_or(Json::object());
        extra.set("latchkey", parseJson(rest).value_or(Json()));
        application.extra = extra.dump();
    }
    return {};
}

Result<int> precedenceFrom(std::optional<std::int64_t> precedence, int fallback)
{
    if (precedence && (*precedence < 0 || *precedence > 1'000'000))
        return fail(ErrorCode::invalidArgument, "precedence must be a whole number from 0 to 1000000");
    return precedence ? static_cast<int>(*precedence) : fallback;
}

/// Whether an application's list names a policy instead of holding one.
bool isLink(const Json& json)
{
    return json.isString() || (json.isObject() && isThere(json, "id") && !isThere(json, "decision"));
}

Result<access::Policy> decodeLink(const Json& json)
{
    access::Policy policy;
    policy.reusable = true;
    if (const std::string* id = json.asString()) {
        policy.id = {*id};
    } else {
        const auto member = textMember(json, "id");
        const auto precedence = integerMember(json, "precedence");
        if (const auto read = firstError(member, precedence); !read)
            return std::unexpected(read.error());
        const auto number = precedenceFrom(*precedence, policy.precedence);
        if (!number)
            return std::unexpected(number.error());
        policy.id = {member->value_or("")};
        policy.precedence = *number;
    }
    if (policy.id.isEmpty())
        return fail(ErrorCode::invalidArgument, "policies: the id of a policy is empty");
    return policy;
}

Result<access::Policy> decodePolicyFrom(const Json& json, Origin origin)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "a policy must be an object");
    access::Policy policy;
    const auto id = textMember(json, "id");
    const auto name = textMember(json, "name");
    const auto decision = textMember(json, "decision");
    const auto precedence = integerMember(json, "precedence");
    const Json* reusable = json.find("reusable");
    auto session = sessionMember(json, origin);
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    auto include = decodeRulesFrom(json, "include", origin);
    auto require = decodeRulesFrom(json, "require", origin);
    auto exclude = decodeRulesFrom(json, "exclude", origin);
    if (const auto read = firstError(id, name, decision, precedence, session, created, updated, include, require, exclude); !read)
        return std::unexpected(read.error());
    if (!*decision)
        return fail(ErrorCode::invalidArgument, "a policy must have a decision");
    const auto known = access::policyDecisionFrom(**decision);
    if (!known)
        return fail(ErrorCode::invalidArgument, "decision must be one of allow, deny, non_identity, bypass");
    policy.id = {id->value_or("")};
    policy.name = name->value_or("");
    policy.decision = *known;
    const auto number = precedenceFrom(*precedence, policy.precedence);
    if (!number)
        return std::unexpected(number.error());
    policy.precedence = *number;
    policy.sessionDuration = std::move(*session);
    policy.createdAt = created->value_or(std::chrono::sys_seconds{});
    policy.updatedAt = updated->value_or(policy.createdAt);
    policy.include = std::move(*include);
    policy.require = std::move(*require);
    policy.exclude = std::move(*exclude);
    policy.extra = extraOf(json, knownPolicyMembers, policy.sessionDuration.has_value(), origin);
    // Of one that is not, `reusable` travels with the rest: only Cloudflare's replies have it.
    policy.reusable = reusable != nullptr && reusable->asBool().value_or(false);
    if (policy.reusable)
        policy.extra = withoutMember(policy.extra, "reusable");
    return policy;
}

Result<std::vector<access::Policy>> decodePolicies(const Json& json, Origin origin)
{
    std::vector<access::Policy> policies;
    const Json* member = json.find("policies");
    if (member == nullptr || member->isNull())
        return policies;
    const JsonArray* array = member->asArray();
    if (array == nullptr)
        return fail(ErrorCode::invalidArgument, "policies must be an array");
    int largest = 0;
    for (const Json& item : *array) {
        auto policy = isLink(item) ? decodeLink(item) : decodePolicyFrom(item, origin);
        if (!policy)
            return std::unexpected(policy.error());
        // Cloudflare numbers policies without a precedence by their place in the list.
        if (!isThere(item, "precedence"))
            policy->precedence = largest + 1;
        largest = std::max(largest, policy->precedence);
        policies.push_back(std::move(*policy));
    }
    std::ranges::stable_sort(policies, {}, &access::Policy::precedence);
    return policies;
}

Result<access::Application> decodeApplicationFrom(const Json& json, Origin origin)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "an application must be an object");
    // First, so that nothing else in an object of another kind is found fault with.
    const auto type = textMember(json, "type");
    if (type && type->value_or("self_hosted") != "self_hosted")
        return fail(ErrorCode::unsupported, "only applications of type self_hosted are emulated");
    const auto id = textMember(json, "id");
    const auto audience = textMember(json, "aud");
    const auto name = textMember(json, "name");
    const auto domain = textMember(json, "domain");
    auto session = sessionMember(json, origin);
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    auto policies = decodePolicies(json, origin);
    if (const auto read = firstError(id, audience, name, type, domain, session, created, updated, policies); !read)
        return std::unexpected(read.error());

    access::Application application;
    application.id = {id->value_or("")};
    application.audience = {audience->value_or("")};
    application.name = name->value_or("");
    application.domain = domain->value_or("");
    if (*session)
        application.sessionDuration = std::move(**session);
    application.policies = std::move(*policies);
    application.createdAt = created->value_or(std::chrono::sys_seconds{});
    application.updatedAt = updated->value_or(application.createdAt);
    std::vector<std::string_view> understood(knownApplicationMembers.begin(), knownApplicationMembers.end() - 1);
    auto options = access::decodeOptions(json, origin == Origin::reply, &understood);
    if (!options)
        return std::unexpected(options.error());
    application.options = std::move(*options);
    understood.push_back(knownApplicationMembers.back()); // the last one is what extraOf() may leave out
    application.extra = extraOf(json, understood, session->has_value(), origin);
    if (const auto own = decodeOwnMember(json, application); !own)
        return std::unexpected(own.error());
    return application;
}

} // namespace

Json encode(const access::Policy& policy)
{
    Json json = Json::object();
    json.set("id", policy.id.value)
        .set("name", policy.name)
        .set("decision", access::code(policy.decision))
        .set("include", encodeRules(policy.include))
        .set("require", encodeRules(policy.require))
        .set("exclude", encodeRules(policy.exclude))
        .set("precedence", policy.precedence);
    setTime(json, "created_at", policy.createdAt);
    setTime(json, "updated_at", policy.updatedAt);
    if (policy.sessionDuration)
        json.set("session_duration", policy.sessionDuration->text());
    if (policy.reusable)
        json.set("reusable", true);
    addExtra(json, policy.extra);
    return json;
}

Json encodeReusable(const access::Policy& policy, int applications)
{
    Json json = encode(policy);
    // Its place is a matter of each application.
    json.remove("precedence");
    json.set("reusable", true).set("app_count", applications);
    return json;
}

Result<access::Policy> decodeReusable(const Json& json)
{
    auto policy = decodePolicy(json);
    if (!policy)
        return policy;
    for (const std::string_view name : {"name", "include"}) {
        if (!isThere(json, name))
            return fail(ErrorCode::invalidArgument, std::string(name) + " is missing");
    }
    for (const std::string_view made : {"reusable", "app_count", "account_id"})
        policy->extra = withoutMember(policy->extra, made);
    policy->reusable = true;
    return policy;
}

Json encodeRules(const std::vector<access::Rule>& rules)
{
    Json array = Json::array();
    for (const access::Rule& rule : rules)
        array.push(access::encodeRule(rule));
    return array;
}

Result<std::vector<access::Rule>> decodeRules(const Json& object, std::string_view name)
{
    return decodeRulesFrom(object, name, Origin::body);
}

Json encode(const access::Application& application)
{
    Json policies = Json::array();
    for (const access::Policy& policy : application.policies)
        policies.push(encode(policy));
    Json own = Json::object();
    own.set("upstream", application.upstream).set("port", application.port ? Json(static_cast<int>(*application.port)) : Json());
    addOwnExtra(own, application.extra);

    Json json = Json::object();
    json.set("id", application.id.value)
        .set("aud", application.audience.value)
        .set("name", application.name)
        .set("type", "self_hosted")
        .set("domain", application.domain)
        .set("policies", std::move(policies))
        .set("latchkey", std::move(own));
    setTime(json, "created_at", application.createdAt);
    setTime(json, "updated_at", application.updatedAt);
    // One that a reply held and we did not understand stands in `extra`; it goes back unless another was chosen since.
    if (application.sessionDuration != access::Duration::oneDay() || !hasMember(application.extra, "session_duration"))
        json.set("session_duration", application.sessionDuration.text());
    access::encodeOptions(json, application.options);
    addExtra(json, application.extra);
    return json;
}

std::string encodeBody(const access::Application& application)
{
    Json json = encode(application);
    for (const std::string_view made : {"id", "aud", "created_at", "updated_at"})
        json.remove(made);
    if (application.upstream.empty() && !application.port && !hasMember(application.extra, "latchkey"))
        json.remove("latchkey");
    for (auto& [name, value] : *json.asObject()) {
        if (name != "policies")
            continue;
        for (Json& policy : *value.asArray()) {
            for (const std::string_view made : {"created_at", "updated_at"})
                policy.remove(made);
            if (const Json* id = policy.find("id"); id->asString()->empty())
                policy.remove("id");
        }
    }
    return json.dump();
}

Result<access::Policy> decodePolicy(const Json& json)
{
    return decodePolicyFrom(json, Origin::body);
}

Result<access::Application> decodeApplication(const Json& json)
{
    return decodeApplicationFrom(json, Origin::body);
}

Result<access::Application> decodeApplicationReply(const Json& json)
{
    return decodeApplicationFrom(json, Origin::reply);
}

Result<access::Application> decodeApplicationBody(std::string_view body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    return decodeApplication(*json);
}

} // namespace latchkey::wire
