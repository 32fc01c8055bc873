// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Rs256.h"

namespace latchkey::jose {

namespace {

const unsigned char* asUnsigned(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

using Init = int (*)(EVP_MD_CTX*, EVP_PKEY_CTX**, const char*, OSSL_LIB_CTX*, const char*, EVP_PKEY*,
                     const OSSL_PARAM[]);

base::EvpMdCtxPtr prepare(Init init, EVP_PKEY* key)
{
    base::EvpMdCtxPtr context(EVP_MD_CTX_new());
    // PKCS#1 v1.5 padding is what an RSA key starts with.
    if (!context || init(context.get(), nullptr, "SHA256", nullptr, nullptr, key, nullptr) != 1)
        return nullptr;
    return context;
}

base::EvpMdCtxPtr copyOf(const EVP_MD_CTX* prepared)
{
    base::EvpMdCtxPtr context(EVP_MD_CTX_new());
    if (!context || EVP_MD_CTX_copy_ex(context.get(), prepared) != 1)
        return nullptr;
    return context;
}

} // namespace

base::EvpMdCtxPtr prepareSigning(EVP_PKEY* key)
{
    return prepare(EVP_DigestSignInit_ex, key);
}

base::EvpMdCtxPtr prepareVerification(EVP_PKEY* key)
{
    return prepare(EVP_DigestVerifyInit_ex, key);
}

Result<std::string> signWith(const EVP_MD_CTX* prepared, EVP_PKEY* key, std::string_view input)
{
    const base::EvpMdCtxPtr context = copyOf(prepared);
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t size = signature.size();
    if (!context
        || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, asUnsigned(input),
                          input.size())
               != 1)
        return fail(ErrorCode::internal, "The JWT could not be signed.", base::openSslError());
    signature.resize(size);
    return signature;
}

bool verifyWith(const EVP_MD_CTX* prepared, std::string_view input, std::string_view signature)
{
    const base::EvpMdCtxPtr context = copyOf(prepared);
    const bool good = context
                   && EVP_DigestVerify(context.get(), asUnsigned(signature), signature.size(), asUnsigned(input),
                                       input.size())
                          == 1;
    if (!good)
        (void)base::openSslError();   // leave no stale entry in this thread's queue
    return good;
}

std::string numberOf(const EVP_PKEY* key, const char* parameter)
{
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, parameter, &raw) != 1)
        return {};
    const base::BignumPtr number(raw);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
    BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
    return bytes;
}

} // namespace latchkey::jose
