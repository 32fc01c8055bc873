// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ClientSecret.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <array>

namespace latchkey::access {

namespace {

constexpr std::string_view prefix = "cfast_";
constexpr std::size_t bodyLength = 40;
constexpr std::size_t checksumLength = 8;
constexpr std::size_t cfastLength = prefix.size() + bodyLength + checksumLength;
constexpr std::size_t legacyLength = 64;
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool isLowerHex(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::array<char, checksumLength> checksum(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, checksumLength> hex{};
    std::uint32_t value = base::crc32(text);
    for (auto digit = hex.rbegin(); digit != hex.rend(); ++digit) {
        *digit = digits[value & 15U];
        value >>= 4U;
    }
    return hex;
}

Result<SecretForm> checkCfast(std::string_view secret)
{
    const std::string_view body = secret.substr(prefix.size(), bodyLength);
    if (body.find_first_not_of(alphabet) != std::string_view::npos)
        return fail(ErrorCode::invalidArgument, "The Client Secret holds a character that none has. Copy it again.");
    const auto expected = checksum(secret.substr(0, prefix.size() + bodyLength));
    if (secret.substr(prefix.size() + bodyLength) != std::string_view(expected.data(), expected.size()))
        return fail(ErrorCode::invalidArgument, "The Client Secret's checksum is wrong: a character was changed or lost. Copy it again.");
    return SecretForm::cfast;
}

} // namespace

SecretBytes generateClientSecret(Random& random)
{
    std::string text = random.text(bodyLength, alphabet);
    SecretBytes secret(prefix);
    secret.append(text);
    base::wipe(text);
    const auto sum = checksum(secret.reveal());
    secret.append({sum.data(), sum.size()});
    return secret;
}

Result<SecretForm> checkClientSecret(std::string_view secret)
{
    if (secret.starts_with(prefix) && secret.size() == cfastLength)
        return checkCfast(secret);
    if (secret.size() == legacyLength && isLowerHex(secret))
        return SecretForm::legacy;
    return fail(ErrorCode::invalidArgument,
                "This is not a Client Secret: it is cfast_ and 48 characters, or, for older tokens, 64 hexadecimal digits.");
}

base::Digest hashClientSecret(std::string_view secret)
{
    return base::sha256(secret);
}

bool isClientId(std::string_view text)
{
    static constexpr std::string_view suffix = ".access";
    if (text.size() < 32 + suffix.size() || text.size() > 32 + suffix.size() + 254 || !isLowerHex(text.substr(0, 32))
        || text.substr(32, suffix.size()) != suffix)
        return false;
    const std::string_view domain = text.substr(32 + suffix.size());
    if (domain.empty())
        return true;
    const auto isLabelCharacter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    // Every dot starts a label that is not empty.
    for (std::size_t i = 0; i < domain.size(); ++i) {
        if (domain[i] == '.' ? i + 1 == domain.size() || domain[i + 1] == '.' : !isLabelCharacter(domain[i]))
            return false;
    }
    return domain.front() == '.';
}

} // namespace latchkey::access
