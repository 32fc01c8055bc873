// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationCodec.h"

#include "Members.h"

#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <array>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

constexpr std::array knownPolicyMembers{"id"sv, "name"sv, "decision"sv, "include"sv, "require"sv, "exclude"sv,
                                        "session_duration"sv, "precedence"sv, "created_at"sv, "updated_at"sv};
constexpr std::array knownApplicationMembers{"id"sv, "aud"sv, "name"sv, "domain"sv, "type"sv, "session_duration"sv,
                                             "policies"sv, "created_at"sv, "updated_at"sv, "latchkey"sv};

Json encodeRules(const std::vector<access::Rule>& rules)
{
    Json array = Json::array();
    for (const access::Rule& rule : rules)
        array.push(encode(rule));
    return array;
}

Result<std::vector<access::Rule>> decodeRules(const Json& policy, std::string_view name)
{
    std::vector<access::Rule> rules;
    const Json* member = policy.find(name);
    if (member == nullptr || member->isNull())
        return rules;
    const JsonArray* array = member->asArray();
    if (array == nullptr)
        return fail(ErrorCode::invalidArgument, std::string(name) + " must be an array");
    for (const Json& item : *array) {
        auto rule = decodeRule(item);
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
    return {};
}

Result<std::vector<access::Policy>> decodePolicies(const Json& json)
{
    std::vector<access::Policy> policies;
    const Json* member = json.find("policies");
    if (member == nullptr || member->isNull())
        return policies;
    const JsonArray* array = member->asArray();
    if (array == nullptr)
        return fail(ErrorCode::invalidArgument, "policies must be an array");
    for (const Json& item : *array) {
        auto policy = decodePolicy(item);
        if (!policy)
            return std::unexpected(policy.error());
        // Cloudflare numbers policies without a precedence by their place in the list.
        if (item.find("precedence") == nullptr)
            policy->precedence = static_cast<int>(policies.size()) + 1;
        policies.push_back(std::move(*policy));
    }
    std::ranges::stable_sort(policies, {}, &access::Policy::precedence);
    return policies;
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
        .set("precedence", policy.precedence)
        .set("created_at", base::formatRfc3339(policy.createdAt))
        .set("updated_at", base::formatRfc3339(policy.updatedAt));
    if (policy.sessionDuration)
        json.set("session_duration", policy.sessionDuration->text());
    addExtra(json, policy.extra);
    return json;
}

Result<access::Policy> decodePolicy(const Json& json)
{
    if (json.isString())
        return fail(ErrorCode::unsupported, "reusable policies are not offered yet: write the policy itself instead of its id");
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "a policy must be an object");
    access::Policy policy;
    const auto id = textMember(json, "id");
    const auto name = textMember(json, "name");
    const auto decision = textMember(json, "decision");
    const auto precedence = integerMember(json, "precedence");
    auto session = durationMember(json, "session_duration");
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    auto include = decodeRules(json, "include");
    auto require = decodeRules(json, "require");
    auto exclude = decodeRules(json, "exclude");
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
    if (*precedence) {
        if (**precedence < 0 || **precedence > 1'000'000)
            return fail(ErrorCode::invalidArgument, "precedence must be a whole number from 0 to 1000000");
        policy.precedence = static_cast<int>(**precedence);
    }
    policy.sessionDuration = std::move(*session);
    policy.createdAt = created->value_or(std::chrono::sys_seconds{});
    policy.updatedAt = updated->value_or(policy.createdAt);
    policy.include = std::move(*include);
    policy.require = std::move(*require);
    policy.exclude = std::move(*exclude);
    policy.extra = unknownMembers(json, knownPolicyMembers);
    return policy;
}

Json encode(const access::Application& application)
{
    Json policies = Json::array();
    for (const access::Policy& policy : application.policies)
        policies.push(encode(policy));
    Json own = Json::object();
    own.set("upstream", application.upstream).set("port", application.port ? Json(static_cast<int>(*application.port)) : Json());

    Json json = Json::object();
    json.set("id", application.id.value)
        .set("aud", application.audience.value)
        .set("name", application.name)
        .set("type", "self_hosted")
        .set("domain", application.domain)
        .set("session_duration", application.sessionDuration.text())
        .set("policies", std::move(policies))
        .set("created_at", base::formatRfc3339(application.createdAt))
        .set("updated_at", base::formatRfc3339(application.updatedAt))
        .set("latchkey", std::move(own));
    addExtra(json, application.extra);
    return json;
}

std::string encodeBody(const access::Application& application)
{
    Json json = encode(application);
    for (const std::string_view made : {"id", "aud", "created_at", "updated_at"})
        json.remove(made);
    for (auto& [name, value] : *json.asObject()) {
        if (name != "policies")
            continue;
        for (Json& policy : *value.asArray()) {
            for (const std::string_view made : {"id", "created_at", "updated_at"})
                policy.remove(made);
        }
    }
    return json.dump();
}

Result<access::Application> decodeApplication(const Json& json)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "an application must be an object");
    const auto id = textMember(json, "id");
    const auto audience = textMember(json, "aud");
    const auto name = textMember(json, "name");
    const auto type = textMember(json, "type");
    const auto domain = textMember(json, "domain");
    auto session = durationMember(json, "session_duration");
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    auto policies = decodePolicies(json);
    if (const auto read = firstError(id, audience, name, type, domain, session, created, updated, policies); !read)
        return std::unexpected(read.error());
    if (type->value_or("self_hosted") != "self_hosted")
        return fail(ErrorCode::unsupported, "only applications of type self_hosted are emulated");

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
    application.extra = unknownMembers(json, knownApplicationMembers);
    if (const auto own = decodeOwnMember(json, application); !own)
        return std::unexpected(own.error());
    return application;
}

Result<access::Application> decodeApplicationBody(std::string_view body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    return decodeApplication(*json);
}

} // namespace latchkey::wire
