// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "MessageHead.h"

namespace latchkey::http {

/// The head of an upstream's answer; as RequestHead, incremental, without copies, strict in everything that decides
/// where the message ends. Tolerated because real servers do it: an empty or missing reason phrase, status codes up to 999,
/// `Content-Length: 0` in a 204. A proxy answers 502 to its client when this refuses.
class ResponseHead : public MessageHead {
public:
    ResponseHead() = default;

    /// See RequestHead::parse.
    ParseState parse(std::string_view buffer);

    /// For the next answer; `answersHead` says that the request was HEAD, whose answer has no body whatever it declares.
    /// Also used between an interim answer (1xx) and the final one.
    void reset(bool answersHead);

    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] std::string_view reasonPhrase() const { return view(m_reason, m_reasonLength); } ///< May be empty.
    /// 100 to 199 except 101: another head follows on the same connection.
    [[nodiscard]] bool isInterim() const { return m_status < 200 && m_status != 101; }

private:
    bool parseStatusLine(std::string_view line);
    bool finish();

    bool m_answersHead = false;
    int m_status = 0;
    std::uint32_t m_reason = 0;
    std::uint32_t m_reasonLength = 0;
};

} // namespace latchkey::http
