// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "Group.h"
#include "ServiceToken.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::access {

/// One thing about the configuration that somebody should look at.
struct Finding {
    enum class Severity {
        error,     ///< Something does not work as it was meant to, or is open that looks closed.
        warning,   ///< It will stop working, or may not be what was meant.
        info,      ///< Nothing is wrong; somebody may want to tidy up.
    };
    /// What it is about. What is missing has an id and no name.
    struct Reference {
        std::string id;
        std::string name;
        bool operator==(const Reference&) const = default;
    };

    std::string code;                ///< One of those below, or, from a newer agent, another one.
    Severity severity = Severity::warning;
    std::string message;             ///< What is the matter and what to do about it; English.
    std::optional<Reference> application, token, policy, group;

    bool operator==(const Finding&) const = default;
};

[[nodiscard]] std::string_view code(Finding::Severity severity);   ///< `error`, `warning`, `info`
[[nodiscard]] std::optional<Finding::Severity> severityFrom(std::string_view code);

/// The kinds of findings.
namespace advice {
/// The classic mistake. Also any_valid_service_token, and groups that hold nothing but service tokens.
inline constexpr std::string_view tokenInAllowPolicy = "service_token_in_allow_policy";
/// No policy and no group that a policy uses names the token, and no Service Auth policy takes tokens it does not name.
inline constexpr std::string_view tokenUnused = "token_not_in_any_policy";
/// A policy or group names a token that is not there (any more).
inline constexpr std::string_view tokenMissing = "policy_names_missing_token";
inline constexpr std::string_view tokenExpired = "token_expired";
inline constexpr std::string_view tokenExpiresSoon = "token_expires_soon";          ///< Within 30 days, as the list counts it.
inline constexpr std::string_view tokenNeverUsed = "token_never_used";              ///< Older than `unusedAfter`.
inline constexpr std::string_view upstreamMissing = "application_without_upstream";
inline constexpr std::string_view upstreamSilent = "upstream_does_not_answer";      ///< Not by findAdvice(): it asks nobody.
/// A Bypass policy lets in, without a token, whom a Service Auth policy of the application asks for one.
inline constexpr std::string_view bypassOverServiceAuth = "bypass_over_service_auth";

/// A token that nobody has used is worth a word only when whoever made it had time to put it into service: a week (our choice;
/// Cloudflare has no such notice).
inline constexpr std::chrono::days unusedAfter{7};
} // namespace advice

/// Everything that advice is about. A disabled token was put aside on purpose, so nothing is said of its use and its end.
struct AdviceSubjects {
    std::span<const ServiceToken> tokens;
    std::span<const std::shared_ptr<const Application>> applications;
    std::span<const std::shared_ptr<const Policy>> policies;   ///< The reusable ones.
    std::span<const std::shared_ptr<const Group>> groups;
};

/// What is to be said, in the order of sortAdvice(). Takes time linear in the rules and tokens, but for sorting.
[[nodiscard]] std::vector<Finding> findAdvice(const AdviceSubjects& subjects, std::chrono::sys_seconds now);

/// The most severe first, then by kind; those of a kind stay in their order.
void sortAdvice(std::vector<Finding>& findings);

} // namespace latchkey::access
