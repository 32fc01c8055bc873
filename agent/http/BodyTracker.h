// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ChunkScanner.h"
#include "MessageHead.h"

#include <string>
#include <string_view>

namespace latchkey::http {

/// Finds the end of a body that is relayed as raw bytes, whatever its framing.
class BodyTracker {
public:
    struct Taken {
        std::size_t bytes = 0;  ///< How many of the bytes belong to the body and may be relayed.
        bool malformed = false; ///< What follows them is no body any more.
    };

    /// No body.
    void reset()
    {
        m_framing = Framing::none;
        m_complete = true;
        m_remaining = 0;
    }

    void start(const MessageHead& head, ChunkScanner::TrailerFilter trailers)
    {
        m_framing = head.framing();
        m_remaining = head.contentLength();
        m_complete = m_framing == Framing::none || (m_framing == Framing::length && m_remaining == 0);
        if (m_framing == Framing::chunked)
            m_chunks = ChunkScanner(trailers);
    }

    /// The next bytes. After complete() none belong to the body.
    Taken take(std::string_view bytes)
    {
        if (m_complete)
            return {};
        switch (m_framing) {
        case Framing::none:
            return {};
        case Framing::length: {
            const std::size_t count = bytes.size() < m_remaining ? bytes.size() : static_cast<std::size_t>(m_remaining);
            m_remaining -= count;
            m_complete = m_remaining == 0;
            return {count};
        }
        case Framing::chunked:
            return note(m_chunks.feed(bytes));
        case Framing::untilClose:
            return {bytes.size()};
        }
        return {};
    }

    /// The same for a chunked body, appending what the chunks hold to `content`.
    Taken decode(std::string_view bytes, std::string& content)
    {
        return note(m_chunks.feed(bytes, content, content.max_size()));
    }

    /// The sender has closed its side. Whether that ended the body as its framing says.
    bool finishOnClose()
    {
        if (m_framing == Framing::untilClose)
            m_complete = true;
        return m_complete;
    }

    [[nodiscard]] bool complete() const { return m_complete; }
    [[nodiscard]] Framing framing() const { return m_framing; }
    [[nodiscard]] std::uint64_t remaining() const { return m_remaining; } ///< Only of a body with a length.
    [[nodiscard]] ChunkError chunkError() const { return m_chunks.error(); }

private:
    Taken note(ChunkScanner::Step step)
    {
        m_complete = step.state == ChunkScanner::State::complete;
        return {step.consumed, step.state == ChunkScanner::State::malformed};
    }

    Framing m_framing = Framing::none;
    bool m_complete = true;
    std::uint64_t m_remaining = 0;
    ChunkScanner m_chunks;
};

} // namespace latchkey::http
