// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Application.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::access {

namespace {

bool isHostCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '*';
}

} // namespace

Result<HostAndPath> splitDomain(std::string_view domain)
{
    const auto bad = [&](const char* why) {
        return fail(ErrorCode::invalidArgument, "\"" + std::string(domain.substr(0, 100)) + "\" is not a domain: " + why
                                                    + ". Write it like app.example.com or app.example.com/admin.");
    };
    const auto slash = std::min(domain.find('/'), domain.size());
    HostAndPath parts{base::toLowerAscii(domain.substr(0, slash)), std::string(domain.substr(slash))};
    if (parts.path.empty())
        parts.path = "/";
    while (parts.path.size() > 1 && parts.path.back() == '/')
        parts.path.pop_back();
    if (domain.find("://") != std::string_view::npos)
        return bad("leave out the scheme");
    if (const auto colon = parts.host.find(':'); colon != std::string::npos) {
        const std::string port = parts.host.substr(colon + 1);
        if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }))
            return bad("its port is not a number");
        parts.host.resize(colon);
    }
    if (parts.host.empty() || parts.host.size() > 253 || !std::ranges::all_of(parts.host, isHostCharacter)
        || parts.host.front() == '.' || parts.host.back() == '.' || parts.host.find("..") != std::string::npos)
        return bad("its host name is not one");
    if (std::ranges::any_of(parts.path, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '?' || c == '#'; }))
        return bad("its path holds a character that no path has");
    return parts;
}

} // namespace latchkey::access
