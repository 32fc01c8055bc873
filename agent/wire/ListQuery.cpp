// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ListQuery.h"

#include "agent/base/Encoding.h"

#include <charconv>

namespace latchkey::wire {

namespace {

Result<int> number(const std::string& name, const std::string& text, int most)
{
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 1)
        return fail(ErrorCode::invalidArgument, name + " must be a whole number from 1");
    return std::min(value, most);
}

} // namespace

Result<ListQuery> decodeListQuery(const std::vector<std::pair<std::string, std::string>>& pairs)
{
    ListQuery query;
    for (const auto& [name, value] : pairs) {
        if ((name == "name" || name == "search") && !base::isUtf8(value))
            return fail(ErrorCode::invalidArgument, name + " must be UTF-8");
        if (name == "name") {
            query.name = value;
        } else if (name == "search") {
            query.search = value;
        } else if (name == "page") {
            const auto page = number(name, value, 1'000'000);
            if (!page)
                return std::unexpected(page.error());
            query.page = *page;
        } else if (name == "per_page") {
            const auto perPage = number(name, value, ListQuery::largestPerPage);
            if (!perPage)
                return std::unexpected(perPage.error());
            query.perPage = *perPage;
        }
    }
    return query;
}

std::string percentEncode(std::string_view text)
{
    static constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        encoded += '%';
        encoded += hex[static_cast<unsigned char>(c) >> 4U];
        encoded += hex[static_cast<unsigned char>(c) & 15U];
    }
    return encoded;
}

std::string encodeListQuery(const ListQuery& query)
{
    std::string text = "page=" + std::to_string(query.page) + "&per_page=" + std::to_string(query.perPage);
    if (!query.name.empty())
        text += "&name=" + percentEncode(query.name);
    if (!query.search.empty())
        text += "&search=" + percentEncode(query.search);
    return text;
}

} // namespace latchkey::wire
