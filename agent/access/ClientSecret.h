// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Random.h"
#include "agent/base/SecretBytes.h"
#include "agent/base/Sha256.h"

#include <string_view>

namespace latchkey::access {

/// The form a Client Secret has. Source: access-facts, "Service tokens", `client_secret`.
enum class SecretForm {
    cfast,    ///< `cfast_` + 40 alphanumeric characters + 8-character checksum.
    legacy,   ///< 64 lower-case hex characters.
};

/// A new secret of the cfast form; its checksum is CRC-32 (IEEE) of everything before it, 8 lower-case hex digits.
[[nodiscard]] SecretBytes generateClientSecret(Random& random);

/// Which form the text has, checksum verified where the form has one; the error says what is wrong with it, never quotes it.
[[nodiscard]] Result<SecretForm> checkClientSecret(std::string_view secret);

/// What is stored of a secret: SHA-256 suffices, as it holds over 230 bits of entropy.
[[nodiscard]] base::Digest hashClientSecret(std::string_view secret);

/// Whether the text has the form of a Client ID: 32 lower-case hex + `.access` with an optional `.<domain>`.
[[nodiscard]] bool isClientId(std::string_view text);

} // namespace latchkey::access
