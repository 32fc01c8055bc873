// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SigningKey.h"

#include "Certificate.h"
#include "Rs256.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <utility>
#include <vector>

namespace latchkey::jose {

namespace {

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, base::OpenSslDeleter<PKCS8_PRIV_KEY_INFO_free>>;

constexpr unsigned newKeyBits = 2048;

std::unexpected<Error> damagedKey(std::string why)
{
    return fail(ErrorCode::damaged, "The stored signing key cannot be used: " + std::move(why) + ".",
                base::openSslError());
}

/// DER of the SubjectPublicKeyInfo; empty on failure.
std::string publicDer(EVP_PKEY* key)
{
    const int size = i2d_PUBKEY(key, nullptr);
    if (size <= 0)
        return {};
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    return i2d_PUBKEY(key, &out) == size ? der : std::string();
}

Json jwkOf(const EVP_PKEY* key, const std::string& kid)
{
    return Json(JsonObject{
        {"kid", kid},
        {"kty", "RSA"},
        {"alg", "RS256"},
        {"use", "sig"},
        {"e", base::toBase64Url(numberOf(key, OSSL_PKEY_PARAM_RSA_E))},
        {"n", base::toBase64Url(numberOf(key, OSSL_PKEY_PARAM_RSA_N))},
    });
}

/// A private half that does not belong to the public one would sign JWTs that nobody accepts; notice it at the start.
bool halvesBelongTogether(EVP_PKEY* key, const EVP_MD_CTX* prepared)
{
    static constexpr std::string_view probe = "latchkey";
    const auto signature = signWith(prepared, key, probe);
    const base::EvpMdCtxPtr verification = prepareVerification(key);
    return signature && verification && verifyWith(verification.get(), probe, *signature);
}

} // namespace

Result<std::shared_ptr<const SigningKey>> SigningKey::generate(std::chrono::sys_seconds createdAt)
{
    base::EvpPkeyPtr key(EVP_RSA_gen(newKeyBits));
    if (!key)
        return fail(ErrorCode::internal, "A new signing key could not be made.", base::openSslError());
    return make(std::move(key), createdAt);
}

Result<std::shared_ptr<const SigningKey>> SigningKey::fromPkcs8Der(const SecretBytes& der,
                                                                   std::chrono::sys_seconds createdAt)
{
    const std::string_view bytes = der.reveal();
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = at + bytes.size();
    const Pkcs8Ptr info(bytes.empty() ? nullptr
                                      : d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(bytes.size())));
    if (!info || at != end)
        return damagedKey("it is not in PKCS#8 form");
    base::EvpPkeyPtr key(EVP_PKCS82PKEY(info.get()));
    if (!key)
        return damagedKey("its contents do not make a key");
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1)
        return damagedKey("it is not an RSA key");
    if (const int bits = EVP_PKEY_get_bits(key.get()); bits < minRsaBits || bits > maxRsaBits)
        return damagedKey("it has " + std::to_string(bits) + " bits instead of 2048 to 8192");
    return make(std::move(key), createdAt);
}

Result<std::shared_ptr<const SigningKey>> SigningKey::make(base::EvpPkeyPtr key, std::chrono::sys_seconds createdAt)
{
    const std::string der = publicDer(key.get());
    base::EvpMdCtxPtr prepared = prepareSigning(key.get());
    if (der.empty() || !prepared)
        return damagedKey("it cannot sign");
    if (!halvesBelongTogether(key.get(), prepared.get()))
        return damagedKey("its private half does not belong to its public half");

    const std::shared_ptr<SigningKey> made(new SigningKey);
    made->m_kid = base::toHex(base::asText(base::sha256(der)));
    auto pem = selfSignedPem(key.get(), made->m_kid, createdAt);
    if (!pem)
        return std::unexpected(std::move(pem.error()));
    made->m_certificatePem = std::move(*pem);
    made->m_publicJwk = jwkOf(key.get(), made->m_kid);
    const Json header(JsonObject{{"alg", "RS256"}, {"kid", made->m_kid}, {"typ", "JWT"}});
    made->m_jwtHeader = base::toBase64Url(header.dump());
    made->m_createdAt = createdAt;
    made->m_prepared = std::move(prepared);
    made->m_key = std::move(key);
    return made;
}

Result<SecretBytes> SigningKey::toPkcs8Der() const
{
    const Pkcs8Ptr info(EVP_PKEY2PKCS8(m_key.get()));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0)
        return fail(ErrorCode::internal, "The signing key could not be written.", base::openSslError());
    std::vector<unsigned char> der(static_cast<std::size_t>(size));
    unsigned char* out = der.data();
    const int written = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &out);
    SecretBytes secret(std::as_bytes(std::span(der)));
    base::wipe(der);
    if (written != size)
        return fail(ErrorCode::internal, "The signing key could not be written.", base::openSslError());
    return secret;
}

Result<std::string> SigningKey::sign(std::string_view signingInput) const
{
    return signWith(m_prepared.get(), m_key.get(), signingInput);
}

} // namespace latchkey::jose
