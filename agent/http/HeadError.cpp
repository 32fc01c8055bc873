// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "HeadError.h"

#include <array>
#include <cstddef>

namespace latchkey::http {
namespace {

struct ErrorRow {
    HeadError error;
    int status;
    std::string_view code;
    std::string_view sentence;
};

constexpr std::array errorRows{
    ErrorRow{HeadError::none, 200, "none", "Nothing is wrong."},
    ErrorRow{HeadError::notHttp, 400, "not_http", "The bytes are not an HTTP/1.1 message."},
    ErrorRow{HeadError::bareLf, 400, "bare_lf", "A line ends with LF alone instead of CRLF."},
    ErrorRow{HeadError::bareCr, 400, "bare_cr", "A CR stands where it does not end a line."},
    ErrorRow{HeadError::badRequestLine, 400, "bad_request_line", "The first line is not a method, a target and a version with one space between them."},
    ErrorRow{HeadError::badMethod, 400, "bad_method", "The method holds a character that no method may hold."},
    ErrorRow{HeadError::connectRefused, 501, "connect_refused", "CONNECT is not supported, because this is no forward proxy."},
    ErrorRow{HeadError::badTarget, 400, "bad_target", "The request target is malformed."},
    ErrorRow{HeadError::badVersion, 400, "bad_version", "The HTTP version is malformed."},
    ErrorRow{HeadError::unsupportedVersion, 505, "unsupported_version", "Only HTTP/1.0 and HTTP/1.1 are supported here."},
    ErrorRow{HeadError::badStatusLine, 400, "bad_status_line", "The status line is malformed."},
    ErrorRow{HeadError::requestLineTooLong, 414, "request_line_too_long", "The request line is longer than 16 KiB."},
    ErrorRow{HeadError::headTooLarge, 431, "head_too_large", "The headers are larger than 64 KiB."},
    ErrorRow{HeadError::tooManyHeaders, 431, "too_many_headers", "There are more than 100 headers."},
    ErrorRow{HeadError::foldedHeader, 400, "folded_header", "A header line starts with white space."},
    ErrorRow{HeadError::spaceBeforeColon, 400, "space_before_colon", "White space stands between a header name and its colon."},
    ErrorRow{HeadError::badHeaderName, 400, "bad_header_name", "A header name is empty, holds a character it may not hold, or has no colon behind it."},
    ErrorRow{HeadError::badHeaderValue, 400, "bad_header_value", "A header value holds a control character."},
    ErrorRow{HeadError::missingHost, 400, "missing_host", "HTTP/1.1 needs a Host header."},
    ErrorRow{HeadError::duplicateHost, 400, "duplicate_host", "There is more than one Host header."},
    ErrorRow{HeadError::badHost, 400, "bad_host", "The Host header is not a host name or address with an optional port."},
    ErrorRow{HeadError::hostMismatch, 400, "host_mismatch", "The Host header differs from the host in the target."},
    ErrorRow{HeadError::badContentLength, 400, "bad_content_length", "Content-Length is not a plain decimal number."},
    ErrorRow{HeadError::duplicateContentLength, 400, "duplicate_content_length", "There is more than one Content-Length header."},
    ErrorRow{HeadError::contentTooLarge, 413, "content_too_large", "Content-Length is beyond any size that can be sent."},
    ErrorRow{HeadError::lengthAndChunked, 400, "length_and_chunked", "Content-Length and Transfer-Encoding are both there."},
    ErrorRow{HeadError::badTransferEncoding, 400, "bad_transfer_encoding", "Transfer-Encoding is not exactly chunked."},
    ErrorRow{HeadError::unknownTransferCoding, 501, "unknown_transfer_coding", "Transfer-Encoding names a coding other than chunked."},
    ErrorRow{HeadError::transferEncodingInHttp10, 400, "transfer_encoding_in_http10", "HTTP/1.0 has no Transfer-Encoding."},
    ErrorRow{HeadError::bodyNotAllowed, 400, "body_not_allowed", "The message has a body where none may be."},
    ErrorRow{HeadError::badConnection, 400, "bad_connection", "The Connection header is malformed, too long, or names a header that every message needs."},
    ErrorRow{HeadError::badUpgrade, 400, "bad_upgrade", "The Upgrade header is malformed or repeated."},
    ErrorRow{HeadError::badExpect, 417, "bad_expect", "Expect is not 100-continue."},
};

static_assert([] {
    for (std::size_t i = 0; i < errorRows.size(); ++i) {
        if (static_cast<std::size_t>(errorRows[i].error) != i)
            return false;
    }
    return errorRows.size() == static_cast<std::size_t>(HeadError::badExpect) + 1;
}(), "one row for each error, in its order");

constexpr const ErrorRow& row(HeadError error) { return errorRows[static_cast<std::size_t>(error)]; }

} // namespace

std::string_view code(HeadError error) { return row(error).code; }

std::string_view describe(HeadError error) { return row(error).sentence; }

int requestStatus(HeadError error) { return row(error).status; }

} // namespace latchkey::http
