// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Duration.h"

#include "agent/base/Error.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::access {

/// Somebody who can log in on the agent's login page, to try policies of identity with.
struct TestIdentity {
    std::string email;
    std::string name;
    std::vector<std::string> groups;
    std::string country;                 ///< ISO 3166-1 alpha-2, empty: none.

    bool operator==(const TestIdentity&) const = default;
};

/// What becomes of tokens that nobody uses. Source: access-facts, "Inactivity clean-up".
struct InactivitySetting {
    enum class Action { disable, remove };

    bool enabled = false;
    int thresholdDays = 90;              ///< 30 to 365.
    Action action = Action::disable;

    bool operator==(const InactivitySetting&) const = default;
};

/// The settings of the whole agent that the API calls the organization. Source: access-facts, "Management API"; those that
/// Cloudflare does not have stand in the `latchkey` member.
struct Organization {
    std::string name;
    std::string authDomain;                              ///< `<team>.cloudflareaccess.com`, fixed with the team.
    std::optional<Duration> sessionDuration;             ///< For applications that have none of their own.
    bool strict = true;                                  ///< `strict_service_token_auth`
    InactivitySetting inactivity;
    int keyRotationIntervalDays = 42;                    ///< 21 to 365; the API shows it in `access/keys`.

    std::chrono::seconds activationDelay{0};             ///< New tokens are refused that long.
    int rateLimit = 0;                                   ///< Requests to the API per 5 minutes; 0: no limit.
    std::string countryHeader;                           ///< The request header that tells the country; empty: none does.
    std::vector<TestIdentity> testIdentities;
    std::string extra;                                   ///< See ServiceToken::extra.

    bool operator==(const Organization&) const = default;
};

/// Whether every setting is one that can be in force; the error names the member as the API writes it.
[[nodiscard]] Result<void> checkOrganization(const Organization& organization);

} // namespace latchkey::access
