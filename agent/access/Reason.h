// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace latchkey::access {

/// Why a request was let in or refused. The codes are stable English; the app translates them.
/// Source: design, "Why refused".
enum class Reason {
    allowed,            ///< A policy let it in.
    bypassed,           ///< A Bypass policy let it in without a look at credentials.
    missingCredentials,
    incompleteCredentials,
    duplicateCredentials,
    malformedCredentials,
    unknownClientId,
    wrongSecret,
    tokenExpired,
    tokenDisabled,
    tokenNotActiveYet,
    previousSecretExpired,
    noMatchingPolicy,
    matchedAllowNotServiceAuth,
    excludedByPolicy,
    requirementNotMet,
    deniedByPolicy,
    sessionExpired,     ///< The JWT that a request brings along as its session is past its `exp`.
    sessionRevoked,
    wrongAudience,      ///< It is another application's.
    invalidJwt,
    unknownApplication,
    ambiguousPath,      ///< The target differs from its normalised form.
    upstreamMissing,    ///< The application names no upstream.
    upstreamUnreachable,
    upstreamTimedOut,
    upstreamProtocol,
};

[[nodiscard]] std::string_view code(Reason reason);         ///< `wrong_secret`
[[nodiscard]] std::string_view explain(Reason reason);      ///< One English sentence that says what to do.

} // namespace latchkey::access
