// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationCodec.h"

#include "agent/access/Decision.h"

#include <algorithm>

namespace latchkey::wire {

namespace {

Json wrap(std::string_view kind, Json inner)
{
    return Json::object().set(kind, std::move(inner));
}

struct Encoder {
    Json operator()(const access::ServiceTokenRule& rule) const
    {
        return wrap("service_token", Json::object().set("token_id", rule.tokenId.value));
    }
    Json operator()(const access::AnyValidServiceTokenRule&) const { return wrap("any_valid_service_token", Json::object()); }
    Json operator()(const access::EveryoneRule&) const { return wrap("everyone", Json::object()); }
    Json operator()(const access::IpRule& rule) const { return wrap("ip", Json::object().set("ip", rule.network.text())); }
    Json operator()(const access::CertificateRule&) const { return wrap("certificate", Json::object()); }
    Json operator()(const access::CommonNameRule& rule) const
    {
        return wrap("common_name", Json::object().set("common_name", rule.commonName));
    }
    Json operator()(const access::GeoRule& rule) const { return wrap("geo", Json::object().set("country_code", rule.countryCode)); }
    Json operator()(const access::GroupRule& rule) const { return wrap("group", Json::object().set("id", rule.groupId.value)); }
    Json operator()(const access::EmailRule& rule) const { return wrap("email", Json::object().set("email", rule.email)); }
    Json operator()(const access::EmailDomainRule& rule) const
    {
        return wrap("email_domain", Json::object().set("domain", rule.domain));
    }
    Json operator()(const access::LoginMethodRule& rule) const { return wrap("login_method", Json::object().set("id", rule.id)); }
    Json operator()(const access::UnknownRule& rule) const { return parseJson(rule.json).value_or(Json::object()); }
};

std::unexpected<Error> lacks(const std::string& kind, const char* member)
{
    return fail(ErrorCode::invalidArgument, "a rule of kind " + kind + " must have the text " + member);
}

/// Kinds that are one text.
struct TextRule {
    std::string_view kind;
    const char* member;
    Result<access::Rule> (*make)(const std::string& value);
};

constexpr TextRule textRules[] = {
    {"email", "email", [](const std::string& value) -> Result<access::Rule> { return access::EmailRule{value}; }},
    {"email_domain", "domain", [](const std::string& value) -> Result<access::Rule> { return access::EmailDomainRule{value}; }},
    {"login_method", "id", [](const std::string& value) -> Result<access::Rule> { return access::LoginMethodRule{value}; }},
    {"group", "id",
     [](const std::string& value) -> Result<access::Rule> {
         if (!access::uuidBytes(value))
             return fail(ErrorCode::invalidArgument, "id must be the UUID of an Access group");
         return access::GroupRule{{value}};
     }},
    {"geo", "country_code",
     [](const std::string& value) -> Result<access::Rule> {
         if (value.size() != 2)
             return fail(ErrorCode::invalidArgument, "country_code must be two letters, like US");
         return access::GeoRule{value};
     }},
};

const TextRule* textRule(std::string_view kind)
{
    const auto* const found = std::ranges::find(textRules, kind, &TextRule::kind);
    return found != std::end(textRules) ? found : nullptr;
}

} // namespace

Json encode(const access::Rule& rule)
{
    return std::visit(Encoder{}, rule);
}

Result<access::Rule> decodeRule(const Json& json)
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
            return lacks(kind, "token_id");
        if (!access::uuidBytes(*id))
            return fail(ErrorCode::invalidArgument, "token_id must be the UUID of a service token (its id, not its Client ID)");
        return access::ServiceTokenRule{{*id}};
    }
    if (kind == "ip") {
        const std::string* ip = text("ip");
        if (ip == nullptr)
            return lacks(kind, "ip");
        auto network = access::IpNetwork::parse(*ip);
        if (!network)
            return std::unexpected(network.error());
        return access::IpRule{std::move(*network)};
    }
    if (kind == "common_name") {
        const std::string* name = text("common_name");
        if (name == nullptr)
            return lacks(kind, "common_name");
        return access::CommonNameRule{*name};
    }
    if (const auto* known = textRule(kind)) {
        const std::string* value = text(known->member);
        if (value == nullptr || value->empty())
            return lacks(kind, known->member);
        return known->make(*value);
    }
    if (kind == "any_valid_service_token")
        return access::AnyValidServiceTokenRule{};
    if (kind == "everyone")
        return access::EveryoneRule{};
    if (kind == "certificate")
        return access::CertificateRule{};
    return access::UnknownRule{kind, json.dump()};
}

} // namespace latchkey::wire
