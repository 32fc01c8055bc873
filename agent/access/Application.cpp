// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Application.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <charconv>

namespace latchkey::access {

namespace {

bool isHostCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '*';
}

bool isPort(std::string_view text)
{
    int port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// `path` starts with a slash and ends with none, unless it is "/".
bool hasEmptyOrDotSegment(std::string_view path)
{
    if (path == "/")
        return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment.empty() || segment == "." || segment == "..")
            return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

} // namespace

Result<HostAndPath> splitDomain(std::string_view domain)
{
    const auto bad = [&](const char* why) {
        return fail(ErrorCode::invalidArgument, base::inQuotes(domain.substr(0, 100)) + " is not a domain: " + why
                                                    + ". Write it like app.example.com or app.example.com/admin.");
    };
    const auto slash = std::min(domain.find('/'), domain.size());
    HostAndPath parts{base::toLowerAscii(domain.substr(0, slash)), std::string(domain.substr(slash))};
    if (parts.path.empty())
        parts.path.assign(1, '/');
    while (parts.path.size() > 1 && parts.path.back() == '/')
        parts.path.pop_back();
    if (domain.find("://") != std::string_view::npos)
        return bad("leave out the scheme");
    if (const auto colon = parts.host.find(':'); colon != std::string::npos) {
        if (!isPort(std::string_view(parts.host).substr(colon + 1)))
            return bad("its port is not a number from 1 to 65535");
        parts.host.resize(colon);
    }
    if (parts.host.empty() || parts.host.size() > 253 || !std::ranges::all_of(parts.host, isHostCharacter)
        || parts.host.front() == '.' || parts.host.back() == '.' || parts.host.find("..") != std::string::npos)
        return bad("its host name is not one");
    // `;` begins parameters, in which services differ, and would end the Path of a cookie.
    if (std::ranges::any_of(parts.path, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '?' || c == '#' || c == '\\' || c == ';'; }))
        return bad("its path holds a character that no application's path has");
    // The edge refuses such targets, so an application there would never be reached.
    if (hasEmptyOrDotSegment(parts.path))
        return bad("its path has an empty or dot segment");
    return parts;
}

Result<std::vector<HostAndPath>> placesOf(const Application& application)
{
    std::vector<std::string_view> names;
    if (!application.domain.empty())
        names.push_back(application.domain);
    for (const Destination& destination : application.options.destinations) {
        if (!destination.uri.empty())
            names.push_back(destination.uri);
    }
    if (application.options.destinations.empty())
        names.insert(names.end(), application.options.selfHostedDomains.begin(), application.options.selfHostedDomains.end());
    std::vector<HostAndPath> places;
    for (const std::string_view name : names) {
        auto place = splitDomain(name);
        if (!place)
            return std::unexpected(place.error());
        if (std::ranges::find(places, *place) == places.end())
            places.push_back(std::move(*place));
    }
    return places;
}

} // namespace latchkey::access
