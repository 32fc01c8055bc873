// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace latchkey::http {

/// The header fields HTTP itself gives a meaning that a server or proxy must know. Everything else is `other`.
enum class KnownHeader : std::uint8_t {
    other,
    connection,
    contentLength,
    expect,
    host,
    http2Settings,
    keepAlive,
    maxForwards,
    proxyAuthenticate,
    proxyAuthorization,
    proxyConnection,
    te,
    trailer,
    transferEncoding,
    upgrade,
};

/// Finds a header by its name, in any case. `name` must be a token (RFC 9110 §5.6.2): bytes outside one may match wrongly.
[[nodiscard]] KnownHeader knownHeader(std::string_view name);

/// Whether a proxy must drop the field whatever Connection says (RFC 9110 §7.6.1, RFC 9112 §C.2.2). Transfer-Encoding is
/// not among them here, because bodies are relayed as the raw bytes that it describes; nor is Trailer, which
/// RFC 9110 §6.6.2 made end-to-end. A proxy that forwards an upgrade writes Connection and Upgrade anew.
[[nodiscard]] constexpr bool isHopByHop(KnownHeader header)
{
    switch (header) {
    case KnownHeader::connection:
    case KnownHeader::http2Settings:
    case KnownHeader::keepAlive:
    case KnownHeader::proxyAuthenticate:
    case KnownHeader::proxyAuthorization:
    case KnownHeader::proxyConnection:
    case KnownHeader::te:
    case KnownHeader::upgrade:
        return true;
    default:
        return false;
    }
}

} // namespace latchkey::http
