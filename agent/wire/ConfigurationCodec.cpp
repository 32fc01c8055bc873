// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConfigurationCodec.h"

#include "ApplicationCodec.h"
#include "GroupCodec.h"
#include "Members.h"
#include "OrganizationCodec.h"
#include "SealedKeysCodec.h"
#include "ServiceTokenCodec.h"

#include "agent/access/ClientSecret.h"
#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <array>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMark = "latchkey_config";
constexpr std::int64_t kVersion = 1;
constexpr std::string_view kKeys = "keys";
constexpr std::array kMembers{kMark, "organization"sv, "service_tokens"sv, "groups"sv, "policies"sv, "applications"sv, kKeys};
constexpr std::string_view kSecret = "client_secret";
constexpr std::string_view kDigest = "client_secret_sha256";
constexpr std::string_view kPreviousDigest = "previous_client_secret_sha256";
constexpr std::string_view kActiveFrom = "active_from";
constexpr std::string_view kRotationDays = "key_rotation_interval_days";

std::unexpected<Error> refuseConfiguration(std::string message)
{
    return fail(ErrorCode::invalidArgument, std::move(message));
}

std::unexpected<Error> within(std::string_view list, std::size_t index, const Error& error)
{
    return refuseConfiguration(std::string(list) + " (entry " + std::to_string(index + 1) + "): " + error.message);
}

Json encode(const access::TokenRecord& record)
{
    Json json = wire::encode(record.token);
    json.set(kDigest, base::toHex(base::asText(record.secrets.current)));
    if (record.secrets.previous)
        json.set(kPreviousDigest, base::toHex(base::asText(*record.secrets.previous)));
    if (record.activeFrom != std::chrono::sys_seconds{})
        json.set(kActiveFrom, base::formatRfc3339(record.activeFrom));
    return json;
}

Result<std::optional<base::Digest>> digestMember(const Json& json, std::string_view name)
{
    const auto text = textMember(json, name);
    if (!text)
        return std::unexpected(text.error());
    if (!*text)
        return std::nullopt;
    const auto bytes = base::fromHex(**text);
    base::Digest digest{};
    if (!bytes || bytes->size() != digest.size())
        return refuseConfiguration(std::string(name) + " must be 64 hexadecimal digits");
    std::ranges::transform(*bytes, digest.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return digest;
}

/// The digest of a secret that is there in clear, which does not stay so.
Result<std::optional<base::Digest>> takeSecret(Json& json)
{
    for (auto& [name, value] : *json.asObject()) {
        if (name != kSecret || value.isNull())
            continue;
        std::string* text = value.asString();
        if (text == nullptr)
            return refuseConfiguration("client_secret must be a string");
        const auto form = access::checkClientSecret(*text);
        const auto digest = access::hashClientSecret(*text);
        base::wipe(*text);
        if (!form)
            return refuseConfiguration("client_secret: " + form.error().message);
        return digest;
    }
    return std::nullopt;
}

Result<access::TokenRecord> decodeRecord(Json& json)
{
    if (!json.isObject())
        return refuseConfiguration("each must be an object");
    const auto secret = takeSecret(json);
    json.remove(kSecret);
    const auto current = digestMember(json, kDigest);
    const auto previous = digestMember(json, kPreviousDigest);
    const auto activeFrom = timeMember(json, kActiveFrom);
    const auto duration = durationMember(json, "duration");   // decodeServiceToken() would overlook a wrong one
    const auto name = textMember(json, "name");
    if (const auto read = firstError(secret, current, previous, activeFrom, duration, name); !read)
        return std::unexpected(read.error());
    if (!*name)
        return refuseConfiguration("name is required");
    if (const auto checked = checkTokenName(**name); !checked)
        return std::unexpected(checked.error());
    if (!*secret && !*current)
        return refuseConfiguration("client_secret_sha256 or client_secret is required");
    if (*secret && *current && !base::equalDigests(**secret, **current))
        return refuseConfiguration("client_secret and client_secret_sha256 are of two secrets; leave one out");

    // Those of the API must be there for a client; an import makes them.
    for (const std::string_view member : {"id"sv, "client_id"sv}) {
        if (const Json* value = json.find(member); value == nullptr || value->isNull())
            json.set(member, "");
    }
    for (const std::string_view member : {kDigest, kPreviousDigest, kActiveFrom})
        json.remove(member);
    auto token = decodeServiceToken(json);
    if (!token)
        return refuseConfiguration(token.error().message);
    // Without a word of either it is a token of the usual length, which the import counts from now.
    if (!*duration && !token->expiresAt)
        token->duration = access::Duration::oneYear();
    access::TokenRecord record;
    record.token = std::move(*token);
    record.secrets = {*secret ? **secret : **current, *previous};
    record.activeFrom = activeFrom->value_or(std::chrono::sys_seconds{});
    return record;
}

template <typename Decode>
Result<void> eachOf(Json& json, std::string_view name, Decode decode)
{
    for (auto& [member, value] : *json.asObject()) {
        if (member != name || value.isNull())
            continue;
        JsonArray* items = value.asArray();
        if (items == nullptr)
            return refuseConfiguration(std::string(name) + " must be an array");
        for (std::size_t i = 0; i < items->size(); ++i) {
            if (Result<void> decoded = decode((*items)[i]); !decoded)
                return within(name, i, decoded.error());
        }
    }
    return {};
}

Result<std::optional<access::Organization>> decodeOrganizationOf(const Json& json)
{
    const Json* member = json.find("organization");
    if (member == nullptr || member->isNull())
        return std::nullopt;
    const auto days = member->isObject() ? integerMember(*member, kRotationDays) : Result<std::optional<std::int64_t>>();
    Json rest = *member;
    rest.remove(kRotationDays);
    auto organization = decodeOrganization(rest);
    if (!organization)
        return refuseConfiguration("organization: " + organization.error().message);
    if (!days)
        return refuseConfiguration("organization: " + days.error().message);
    if (*days)
        organization->keyRotationIntervalDays = static_cast<int>(std::clamp<std::int64_t>(**days, -1, 1'000'000));
    return std::move(*organization);
}

} // namespace

Json encode(const access::Configuration& configuration)
{
    Json tokens = Json::array();
    for (const auto& record : configuration.tokens)
        tokens.push(encode(record));
    Json applications = Json::array();
    for (const auto& application : configuration.applications)
        applications.push(wire::encode(application));
    Json json = Json::object();
    json.set(kMark, kVersion);
    if (configuration.organization) {
        Json organization = wire::encode(*configuration.organization);
        organization.set(kRotationDays, configuration.organization->keyRotationIntervalDays);
        json.set("organization", std::move(organization));
    }
    Json groups = Json::array();
    for (const auto& group : configuration.groups)
        groups.push(wire::encode(group));
    Json policies = Json::array();
    for (const auto& policy : configuration.policies)
        policies.push(wire::encode(policy));
    json.set("service_tokens", std::move(tokens))
        .set("groups", std::move(groups))
        .set("policies", std::move(policies))
        .set("applications", std::move(applications));
    if (configuration.keys)
        json.set(kKeys, encode(*configuration.keys));
    return json;
}

Result<access::Configuration> decodeConfiguration(Json&& json)
{
    const Json* mark = json.find(kMark);
    if (mark == nullptr)
        return refuseConfiguration("this is not a configuration of Latchkey: it lacks latchkey_config");
    if (mark->asInteger() != kVersion)
        return refuseConfiguration("latchkey_config: this version reads configurations of version 1 only");
    // A misspelt list must not be an empty one.
    for (const auto& [name, value] : *json.asObject()) {
        if (std::ranges::find(kMembers, name) == kMembers.end())
            return refuseConfiguration(name + " is not a part of a configuration");
    }
    access::Configuration configuration;
    auto organization = decodeOrganizationOf(json);
    if (!organization)
        return std::unexpected(organization.error());
    configuration.organization = std::move(*organization);
    const auto tokens = eachOf(json, "service_tokens", [&](Json& item) -> Result<void> {
        auto record = decodeRecord(item);
        if (!record)
            return std::unexpected(record.error());
        configuration.tokens.push_back(std::move(*record));
        return {};
    });
    if (!tokens)
        return std::unexpected(tokens.error());
    const auto groups = eachOf(json, "groups", [&](Json& item) -> Result<void> {
        auto group = decodeGroup(item);
        if (!group)
            return std::unexpected(group.error());
        configuration.groups.push_back(std::move(*group));
        return {};
    });
    if (!groups)
        return std::unexpected(groups.error());
    const auto policies = eachOf(json, "policies", [&](Json& item) -> Result<void> {
        auto policy = decodeReusable(item);
        if (!policy)
            return std::unexpected(policy.error());
        configuration.policies.push_back(std::move(*policy));
        return {};
    });
    if (!policies)
        return std::unexpected(policies.error());
    const auto applications = eachOf(json, "applications", [&](Json& item) -> Result<void> {
        auto application = decodeApplication(item);
        if (!application)
            return std::unexpected(application.error());
        configuration.applications.push_back(std::move(*application));
        return {};
    });
    if (!applications)
        return std::unexpected(applications.error());
    if (const Json* keys = json.find(kKeys); keys != nullptr && !keys->isNull()) {
        auto sealed = decodeSealed(*keys);
        if (!sealed)
            return refuseConfiguration("keys: " + sealed.error().message);
        configuration.keys = std::move(*sealed);
    }
    return configuration;
}

} // namespace latchkey::wire
