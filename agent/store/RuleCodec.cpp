// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RuleCodec.h"

#include "agent/access/RuleJson.h"

#include <type_traits>

namespace latchkey::store {
namespace {

constexpr std::string_view kToken = "token";
constexpr std::string_view kAnyToken = "any_token";
constexpr std::string_view kEveryone = "everyone";
constexpr std::string_view kIp = "ip";
constexpr std::string_view kCertificate = "certificate";
constexpr std::string_view kCommonName = "common_name";
constexpr std::string_view kGeo = "geo";
constexpr std::string_view kGroup = "group";
constexpr std::string_view kEmail = "email";
constexpr std::string_view kEmailDomain = "email_domain";
constexpr std::string_view kLoginMethod = "login_method";
constexpr std::string_view kUnknown = "unknown";

JsonArray tuple(const access::Rule& rule)
{
    return std::visit([](const auto& value) -> JsonArray {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, access::ServiceTokenRule>)
            return {kToken, value.tokenId.value};
        else if constexpr (std::is_same_v<T, access::AnyValidServiceTokenRule>)
            return {kAnyToken};
        else if constexpr (std::is_same_v<T, access::EveryoneRule>)
            return {kEveryone};
        else if constexpr (std::is_same_v<T, access::IpRule>)
            return {kIp, value.network.text()};
        else if constexpr (std::is_same_v<T, access::CertificateRule>)
            return {kCertificate};
        else if constexpr (std::is_same_v<T, access::CommonNameRule>)
            return {kCommonName, value.commonName};
        else if constexpr (std::is_same_v<T, access::GeoRule>)
            return {kGeo, value.countryCode};
        else if constexpr (std::is_same_v<T, access::GroupRule>)
            return {kGroup, value.groupId.value};
        else if constexpr (std::is_same_v<T, access::EmailRule>)
            return {kEmail, value.email};
        else if constexpr (std::is_same_v<T, access::EmailDomainRule>)
            return {kEmailDomain, value.domain};
        else if constexpr (std::is_same_v<T, access::LoginMethodRule>)
            return {kLoginMethod, value.id};
        else
            return {kUnknown, value.kind, value.json};
    }, rule);
}

std::unexpected<Error> unreadableRule(std::string detail)
{
    return fail(ErrorCode::damaged, "A policy's rules in the database cannot be read.", std::move(detail));
}

/// The version that stored the rule did not know its kind; this one may. A rule that it would not take from the API today
/// stays what it was: kept, and matching nothing.
access::Rule understood(const std::string& kind, const std::string& text)
{
    const auto json = parseJson(text);
    auto rule = json ? access::decodeRule(*json) : std::unexpected(json.error());
    if (!rule || std::holds_alternative<access::UnknownRule>(*rule))
        return access::UnknownRule{kind, text};   // Its bytes, which reading and writing them again might change.
    return std::move(*rule);
}

Result<access::Rule> ruleFrom(const Json& json)
{
    const JsonArray* parts = json.asArray();
    if (!parts || parts->empty())
        return unreadableRule("a rule is no array");
    std::vector<std::string> texts;
    for (const Json& part : *parts) {
        const std::string* text = part.asString();
        if (!text)
            return unreadableRule("a rule's part is no text");
        texts.push_back(*text);
    }
    const std::string& kind = texts.front();
    const auto is = [&](std::string_view name, std::size_t size) { return kind == name && texts.size() == size; };
    if (is(kToken, 2))
        return access::ServiceTokenRule{access::TokenId{texts[1]}};
    if (is(kAnyToken, 1))
        return access::AnyValidServiceTokenRule{};
    if (is(kEveryone, 1))
        return access::EveryoneRule{};
    if (is(kCertificate, 1))
        return access::CertificateRule{};
    if (is(kCommonName, 2))
        return access::CommonNameRule{texts[1]};
    if (is(kGeo, 2))
        return access::GeoRule{texts[1]};
    if (is(kGroup, 2))
        return access::GroupRule{{texts[1]}};
    if (is(kEmail, 2))
        return access::EmailRule{texts[1]};
    if (is(kEmailDomain, 2))
        return access::EmailDomainRule{texts[1]};
    if (is(kLoginMethod, 2))
        return access::LoginMethodRule{texts[1]};
    if (is(kUnknown, 3))
        return understood(texts[1], texts[2]);
    if (is(kIp, 2)) {
        auto network = access::IpNetwork::parse(texts[1]);
        if (!network)
            return unreadableRule(network.error().message);
        return access::IpRule{*network};
    }
    return unreadableRule("a rule of kind " + kind);
}

} // namespace

std::string encodeRules(const std::vector<access::Rule>& rules)
{
    Json array = Json::array();
    for (const access::Rule& rule : rules)
        array.push(tuple(rule));
    return array.dump();
}

Result<std::vector<access::Rule>> decodeRules(std::string_view text)
{
    const auto json = parseJson(text);
    if (!json)
        return unreadableRule(json.error().message);
    const JsonArray* array = json->asArray();
    if (!array)
        return unreadableRule("rules are no array");
    std::vector<access::Rule> rules;
    rules.reserve(array->size());
    for (const Json& item : *array) {
        auto rule = ruleFrom(item);
        if (!rule)
            return std::unexpected(rule.error());
        rules.push_back(std::move(*rule));
    }
    return rules;
}

} // namespace latchkey::store
