// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

/// The character classes of RFC 9110 §5 as tables, for the parsers of this room.
namespace latchkey::http::characters {

using Table = std::array<bool, 256>;

inline constexpr Table tokenTable = [] {
    Table table{};
    for (unsigned c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// RFC 9110 §5.6.2.
[[nodiscard]] constexpr bool isToken(char c) { return tokenTable[static_cast<unsigned char>(c)]; }

[[nodiscard]] constexpr bool isToken(std::string_view text)
{
    for (const char c : text) {
        if (!isToken(c))
            return false;
    }
    return !text.empty();
}

/// What a field value may hold (RFC 9110 §5.5): visible ASCII, obs-text, space and tab.
[[nodiscard]] constexpr bool isValue(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

/// What a target may hold here: visible ASCII without `#` (RFC 9112 §3.2 has no fragment). Wider than RFC 3986, because
/// browsers send `|`, `{` and others in queries; paths are looked at again by Target.
[[nodiscard]] constexpr bool isTarget(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

[[nodiscard]] constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool isAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] constexpr bool isBlank(char c) { return c == ' ' || c == '\t'; }

/// RFC 3986 §2.3.
[[nodiscard]] constexpr bool isUnreserved(char c)
{
    return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// The digit's value, or -1.
[[nodiscard]] constexpr int hexValue(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

[[nodiscard]] constexpr char toLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Whether `text`, in any case, is `lower`, which has no capital.
[[nodiscard]] constexpr bool equalsLower(std::string_view text, std::string_view lower)
{
    if (text.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (toLower(text[i]) != lower[i])
            return false;
    }
    return true;
}

[[nodiscard]] constexpr bool equalsIgnoreCase(std::string_view left, std::string_view right)
{
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (toLower(left[i]) != toLower(right[i]))
            return false;
    }
    return true;
}

[[nodiscard]] constexpr std::string_view trimBlanks(std::string_view text)
{
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Cuts the next element off a comma-separated list (RFC 9110 §5.6.1), without the white space around it; may be empty.
[[nodiscard]] constexpr std::string_view takeElement(std::string_view& list)
{
    const std::size_t comma = list.find(',');
    const std::string_view element = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    return trimBlanks(element);
}

/// Whether one of eight bytes is below 0x20 or is 0x7f. A tab says yes as well, so a yes needs a closer look.
[[nodiscard]] inline bool mayHoldControl(const char* bytes)
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = ones * 0x80U;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    const std::uint64_t del = word ^ (ones * 0x7fU);
    return ((((word - ones * 0x20U) & ~word) | ((del - ones) & ~del)) & highs) != 0;
}

/// The offset of the first byte a field value may not hold, or npos. Eight bytes at a time: values are most of a head.
[[nodiscard]] inline std::size_t findBadValueByte(std::string_view text)
{
    std::size_t clean = 0;
    if (text.size() >= 8) {
        const std::size_t last = text.size() - 8;
        while (clean < last && !mayHoldControl(text.data() + clean))
            clean += 8;
        // The last eight may overlap those before.
        if (clean >= last && !mayHoldControl(text.data() + last))
            return std::string_view::npos;
        clean = std::min(clean, last);
    }
    for (; clean < text.size(); ++clean) {
        if (!isValue(text[clean]))
            return clean;
    }
    return std::string_view::npos;
}

} // namespace latchkey::http::characters
