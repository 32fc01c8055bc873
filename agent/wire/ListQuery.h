// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::wire {

/// The query of a list. Our choice: 100 a page by default, 1,000 at most.
struct ListQuery {
    static constexpr int defaultPerPage = 100;
    static constexpr int largestPerPage = 1000;

    std::string name;      ///< Exact; empty: any.
    std::string search;    ///< Part of name or Client ID; empty: any.
    int page = 1;
    int perPage = defaultPerPage;

    bool operator==(const ListQuery&) const = default;
};

/// From the decoded pairs of a query string. Unknown names are passed over; rubbish in known ones is an error.
[[nodiscard]] Result<ListQuery> decodeListQuery(const std::vector<std::pair<std::string, std::string>>& pairs);
/// `page=2&per_page=100&search=a%20b`, without a question mark.
[[nodiscard]] std::string encodeListQuery(const ListQuery& query);

[[nodiscard]] std::string percentEncode(std::string_view text);   ///< RFC 3986 unreserved characters stay.

} // namespace latchkey::wire
