// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Query.h"

#include "Characters.h"

#include "agent/base/Encoding.h"

namespace latchkey::http {

namespace {

constexpr std::size_t maxItems = 100;

std::optional<std::string> decode(std::string_view text, bool plusIsSpace)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(plusIsSpace && text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        if (i + 2 >= text.size())
            return std::nullopt;
        const int high = characters::hexValue(text[i + 1]);
        const int low = characters::hexValue(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

std::optional<std::string> decodeText(std::string_view text)
{
    std::optional<std::string> out = decode(text, true);
    if (!out || !base::isUtf8(*out) || out->find('\0') != std::string::npos)
        return std::nullopt;
    return out;
}

} // namespace

std::optional<QueryItems> parseQuery(std::string_view query)
{
    QueryItems items;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view item = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (item.empty())
            continue;
        if (items.size() == maxItems)
            return std::nullopt;
        const std::size_t equals = item.find('=');
        auto name = decodeText(item.substr(0, equals));
        auto value = decodeText(equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1));
        if (!name || !value)
            return std::nullopt;
        items.emplace_back(std::move(*name), std::move(*value));
    }
    return items;
}

const std::string* find(const QueryItems& items, std::string_view name)
{
    for (const auto& [key, value] : items) {
        if (key == name)
            return &value;
    }
    return nullptr;
}

std::optional<std::string> percentDecode(std::string_view text) { return decode(text, false); }

std::string percentEncode(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (characters::isUnreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4U]);
        out.push_back(digits[byte & 0x0fU]);
    }
    return out;
}

} // namespace latchkey::http
