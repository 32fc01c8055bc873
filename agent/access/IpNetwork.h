// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::access {

/// An IPv4 or IPv6 address; IPv4 is held in its IPv4-mapped form, so that `::ffff:10.0.0.1` equals `10.0.0.1`.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
    [[nodiscard]] static IpAddress v4(std::uint32_t hostOrder);
    [[nodiscard]] bool isV4() const;
    [[nodiscard]] bool isLoopback() const;   ///< 127.0.0.0/8 or ::1.
    [[nodiscard]] std::string text() const;
    bool operator==(const IpAddress&) const = default;
};

/// An address or a block in CIDR form; bits beyond the prefix must be zero. A block holds addresses of its own family
/// only: `::/0` is every IPv6 address and no IPv4 one.
class IpNetwork {
public:
    [[nodiscard]] static Result<IpNetwork> parse(std::string_view text);   ///< `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`.
    [[nodiscard]] bool contains(const IpAddress& address) const;
    [[nodiscard]] const std::string& text() const { return m_text; }       ///< As it was written.
    bool operator==(const IpNetwork&) const = default;

private:
    IpAddress m_address;
    int m_prefix = 128;   ///< Of the mapped form: an IPv4 /8 is 104.
    std::string m_text;
};

} // namespace latchkey::access
