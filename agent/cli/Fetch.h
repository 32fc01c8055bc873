// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string>
#include <utility>
#include <vector>

namespace latchkey::cli {

struct FetchRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

struct FetchReply {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const;   ///< Without case; empty: not there.
};

/// One plain HTTP request, waited for; no credentials of ours, no redirects. Errors: network, timedOut.
[[nodiscard]] Result<FetchReply> fetch(const FetchRequest& request);

} // namespace latchkey::cli
