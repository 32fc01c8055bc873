// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TlsBuffer.h"
#include "TlsHosts.h"

#include "agent/http/Stream.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace latchkey::edge {

/// One TLS connection, decrypted into a plain stream inside the process. What one side does not take yet is not read from the
/// other: at most one buffer each way is held, and none while it waits. The end of either side's sending is passed on by itself (close_notify, half-close).
/// Idle connections are the worker's business: it ends its side. Lives on the terminator's thread.
class TlsTunnel final : public std::enable_shared_from_this<TlsTunnel> {
public:
    struct Timings {
        std::chrono::milliseconds handshake{10'000};
        std::chrono::milliseconds drain{30'000};    ///< How long a client may take nothing once the worker is done.
        std::chrono::milliseconds linger{2'000};    ///< How long the client's own end is waited for after ours.
    };
    /// Makes the plain side once the handshake is done; a closed socket ends the connection.
    using OpenPlain = std::function<http::Socket(const SSL& tls)>;
    using Ended = std::function<void(const std::shared_ptr<TlsTunnel>&)>;

    TlsTunnel(boost::asio::io_context& io, http::Socket client, SslPtr tls, const Timings& timings, OpenPlain openPlain,
              Ended ended);

    void start();
    void finish();   ///< The agent is stopping: no new exchange, what is under way is passed on.
    void close();    ///< At once.

private:
    static constexpr int roundsInARow = 16;

    struct Armed {
        bool read = false;
        bool write = false;
    };

    void advance();
    bool shakeHands();
    bool round();
    bool readClient();
    bool writePlain();
    bool readPlain();
    bool writeClient();
    bool sayEnd();
    void wants(int result);
    void awaitRead(http::Socket& socket, Armed& armed);
    void awaitWrite(http::Socket& socket, Armed& armed);
    void setDeadline(std::chrono::milliseconds time);
    [[nodiscard]] bool isDone() const;

    boost::asio::steady_timer m_deadline;
    http::Socket m_client;
    http::Socket m_plain;
    SslPtr m_tls;
    const Timings m_timings;
    OpenPlain m_openPlain;
    Ended m_ended;
    TlsBuffer m_up{TlsBuffer::Holds::requests};     // from the client
    TlsBuffer m_down{TlsBuffer::Holds::answers};    // to the client
    Armed m_clientArmed;
    Armed m_plainArmed;
    bool m_clientWantsRead = false;
    bool m_clientWantsWrite = false;
    bool m_plainWantsRead = false;
    bool m_plainWantsWrite = false;
    bool m_established = false;
    bool m_clientEnded = false;   // sends nothing more
    bool m_plainEnded = false;
    bool m_plainTakesNothing = false;
    bool m_toldPlain = false;     // of the client's end
    bool m_toldClient = false;
    bool m_finishing = false;
    bool m_closed = false;
};

} // namespace latchkey::edge
