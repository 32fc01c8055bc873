// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::http {

/// `a=1&b=two+words` as the API's clients write it (application/x-www-form-urlencoded): names and values decoded, in order.
using QueryItems = std::vector<std::pair<std::string, std::string>>;

/// nullopt when an escape is broken, the decoded text is not UTF-8 or holds a NUL, or there are more than 100 items.
[[nodiscard]] std::optional<QueryItems> parseQuery(std::string_view query);

/// The first value of this name, or nullptr.
[[nodiscard]] const std::string* find(const QueryItems& items, std::string_view name);

/// `%41` → `A`; `+` stays. nullopt when an escape is broken.
[[nodiscard]] std::optional<std::string> percentDecode(std::string_view text);

/// Escapes everything but RFC 3986's unreserved characters.
[[nodiscard]] std::string percentEncode(std::string_view text);

} // namespace latchkey::http
