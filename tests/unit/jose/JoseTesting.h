// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Encoding.h"
#include "agent/jose/Mint.h"
#include "agent/jose/SigningKey.h"

#include <QString>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

/// What the tests of this room share. Keys are made once per test program: a new one takes a noticeable moment.
namespace joseTesting {

using namespace std::chrono_literals;
using latchkey::jose::SigningKey;

inline constexpr std::chrono::sys_seconds now{std::chrono::seconds(1795521600)};   // 2026-11-24T12:00:00Z

inline const SigningKey& key()
{
    static const auto made = SigningKey::generate(now).value();
    return *made;
}

/// A second key, of no relation to the first.
inline const SigningKey& strangersKey()
{
    static const auto made = SigningKey::generate(now).value();
    return *made;
}

inline std::shared_ptr<const SigningKey> shared(const SigningKey& key)
{
    return {std::shared_ptr<const SigningKey>(), &key};
}

inline latchkey::jose::Claims claims()
{
    return {.audience = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2",
            .issuer = "https://local.cloudflareaccess.com",
            .commonName = "0123456789abcdef0123456789abcdef.access",
            .issuedAt = now,
            .expiresAt = now + 24h,
            .extra = {}};
}

inline QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

inline std::string bytes(const QString& text)
{
    return text.toStdString();
}

/// The first two parts of a JWT with this header and payload.
inline std::string signingInput(std::string_view header, std::string_view payload)
{
    return latchkey::base::toBase64Url(header) + '.' + latchkey::base::toBase64Url(payload);
}

inline std::string withSignature(const std::string& input, std::string_view signature)
{
    return input + '.' + latchkey::base::toBase64Url(signature);
}

/// A JWT that is properly signed by `signer`, whatever it says.
inline std::string signedJwt(const SigningKey& signer, std::string_view header, std::string_view payload)
{
    const std::string input = signingInput(header, payload);
    return withSignature(input, signer.sign(input).value());
}

inline std::string headerOf(const SigningKey& signer)
{
    return R"({"alg":"RS256","kid":")" + signer.kid() + R"(","typ":"JWT"})";
}

} // namespace joseTesting
