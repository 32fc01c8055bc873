// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Server.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace latchkey::http {

/// Whether HTTP allows this answer as it is.
[[nodiscard]] bool isSendable(const ServerResponse& response);

/// How an answer is framed.
struct AnswerFraming {
    bool keepAlive = false;
    bool http10 = false;   ///< The client's version: it knows no chunks, and asks for what the others take for granted.
};

/// The head of a sendable answer, from its status line to the empty line. Framing is the server's: what the answer has of it
/// is left out.
[[nodiscard]] std::string answerHead(const ServerResponse& response, const AnswerFraming& framing, std::chrono::sys_seconds now);

/// RFC 9110 §6.4.1
[[nodiscard]] constexpr bool mayHaveBody(int status)
{
    return status != 204 && status != 304;
}

/// What stands before a chunk of that many bytes (RFC 9112 §7.1).
[[nodiscard]] std::string chunkHead(std::size_t size);

} // namespace latchkey::http
