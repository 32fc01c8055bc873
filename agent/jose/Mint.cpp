// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Mint.h"

#include "agent/base/Encoding.h"

#include <utility>

namespace latchkey::jose {

Result<std::string> payloadJson(const Claims& claims)
{
    for (const std::string* text : {&claims.audience, &claims.issuer, &claims.commonName}) {
        if (!base::isUtf8(*text))
            return fail(ErrorCode::invalidArgument, "A claim of the JWT is not UTF-8.");
    }
    const auto seconds = [](std::chrono::sys_seconds time) {
        return Json(static_cast<std::int64_t>(time.time_since_epoch().count()));
    };
    Json payload(JsonObject{
        {"type", "app"},
        {"aud", JsonArray{claims.audience}},
        {"exp", seconds(claims.expiresAt)},
        {"iss", claims.issuer},
        {"common_name", claims.commonName},
        {"iat", seconds(claims.issuedAt)},
        {"sub", ""},
    });
    if (claims.extra.isNull())
        return payload.dump();
    if (!claims.extra.isObject())
        return fail(ErrorCode::invalidArgument, "The additional claims of a JWT must be an object.");
    for (const auto& [name, value] : *claims.extra.asObject()) {
        if (payload.find(name) != nullptr)
            return fail(ErrorCode::invalidArgument, "An additional claim repeats one that the JWT has already.");
        payload.set(name, value);
    }
    return payload.dump();
}

Result<std::string> mint(const SigningKey& key, const Claims& claims)
{
    const auto payload = payloadJson(claims);
    if (!payload)
        return std::unexpected(payload.error());
    return signPayload(key, *payload);
}

Result<std::string> signPayload(const SigningKey& key, std::string_view payload)
{
    std::string jwt = key.jwtHeader() + '.' + base::toBase64Url(payload);
    const auto signature = key.sign(jwt);
    if (!signature)
        return std::unexpected(signature.error());
    jwt += '.';
    jwt += base::toBase64Url(*signature);
    return jwt;
}

} // namespace latchkey::jose
