// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "IpNetwork.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace latchkey::access {

namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// Four decimal parts without leading zeros: 010.0.0.1 is octal to some readers and decimal to others.
std::optional<std::uint32_t> parseV4(std::string_view text)
{
    std::uint32_t value = 0;
    for (int part = 0; part < 4; ++part) {
        if (part != 0) {
            if (text.empty() || text.front() != '.')
                return std::nullopt;
            text.remove_prefix(1);
        }
        unsigned number = 0;
        const auto read = std::from_chars(text.data(), text.data() + std::min<std::size_t>(text.size(), 3), number);
        const auto length = static_cast<std::size_t>(read.ptr - text.data());
        if (read.ec != std::errc() || number > 255 || (length > 1 && text.front() == '0'))
            return std::nullopt;
        text.remove_prefix(length);
        value = value << 8U | number;
    }
    return text.empty() ? std::optional(value) : std::nullopt;
}

/// One side of `::`, as 16-bit groups; where the address ends, a last part in IPv4 form counts as two.
std::optional<std::size_t> parseGroups(std::string_view text, bool endsAddress, std::array<std::uint16_t, 8>& groups)
{
    std::size_t count = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(':'), text.size());
        const std::string_view part = text.substr(0, end);
        if (endsAddress && end == text.size() && part.find('.') != std::string_view::npos) {
            const auto v4 = parseV4(part);
            if (!v4 || count > 6)
                return std::nullopt;
            groups[count++] = static_cast<std::uint16_t>(*v4 >> 16U);
            groups[count++] = static_cast<std::uint16_t>(*v4 & 0xFFFFU);
            return count;
        }
        unsigned value = 0;
        const auto read = std::from_chars(part.data(), part.data() + part.size(), value, 16);
        if (part.empty() || part.size() > 4 || read.ec != std::errc() || read.ptr != part.data() + part.size() || count == 8)
            return std::nullopt;
        groups[count++] = static_cast<std::uint16_t>(value);
        if (end == text.size())
            return count;
        text.remove_prefix(end + 1);
        if (text.empty())
            return std::nullopt;   // a colon at the end
    }
    return count;
}

std::optional<IpAddress> parseV6(std::string_view text)
{
    std::array<std::uint16_t, 8> head{};
    std::array<std::uint16_t, 8> tail{};
    const auto gap = text.find("::");
    const auto headCount = parseGroups(text.substr(0, gap), gap == std::string_view::npos, head);
    if (!headCount)
        return std::nullopt;
    std::size_t tailCount = 0;
    if (gap == std::string_view::npos) {
        if (*headCount != 8)
            return std::nullopt;
    } else {
        const std::string_view rest = text.substr(gap + 2);
        const auto count = parseGroups(rest, true, tail);
        if (!count || *headCount + *count > 7)
            return std::nullopt;
        tailCount = *count;
    }
    std::copy_n(tail.begin(), tailCount, head.end() - static_cast<std::ptrdiff_t>(tailCount));
    IpAddress address;
    for (std::size_t i = 0; i < 8; ++i) {
        address.bytes[2 * i] = static_cast<std::uint8_t>(head[i] >> 8U);
        address.bytes[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xFFU);
    }
    return address;
}

} // namespace

Result<IpAddress> IpAddress::parse(std::string_view text)
{
    if (const auto v4Address = parseV4(text))
        return v4(*v4Address);
    if (const auto v6 = text.find(':') != std::string_view::npos ? parseV6(text) : std::nullopt)
        return *v6;
    return fail(ErrorCode::invalidArgument, base::inQuotes(text.substr(0, 60)) + " is not an IP address.");
}

IpAddress IpAddress::v4(std::uint32_t hostOrder)
{
    IpAddress address;
    std::ranges::copy(mapped, address.bytes.begin());
    for (unsigned i = 0; i < 4; ++i)
        address.bytes[12 + i] = static_cast<std::uint8_t>(hostOrder >> (24U - 8U * i));
    return address;
}

bool IpAddress::isV4() const
{
    return std::equal(mapped.begin(), mapped.end(), bytes.begin());
}

bool IpAddress::isLoopback() const
{
    if (isV4())
        return bytes[12] == 127;
    return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string IpAddress::text() const
{
    char buffer[48];
    if (isV4()) {
        std::snprintf(buffer, sizeof buffer, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
        return buffer;
    }
    // RFC 5952: the longest run of two or more zero groups is shortened, the first of equals.
    const auto group = [this](std::size_t i) { return static_cast<unsigned>(bytes[2 * i]) << 8U | bytes[2 * i + 1]; };
    std::size_t bestStart = 8;
    std::size_t bestLength = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t length = 0;
        while (i + length < 8 && group(i + length) == 0)
            ++length;
        if (length > bestLength) {
            bestStart = i;
            bestLength = length;
        }
    }
    std::string result;
    for (std::size_t i = 0; i < 8;) {
        if (i == bestStart) {
            result += "::";
            i += bestLength;
            continue;
        }
        if (!result.empty() && result.back() != ':')
            result += ':';
        std::snprintf(buffer, sizeof buffer, "%x", group(i));
        result += buffer;
        ++i;
    }
    return result;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return std::unexpected(address.error());
    IpNetwork network;
    network.m_address = *address;
    network.m_text = text;
    const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        int prefix = -1;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        const bool clean = !digits.empty() && digits.front() != '-' && (digits.size() == 1 || digits.front() != '0');
        if (!clean || read.ec != std::errc() || read.ptr != digits.data() + digits.size() || prefix > (v4 ? 32 : 128))
            return fail(ErrorCode::invalidArgument, base::inQuotes(text.substr(0, 60)) + " has no valid prefix length after its slash.");
        network.m_prefix = v4 ? prefix + 96 : prefix;
    }
    for (int bit = network.m_prefix; bit < 128; ++bit) {
        const auto byte = network.m_address.bytes[static_cast<std::size_t>(bit / 8)];
        if ((byte & (0x80U >> static_cast<unsigned>(bit % 8))) != 0)
            return fail(ErrorCode::invalidArgument, base::inQuotes(text.substr(0, 60)) + " has bits set beyond its prefix length.");
    }
    return network;
}

bool IpNetwork::contains(const IpAddress& address) const
{
    // ::/0 means every IPv6 address; that IPv4 is held in mapped form must not make it mean every address.
    const bool v4 = m_address.isV4() && m_prefix >= 96;
    if (address.isV4() != v4)
        return false;
    const auto whole = static_cast<std::size_t>(m_prefix / 8);
    if (!std::equal(m_address.bytes.begin(), m_address.bytes.begin() + static_cast<std::ptrdiff_t>(whole), address.bytes.begin()))
        return false;
    const auto rest = static_cast<unsigned>(m_prefix % 8);
    return rest == 0 || ((m_address.bytes[whole] ^ address.bytes[whole]) >> (8U - rest)) == 0;
}

} // namespace latchkey::access
