// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Route.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::api {

/// What a path leads to.
struct RouteMatch {
    const Route* route = nullptr;     ///< Null: nothing there takes this method, or nothing is there at all.
    std::string allow;                ///< The methods that the path takes, `GET, POST`; empty: no such path.
    std::vector<std::string> ids;
    std::optional<std::string> accountId;   ///< If the path names an account.
};

/// `method` in capitals; `path` as it was sent, without query.
[[nodiscard]] RouteMatch findRoute(std::string_view method, std::string_view path);

} // namespace latchkey::api
