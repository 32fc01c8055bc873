// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Server.h"

#include "Characters.h"
#include "ServerConnection.h"

#include "agent/base/HostAndPort.h"
#include "agent/base/SecretBytes.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

namespace latchkey::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

Error bindError(const Server::Config& config, const error_code& error)
{
    const std::string where = base::hostAndPort(config.host, config.port);
    bool taken = error == asio::error::address_in_use;
#ifdef _WIN32
    // Exclusive use (see listen) answers so when another program holds the port.
    taken = taken || error == asio::error::access_denied;
#endif
    if (taken)
        return {ErrorCode::portTaken, where + " is in use by another program; stop it or choose another port.", error.message()};
    if (error == asio::error::access_denied)
        return {ErrorCode::forbidden, "Listening on " + where + " needs privileges; choose a port above 1023.", error.message()};
    if (error == boost::system::errc::address_not_available)
        return {ErrorCode::network, where + " is not an address of this machine; choose another host.", error.message()};
    return {ErrorCode::network, "Listening on " + where + " failed; see the detail.", error.message()};
}

error_code listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint)
{
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (error)
        return error;
#ifdef _WIN32
    // There SO_REUSEADDR would let two programs share the port, and a taken one would not be seen.
    acceptor.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_EXCLUSIVEADDRUSE>(true), error);
#else
    // Only takes over what lingers in TIME_WAIT; a port that is listened on stays taken. Where the system picks the port it is set
    // after that: else it might pick one that another program has bound in the same moment and listens on first.
    if (endpoint.port() != 0)
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
#endif
    if (!error && endpoint.address().is_v6())
        acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error)
        acceptor.bind(endpoint, error);
#ifndef _WIN32
    if (!error)
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
#endif
    if (!error)
        acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

// A response on its way to the server's thread, wiped wherever it ends.
struct Delivery {
    explicit Delivery(ServerResponse given) : response(std::move(given)) { }
    Delivery(Delivery&&) noexcept = default;
    Delivery& operator=(Delivery&&) = delete;
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;
    ~Delivery()
    {
        if (response.wipe)
            base::wipe(response.body);
    }
    ServerResponse response;
};

} // namespace

ServerRequest& ServerRequest::operator=(ServerRequest&& other) noexcept
{
    if (this != &other) {
        wipeText();
        method = std::move(other.method);
        path = std::move(other.path);
        query = std::move(other.query);
        headers = std::move(other.headers);
        body = std::move(other.body);
        peer = std::move(other.peer);
        peerIsLoopback = other.peerIsLoopback;
    }
    return *this;
}

ServerRequest::~ServerRequest() { wipeText(); }

void ServerRequest::wipeText()
{
    for (auto& [name, value] : headers)
        base::wipe(value);
    base::wipe(query);
    base::wipe(body);
}

const std::string* ServerRequest::header(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (characters::equalsIgnoreCase(key, name))
            return &value;
    }
    return nullptr;
}

std::size_t ServerRequest::count(std::string_view name) const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(headers, [name](const auto& field) { return characters::equalsIgnoreCase(field.first, name); }));
}

/// The server's inside: everything but deliver() and startThread() to endThread() runs on its thread.
class Server::Core final : public std::enable_shared_from_this<Core>, public ServerConnection::Owner {
public:
    Core(Config config, Handler handler)
        : m_config(std::move(config)), m_handler(std::move(handler)), m_io(1), m_work(m_io.get_executor()),
          m_stopTimer(m_io)
    {
    }

    Result<void> bind();
    void startThread();
    void endThread();
    void drain(std::function<void()> drained);
    [[nodiscard]] std::uint16_t port() const { return m_port; }

    // ServerConnection::Owner
    [[nodiscard]] const Config& config() const override { return m_config; }
    [[nodiscard]] std::chrono::sys_seconds now() const override
    {
        return m_config.clock ? m_config.clock->now() : SystemClock().now();
    }
    void handle(std::uint64_t connection, ServerRequest request) override;
    void closed(std::uint64_t connection) override;
    [[nodiscard]] std::function<void()> waker(std::uint64_t connection) override;

private:
    class Answer;

    struct Listener {
        tcp::acceptor acceptor;
        asio::steady_timer pause;
    };

    Result<std::vector<tcp::endpoint>> endpoints() const;
    error_code bindAll(const std::vector<tcp::endpoint>& wanted);
    void accept(Listener& listener);
    void accepted(tcp::socket socket);
    bool closeOldestIdle();
    void beginDrain(std::function<void()> drained);
    void checkDrained();
    void deliver(std::uint64_t connection, ServerResponse response);
    void wake(std::uint64_t connection);

    const Config m_config;
    const Handler m_handler;
    asio::io_context m_io;
    asio::executor_work_guard<asio::io_context::executor_type> m_work;
    std::vector<Listener> m_listeners; // does not change once the thread runs
    asio::steady_timer m_stopTimer;
    std::uint16_t m_port = 0;
    std::map<std::uint64_t, std::shared_ptr<ServerConnection>> m_connections;
    std::uint64_t m_lastId = 0;
    bool m_draining = false;
    std::vector<std::function<void()>> m_drained;

    std::mutex m_mutex;
    bool m_open = true; // guarded by m_mutex: answers may still be posted
    std::thread m_thread;
};

/// The one answer to one request, from whatever thread; keeps nothing of the server alive.
class Server::Core::Answer {
public:
    Answer(std::weak_ptr<Core> core, std::uint64_t connection) : m_core(std::move(core)), m_connection(connection) { }
    Answer(Answer&& other) noexcept : m_core(std::move(other.m_core)), m_connection(other.m_connection), m_done(other.m_done)
    {
        other.m_done = true;
    }
    Answer& operator=(Answer&&) = delete;
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer()
    {
        if (!m_done)
            give({503, {{"Content-Type", "text/plain; charset=utf-8"}}, "The request was not answered; try again.\n"});
    }

    void operator()(ServerResponse response)
    {
        if (!m_done)
            give(std::move(response));
        else if (response.wipe)
            base::wipe(response.body);
    }

private:
    void give(ServerResponse response)
    {
        m_done = true;
        if (const auto core = m_core.lock())
            core->deliver(m_connection, std::move(response));
        else if (response.wipe)
            base::wipe(response.body);
    }

    std::weak_ptr<Core> m_core;
    std::uint64_t m_connection;
    bool m_done = false;
};

Result<std::vector<tcp::endpoint>> Server::Core::endpoints() const
{
    std::string host = m_config.host;
    if (characters::equalsLower(host, "localhost"))
        return std::vector<tcp::endpoint>{{asio::ip::address_v4::loopback(), m_config.port},
                                          {asio::ip::address_v6::loopback(), m_config.port}};
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error)
        return fail(ErrorCode::invalidArgument, "\"" + m_config.host + "\" is neither an IP address nor localhost.");
    return std::vector<tcp::endpoint>{{address, m_config.port}};
}

Result<void> Server::Core::bind()
{
    const auto wanted = endpoints();
    if (!wanted)
        return std::unexpected(wanted.error());
    // A port that is free for IPv4 may be taken for IPv6; asked for any, try others.
    error_code error;
    for (int attempt = 0; attempt < 16; ++attempt) {
        error = bindAll(*wanted);
        if (!error || m_config.port != 0 || error != asio::error::address_in_use)
            break;
    }
    if (error)
        return std::unexpected(bindError(m_config, error));
    return {};
}

error_code Server::Core::bindAll(const std::vector<tcp::endpoint>& wanted)
{
    m_listeners.clear();
    m_port = m_config.port;
    for (tcp::endpoint endpoint : wanted) {
        endpoint.port(m_port);
        tcp::acceptor acceptor(m_io);
        error_code error = listen(acceptor, endpoint);
        // localhost on a machine without IPv6 is 127.0.0.1 alone.
        if (error && error != asio::error::address_in_use && !m_listeners.empty())
            continue;
        if (error)
            return error;
        m_port = acceptor.local_endpoint(error).port();
        if (error)
            return error;
        m_listeners.push_back({std::move(acceptor), asio::steady_timer(m_io)});
    }
    return {};
}

void Server::Core::startThread()
{
    for (Listener& listener : m_listeners)
        accept(listener);
    m_thread = std::thread([this] { m_io.run(); });
}

void Server::Core::endThread()
{
    if (!m_thread.joinable())
        return;
    drain([this] { m_work.reset(); });
    m_thread.join();
    const std::scoped_lock lock(m_mutex);
    m_open = false;
}

void Server::Core::accept(Listener& listener)
{
    listener.acceptor.async_accept([this, &listener](const error_code& error, tcp::socket socket) {
        if (m_draining || error == asio::error::operation_aborted)
            return;
        if (!error) {
            accepted(std::move(socket));
            accept(listener);
            return;
        }
        // Out of file descriptors, most likely: the next try would fail at once, so breathe.
        listener.pause.expires_after(std::chrono::milliseconds(100));
        listener.pause.async_wait([this, &listener](const error_code& aborted) {
            if (!aborted && !m_draining)
                accept(listener);
        });
    });
}

void Server::Core::accepted(tcp::socket socket)
{
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const bool room = m_connections.size() < m_config.maxConnections || closeOldestIdle();
    // Those that are told 503 are bounded as well.
    if (!room && m_connections.size() >= 2 * m_config.maxConnections)
        return;
    const std::uint64_t id = ++m_lastId;
    const auto connection = std::make_shared<ServerConnection>(*this, id, std::move(socket));
    m_connections.emplace(id, connection);
    if (room)
        connection->start();
    else
        connection->refuseBusy();
}

bool Server::Core::closeOldestIdle()
{
    std::shared_ptr<ServerConnection> oldest;
    for (const auto& [id, connection] : m_connections) {
        if (connection->isIdle() && (!oldest || connection->idleSince() < oldest->idleSince()))
            oldest = connection;
    }
    if (oldest)
        oldest->close();
    return oldest != nullptr;
}

void Server::Core::handle(std::uint64_t connection, ServerRequest request)
{
    m_handler(std::move(request), Answer(weak_from_this(), connection));
}

void Server::Core::closed(std::uint64_t connection)
{
    m_connections.erase(connection);
    checkDrained();
}

void Server::Core::deliver(std::uint64_t connection, ServerResponse response)
{
    Delivery delivery(std::move(response));
    const std::scoped_lock lock(m_mutex);
    if (!m_open)
        return;
    asio::post(m_io, [this, connection, given = std::move(delivery)]() mutable {
        const auto found = m_connections.find(connection);
        if (found != m_connections.end())
            found->second->answer(std::move(given.response));
    });
}

std::function<void()> Server::Core::waker(std::uint64_t connection)
{
    return [core = weak_from_this(), connection] {
        if (const auto alive = core.lock())
            alive->wake(connection);
    };
}

void Server::Core::wake(std::uint64_t connection)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_open)
        return;
    asio::post(m_io, [this, connection] {
        const auto found = m_connections.find(connection);
        if (found != m_connections.end())
            found->second->streamMoved();
    });
}

void Server::Core::drain(std::function<void()> drained)
{
    asio::post(m_io, [this, done = std::move(drained)]() mutable { beginDrain(std::move(done)); });
}

void Server::Core::beginDrain(std::function<void()> drained)
{
    m_drained.push_back(std::move(drained));
    if (!m_draining) {
        m_draining = true;
        for (Listener& listener : m_listeners) {
            error_code ignored;
            listener.pause.cancel();
            listener.acceptor.close(ignored);
        }
        m_stopTimer.expires_after(m_config.stopDeadline);
        m_stopTimer.async_wait([this](const error_code& aborted) {
            const auto left = m_connections; // close() takes them out one by one
            if (!aborted) {
                for (const auto& [id, connection] : left)
                    connection->close();
            }
        });
        const auto all = m_connections;
        for (const auto& [id, connection] : all)
            connection->finish();
    }
    checkDrained();
}

void Server::Core::checkDrained()
{
    if (!m_draining || !m_connections.empty())
        return;
    m_stopTimer.cancel();
    for (const auto& done : std::exchange(m_drained, {})) {
        if (done)
            done();
    }
}

Server::Server(std::shared_ptr<Core> core) : m_core(std::move(core)) { }

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(Config config, Handler handler)
{
    try {
        auto core = std::make_shared<Core>(std::move(config), std::move(handler));
        if (const auto bound = core->bind(); !bound)
            return std::unexpected(bound.error());
        core->startThread();
        return std::unique_ptr<Server>(new Server(std::move(core)));
    } catch (const std::exception& error) {
        // The event loop or its thread could not be made: out of file descriptors or threads.
        return fail(ErrorCode::io, "The server could not be started, because the system is out of resources.", error.what());
    }
}

std::uint16_t Server::port() const { return m_core->port(); }

void Server::drain(std::function<void()> drained) { m_core->drain(std::move(drained)); }

void Server::stop() { m_core->endThread(); }

} // namespace latchkey::http
