// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SigningKey.h"

#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <chrono>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// What an application JWT says about a service token. All text is UTF-8.
/// Source: Cloudflare's "Application token" page, payload of a service token.
struct Claims {
    std::string audience;      ///< The application's AUD tag.
    std::string issuer;        ///< `https://<team>.cloudflareaccess.com`
    std::string commonName;    ///< The Client ID.
    std::chrono::sys_seconds issuedAt;
    std::chrono::sys_seconds expiresAt;
    Json extra;                ///< Null, or an object whose members follow the claims above; it may not repeat one.
};

/// The JSON of the claims in Cloudflare's order: type, aud, exp, iss, common_name, iat, sub, then `extra`.
[[nodiscard]] Result<std::string> payloadJson(const Claims& claims);

/// A signed application JWT in compact form. It is a credential: never log it. Costs one RSA signature, so the edge
/// calls it on its signing pool. Thread-safe.
[[nodiscard]] Result<std::string> mint(const SigningKey& key, const Claims& claims);

/// Any payload, signed: header, payload and signature in compact form (RFC 7515 §7.1). As mint() otherwise.
[[nodiscard]] Result<std::string> signPayload(const SigningKey& key, std::string_view payload);

} // namespace latchkey::jose
