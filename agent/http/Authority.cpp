// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Authority.h"

#include "Characters.h"

#include <algorithm>

namespace latchkey::http {
namespace {

std::optional<std::uint16_t> parsePort(std::string_view digits)
{
    if (digits.empty() || digits.size() > 5)
        return std::nullopt;
    unsigned port = 0;
    for (const char c : digits) {
        if (!characters::isDigit(c))
            return std::nullopt;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    if (port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

bool isName(std::string_view host)
{
    for (const char c : host) {
        if (!characters::isAlpha(c) && !characters::isDigit(c) && c != '-' && c != '.' && c != '_')
            return false;
    }
    // No name is longer in DNS; a name of dots is none.
    return !host.empty() && host.size() <= 255 && host.front() != '.';
}

// Groups of up to four hex digits up to the end of `text`; a dotted IPv4 address counts as two. -1 when malformed.
int countGroups(std::string_view text, bool mayEndInIpv4)
{
    int groups = 0;
    if (text.empty())
        return 0;
    for (;;) {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        if (colon == std::string_view::npos && mayEndInIpv4 && isIpv4Address(group))
            return groups + 2;
        if (group.empty() || group.size() > 4)
            return -1;
        for (const char c : group) {
            if (characters::hexValue(c) < 0)
                return -1;
        }
        ++groups;
        if (colon == std::string_view::npos)
            return groups;
        text.remove_prefix(colon + 1);
    }
}

} // namespace

bool isIpv4Address(std::string_view text)
{
    for (int part = 0; part < 4; ++part) {
        std::size_t digits = 0;
        unsigned value = 0;
        while (digits < text.size() && digits < 3 && characters::isDigit(text[digits]))
            value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
        if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0'))
            return false;
        text.remove_prefix(digits);
        if (part == 3)
            return text.empty();
        if (text.empty() || text.front() != '.')
            return false;
        text.remove_prefix(1);
    }
    return false;
}

bool isIpv6Address(std::string_view text)
{
    if (text.size() > 45)
        return false;
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos)
        return countGroups(text, true) == 8;
    const int before = countGroups(text.substr(0, gap), false);
    const int after = countGroups(text.substr(gap + 2), true);
    return before >= 0 && after >= 0 && before + after <= 7;
}

bool Authority::isLoopback() const
{
    constexpr std::string_view v4 = "127.";
    constexpr std::string_view mapped = "::ffff:";
    if (!isIpv6())
        return characters::equalsLower(host, "localhost") || (host.starts_with(v4) && isIpv4Address(host));
    std::string_view address = host.substr(1, host.size() - 2);
    if (address.size() > mapped.size() && characters::equalsLower(address.substr(0, mapped.size()), mapped)) {
        address.remove_prefix(mapped.size());
        if (address.starts_with(v4))
            return isIpv4Address(address);
        return address.find(':') == 4 && characters::equalsLower(address.substr(0, 2), "7f");   // as browsers write it
    }
    // However it is written, ::1 has no other digit than zeros before the one at its end.
    return address.ends_with('1') && address.find_first_not_of("0:") == address.size() - 1;
}

bool Authority::isThisMachine() const
{
    constexpr std::string_view below = ".localhost";
    return characters::equalsLower(host, "localhost") || host == "127.0.0.1" || host == "[::1]"
           || (host.size() > below.size() && characters::equalsLower(host.substr(host.size() - below.size()), below));
}

std::optional<Authority> Authority::parse(std::string_view text)
{
    Authority authority;
    std::size_t hostEnd = 0;
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos || !isIpv6Address(text.substr(1, bracket - 1)))
            return std::nullopt;
        hostEnd = bracket + 1;
    } else {
        hostEnd = std::min(text.find(':'), text.size());
        if (!isName(text.substr(0, hostEnd)))
            return std::nullopt;
    }
    authority.host = text.substr(0, hostEnd);
    if (hostEnd == text.size())
        return authority;
    if (text[hostEnd] != ':')
        return std::nullopt;
    authority.port = parsePort(text.substr(hostEnd + 1));
    if (!authority.port)
        return std::nullopt;
    return authority;
}

} // namespace latchkey::http
