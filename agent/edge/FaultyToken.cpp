// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FaultyToken.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

namespace latchkey::edge {

using access::JwtFault;

namespace {

constexpr std::int64_t hour = 3600;

void shift(Json& claims, std::int64_t seconds)
{
    for (const char* name : {"iat", "nbf", "exp"}) {
        const Json* time = claims.find(name);
        if (time != nullptr && time->asInteger())
            claims.set(name, *time->asInteger() + seconds);
    }
}

Json headerOf(const jose::SigningKey& key, JwtFault fault)
{
    const std::string_view algorithm = fault == JwtFault::algNone ? "none" : fault == JwtFault::hs256 ? "HS256" : "RS256";
    const std::string kid = fault == JwtFault::unknownKid ? base::toHex(base::asText(base::sha256("no key of " + key.kid()))) : key.kid();
    return Json::object().set("alg", algorithm).set("kid", kid).set("typ", "JWT");
}

} // namespace

Result<std::string> faultyJwt(const jose::SigningKey& key, Json sound, const access::Faults& faults, std::chrono::sys_seconds now)
{
    const std::int64_t moment = now.time_since_epoch().count();
    shift(sound, faults.clockOffset.count());
    switch (faults.jwt) {
    case JwtFault::expired:
        sound.set("iat", moment - 2 * hour).set("exp", moment - hour);
        if (sound.find("nbf") != nullptr)
            sound.set("nbf", moment - 2 * hour);
        break;
    case JwtFault::notYetValid:
        // Validators look at nbf; Cloudflare's own JWTs of tokens have only iat.
        sound.set("iat", moment + hour).set("nbf", moment + hour).set("exp", moment + 25 * hour);
        break;
    case JwtFault::wrongAudience:
        sound.set("aud", JsonArray{base::toHex(base::asText(base::sha256("another application")))});
        break;
    case JwtFault::wrongIssuer:
        sound.set("iss", "https://another-team.cloudflareaccess.com");
        break;
    default:
        break;
    }
    std::string jwt = base::toBase64Url(headerOf(key, faults.jwt).dump()) + '.' + base::toBase64Url(sound.dump());
    std::string signature;
    if (faults.jwt == JwtFault::hs256) {
        // The key is what everybody can read, in the form the certs document has it: the classic confusion.
        signature = base::asText(base::hmacSha256(key.certificatePem(), jwt));
    } else if (faults.jwt != JwtFault::algNone) {
        auto made = key.sign(jwt);
        if (!made)
            return std::unexpected(made.error());
        signature = std::move(*made);
        if (faults.jwt == JwtFault::badSignature)
            signature[signature.size() / 2] = static_cast<char>(signature[signature.size() / 2] ^ 1);
    }
    jwt += '.';
    jwt += base::toBase64Url(signature);
    return jwt;
}

std::string faultyCerts(const std::string& sound, access::CertsFault fault, const std::string& currentKid)
{
    auto document = parseJson(sound);
    if (!document)
        return sound;
    const auto keep = [&](std::string_view name) {
        Json kept = Json::array();
        const Json* list = document->find(name);
        if (fault == access::CertsFault::stale && list != nullptr && list->asArray() != nullptr) {
            for (const Json& item : *list->asArray()) {
                const Json* kid = item.find("kid");
                if (kid != nullptr && kid->asString() != nullptr && *kid->asString() != currentKid)
                    kept.push(item);
            }
        }
        document->set(name, std::move(kept));
    };
    keep("keys");
    keep("public_certs");
    const JsonArray& left = *document->find("public_certs")->asArray();
    document->set("public_cert", left.empty() ? Json() : left.front());
    return document->dump();
}

} // namespace latchkey::edge
