// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "IdentityToken.h"

#include "agent/access/Decision.h"
#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include <algorithm>
#include <array>

namespace latchkey::edge {

Json identityPayload(const IdentityClaims& claims)
{
    const auto seconds = [](std::chrono::sys_seconds time) { return Json(static_cast<std::int64_t>(time.time_since_epoch().count())); };
    Json payload(JsonObject{
        {"aud", JsonArray{claims.audience}},
        {"email", claims.identity.email},
        {"exp", seconds(claims.expiresAt)},
        {"iat", seconds(claims.issuedAt)},
        {"nbf", seconds(claims.issuedAt)},
        {"iss", claims.issuer},
        {"type", "app"},
        {"identity_nonce", claims.nonce},
        {"sub", subjectOf(claims.identity.email)},
    });
    if (!claims.identity.country.empty())
        payload.set("country", claims.identity.country);
    return payload;
}

std::string subjectOf(std::string_view email)
{
    const base::Digest digest = base::sha256("latchkey identity " + base::toLowerAscii(email));
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x80U); // RFC 9562 §5.8: a form of our own
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    return access::uuidText(bytes);
}

} // namespace latchkey::edge
