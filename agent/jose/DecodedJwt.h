// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// Longer text is not looked at. Cloudflare's identity JWTs stay below a cookie's 4 KiB; a request's head is 64 KiB.
inline constexpr std::size_t maxJwtBytes = 16U << 10U;

/// A JWT taken apart and *not verified*: nothing in it may be believed before verify() says so.
struct DecodedJwt {
    Json header;                ///< An object.
    Json payload;               ///< An object.
    std::string signingInput;   ///< The first two parts as they came, with the dot between them.
    std::string signature;      ///< Raw bytes; empty in an unsecured JWT, which verify() refuses.
};

/// RFC 7515 compact serialisation, strictly: exactly three parts, base64url without padding, line breaks or stray bits,
/// header and payload JSON objects without duplicate members. Nothing is trimmed. The error (invalidArgument) says
/// which part is wrong and never quotes it.
[[nodiscard]] Result<DecodedJwt> decodeJwt(std::string_view compact);

} // namespace latchkey::jose
