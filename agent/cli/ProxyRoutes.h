// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QNetworkProxy>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::cli {

/// Whether a host is one of these: names in lower case, `*` standing for one label.
[[nodiscard]] bool isOneOf(std::string_view host, const std::vector<std::string>& patterns);

/// What a person's NO_PROXY says, in the form that curl, Go and Python agree on: names with everything below them (with or
/// without a leading dot), addresses, networks, `*`; each may name a port.
class NoProxy {
public:
    explicit NoProxy(std::string_view list = {});
    [[nodiscard]] bool covers(std::string_view host, std::uint16_t port) const;
    /// The list for a child whose hosts `mine` must go through our proxy: loopback is added, what would cover one of them is
    /// left out.
    [[nodiscard]] std::string without(const std::vector<std::string>& mine) const;

private:
    struct Entry {
        std::string text;   // as it was written
        std::string host;
        std::uint16_t port = 0;
    };
    static bool matches(const Entry& entry, std::string_view host, std::uint16_t port);
    std::vector<Entry> m_entries;
};

/// The person's own proxy for https, from the value of HTTPS_PROXY or ALL_PROXY; empty: none. http:// and socks5:// are
/// understood; ErrorCode::unsupported for others.
[[nodiscard]] Result<QNetworkProxy> onwardProxy(std::string_view url);

} // namespace latchkey::cli
