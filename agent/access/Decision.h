// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Ids.h"
#include "IpNetwork.h"
#include "Reason.h"
#include "Subject.h"

#include "agent/base/Sha256.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace latchkey::access {

/// What the hot path needs of a token; immutable, shared between snapshots. Kept small: at most 400 bytes a token with
/// everything that holds it.
struct TokenEntry {
    std::string clientId;
    std::array<std::uint8_t, 16> id{};        ///< The token's UUID in binary.
    base::Digest current{};
    base::Digest previous{};
    std::int64_t previousUntil = 0;           ///< Unix seconds; 0: there is no previous secret.
    std::int64_t expiresAt = 0;               ///< Unix seconds; 0: never.
    std::int64_t activeFrom = 0;              ///< Unix seconds; before it the token is not active yet.
    std::uint32_t revision = 0;               ///< Raised with every change; part of the assertion cache's key.
    bool enabled = true;
};

enum class Outcome {
    allow,
    bypass,
    unauthenticated,   ///< 401
    forbidden,         ///< 403
};

/// On whose behalf a request is let in: whom its JWT is about.
enum class Principal { none, token, certificate, identity };

/// The answer of the evaluator. `policy` and `rule` are views into the compiled application and live as long as it does.
struct Decision {
    Outcome outcome = Outcome::forbidden;
    Reason reason = Reason::noMatchingPolicy;
    std::string_view policyId;                       ///< The policy that decided, or came nearest; empty: none.
    std::string_view policyName;
    std::string_view rule;                           ///< The rule that decided, described; empty: none.
    std::chrono::seconds session{};                  ///< How long the JWT lives, for allow.
    Principal principal = Principal::none;           ///< For allow.
};

/// Whether this secret opens this token now. Pass nullptr for an unknown Client ID: the same work is done, so that time
/// does not tell. Order as in the facts: a wrong secret is `wrongSecret` whatever the token's state.
[[nodiscard]] Reason authenticate(const TokenEntry* token, const base::Digest& presented, std::chrono::sys_seconds now);

[[nodiscard]] std::string uuidText(const std::array<std::uint8_t, 16>& bytes);
[[nodiscard]] std::optional<std::array<std::uint8_t, 16>> uuidBytes(std::string_view text);

} // namespace latchkey::access
