// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Sha256.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <new>

namespace latchkey::base {

bool equalDigests(const Digest& left, const Digest& right)
{
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Sha256::Sha256()
    : m_algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr))
    , m_context(EVP_MD_CTX_new())
{
    if (!m_algorithm || !m_context)
        throw std::bad_alloc();
}

Digest Sha256::hash(std::string_view bytes)
{
    Digest digest;
    unsigned size = 0;
    if (EVP_DigestInit_ex2(m_context.get(), m_algorithm.get(), nullptr) != 1
        || EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()) != 1
        || EVP_DigestFinal_ex(m_context.get(), digest.data(), &size) != 1)
        throw std::bad_alloc();   // SHA-256 of memory can fail for no other reason
    return digest;
}

Digest sha256(std::string_view bytes)
{
    return Sha256().hash(bytes);
}

Digest hmacSha256(std::string_view key, std::string_view bytes)
{
    Digest digest{};
    unsigned size = 0;
    // An empty key may have no address at all, and OpenSSL takes that for "the key of last time".
    const char* const address = key.empty() ? "" : key.data();
    if (HMAC(EVP_sha256(), address, static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
             bytes.size(), digest.data(), &size)
        == nullptr)
        throw std::bad_alloc();   // as above; a digest of zeros must never pass for an HMAC
    return digest;
}

std::string_view asText(const Digest& digest)
{
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace latchkey::base
