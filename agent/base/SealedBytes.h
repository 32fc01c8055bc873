// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Error.h"
#include "Random.h"
#include "SecretBytes.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::base {

/// What scrypt costs (RFC 7914): about 128·n·r bytes of memory, and p times the work.
struct ScryptCost {
    std::uint64_t n = 1U << 15U;   ///< A power of two. The default: 32 MiB and a tenth of a second.
    std::uint32_t r = 8;
    std::uint32_t p = 1;
    bool operator==(const ScryptCost&) const = default;
};

/// A secret under a passphrase: AES-256-GCM with a key by scrypt. Everything here may be shown; all of it, and a word for
/// what it is, is authenticated, so that no part can be changed unnoticed.
struct SealedBytes {
    ScryptCost cost;
    std::string salt;    ///< 16 bytes.
    std::string nonce;   ///< 12 bytes.
    std::string data;    ///< As long as the secret, and 16 bytes of tag.
    bool operator==(const SealedBytes&) const = default;
};

/// `purpose` tells what is sealed; unseal() wants the same one. Takes a moment on purpose: not for a thread that must not wait.
[[nodiscard]] Result<SealedBytes> seal(const SecretBytes& secret, const SecretBytes& passphrase, std::string_view purpose, Random& random,
                                       ScryptCost cost = {});
/// Errors: forbidden (another passphrase, or something was changed: the two cannot be told apart), invalidArgument (lengths
/// or costs that seal() does not make: at most 256 MiB are spent on a stranger's word).
[[nodiscard]] Result<SecretBytes> unseal(const SealedBytes& sealed, const SecretBytes& passphrase, std::string_view purpose);

} // namespace latchkey::base
