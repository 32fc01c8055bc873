// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/SealedBytes.h"
#include "agent/base/SecretBytes.h"
#include "agent/jose/SigningKey.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::control {

/// The keys of an agent as a backup holds them: what signs, what signed before and is still published, and the local
/// certificate authority, where there is one.
struct KeyBundle {
    struct SigningKey {
        std::shared_ptr<const jose::SigningKey> key;
        std::optional<std::chrono::sys_seconds> retiredAt;   ///< nullopt: the one that signs.
    };
    struct Authority {
        SecretBytes key;
        std::string certificatePem;
    };
    std::vector<SigningKey> signing;
    std::optional<Authority> authority;
};

/// What a bundle is sealed as.
inline constexpr std::string_view kKeyBundlePurpose = "agent keys";

/// One that is shorter could be guessed from a file that was copied (our choice).
inline constexpr std::size_t kShortestPassphrase = 12;
[[nodiscard]] Result<void> checkPassphrase(const SecretBytes& passphrase);

/// A line a key, digits in hex. No copy of a key is left behind anywhere.
[[nodiscard]] Result<SecretBytes> encodeKeys(const KeyBundle& bundle);
/// Errors: damaged, when it is not what encodeKeys() writes; exactly one key signs.
[[nodiscard]] Result<KeyBundle> decodeKeys(const SecretBytes& text);

} // namespace latchkey::control
