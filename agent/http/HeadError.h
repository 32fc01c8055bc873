// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace latchkey::http {

/// Why a message head was refused.
enum class HeadError : std::uint8_t {
    none,
    notHttp,               ///< The first byte cannot start a message: TLS or another protocol on a plain port.
    bareLf,                ///< A line that ends without CR (RFC 9112 §2.2).
    bareCr,                ///< A CR that is not followed by LF (RFC 9112 §2.2).
    badRequestLine,        ///< Not method SP target SP version (RFC 9112 §3).
    badMethod,             ///< The method is no token (RFC 9110 §9.1).
    connectRefused,        ///< CONNECT: this is no forward proxy.
    badTarget,             ///< RFC 9112 §3.2.
    badVersion,            ///< RFC 9112 §2.3.
    unsupportedVersion,    ///< A version other than 1.0 and 1.1.
    badStatusLine,         ///< RFC 9112 §4.
    requestLineTooLong,
    headTooLarge,
    tooManyHeaders,
    foldedHeader,          ///< obs-fold (RFC 9112 §5.2).
    spaceBeforeColon,      ///< RFC 9112 §5.1.
    badHeaderName,         ///< Empty, no token, or a line without a colon.
    badHeaderValue,        ///< NUL or another control character (RFC 9110 §5.5).
    missingHost,           ///< HTTP/1.1 without Host (RFC 9112 §3.2).
    duplicateHost,
    badHost,
    hostMismatch,          ///< Host differs from the authority of an absolute target (RFC 9112 §3.2.2).
    badContentLength,      ///< RFC 9112 §6.3.
    duplicateContentLength,
    contentTooLarge,       ///< A length beyond 2^63 - 1.
    lengthAndChunked,      ///< Both lengths (RFC 9112 §6.3).
    badTransferEncoding,   ///< RFC 9112 §6.1.
    unknownTransferCoding, ///< A list that ends in chunked but has another coding in it.
    transferEncodingInHttp10,
    bodyNotAllowed,        ///< TRACE with content (RFC 9110 §9.3.8); 1xx or 204 with content (§8.6, RFC 9112 §6.1).
    badConnection,         ///< RFC 9110 §7.6.1; also one that nominates Host or a length.
    badUpgrade,            ///< RFC 9110 §7.8.
    badExpect,             ///< RFC 9110 §10.1.1.
};

/// A stable word for logs and replies, such as `bare_lf`.
[[nodiscard]] std::string_view code(HeadError error);

/// One sentence that says what is wrong with the message.
[[nodiscard]] std::string_view describe(HeadError error);

/// The status a server answers a refused *request* with (400, 413, 414, 417, 431, 501 or 505). For a refused upstream
/// response a proxy answers 502, whatever the error.
[[nodiscard]] int requestStatus(HeadError error);

} // namespace latchkey::http
