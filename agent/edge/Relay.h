// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Exchange.h"

#include "agent/http/Stream.h"

namespace latchkey::edge {

/// Moves one exchange between client and upstream, both directions at once, until it would have to wait. Each side is
/// read only when what came before it has been taken by the other, so the memory of a stream is bounded by its buffers.
/// A view over its parts, made for one call.
class Relay {
public:
    enum class Outcome : std::uint8_t {
        wait,         ///< Nothing more can be moved now; what is waited for is armed.
        complete,     ///< The answer is complete and sent.
        upgraded,     ///< The 101 is on its way: a tunnel from now on.
        noAnswer,     ///< The upstream closed without a byte of an answer.
        badAnswer,    ///< The upstream's answer is no HTTP, or was cut off in its head.
        badBody,      ///< The request's body is malformed.
        clientGone,
        broken,       ///< The answer ended before its end: nothing can be told to the client any more.
        goOn,         ///< Inside only: bytes came, look again.
    };

    /// `mayKeepAlive`: the client's connection may go on after this answer, as far as the edge is concerned.
    Relay(Exchange& exchange, http::Stream& client, http::Stream& upstream, bool mayKeepAlive)
        : x(exchange)
        , m_client(client)
        , m_upstream(upstream)
        , m_mayKeepAlive(mayKeepAlive)
    {
    }

    Outcome run();
    /// `complete` once both sides have ended.
    Outcome runTunnel();

    [[nodiscard]] bool moved() const { return m_moved; }          ///< Whether bytes went anywhere.
    [[nodiscard]] bool clientEnded() const { return m_clientEnded; } ///< The client ended its side while it was waited for.

private:
    Outcome sendRequest();
    Outcome sendBody();
    Outcome takeAnswer();
    Outcome receiveAnswer();
    Outcome answerEnded(bool orderly);
    Outcome parseAnswerHead();
    Outcome takeInterim();
    void beginAnswer();
    Outcome takeAnswerBody(std::size_t already);
    Outcome watchClient();
    bool flushToClient(Outcome& outcome);
    bool sendAll(http::Stream& to, const char* bytes, std::size_t& sent, std::size_t size, bool& failed);
    Outcome passOn(http::Stream& from, http::ByteBuffer& buffer, http::Stream& to, bool& ended);

    Exchange& x;
    http::Stream& m_client;
    http::Stream& m_upstream;
    const bool m_mayKeepAlive;
    bool m_moved = false;
    bool m_clientEnded = false;
    std::size_t m_budget = 1U << 20U; // bytes, so that one fast stream does not keep the others waiting
};

} // namespace latchkey::edge
