// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ChunkScanner.h"
#include "RequestHead.h"
#include "Server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

/// One client of a Server: reads a request, hands it over, writes the answer, and again. Lives on the server's thread and
/// as long as an operation of its socket is under way or the server lists it.
class ServerConnection final : public std::enable_shared_from_this<ServerConnection> {
public:
    using Socket = boost::asio::ip::tcp::socket;

    /// What the server is to its connections; outlives them.
    class Owner {
    public:
        [[nodiscard]] virtual const Server::Config& config() const = 0;
        [[nodiscard]] virtual std::chrono::sys_seconds now() const = 0;
        virtual void handle(std::uint64_t connection, ServerRequest request) = 0; ///< Answered by answer(), later.
        virtual void closed(std::uint64_t connection) = 0;
        /// For any thread: has streamMoved() called on the server's, if the connection is still there.
        [[nodiscard]] virtual std::function<void()> waker(std::uint64_t connection) = 0;

    protected:
        ~Owner() = default;
    };

    ServerConnection(Owner& owner, std::uint64_t id, Socket socket);
    ~ServerConnection();

    void start();
    void answer(ServerResponse response); ///< To the request that was handed over.
    void streamMoved();                   ///< The answer's stream has more, or its end has come.
    void refuseBusy();                    ///< Instead of start(): 503, there are too many.
    void finish();                        ///< No further request: closes now when it waits for one.
    void close();

    [[nodiscard]] bool isIdle() const { return m_phase == Phase::idle; }
    [[nodiscard]] std::chrono::steady_clock::time_point idleSince() const { return m_idleSince; }

private:
    enum class Phase : std::uint8_t { idle, head, body, handling, writing, streaming, lingering, closed };
    using Step = void (ServerConnection::*)();

    void waitForRequest();
    void readHead();
    void takeHead();
    bool takeTarget();
    void takeBody();
    void readBody();
    void readLengthBody();
    void readChunkedBody();
    void dispatch();
    void refuseLargeBody();
    void refuse(int status, std::string_view code, std::string_view message);
    void writeAnswer(ServerResponse& response);
    void write(std::size_t from, Step then);
    void answerWritten();
    void streamOn();
    void endStream();
    void watchClient();
    void linger();
    void discard();

    void readMore(Step then);
    void consume(std::size_t count);
    void allow(std::chrono::milliseconds time);
    void allowForever();
    void deadlinePassed();
    void makeRoom();
    void reserveBody(std::size_t size);
    [[nodiscard]] std::string_view input() const { return {m_in.data() + m_inBegin, m_inEnd - m_inBegin}; }

    Owner& m_owner;
    const std::uint64_t m_id;
    Socket m_socket;
    boost::asio::steady_timer m_timer;
    std::chrono::steady_clock::time_point m_idleSince;
    Phase m_phase = Phase::idle;

    std::vector<char> m_in;
    std::size_t m_inBegin = 0;
    std::size_t m_inEnd = 0;
    RequestHead m_head;
    ChunkScanner m_chunks;
    ServerRequest m_request;
    std::uint64_t m_bodyLeft = 0;
    std::size_t m_bodyLimit = 0; // of this request
    bool m_chunked = false;

    bool m_isHead = false;    // the answer's body is not sent
    bool m_http10 = false;
    bool m_keepAlive = false;
    bool m_finishing = false;
    bool m_wipeOut = false;
    std::shared_ptr<BodyStream> m_stream; // of the answer under way
    std::string m_out;
};

} // namespace latchkey::http
