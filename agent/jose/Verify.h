// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DecodedJwt.h"
#include "JwkSet.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// What a JWT must say to be accepted.
struct Expectations {
    std::optional<std::string> issuer;      ///< Not checked when absent.
    std::optional<std::string> audience;    ///< Not checked when absent.
    std::chrono::sys_seconds now;
    std::chrono::seconds leeway{30}; ///< For clocks that disagree; the validators in the wild allow about this much.
};

/// The first thing that is wrong with a JWT, in the order in which verify() looks.
enum class JwtFault {
    none,
    malformed,                ///< Not a JWT, or a header or claim of the wrong type.
    criticalHeader,           ///< `crit` asks for an extension that is not understood (RFC 7515 §4.1.11).
    algorithmNotAllowed,      ///< Anything but RS256, above all `none` and HS256.
    unknownKey,               ///< No `kid`, or one that the set does not hold.
    badSignature,
    missingClaim,             ///< exp, or a claim that was expected.
    expired,
    notYetValid,              ///< `nbf` or `iat` lies in the future.
    wrongIssuer,
    wrongAudience,
};

/// A stable English code, for programs: `bad_signature`. `valid` for JwtFault::none.
[[nodiscard]] std::string_view code(JwtFault fault);
/// One sentence for a person, with what to look at; without the particulars that a Verdict's message has.
[[nodiscard]] std::string_view explain(JwtFault fault);

struct Verdict {
    JwtFault fault = JwtFault::malformed;
    std::string message; ///< One sentence. May quote claims (never the token), but only once the signature is proved.

    [[nodiscard]] bool valid() const { return fault == JwtFault::none; }
    [[nodiscard]] std::string_view code() const { return jose::code(fault); }
};

/// Judges a JWT. The algorithm is pinned to RS256, keys come from `keys` only (never from the header's jwk, jku, x5c),
/// the signature is checked before any claim is read. `exp` is required; `aud` may be a string or an array. A JWT is
/// expired from exp + leeway on, and not yet valid until nbf - leeway. Thread-safe.
[[nodiscard]] Verdict verify(const DecodedJwt& jwt, const JwkSet& keys, const Expectations& expectations);

/// The same for a JWT in compact form: what does not decode is JwtFault::malformed.
[[nodiscard]] Verdict verify(std::string_view compact, const JwkSet& keys, const Expectations& expectations);

} // namespace latchkey::jose
