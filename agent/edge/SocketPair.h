// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/Stream.h"

#include <boost/asio/io_context.hpp>

#include <utility>

namespace latchkey::edge {

/// Two ends of a stream inside this process, each on an event loop of its own: a pair of AF_UNIX sockets, which has neither
/// ports nor waiting times; on Windows, which has none, a connection over loopback that nobody else can have taken.
/// Thread-safe.
[[nodiscard]] std::pair<http::Socket, http::Socket> makeSocketPair(boost::asio::io_context& first, boost::asio::io_context& second,
                                                                   boost::system::error_code& error);

} // namespace latchkey::edge
