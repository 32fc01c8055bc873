// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Decision.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::access {

namespace {

Reason stateReason(const TokenEntry& token, std::int64_t now)
{
    if (!token.enabled)
        return Reason::tokenDisabled;
    if (token.activeFrom > now)
        return Reason::tokenNotActiveYet;
    if (token.expiresAt != 0 && token.expiresAt <= now)
        return Reason::tokenExpired;
    return Reason::allowed;
}

} // namespace

Reason authenticate(const TokenEntry* token, const base::Digest& presented, std::chrono::sys_seconds now)
{
    // An unknown Client ID is compared with two digests that nothing hashes to, so that it takes as long as a known one.
    static constexpr base::Digest nothing{};
    const bool known = token != nullptr;
    const bool current = base::equalDigests(presented, known ? token->current : nothing);
    const bool previous = base::equalDigests(presented, known ? token->previous : nothing);
    if (!known)
        return Reason::unknownClientId;
    const std::int64_t seconds = now.time_since_epoch().count();
    if (current)
        return stateReason(*token, seconds);
    if (!previous || token->previousUntil == 0)
        return Reason::wrongSecret;
    return token->previousUntil <= seconds ? Reason::previousSecretExpired : stateReason(*token, seconds);
}

std::string uuidText(const std::array<std::uint8_t, 16>& bytes)
{
    std::string text = base::toHex(std::as_bytes(std::span(bytes)));
    for (const std::size_t position : {8U, 13U, 18U, 23U})
        text.insert(position, 1, '-');
    return text;
}

std::optional<std::array<std::uint8_t, 16>> uuidBytes(std::string_view text)
{
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return std::nullopt;
    std::string digits(text);
    std::erase(digits, '-');
    const auto raw = base::fromHex(digits);
    if (!raw || raw->size() != 16)
        return std::nullopt;
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::transform(*raw, bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    return bytes;
}

} // namespace latchkey::access
