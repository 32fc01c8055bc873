// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SealedBytes.h"

#include "Encoding.h"
#include "OpenSsl.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <bit>

namespace latchkey::base {

namespace {

using EvpKdfPtr = std::unique_ptr<EVP_KDF, OpenSslDeleter<EVP_KDF_free>>;
using EvpKdfCtxPtr = std::unique_ptr<EVP_KDF_CTX, OpenSslDeleter<EVP_KDF_CTX_free>>;
using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDeleter<EVP_CIPHER_CTX_free>>;

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kMostSealed = 1U << 20U;
constexpr std::uint64_t kMostMemory = 256ULL << 20U;

/// A key that wipes itself.
struct Key {
    std::array<unsigned char, 32> bytes{};
    ~Key() { wipe(bytes.data(), bytes.size()); }
};

std::unexpected<Error> failed()
{
    return fail(ErrorCode::internal, "The encryption failed.", openSslError());
}

const unsigned char* bytesOf(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

Result<void> checkCost(const ScryptCost& cost)
{
    const bool isSane = cost.n >= 2 && std::has_single_bit(cost.n) && cost.n <= (1U << 20U) && cost.r >= 1 && cost.r <= 32 && cost.p >= 1
        && cost.p <= 16 && 128 * cost.n * cost.r <= kMostMemory;
    if (!isSane)
        return fail(ErrorCode::invalidArgument, "the costs of scrypt are out of bounds");
    return {};
}

Result<void> derive(Key& key, const SealedBytes& sealed, const SecretBytes& passphrase)
{
    const EvpKdfPtr kdf(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
    const EvpKdfCtxPtr context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    if (!context)
        return failed();
    std::uint64_t n = sealed.cost.n;
    std::uint32_t r = sealed.cost.r;
    std::uint32_t p = sealed.cost.p;
    std::uint64_t most = 2 * kMostMemory;
    const auto text = passphrase.reveal();
    // OpenSSL only reads what it is given.
    const std::array parameters{
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, const_cast<char*>(text.data()), text.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<char*>(sealed.salt.data()), sealed.salt.size()),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most),
        OSSL_PARAM_construct_end()};
    if (EVP_KDF_derive(context.get(), key.bytes.data(), key.bytes.size(), parameters.data()) != 1)
        return failed();
    return {};
}

/// What is authenticated beside the secret, in one form whatever the file's looks like.
std::string headerOf(const SealedBytes& sealed, std::string_view purpose)
{
    std::string header("latchkey-sealed 1 aes-256-gcm scrypt ");
    header.append(std::to_string(sealed.cost.n)).append(" ").append(std::to_string(sealed.cost.r)).append(" ").append(std::to_string(sealed.cost.p));
    header.append(" ").append(toHex(sealed.salt)).append(" ").append(toHex(sealed.nonce)).append(" ").append(purpose);
    return header;
}

std::string randomBytes(Random& random, std::size_t size)
{
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

} // namespace

Result<SealedBytes> seal(const SecretBytes& secret, const SecretBytes& passphrase, std::string_view purpose, Random& random, ScryptCost cost)
{
    if (auto checked = checkCost(cost); !checked)
        return std::unexpected(checked.error());
    if (secret.size() > kMostSealed)
        return fail(ErrorCode::invalidArgument, "the secret is too long to be sealed");
    SealedBytes sealed{cost, randomBytes(random, kSaltSize), randomBytes(random, kNonceSize), {}};
    Key key;
    if (auto derived = derive(key, sealed, passphrase); !derived)
        return std::unexpected(derived.error());

    const EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
    const std::string header = headerOf(sealed, purpose);
    const std::string_view text = secret.reveal();
    sealed.data.resize(text.size() + kTagSize);
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data.data());
    int written = 0;
    int last = 0;
    const bool done = context && EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.bytes.data(), bytesOf(sealed.nonce), nullptr) == 1
        && EVP_EncryptUpdate(context.get(), nullptr, &written, bytesOf(header), static_cast<int>(header.size())) == 1
        && EVP_EncryptUpdate(context.get(), out, &written, bytesOf(text), static_cast<int>(text.size())) == 1
        && EVP_EncryptFinal_ex(context.get(), out + written, &last) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagSize), out + text.size()) == 1;
    if (!done)
        return failed();
    return sealed;
}

Result<SecretBytes> unseal(const SealedBytes& sealed, const SecretBytes& passphrase, std::string_view purpose)
{
    if (sealed.salt.size() != kSaltSize || sealed.nonce.size() != kNonceSize || sealed.data.size() < kTagSize
        || sealed.data.size() > kMostSealed + kTagSize)
        return fail(ErrorCode::invalidArgument, "the salt, the nonce or the data has the wrong length");
    if (auto checked = checkCost(sealed.cost); !checked)
        return std::unexpected(checked.error());
    Key key;
    if (auto derived = derive(key, sealed, passphrase); !derived)
        return std::unexpected(derived.error());

    const EvpCipherCtxPtr context(EVP_CIPHER_CTX_new());
    const std::string header = headerOf(sealed, purpose);
    const std::size_t size = sealed.data.size() - kTagSize;
    std::string plain(size, '\0');
    std::string tag = sealed.data.substr(size);
    auto* const out = reinterpret_cast<unsigned char*>(plain.data());
    int written = 0;
    int last = 0;
    const bool begun = context && EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.bytes.data(), bytesOf(sealed.nonce), nullptr) == 1
        && EVP_DecryptUpdate(context.get(), nullptr, &written, bytesOf(header), static_cast<int>(header.size())) == 1
        && EVP_DecryptUpdate(context.get(), out, &written, bytesOf(sealed.data), static_cast<int>(size)) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagSize), tag.data()) == 1;
    if (!begun || EVP_DecryptFinal_ex(context.get(), out + written, &last) != 1) {
        wipe(plain);
        static_cast<void>(openSslError());
        if (!begun)
            return failed();
        return fail(ErrorCode::forbidden, "The passphrase is another one, or the sealed data was changed.");
    }
    SecretBytes secret{std::string_view(plain)};
    wipe(plain);
    return secret;
}

} // namespace latchkey::base
