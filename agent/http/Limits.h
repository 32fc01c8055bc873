// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// What the HTTP room accepts at most, in one place. A limit is there so that a stranger can bind only a known amount of
/// memory or time; each is above what real programs need, so that nobody has to change it.
namespace latchkey::http::limits {

/// Request or response line, header lines and the empty line. Browsers stop at about 32 KiB of cookies a site and a
/// chain of identity tokens is some 10 KiB, so twice that; more answers 431.
inline constexpr std::size_t headBytes = 64U * 1024U;

/// Header lines of one message; more answers 431. Real requests have up to 40.
inline constexpr std::size_t headers = 100;

/// The request line with its CRLF. RFC 9112 §3 asks for at least 8,000 octets; more answers 414.
inline constexpr std::size_t requestLineBytes = 16U * 1024U;

/// Options that all Connection headers of one message name. Every one is compared with every header, so without a limit
/// a head of commas would cost millions of comparisons.
inline constexpr std::size_t connectionOptions = 16;

/// The extensions of one chunk, and of a whole body. Nothing uses them; a body of one-byte chunks with long
/// extensions would be paid for in CPU and never counted as content.
inline constexpr std::size_t chunkExtensionBytes = 256;
inline constexpr std::size_t chunkExtensionBytesInAll = 16U * 1024U;

/// The trailer section of a chunked body, and one name in it.
inline constexpr std::size_t trailerBytes = 8U * 1024U;
inline constexpr std::size_t trailers = 32;
inline constexpr std::size_t trailerNameBytes = 128;

/// From a head's first byte (or the accepted connection) to its last: long enough for a phone in a tunnel, short enough that
/// a thousand connections that send a byte a second are gone soon.
inline constexpr std::chrono::seconds headTimeout{10};

/// A kept-alive connection with nothing to do. Longer than the 60 s most clients pool for, so that the client closes
/// first and a request is not sent into a closing connection.
inline constexpr std::chrono::seconds idleTimeout{75};

/// While a body or an answer moves: no byte in either direction for this long ends the connection.
inline constexpr std::chrono::seconds stallTimeout{75};

/// Opening a connection to an upstream, its name's look-up included. Cloudflare's is longer; behind this edge stand
/// services of the same machine or network.
inline constexpr std::chrono::seconds connectTimeout{5};

/// From the whole request sent to the first byte of the upstream's answer, as Cloudflare has it; then 504.
inline constexpr std::chrono::seconds firstByteTimeout{100};

/// An idle upstream connection in the pool. Shorter than the 60 to 75 s that common servers keep them, so that the
/// pool seldom picks one that is just being closed.
inline constexpr std::chrono::seconds upstreamIdleTimeout{50};

/// Connections of the management listener. A browser uses 6, the app a handful, scripts a few dozens.
inline constexpr std::size_t serverConnections = 256;

/// How long a stopping server lets replies that are under way finish.
inline constexpr std::chrono::seconds stopDeadline{2};

} // namespace latchkey::http::limits
