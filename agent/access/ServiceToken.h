// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Duration.h"
#include "Ids.h"

#include "agent/base/Sha256.h"

#include <chrono>
#include <optional>
#include <string>

namespace latchkey::access {

/// A service token as the API shows it: everything but its secret. Times are UTC.
/// Source: access-facts, "Service tokens".
struct ServiceToken {
    TokenId id;
    ClientId clientId;
    std::string name;
    Duration duration = Duration::oneYear();
    bool enabled = true;
    int clientSecretVersion = 1;
    std::optional<std::chrono::sys_seconds> previousClientSecretExpiresAt;
    std::chrono::sys_seconds createdAt{};
    std::chrono::sys_seconds updatedAt{};
    std::optional<std::chrono::sys_seconds> expiresAt;    ///< nullopt: forever.
    std::optional<std::chrono::sys_seconds> lastSeenAt;   ///< nullopt: never used.
    std::string extra;   ///< Members of the API's object that we do not know: a JSON object's text, or empty. Only wire reads it.

    bool operator==(const ServiceToken&) const = default;
};

/// What the agent keeps of a token's secrets.
struct SecretDigests {
    base::Digest current{};
    std::optional<base::Digest> previous;   ///< Accepted until ServiceToken::previousClientSecretExpiresAt.

    bool operator==(const SecretDigests&) const = default;
};

/// A token and its secrets' digests, as the store holds it.
struct TokenRecord {
    ServiceToken token;
    SecretDigests secrets;
    /// Before it the token opens nothing yet; the epoch: at once. Real networks take minutes to learn of a new token.
    std::chrono::sys_seconds activeFrom{};

    bool operator==(const TokenRecord&) const = default;
};

/// What a person calls the state of a token.
enum class TokenState { active, expiresSoon, expired, disabled };

/// `expiresSoon` is within 30 days, as the list and the chips count it. Disabled wins over expired.
[[nodiscard]] TokenState stateAt(const ServiceToken& token, std::chrono::sys_seconds now);

} // namespace latchkey::access
