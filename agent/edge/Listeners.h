// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/http/Stream.h"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace latchkey::edge {

/// Whether the system shares connections out among several listeners of one port; else one listener hands them round.
#if defined(__linux__)
inline constexpr bool listenersBalance = true;
#else
inline constexpr bool listenersBalance = false;
#endif

/// Listens on `host`:`port` (0: a free one) with one acceptor for each of the loops, or with one for the first where
/// several do not balance. The first is bound exclusively, so that a port that another program has is seen:
/// ErrorCode::portTaken names the address.
[[nodiscard]] Result<std::vector<http::Acceptor>> openListeners(const std::string& host, std::uint16_t port,
                                                                const std::vector<boost::asio::io_context*>& loops);

} // namespace latchkey::edge
