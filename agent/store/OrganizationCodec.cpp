// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "OrganizationCodec.h"

#include "agent/base/Json.h"

#include <limits>

namespace latchkey::store {
namespace {

/// Reads members into fields and remembers the first that was of another kind.
class Members {
public:
    explicit Members(const Json& object) : m_object(object) { }

    void read(std::string_view name, std::string& field)
    {
        if (const Json* member = m_object.find(name)) {
            if (const std::string* text = member->asString())
                field = *text;
            else
                m_wrong = name;
        }
    }
    void read(std::string_view name, bool& field)
    {
        if (const Json* member = m_object.find(name)) {
            if (const auto value = member->asBool())
                field = *value;
            else
                m_wrong = name;
        }
    }
    void read(std::string_view name, int& field)
    {
        if (const Json* member = m_object.find(name)) {
            const auto value = member->asInteger();
            if (value && *value >= std::numeric_limits<int>::min() && *value <= std::numeric_limits<int>::max())
                field = static_cast<int>(*value);
            else
                m_wrong = name;
        }
    }
    void read(std::string_view name, std::vector<std::string>& field)
    {
        const Json* member = m_object.find(name);
        if (!member)
            return;
        const JsonArray* items = member->asArray();
        if (!items) {
            m_wrong = name;
            return;
        }
        for (const Json& item : *items) {
            if (const std::string* text = item.asString())
                field.push_back(*text);
            else
                m_wrong = name;
        }
    }
    void fail(std::string_view name) { m_wrong = name; }
    [[nodiscard]] std::string_view wrong() const { return m_wrong; }

private:
    const Json& m_object;
    std::string_view m_wrong;
};

std::unexpected<Error> unreadableOrganization(std::string detail)
{
    return fail(ErrorCode::damaged, "The organization's settings in the database cannot be read. Copy the data directory to a "
                                    "safe place and put latchkey.db back from a backup.", std::move(detail));
}

Json encode(const access::TestIdentity& identity)
{
    Json groups = Json::array();
    for (const auto& group : identity.groups)
        groups.push(group);
    return Json::object()
        .set("email", identity.email)
        .set("name", identity.name)
        .set("groups", std::move(groups))
        .set("country", identity.country);
}

} // namespace

std::string encodeOrganization(const access::Organization& organization)
{
    Json identities = Json::array();
    for (const auto& identity : organization.testIdentities)
        identities.push(encode(identity));
    Json json = Json::object();
    json.set("name", organization.name)
        .set("auth_domain", organization.authDomain)
        .set("strict", organization.strict)
        .set("inactivity_enabled", organization.inactivity.enabled)
        .set("inactivity_days", organization.inactivity.thresholdDays)
        .set("inactivity_deletes", organization.inactivity.action == access::InactivitySetting::Action::remove)
        .set("key_rotation_days", organization.keyRotationIntervalDays)
        .set("activation_delay", static_cast<int>(organization.activationDelay.count()))
        .set("rate_limit", organization.rateLimit)
        .set("country_header", organization.countryHeader)
        .set("identities", std::move(identities))
        .set("extra", organization.extra);
    if (organization.sessionDuration)
        json.set("session", organization.sessionDuration->text());
    return json.dump();
}

Result<access::Organization> decodeOrganization(std::string_view text)
{
    const auto json = parseJson(text);
    if (!json)
        return unreadableOrganization(json.error().message);
    if (!json->isObject())
        return unreadableOrganization("no object");

    access::Organization organization;
    Members members(*json);
    std::string session;
    bool deletes = false;
    int delay = 0;
    members.read("name", organization.name);
    members.read("auth_domain", organization.authDomain);
    members.read("session", session);
    members.read("strict", organization.strict);
    members.read("inactivity_enabled", organization.inactivity.enabled);
    members.read("inactivity_days", organization.inactivity.thresholdDays);
    members.read("inactivity_deletes", deletes);
    members.read("key_rotation_days", organization.keyRotationIntervalDays);
    members.read("activation_delay", delay);
    members.read("rate_limit", organization.rateLimit);
    members.read("country_header", organization.countryHeader);
    members.read("extra", organization.extra);
    if (const Json* identities = json->find("identities")) {
        const JsonArray* items = identities->asArray();
        if (!items)
            return unreadableOrganization("identities is no array");
        for (const Json& item : *items) {
            Members parts(item);
            access::TestIdentity identity;
            parts.read("email", identity.email);
            parts.read("name", identity.name);
            parts.read("groups", identity.groups);
            parts.read("country", identity.country);
            if (!parts.wrong().empty())
                members.fail("identities");
            organization.testIdentities.push_back(std::move(identity));
        }
    }
    if (!members.wrong().empty())
        return unreadableOrganization("the member " + std::string(members.wrong()));
    if (deletes)
        organization.inactivity.action = access::InactivitySetting::Action::remove;
    organization.activationDelay = std::chrono::seconds(delay);
    if (!session.empty()) {
        auto duration = access::Duration::parse(session);
        if (!duration)
            return unreadableOrganization("session: " + duration.error().message);
        organization.sessionDuration = std::move(*duration);
    }
    return organization;
}

} // namespace latchkey::store
