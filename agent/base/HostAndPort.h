// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::base {

/// `example.com:443`, `127.0.0.1:8400`, `[::1]:8400`: as URLs and people write it. An IPv6 address may be in brackets already.
[[nodiscard]] std::string hostAndPort(std::string_view host, std::uint16_t port);

} // namespace latchkey::base
