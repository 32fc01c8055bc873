// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/IpNetwork.h"

#include <cstdint>
#include <string>

namespace latchkey::edge {

/// What a client has shown of itself with TLS.
struct ClientCertificate {
    bool isVerified = false;
    std::string commonName;     ///< Empty: it has none, or one that nobody may have.
};

/// What is known of a connection's client before it says anything.
struct ClientInfo {
    access::IpAddress address;
    std::string text;           ///< The address as text.
    bool isLoopback = false;    ///< On this machine: may learn why it is refused.
    std::uint16_t port = 0;     ///< Of the listener it came to.
    bool ownPort = false;       ///< That port belongs to one application.
    bool https = false;         ///< It speaks TLS with us.
    ClientCertificate certificate;
    std::string forwardedLines; ///< The header lines that tell an upstream who the client is.
};

} // namespace latchkey::edge
