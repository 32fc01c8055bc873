// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "VerificationKey.h"

#include "Rs256.h"

#include "agent/base/Encoding.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace latchkey::jose {

namespace {

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, base::OpenSslDeleter<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, base::OpenSslDeleter<OSSL_PARAM_free>>;

constexpr int maxExponentBits = 64;   // what OpenSSL accepts beside a large modulus

std::unexpected<Error> unusable(std::string why)
{
    return fail(ErrorCode::unsupported, std::move(why), base::openSslError());
}

/// Whether the member is absent or the very text.
bool absentOrIs(const Json& jwk, std::string_view name, std::string_view text)
{
    const Json* member = jwk.find(name);
    return member == nullptr || (member->asString() != nullptr && *member->asString() == text);
}

/// RFC 7517 §4.3: an array of operations; absent means any.
bool mayVerify(const Json& jwk)
{
    const Json* operations = jwk.find("key_ops");
    if (operations == nullptr)
        return true;
    const JsonArray* list = operations->asArray();
    return list != nullptr && std::ranges::any_of(*list, [](const Json& item) {
        return item.asString() != nullptr && *item.asString() == "verify";
    });
}

/// Why the JWK's description rules it out, whatever its numbers are.
std::optional<std::string> objection(const Json& jwk)
{
    if (!jwk.isObject())
        return "it is not an object";
    if (const Json* type = jwk.find("kty"); type == nullptr || !absentOrIs(jwk, "kty", "RSA"))
        return "its type is not RSA";
    if (!absentOrIs(jwk, "alg", "RS256"))
        return "its algorithm is not RS256";
    if (!absentOrIs(jwk, "use", "sig") || !mayVerify(jwk))
        return "it is not meant for checking signatures";
    static constexpr std::array privateMembers{"d", "p", "q", "dp", "dq", "qi", "oth"};
    if (std::ranges::any_of(privateMembers, [&](const char* name) { return jwk.find(name) != nullptr; }))
        return "it gives its private half away";
    const Json* kid = jwk.find("kid");
    if (kid == nullptr || kid->asString() == nullptr || kid->asString()->empty())
        return "it has no kid";
    return std::nullopt;
}

/// RFC 7518 §2, Base64urlUInt; null when it is none. A leading zero byte is let pass: encoders in the wild write it.
base::BignumPtr numberIn(const Json& jwk, std::string_view name)
{
    const Json* member = jwk.find(name);
    if (member == nullptr || member->asString() == nullptr || member->asString()->size() > 4 * maxRsaBits / 8)
        return nullptr;
    const auto bytes = base::fromBase64Url(*member->asString());
    if (!bytes || bytes->empty())
        return nullptr;
    return base::BignumPtr(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                                     static_cast<int>(bytes->size()), nullptr));
}

base::EvpPkeyPtr publicKey(const BIGNUM* modulus, const BIGNUM* exponent)
{
    const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus) != 1
        || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
        return nullptr;
    const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
    const base::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1
        || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return base::EvpPkeyPtr(key);
}

} // namespace

Result<std::shared_ptr<const VerificationKey>> VerificationKey::fromJwk(const Json& jwk)
{
    if (auto why = objection(jwk))
        return unusable(std::move(*why));
    const base::BignumPtr modulus = numberIn(jwk, "n");
    const base::BignumPtr exponent = numberIn(jwk, "e");
    if (!modulus || !exponent)
        return unusable("its n or e is not a number in base64url");
    if (const int bits = BN_num_bits(modulus.get()); bits < minRsaBits || bits > maxRsaBits)
        return unusable("it has " + std::to_string(bits) + " bits instead of 2048 to 8192");
    if (BN_is_odd(modulus.get()) == 0 || BN_is_odd(exponent.get()) == 0 || BN_is_one(exponent.get()) == 1
        || BN_num_bits(exponent.get()) > maxExponentBits)
        return unusable("its n and e do not make an RSA key");

    const std::shared_ptr<VerificationKey> made(new VerificationKey);
    made->m_kid = *jwk.find("kid")->asString();
    made->m_key = publicKey(modulus.get(), exponent.get());
    made->m_prepared = made->m_key ? prepareVerification(made->m_key.get()) : nullptr;
    if (!made->m_prepared)
        return unusable("its n and e do not make an RSA key");
    return made;
}

bool VerificationKey::verifies(std::string_view signingInput, std::string_view signature) const
{
    return verifyWith(m_prepared.get(), signingInput, signature);
}

} // namespace latchkey::jose
