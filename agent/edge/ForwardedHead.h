// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Credentials.h"

#include "agent/http/ByteBuffer.h"
#include "agent/http/RequestHead.h"
#include "agent/http/ResponseHead.h"

#include <string>
#include <string_view>

namespace latchkey::edge {

/// What the edge adds to a request's head.
struct RequestAdditions {
    std::string_view assertionLine; ///< A whole line, or empty.
    std::string_view sessionJwt;    ///< Instead of that line: the JWT of a session that counts.
    /// That JWT goes on as a CF_Authorization cookie, too, as Cloudflare sends it. Only what was verified does: any other
    /// cookie of that name stays here.
    bool sessionCookie = false;
    std::string_view clientLines;   ///< Whole lines that tell who the client is.
    std::string_view rayId;
    std::string_view fallbackHost;  ///< For a request without Host (HTTP/1.0).
    bool upgrade = false;           ///< Forward the upgrade that is asked for.
};

/// Writes the head that the upstream gets: the received bytes between the lines that are dropped, and the additions.
void writeRequestHead(std::string& out, const http::RequestHead& head, const Credentials& credentials,
                      const RequestAdditions& additions);

/// What the edge changes in the head of an answer.
struct AnswerChanges {
    enum class Connection { unchanged, close, keepAlive, upgrade };
    Connection connection = Connection::unchanged; ///< What it tells the client about the connection.
    bool withoutChunks = false;                    ///< The body follows without its chunked coding.
    std::string_view rayId;
    std::string_view extraLines;                   ///< Whole lines; the headroom must have room for them, too.
};

/// Free bytes that must be in front of an answer's head.
inline constexpr std::size_t answerHeadroom = 128;

/// Rewrites the answer's head, which starts `buffer`, in place and so that the body's bytes behind it stay where they are.
/// Answers the new length of the head.
std::size_t rewriteAnswerHead(http::ByteBuffer& buffer, const http::ResponseHead& answer, const AnswerChanges& changes);

} // namespace latchkey::edge
