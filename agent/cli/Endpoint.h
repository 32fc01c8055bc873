// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::cli {

/// The address of a listener, as `--edge` and `--api` take it: `127.0.0.1:8400`, `[::1]:0`, `8400`, `localhost:0`.
struct ListenAddress {
    std::string host;   ///< Without brackets.
    std::uint16_t port = 0;

    [[nodiscard]] bool isLoopback() const;   ///< 127.0.0.0/8, ::1 or localhost.
    [[nodiscard]] std::string url() const;   ///< `http://127.0.0.1:8400`
};

[[nodiscard]] Result<ListenAddress> parseListenAddress(std::string_view text);

} // namespace latchkey::cli
