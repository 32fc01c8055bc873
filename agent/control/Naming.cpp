// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Naming.h"

#include "agent/base/Encoding.h"
#include "agent/edge/Upstream.h"

#include <algorithm>

namespace latchkey::control {

namespace {

constexpr std::size_t kLongestName = 255;
// The health check answers with an HMAC under the token to whoever asks, so a short one could be guessed at leisure.
constexpr std::size_t kShortestApiToken = 20;
constexpr std::size_t kLongestApiToken = 1024;

bool isLowerHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool isLabelCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
}

bool isVisible(char c)
{
    return c > 0x20 && c < 0x7f;
}

bool isControl(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

} // namespace

std::string apiTokenKey(std::string_view agentId)
{
    return "agent/" + std::string(agentId) + "/api-token";
}

std::string authorityKey(std::string_view agentId)
{
    return "agent/" + std::string(agentId) + "/ca-key";
}

std::string signingKeyKey(std::string_view agentId, std::string_view kid)
{
    return "agent/" + std::string(agentId) + "/signing-key/" + std::string(kid);
}

SecretBytes generateApiToken(Random& random)
{
    std::string text = random.text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    SecretBytes token(text);
    base::wipe(text);
    return token;
}

Result<void> checkName(std::string_view name, std::string_view what)
{
    const std::string begin = std::string(what) + " needs a name";
    if (!base::isUtf8(name) || std::ranges::any_of(name, isControl))
        return fail(ErrorCode::invalidArgument, begin + " without control characters.");
    if (std::ranges::all_of(name, [](char c) { return c == ' '; }))
        return fail(ErrorCode::invalidArgument, begin + '.');
    if (base::utf8Length(name) > kLongestName)
        return fail(ErrorCode::invalidArgument, begin + " of at most 255 characters.");
    return {};
}

Result<void> checkTeam(std::string_view team)
{
    const bool isLabel = !team.empty() && team.size() <= 63 && std::ranges::all_of(team, isLabelCharacter)
        && team.front() != '-' && team.back() != '-';
    if (!isLabel)
        return fail(ErrorCode::invalidArgument,
                    "A team name is 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at each end.");
    return {};
}

Result<void> checkAccountId(std::string_view id)
{
    if (id.size() != 32 || !std::ranges::all_of(id, isLowerHex))
        return fail(ErrorCode::invalidArgument, "An account id is 32 lower-case hex digits.");
    return {};
}

Result<void> checkApiToken(const SecretBytes& token)
{
    if (token.size() < kShortestApiToken || token.size() > kLongestApiToken || !std::ranges::all_of(token.reveal(), isVisible))
        return fail(ErrorCode::invalidArgument,
                    "The API token in LATCHKEY_API_TOKEN must be 20 to 1,024 visible ASCII characters without spaces, hard to guess: "
                    "`openssl rand -hex 20` makes one.");
    return {};
}

Result<void> checkUpstream(std::string_view url)
{
    if (url.empty())
        return {};
    if (const auto checked = edge::checkUpstream(url); !checked)
        return fail(ErrorCode::invalidArgument, checked.error().message);
    return {};
}

} // namespace latchkey::control
