// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/IpNetwork.h"

#include <cstdint>
#include <string>

namespace latchkey::edge {

/// What is known of a connection's client before it says anything.
struct ClientInfo {
    access::IpAddress address;
    std::string text;           ///< The address as text.
    bool isLoopback = false;    ///< On this machine: may learn why it is refused.
    std::uint16_t port = 0;     ///< Of the listener it came to.
    bool ownPort = false;       ///< That port belongs to one application.
    bool https = false;         ///< It speaks TLS with us.
    std::string forwardedLines; ///< The header lines that tell an upstream who the client is.
};

} // namespace latchkey::edge
