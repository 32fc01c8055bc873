// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SealedKeysCodec.h"

#include "Members.h"

#include "agent/base/Encoding.h"

#include <limits>

namespace latchkey::wire {

namespace {

constexpr std::int64_t kSealedVersion = 1;
constexpr std::string_view kKdf = "scrypt";
constexpr std::string_view kCipher = "aes-256-gcm";

Result<std::string> hexMember(const Json& json, std::string_view name)
{
    const auto text = textMember(json, name);
    if (!text)
        return std::unexpected(text.error());
    auto bytes = base::fromHex(text->value_or(""));
    if (!bytes || bytes->empty())
        return fail(ErrorCode::invalidArgument, std::string(name) + " must be hexadecimal digits");
    return bytes;
}

/// A positive number; what else it must be unseal() knows.
template <typename T>
Result<void> readCost(const Json& json, std::string_view name, T& into)
{
    const auto number = integerMember(json, name);
    if (!number)
        return std::unexpected(number.error());
    if (!*number || **number < 1 || **number > std::numeric_limits<std::int32_t>::max())
        return fail(ErrorCode::invalidArgument, std::string(name) + " must be a positive whole number");
    into = static_cast<T>(**number);
    return {};
}

} // namespace

Json encode(const base::SealedBytes& sealed)
{
    return Json::object()
        .set("version", kSealedVersion)
        .set("kdf", kKdf)
        .set("n", static_cast<std::int64_t>(sealed.cost.n))
        .set("r", static_cast<std::int64_t>(sealed.cost.r))
        .set("p", static_cast<std::int64_t>(sealed.cost.p))
        .set("cipher", kCipher)
        .set("salt", base::toHex(sealed.salt))
        .set("nonce", base::toHex(sealed.nonce))
        .set("data", base::toHex(sealed.data));
}

Result<base::SealedBytes> decodeSealed(const Json& json)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "must be an object");
    const auto version = integerMember(json, "version");
    const auto kdf = textMember(json, "kdf");
    const auto cipher = textMember(json, "cipher");
    auto salt = hexMember(json, "salt");
    auto nonce = hexMember(json, "nonce");
    auto data = hexMember(json, "data");
    base::SealedBytes sealed;
    const auto n = readCost(json, "n", sealed.cost.n);
    const auto r = readCost(json, "r", sealed.cost.r);
    const auto p = readCost(json, "p", sealed.cost.p);
    if (const auto read = firstError(version, kdf, cipher, salt, nonce, data, n, r, p); !read)
        return std::unexpected(read.error());
    if (*version != kSealedVersion || *kdf != kKdf || *cipher != kCipher)
        return fail(ErrorCode::invalidArgument, "this version reads keys of version 1 only, with scrypt and aes-256-gcm");
    sealed.salt = std::move(*salt);
    sealed.nonce = std::move(*nonce);
    sealed.data = std::move(*data);
    return sealed;
}

} // namespace latchkey::wire
