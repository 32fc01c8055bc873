// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/OpenSsl.h"

#include <string>
#include <string_view>

namespace latchkey::jose {

// What SigningKey and VerificationKey share; private to this room.
//
// A context that was initialised once per key is copied for each operation: fetching and initialising anew goes through
// OpenSSL's shared method store and costs locks, copying bumps a few reference counts.

inline constexpr int minRsaBits = 2048;   // RFC 7518 §3.3
inline constexpr int maxRsaBits = 8192;   // beyond it one check takes long enough to be used as a weapon

/// A context ready to be copied; null when OpenSSL refuses the key (openSslError() says why).
[[nodiscard]] base::EvpMdCtxPtr prepareSigning(EVP_PKEY* key);
[[nodiscard]] base::EvpMdCtxPtr prepareVerification(EVP_PKEY* key);

[[nodiscard]] Result<std::string> signWith(const EVP_MD_CTX* prepared, EVP_PKEY* key, std::string_view input);
[[nodiscard]] bool verifyWith(const EVP_MD_CTX* prepared, std::string_view input, std::string_view signature);

/// The big-endian bytes of a key's parameter (OSSL_PKEY_PARAM_RSA_N, …_E), without leading zeros; empty if it has none.
[[nodiscard]] std::string numberOf(const EVP_PKEY* key, const char* parameter);

} // namespace latchkey::jose
