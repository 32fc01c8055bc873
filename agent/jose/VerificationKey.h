// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"
#include "agent/base/OpenSsl.h"

#include <memory>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// The public half of an RS256 key. Immutable, thread-safe, shared.
class VerificationKey {
public:
    /// One JWK (RFC 7517 §4, RFC 7518 §6.3.1). Refused: other types than RSA, another `alg` than RS256, another `use`
    /// than sig, `key_ops` without verify, no `kid`, fewer than 2048 or more than 8192 bits, an even or oversized
    /// exponent, a key that brings its private half along. The error's message says which, as the end of a sentence
    /// that starts with the key's name.
    [[nodiscard]] static Result<std::shared_ptr<const VerificationKey>> fromJwk(const Json& jwk);

    [[nodiscard]] const std::string& kid() const { return m_kid; }

    /// Whether `signature` (raw bytes) is this key's RS256 signature over `signingInput`.
    [[nodiscard]] bool verifies(std::string_view signingInput, std::string_view signature) const;

private:
    VerificationKey() = default;

    std::string m_kid;
    base::EvpPkeyPtr m_key;
    base::EvpMdCtxPtr m_prepared;   ///< Initialised for RS256 with m_key; only ever copied from.
};

} // namespace latchkey::jose
