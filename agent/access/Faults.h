// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <chrono>
#include <string>
#include <string_view>

namespace latchkey::access {

/// What is wrong with the JWT that an upstream gets, so that a validator can be seen to refuse it.
enum class JwtFault { none, expired, notYetValid, wrongAudience, wrongIssuer, badSignature, algNone, hs256, unknownKid, missing };
/// What is wrong with the certs document on the application's hosts.
enum class CertsFault { none, unavailable, slow, empty, stale };

/// What an application's edge does wrong on purpose. Lives in memory only and is off after a restart.
/// Source: design, "Faults".
struct Faults {
    JwtFault jwt = JwtFault::none;
    CertsFault certs = CertsFault::none;
    std::chrono::seconds clockOffset{0};        ///< The JWT's times are shifted by it.
    std::chrono::milliseconds latency{0};       ///< Before a request is decided.
    bool byHeader = false;                      ///< Requests from this machine may choose with `Latchkey-Fault`.

    [[nodiscard]] bool any() const { return *this != Faults{}; }
    [[nodiscard]] bool changesJwt() const { return jwt != JwtFault::none || clockOffset.count() != 0; }
    bool operator==(const Faults&) const = default;
};

inline constexpr std::chrono::milliseconds longestLatency{60'000};

[[nodiscard]] std::string_view code(JwtFault fault);       ///< `wrong_audience`; empty for none.
[[nodiscard]] std::string_view code(CertsFault fault);     ///< `certs_stale`; empty for none.

/// As the header and the answers write them: `expired, latency=200, clock_offset=-60, certs_empty`. Empty: none.
[[nodiscard]] std::string describe(const Faults& faults);
/// Reads such a list over what `faults` has already; the error names the word that is none.
[[nodiscard]] Result<void> addFaults(Faults& faults, std::string_view list);

} // namespace latchkey::access
