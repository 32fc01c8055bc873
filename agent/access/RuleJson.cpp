// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RuleJson.h"

#include "Decision.h"

#include <algorithm>

namespace latchkey::access {

namespace {

Json ruleOf(std::string_view kind, Json inner)
{
    return Json::object().set(kind, std::move(inner));
}

struct RuleEncoder {
    Json operator()(const ServiceTokenRule& rule) const
    {
        return ruleOf("service_token", Json::object().set("token_id", rule.tokenId.value));
    }
    Json operator()(const AnyValidServiceTokenRule&) const { return ruleOf("any_valid_service_token", Json::object()); }
    Json operator()(const EveryoneRule&) const { return ruleOf("everyone", Json::object()); }
    Json operator()(const IpRule& rule) const { return ruleOf("ip", Json::object().set("ip", rule.network.text())); }
    Json operator()(const CertificateRule&) const { return ruleOf("certificate", Json::object()); }
    Json operator()(const CommonNameRule& rule) const
    {
        return ruleOf("common_name", Json::object().set("common_name", rule.commonName));
    }
    Json operator()(const GeoRule& rule) const { return ruleOf("geo", Json::object().set("country_code", rule.countryCode)); }
    Json operator()(const GroupRule& rule) const { return ruleOf("group", Json::object().set("id", rule.groupId.value)); }
    Json operator()(const EmailRule& rule) const { return ruleOf("email", Json::object().set("email", rule.email)); }
    Json operator()(const EmailDomainRule& rule) const
    {
        return ruleOf("email_domain", Json::object().set("domain", rule.domain));
    }
    Json operator()(const LoginMethodRule& rule) const { return ruleOf("login_method", Json::object().set("id", rule.id)); }
    Json operator()(const UnknownRule& rule) const { return parseJson(rule.json).value_or(Json::object()); }
};

std::unexpected<Error> ruleLacks(const std::string& kind, const char* member)
{
    return fail(ErrorCode::invalidArgument, "a rule of kind " + kind + " must have the text " + member);
}

/// Kinds that are one text.
struct TextRule {
    std::string_view kind;
    const char* member;
    Result<Rule> (*make)(const std::string& value);
};

constexpr TextRule textRules[] = {
    {"email", "email", [](const std::string& value) -> Result<Rule> { return EmailRule{value}; }},
    {"email_domain", "domain", [](const std::string& value) -> Result<Rule> { return EmailDomainRule{value}; }},
    {"login_method", "id", [](const std::string& value) -> Result<Rule> { return LoginMethodRule{value}; }},
    {"group", "id",
     [](const std::string& value) -> Result<Rule> {
         if (!uuidBytes(value))
             return fail(ErrorCode::invalidArgument, "id must be the UUID of an Access group");
         return GroupRule{{value}};
     }},
    {"geo", "country_code",
     [](const std::string& value) -> Result<Rule> {
         if (value.size() != 2)
             return fail(ErrorCode::invalidArgument, "country_code must be two letters, like US");
         return GeoRule{value};
     }},
};

const TextRule* textRule(std::string_view kind)
{
    const auto* const found = std::ranges::find(textRules, kind, &TextRule::kind);
    return found != std::end(textRules) ? found : nullptr;
}

} // namespace

Json encodeRule(const Rule& rule)
{
    return std::visit(RuleEncoder{}, rule);
}

Result<Rule> decodeRule(const Json& json)
{
    const JsonObject* members = json.asObject();
    if (members == nullptr || members->size() != 1 || !members->front().second.isObject())
        return fail(ErrorCode::invalidArgument, "a rule must be an object with one member that is an object");
    const auto& [kind, inner] = members->front();
    const auto text = [&inner](const char* name) -> const std::string* {
        const Json* member = inner.find(name);
        return member != nullptr ? member->asString() : nullptr;
    };
    if (kind == "service_token") {
        const std::string* id = text("token_id");
        if (id == nullptr)
            return ruleLacks(kind, "token_id");
        if (!uuidBytes(*id))
            return fail(ErrorCode::invalidArgument, "token_id must be the UUID of a service token (its id, not its Client ID)");
        return ServiceTokenRule{{*id}};
    }
    if (kind == "ip") {
        const std::string* ip = text("ip");
        if (ip == nullptr)
            return ruleLacks(kind, "ip");
        auto network = IpNetwork::parse(*ip);
        if (!network)
            return std::unexpected(network.error());
        return IpRule{std::move(*network)};
    }
    if (kind == "common_name") {
        const std::string* name = text("common_name");
        if (name == nullptr)
            return ruleLacks(kind, "common_name");
        return CommonNameRule{*name};
    }
    if (const auto* known = textRule(kind)) {
        const std::string* value = text(known->member);
        if (value == nullptr || value->empty())
            return ruleLacks(kind, known->member);
        return known->make(*value);
    }
    if (kind == "any_valid_service_token")
        return AnyValidServiceTokenRule{};
    if (kind == "everyone")
        return EveryoneRule{};
    if (kind == "certificate")
        return CertificateRule{};
    return UnknownRule{kind, json.dump()};
}

} // namespace latchkey::access
