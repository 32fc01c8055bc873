// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Verify.h"

#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <utility>

namespace latchkey::jose {

namespace {

constexpr std::size_t maxQuoted = 200;

std::string quoted(std::string_view text)
{
    if (text.size() > maxQuoted)
        return "a very long text";
    std::string out;
    base::appendJsonString(out, text);
    return out;
}

std::string moment(double seconds)
{
    constexpr double limit = 9007199254740992.0;   // 2^53, far beyond every year that can be written
    const auto whole = static_cast<std::int64_t>(std::clamp(seconds, -limit, limit));
    return base::formatRfc3339(std::chrono::sys_seconds(std::chrono::seconds(whole)));
}

Verdict refuse(JwtFault fault)
{
    return {fault, std::string(explain(fault))};
}

Verdict refuse(JwtFault fault, std::string message)
{
    return {fault, std::move(message)};
}

Verdict sound()
{
    return {JwtFault::none, {}};
}

/// Who signed it, and whether that is proved.
Verdict judgeSignature(const DecodedJwt& jwt, const JwkSet& keys)
{
    if (jwt.header.find("crit") != nullptr)
        return refuse(JwtFault::criticalHeader);
    // Exactly these five characters: "rs256" or "RS256 " are other algorithms.
    const Json* algorithm = jwt.header.find("alg");
    if (algorithm == nullptr || algorithm->asString() == nullptr || *algorithm->asString() != "RS256")
        return refuse(JwtFault::algorithmNotAllowed);
    const Json* kid = jwt.header.find("kid");
    if (kid == nullptr)
        return refuse(JwtFault::unknownKey, "The JWT does not name the key it was signed with (kid).");
    if (kid->asString() == nullptr)
        return refuse(JwtFault::malformed, "The kid of the JWT is not a text.");
    const VerificationKey* key = keys.find(*kid->asString());
    if (key == nullptr)
        return refuse(JwtFault::unknownKey);
    if (!key->verifies(jwt.signingInput, jwt.signature))
        return refuse(JwtFault::badSignature);
    return sound();
}

/// RFC 7519 §2, NumericDate: seconds, perhaps with a fraction.
struct DateClaim {
    bool present = false;
    bool readable = true;
    double seconds = 0;
};

DateClaim dateClaim(const Json& payload, std::string_view name)
{
    const Json* claim = payload.find(name);
    if (claim == nullptr)
        return {};
    const auto value = claim->asDouble();
    return {true, value.has_value(), value.value_or(0)};
}

Verdict judgeTimes(const Json& payload, const Expectations& expectations)
{
    const double now = static_cast<double>(expectations.now.time_since_epoch().count());
    const double leeway = static_cast<double>(std::max(expectations.leeway.count(), std::chrono::seconds::rep(0)));
    const DateClaim expires = dateClaim(payload, "exp");
    const DateClaim notBefore = dateClaim(payload, "nbf");
    const DateClaim issued = dateClaim(payload, "iat");
    if (!expires.readable || !notBefore.readable || !issued.readable)
        return refuse(JwtFault::malformed, "A time in the JWT (exp, nbf or iat) is not a number of seconds.");
    if (!expires.present)
        return refuse(JwtFault::missingClaim, "The JWT does not say when it expires (exp).");
    if (now >= expires.seconds + leeway)
        return refuse(JwtFault::expired, "The JWT expired at " + moment(expires.seconds) + ".");
    if (notBefore.present && now < notBefore.seconds - leeway)
        return refuse(JwtFault::notYetValid, "The JWT is not valid before " + moment(notBefore.seconds) + ".");
    if (issued.present && now < issued.seconds - leeway)
        return refuse(JwtFault::notYetValid, "The JWT says it was issued in the future, at " + moment(issued.seconds)
                                                 + "; compare the clocks.");
    return sound();
}

Verdict judgeIssuer(const Json& payload, const Expectations& expectations)
{
    const Json* issuer = payload.find("iss");
    if (issuer != nullptr && issuer->asString() == nullptr)
        return refuse(JwtFault::malformed, "The issuer of the JWT (iss) is not a text.");
    if (!expectations.issuer)
        return sound();
    if (issuer == nullptr)
        return refuse(JwtFault::missingClaim, "The JWT does not say who issued it (iss).");
    if (*issuer->asString() != *expectations.issuer)
        return refuse(JwtFault::wrongIssuer, "The JWT was issued by " + quoted(*issuer->asString()) + ", not by "
                                                 + quoted(*expectations.issuer) + ".");
    return sound();
}

Verdict judgeAudience(const Json& payload, const Expectations& expectations)
{
    const auto isText = [](const Json& item) { return item.isString(); };
    const Json* audience = payload.find("aud");
    // RFC 7519 §4.1.3: one text or a list of them.
    if (audience != nullptr && !audience->isString()
        && !(audience->isArray() && std::ranges::all_of(*audience->asArray(), isText)))
        return refuse(JwtFault::malformed, "The audience of the JWT (aud) is neither a text nor a list of texts.");
    if (!expectations.audience)
        return sound();
    if (audience == nullptr)
        return refuse(JwtFault::missingClaim, "The JWT does not say which application it is for (aud).");
    const auto isExpected = [&](const Json& item) { return *item.asString() == *expectations.audience; };
    if (audience->isString() ? isExpected(*audience) : std::ranges::any_of(*audience->asArray(), isExpected))
        return sound();
    return refuse(JwtFault::wrongAudience,
                  "The JWT is for another application than " + quoted(*expectations.audience) + ".");
}

} // namespace

std::string_view code(JwtFault fault)
{
    switch (fault) {
    case JwtFault::none: return "valid";
    case JwtFault::malformed: return "malformed";
    case JwtFault::criticalHeader: return "critical_header";
    case JwtFault::algorithmNotAllowed: return "algorithm_not_allowed";
    case JwtFault::unknownKey: return "unknown_key";
    case JwtFault::badSignature: return "bad_signature";
    case JwtFault::missingClaim: return "missing_claim";
    case JwtFault::expired: return "expired";
    case JwtFault::notYetValid: return "not_yet_valid";
    case JwtFault::wrongIssuer: return "wrong_issuer";
    case JwtFault::wrongAudience: return "wrong_audience";
    }
    return "malformed";
}

std::string_view explain(JwtFault fault)
{
    switch (fault) {
    case JwtFault::none: return "The JWT is valid.";
    case JwtFault::malformed: return "The text is not a well-formed JWT.";
    case JwtFault::criticalHeader: return "The JWT demands an extension (crit) that is not understood here.";
    case JwtFault::algorithmNotAllowed: return "The JWT is not signed with RS256, the only algorithm that Access uses.";
    case JwtFault::unknownKey:
        return "The JWT was signed with a key that is not published; compare its kid with the certs.";
    case JwtFault::badSignature: return "The signature does not fit: the JWT was changed, or another key signed it.";
    case JwtFault::missingClaim: return "The JWT lacks a claim that it must have.";
    case JwtFault::expired: return "The JWT has expired.";
    case JwtFault::notYetValid: return "The JWT is not valid yet; compare the clocks.";
    case JwtFault::wrongIssuer: return "The JWT was issued by another team.";
    case JwtFault::wrongAudience: return "The JWT is for another application.";
    }
    return "The text is not a well-formed JWT.";
}

Verdict verify(const DecodedJwt& jwt, const JwkSet& keys, const Expectations& expectations)
{
    if (Verdict verdict = judgeSignature(jwt, keys); !verdict.valid())
        return verdict;
    for (const auto judge : {judgeTimes, judgeIssuer, judgeAudience}) {
        if (Verdict verdict = judge(jwt.payload, expectations); !verdict.valid())
            return verdict;
    }
    return refuse(JwtFault::none);
}

Verdict verify(std::string_view compact, const JwkSet& keys, const Expectations& expectations)
{
    auto jwt = decodeJwt(compact);
    if (!jwt)
        return refuse(JwtFault::malformed, std::move(jwt.error().message));
    return verify(*jwt, keys, expectations);
}

} // namespace latchkey::jose
