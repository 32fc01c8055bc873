// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Organization.h"

#include "Email.h"
#include "FieldName.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <string_view>

namespace latchkey::access {

namespace {

constexpr std::chrono::seconds kLongestDelay = std::chrono::days(30);
constexpr int kLargestRateLimit = 1'000'000'000;
constexpr std::size_t kMostIdentities = 1000;

std::unexpected<Error> refuse(std::string message)
{
    return fail(ErrorCode::invalidArgument, std::move(message));
}

bool isPlain(std::string_view text)
{
    return base::isUtf8(text) && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool isCountry(std::string_view text)
{
    return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<void> checkIdentity(const TestIdentity& identity)
{
    const std::string where = "latchkey.test_identities: ";
    if (!isEmailAddress(identity.email))
        return refuse(where + "email must be an address like alice@example.com");
    if (identity.name.size() > 255 || !isPlain(identity.name))
        return refuse(where + "name must be text of at most 255 bytes");
    if (!identity.country.empty() && !isCountry(identity.country))
        return refuse(where + "country must be two capital letters, such as DE");
    for (const auto& group : identity.groups) {
        if (group.empty() || group.size() > 255 || !isPlain(group))
            return refuse(where + "groups must be texts of 1 to 255 bytes");
    }
    return {};
}

} // namespace

Result<void> checkOrganization(const Organization& organization)
{
    if (organization.name.empty() || organization.name.size() > 255 || !isPlain(organization.name))
        return refuse("name must be text of 1 to 255 bytes");
    if (organization.sessionDuration && organization.sessionDuration->isForever())
        return refuse("session_duration: a session ends; write its length like 24h or 30m");
    if (organization.inactivity.thresholdDays < 30 || organization.inactivity.thresholdDays > 365)
        return refuse("service_token_inactivity.inactivity_threshold_days must be a whole number from 30 to 365");
    if (organization.keyRotationIntervalDays < 21 || organization.keyRotationIntervalDays > 365)
        return refuse("key_rotation_interval_days must be a whole number from 21 to 365");
    if (organization.activationDelay.count() < 0 || organization.activationDelay > kLongestDelay)
        return refuse("latchkey.activation_delay must be from 0 to 2592000 seconds (30 days)");
    if (organization.rateLimit < 0 || organization.rateLimit > kLargestRateLimit)
        return refuse("latchkey.rate_limit must be a whole number of requests per 5 minutes; 0 means no limit");
    if (organization.countryHeader.size() > 100 || (!organization.countryHeader.empty() && !isFieldName(organization.countryHeader)))
        return refuse("latchkey.country_header must be the name of a header, such as CF-IPCountry, or empty");
    if (organization.testIdentities.size() > kMostIdentities)
        return refuse("latchkey.test_identities must have at most 1000 entries");
    for (auto identity = organization.testIdentities.begin(); identity != organization.testIdentities.end(); ++identity) {
        if (auto checked = checkIdentity(*identity); !checked)
            return checked;
        const auto same = [&](const TestIdentity& other) { return base::equalsIgnoreCaseAscii(other.email, identity->email); };
        if (std::any_of(organization.testIdentities.begin(), identity, same))
            return refuse("latchkey.test_identities: the email " + identity->email + " is there twice");
    }
    return {};
}

} // namespace latchkey::access
