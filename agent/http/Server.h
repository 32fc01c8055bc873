// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BodyStream.h"
#include "Limits.h"

#include "agent/base/Clock.h"
#include "agent/base/Error.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One whole request. Its text may hold secrets (a bearer token, a body), so it wipes itself and cannot be copied.
struct ServerRequest {
    std::string method;
    std::string path;  ///< In normal form (see Target) and still escaped; `*` only for OPTIONS.
    std::string query; ///< Without the `?`; see parseQuery.
    Headers headers;   ///< As sent, in order, Host and framing included.
    std::string body;  ///< Decoded when it was chunked.
    std::string peer;  ///< The client's address and port: `127.0.0.1:50312`, `[::1]:50312`.
    bool peerIsLoopback = false;

    ServerRequest() = default;
    ServerRequest(ServerRequest&&) noexcept = default;
    ServerRequest& operator=(ServerRequest&& other) noexcept;
    ServerRequest(const ServerRequest&) = delete;
    ServerRequest& operator=(const ServerRequest&) = delete;
    ~ServerRequest();

    /// The first header of this name in any case, or nullptr.
    [[nodiscard]] const std::string* header(std::string_view name) const;
    /// How often a header of this name stands there.
    [[nodiscard]] std::size_t count(std::string_view name) const;

private:
    void wipeText();
};

/// The answer. Content-Length, Connection, Date and Transfer-Encoding are the server's: set here they are left out. A name or
/// value that HTTP does not allow makes the answer a 500.
/// The whole body is here when the reply is given, or `stream` brings the rest of it: then the connection ends with it, and
/// draining the server closes it.
struct ServerResponse {
    int status = 200;
    Headers headers;
    std::string body;
    bool wipe = false; ///< The body holds a secret: every copy of it is overwritten once it was sent or could not be.
    std::shared_ptr<BodyStream> stream = nullptr;
};

/// A small HTTP/1.1 server for the management API: one thread of its own with an event loop, whole messages in memory.
/// Speed is not its aim; the data plane has its own. Keeps connections alive, answers pipelined requests in order, decodes
/// chunked bodies, knows HEAD and Expect, and bounds everything by Limits.h.
///
/// Threads: start() and stop() from one thread; the handler is called on the server's own thread and must not block it;
/// a Reply may be called from any thread.
class Server {
public:
    /// Answers the request; only the first call counts. Destroyed without a call it answers 503. When the client has gone
    /// or the server has stopped, the answer is dropped.
    using Reply = std::move_only_function<void(ServerResponse)>;
    using Handler = std::function<void(ServerRequest, Reply)>;

    /// Words the answer to what is refused before the handler sees it (malformed, too large, too slow); `code` is a stable
    /// word such as `bare_lf`, `message` a sentence. On the server's thread.
    using Refusal = std::function<ServerResponse(int status, std::string_view code, std::string_view message)>;

    struct Config {
        std::string host = "127.0.0.1"; ///< A literal address, or `localhost`: 127.0.0.1 and, where there is IPv6, ::1.
        std::uint16_t port = 0;         ///< 0 picks a free one.
        std::size_t maxBody = 1U << 20U;
        /// How large the body of this request may be, by its head: the body is not here yet. On the server's thread. Empty: maxBody.
        std::function<std::size_t(const ServerRequest& head)> bodyLimit;
        std::size_t maxConnections = limits::serverConnections;
        std::chrono::milliseconds headTimeout = limits::headTimeout;
        std::chrono::milliseconds idleTimeout = limits::idleTimeout;
        std::chrono::milliseconds stallTimeout = limits::stallTimeout; ///< For a whole body in, and for each step of an answer out.
        std::chrono::milliseconds stopDeadline = limits::stopDeadline;
        Refusal refusal;                ///< Empty: plain text.
        const Clock* clock = nullptr;   ///< For the Date header; must outlive the server. nullptr: the machine's.
    };

    /// Binds, then serves until stop(). ErrorCode::portTaken names host:port; network for an address that is not this
    /// machine's, forbidden for a port that needs privileges, invalidArgument for a host that is no literal.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(Config config, Handler handler);

    ~Server(); ///< As stop().
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const; ///< The port that is listened on.

    /// Takes no new connections or requests and lets those under way finish; calls `drained` on the server's thread when the
    /// last answer is out or the stop deadline has passed. For an owner whose thread makes the replies and so may not
    /// block in stop() while some are missing. Only the first call counts.
    void drain(std::function<void()> drained);

    /// drain() if that was not called, waits for it, and ends the thread; immediate once drained. Not from the handler.
    void stop();

private:
    class Core;
    explicit Server(std::shared_ptr<Core> core);

    std::shared_ptr<Core> m_core;
};

} // namespace latchkey::http
