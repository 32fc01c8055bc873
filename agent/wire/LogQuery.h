// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::wire {

/// The query of the authentication log. Source: the official SDK's `AccessRequestListParams`; each filter has an operator
/// beside it (`app_uid=…&app_uidOp=neq`). Filters of what our log never holds (country, identity provider) are read and compared with nothing.
struct LogQuery {
    enum class Match { equal, notEqual, contains, notContains };
    struct Filter {
        std::string value;
        Match match = Match::equal;
        bool operator==(const Filter&) const = default;
    };

    std::optional<std::chrono::sys_seconds> since, until;
    std::optional<bool> allowed;
    std::optional<Filter> application, domain, rayId, email, applicationType, country, identityProvider, nonIdentity;
    bool oldestFirst = false;
    int limit = 0;            ///< At most that many over all pages; 0: no such bound.
    int page = 1;
    int perPage = 100;
    std::vector<std::string> fields;   ///< Members that are wanted; empty: all.

    bool operator==(const LogQuery&) const = default;
};

/// Unknown names are passed over, as are `user_id` and its operator, which Cloudflare accepts and ignores; rubbish in known
/// ones is an error that names the parameter.
[[nodiscard]] Result<LogQuery> decodeLogQuery(const std::vector<std::pair<std::string, std::string>>& pairs);

} // namespace latchkey::wire
