// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::http {

/// Where requests are forwarded to, read from `http://host[:port]`.
struct UpstreamAddress {
    std::string host; ///< A name or an address, without brackets.
    std::uint16_t port = 80;

    /// Errors: invalidArgument for what is no such URL (user information, a path other than `/`, a query), unsupported for
    /// `https`, which is not spoken to upstreams.
    [[nodiscard]] static Result<UpstreamAddress> parse(std::string_view url);

    /// `host:port`, an IPv6 address in brackets.
    [[nodiscard]] std::string text() const;

    bool operator==(const UpstreamAddress&) const = default;
};

} // namespace latchkey::http
