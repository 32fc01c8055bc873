// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Naming.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::control {

namespace {

constexpr std::size_t kLongestName = 255;

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
    if (token.isEmpty() || token.size() > 1024 || !std::ranges::all_of(token.reveal(), isVisible))
        return fail(ErrorCode::invalidArgument,
                    "The API token in LATCHKEY_API_TOKEN must be 1 to 1,024 visible ASCII characters without spaces.");
    return {};
}

Result<void> checkUpstream(std::string_view url)
{
    if (url.empty())
        return {};
    std::string_view rest = url;
    if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else
        rest = {};
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    const bool usable = !authority.empty() && authority.front() != ':' && authority.find('@') == std::string_view::npos
        && std::ranges::all_of(url, isVisible);
    if (!usable)
        return fail(ErrorCode::invalidArgument,
                    "An upstream is a URL such as http://127.0.0.1:3000, with http or https and without credentials.");
    return {};
}

} // namespace latchkey::control
