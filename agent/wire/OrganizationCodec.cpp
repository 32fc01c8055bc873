// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "OrganizationCodec.h"

#include "Members.h"

#include <array>
#include <limits>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

constexpr std::array knownOrganizationMembers{"name"sv, "auth_domain"sv, "session_duration"sv, "strict_service_token_auth"sv,
                                  "service_token_inactivity"sv, "latchkey"sv};
constexpr std::array knownOrganizationOwnMembers{"activation_delay"sv, "rate_limit"sv, "country_header"sv, "test_identities"sv};

std::unexpected<Error> refuseOrganization(std::string message)
{
    return fail(ErrorCode::invalidArgument, std::move(message));
}

/// Puts the name of the object that a member stands in before the error's.
std::unexpected<Error> within(std::string_view object, const Error& error)
{
    return refuseOrganization(std::string(object) + '.' + error.message);
}

Json encode(const access::InactivitySetting& setting)
{
    return Json::object()
        .set("enabled", setting.enabled)
        .set("inactivity_threshold_days", setting.thresholdDays)
        .set("action", setting.action == access::InactivitySetting::Action::disable ? "disable" : "delete");
}

Json encodeIdentities(const std::vector<access::TestIdentity>& identities)
{
    Json array = Json::array();
    for (const auto& identity : identities) {
        Json groups = Json::array();
        for (const auto& group : identity.groups)
            groups.push(group);
        array.push(Json::object()
                       .set("email", identity.email)
                       .set("name", identity.name)
                       .set("groups", std::move(groups))
                       .set("country", identity.country));
    }
    return array;
}

Result<access::TestIdentity> decodeIdentity(const Json& json)
{
    if (!json.isObject())
        return refuseOrganization("each must be an object with an email");
    const auto email = textMember(json, "email");
    const auto name = textMember(json, "name");
    const auto country = textMember(json, "country");
    if (const auto read = firstError(email, name, country); !read)
        return std::unexpected(read.error());
    if (!*email)
        return refuseOrganization("email is required");
    access::TestIdentity identity{**email, name->value_or(""), {}, country->value_or("")};
    const Json* groups = json.find("groups");
    if (groups == nullptr || groups->isNull())
        return identity;
    const JsonArray* items = groups->asArray();
    if (items == nullptr)
        return refuseOrganization("groups must be an array");
    for (const Json& item : *items) {
        if (item.asString() == nullptr)
            return refuseOrganization("groups must be an array of strings");
        identity.groups.push_back(*item.asString());
    }
    return identity;
}

Result<void> applyInactivity(const Json& json, access::InactivitySetting& setting)
{
    if (json.isNull()) {
        setting = {};
        return {};
    }
    if (!json.isObject())
        return refuseOrganization("service_token_inactivity must be an object");
    const auto enabled = boolMember(json, "enabled");
    const auto days = integerMember(json, "inactivity_threshold_days");
    const auto action = textMember(json, "action");
    if (const auto read = firstError(enabled, days, action); !read)
        return within("service_token_inactivity", read.error());
    setting.enabled = enabled->value_or(setting.enabled);
    if (*days) {
        if (**days < 30 || **days > 365)
            return refuseOrganization("service_token_inactivity.inactivity_threshold_days must be a whole number from 30 to 365");
        setting.thresholdDays = static_cast<int>(**days);
    }
    if (*action) {
        if (**action != "disable" && **action != "delete")
            return refuseOrganization("service_token_inactivity.action must be disable or delete");
        setting.action = **action == "delete" ? access::InactivitySetting::Action::remove : access::InactivitySetting::Action::disable;
    }
    return {};
}

/// Seconds, or a duration's text; nullopt when it is not there.
Result<std::optional<std::chrono::seconds>> delayMember(const Json& own)
{
    const Json* member = own.find("activation_delay");
    if (member == nullptr || member->isString()) {
        const auto duration = durationMember(own, "activation_delay");
        if (!duration)
            return std::unexpected(duration.error());
        if (!*duration)
            return std::nullopt;
        if ((*duration)->isForever())
            return refuseOrganization("activation_delay must end");
        return std::chrono::ceil<std::chrono::seconds>(*(*duration)->length());
    }
    if (member->isNull())
        return std::chrono::seconds(0);
    const auto seconds = member->asInteger();
    if (!seconds)
        return refuseOrganization("activation_delay must be a number of seconds or a duration such as 5m");
    return std::chrono::seconds(*seconds);
}

Result<void> applyOwn(const Json& own, access::Organization& organization)
{
    if (!own.isObject())
        return refuseOrganization("latchkey must be an object");
    const auto delay = delayMember(own);
    const auto limit = integerMember(own, "rate_limit");
    const auto header = textMember(own, "country_header");
    if (const auto read = firstError(delay, limit, header); !read)
        return within("latchkey", read.error());
    if (*delay)
        organization.activationDelay = **delay;
    if (own.find("rate_limit") != nullptr) {
        const auto number = limit->value_or(0);
        if (number < 0 || number > std::numeric_limits<int>::max())
            return refuseOrganization("latchkey.rate_limit must be a whole number of requests per 5 minutes; 0 means no limit");
        organization.rateLimit = static_cast<int>(number);
    }
    if (own.find("country_header") != nullptr)
        organization.countryHeader = header->value_or("");
    if (const Json* identities = own.find("test_identities")) {
        organization.testIdentities.clear();
        const JsonArray* items = identities->asArray();
        if (items == nullptr && !identities->isNull())
            return refuseOrganization("latchkey.test_identities must be an array");
        for (const Json& item : items != nullptr ? *items : JsonArray{}) {
            auto identity = decodeIdentity(item);
            if (!identity)
                return refuseOrganization("latchkey.test_identities: " + identity.error().message);
            organization.testIdentities.push_back(std::move(*identity));
        }
    }
    return {};
}

/// What we do not know: a PUT's takes the place of what was kept, a PATCH's joins it. That inside `latchkey` travels under
/// this name.
std::string extraOf(const Json& body, const std::string& current, OrganizationUpdate how)
{
    const Json before = current.empty() ? Json::object() : parseJson(current).value_or(Json::object());
    Json extra = how == OrganizationUpdate::patch ? before : Json::object();
    if (const Json* kept = before.find("latchkey"))
        extra.set("latchkey", *kept);
    const std::string rest = unknownMembers(body, knownOrganizationMembers);
    const Json unknown = rest.empty() ? Json::object() : parseJson(rest).value_or(Json::object());
    for (const auto& [name, value] : *unknown.asObject())
        extra.set(name, value);
    if (const Json* own = body.find("latchkey")) {
        const std::string ownRest = unknownMembers(*own, knownOrganizationOwnMembers);
        const Json ownUnknown = ownRest.empty() ? Json::object() : parseJson(ownRest).value_or(Json::object());
        Json merged = extra.find("latchkey") != nullptr ? *extra.find("latchkey") : Json::object();
        for (const auto& [name, value] : *ownUnknown.asObject())
            merged.set(name, value);
        if (!merged.asObject()->empty())
            extra.set("latchkey", std::move(merged));
    }
    return extra.asObject()->empty() ? std::string() : extra.dump();
}

} // namespace

Json encode(const access::Organization& organization)
{
    Json own = Json::object();
    own.set("activation_delay", organization.activationDelay.count())
        .set("rate_limit", organization.rateLimit)
        .set("country_header", organization.countryHeader)
        .set("test_identities", encodeIdentities(organization.testIdentities));
    Json extra = organization.extra.empty() ? Json::object() : parseJson(organization.extra).value_or(Json::object());
    if (const Json* rest = extra.find("latchkey"))
        addExtra(own, rest->dump());

    Json json = Json::object();
    json.set("name", organization.name).set("auth_domain", organization.authDomain);
    if (organization.sessionDuration)
        json.set("session_duration", organization.sessionDuration->text());
    json.set("strict_service_token_auth", organization.strict)
        .set("service_token_inactivity", encode(organization.inactivity))
        .set("latchkey", std::move(own));
    addExtra(json, organization.extra);
    return json;
}

Result<access::Organization> applyOrganization(const Json& body, const access::Organization& current, OrganizationUpdate how)
{
    if (!body.isObject())
        return refuseOrganization("the body must be a JSON object");
    const auto name = textMember(body, "name");
    const auto authDomain = textMember(body, "auth_domain");
    const auto session = durationMember(body, "session_duration");
    const auto strict = boolMember(body, "strict_service_token_auth");
    if (const auto read = firstError(name, authDomain, session, strict); !read)
        return std::unexpected(read.error());

    access::Organization wanted = current;
    wanted.name = name->value_or(current.name);
    wanted.authDomain = authDomain->value_or(current.authDomain);
    if (how == OrganizationUpdate::put || body.find("session_duration") != nullptr)
        wanted.sessionDuration = *session;
    if (const Json* member = body.find("strict_service_token_auth"))
        wanted.strict = member->isNull() || **strict;
    if (const Json* inactivity = body.find("service_token_inactivity")) {
        if (auto applied = applyInactivity(*inactivity, wanted.inactivity); !applied)
            return std::unexpected(applied.error());
    }
    if (const Json* own = body.find("latchkey"); own != nullptr && !own->isNull()) {
        if (auto applied = applyOwn(*own, wanted); !applied)
            return std::unexpected(applied.error());
    }
    wanted.extra = extraOf(body, current.extra, how);
    return wanted;
}

Result<access::Organization> decodeOrganization(const Json& json)
{
    return applyOrganization(json, {}, OrganizationUpdate::put);
}

} // namespace latchkey::wire
