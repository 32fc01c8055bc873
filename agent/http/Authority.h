// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::http {

/// `host[:port]` as it stands in a Host header or an absolute target (RFC 3986 §3.2, without user information). A name is
/// letters, digits, `-`, `.` and `_`; an IPv6 address stands in brackets. Sub-delimiters and escapes, which the RFC's grammar
/// has and no resolver takes, are refused, as are an empty name and an empty port.
struct Authority {
    std::string_view host; ///< A view into what was parsed; brackets included.
    std::optional<std::uint16_t> port;

    [[nodiscard]] bool isIpv6() const { return host.front() == '['; }
    /// Whether it is `localhost` or an address of this machine's own: 127.0.0.0/8, ::1, or one of the former as IPv6 writes it.
    [[nodiscard]] bool isLoopback() const;
    /// Whether it names this machine, where the edge listens, in a way that no DNS record can make up: `localhost`, a name below it, 127.0.0.1 or [::1].
    [[nodiscard]] bool isThisMachine() const;

    [[nodiscard]] static std::optional<Authority> parse(std::string_view text);
};

/// Whether the text is an IPv6 address (RFC 4291 §2.2), without brackets and without a zone.
[[nodiscard]] bool isIpv6Address(std::string_view text);
/// Whether the text is four decimal numbers from 0 to 255 without leading zeros.
[[nodiscard]] bool isIpv4Address(std::string_view text);

} // namespace latchkey::http
