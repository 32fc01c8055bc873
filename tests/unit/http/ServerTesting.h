// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/Server.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

/// What the tests of the server share: a real client, and handlers that answer at once or when the test likes.
namespace serverTesting {

using namespace latchkey;
using namespace latchkey::http;

// A real client that says exactly the bytes it is told to.
class Client {
public:
    explicit Client(std::uint16_t port, const QHostAddress& address = QHostAddress(QHostAddress::LocalHost))
    {
        m_socket.connectToHost(address, port);
        m_connected = m_socket.waitForConnected();
    }
    [[nodiscard]] bool isConnected() const { return m_connected; }

    void send(const std::string& bytes)
    {
        m_socket.write(bytes.data(), static_cast<qint64>(bytes.size()));
        m_socket.flush();
    }

    // What the server sent until `count` bodies' worth of text has come.
    QByteArray readUntil(const QByteArray& end)
    {
        while (!m_received.contains(end) && m_socket.waitForReadyRead(10'000))
            m_received += m_socket.readAll();
        const qsizetype at = m_received.indexOf(end);
        const QByteArray out = at < 0 ? std::exchange(m_received, {}) : m_received.left(at + end.size());
        m_received.remove(0, out.size());
        return out;
    }

    // Everything until the server closes; the null array when it does not.
    QByteArray readToEnd()
    {
        while (m_socket.state() == QAbstractSocket::ConnectedState && m_socket.waitForReadyRead(10'000))
            m_received += m_socket.readAll();
        m_received += m_socket.readAll();
        if (m_socket.state() == QAbstractSocket::ConnectedState)
            return {};
        return m_received.isNull() ? QByteArray("") : m_received;
    }

    QTcpSocket& socket() { return m_socket; }

private:
    QTcpSocket m_socket;
    QByteArray m_received;
    bool m_connected = false;
};

// Answers each request with what it understood.
inline ServerResponse echo(const ServerRequest& request)
{
    ServerResponse response;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.body = request.method + ' ' + request.path + '?' + request.query + " [" + request.body + "]\n";
    return response;
}

inline std::unique_ptr<Server> startOrFail(Server::Config config, Server::Handler handler)
{
    auto server = Server::start(std::move(config), std::move(handler));
    if (!server)
        qFatal("%s %s", server.error().message.c_str(), server.error().detail.c_str());
    return std::move(*server);
}

inline std::unique_ptr<Server> startEcho(Server::Config config = {})
{
    return startOrFail(std::move(config), [](ServerRequest request, Server::Reply reply) { reply(echo(request)); });
}

// A handler that keeps the requests, for a test that answers when it likes.
class Desk {
public:
    Server::Handler handler()
    {
        return [this](ServerRequest request, Server::Reply reply) {
            const std::scoped_lock lock(m_mutex);
            m_waiting.emplace_back(std::move(request), std::move(reply));
        };
    }
    std::size_t count()
    {
        const std::scoped_lock lock(m_mutex);
        return m_waiting.size();
    }
    std::pair<ServerRequest, Server::Reply> take()
    {
        const std::scoped_lock lock(m_mutex);
        auto first = std::move(m_waiting.front());
        m_waiting.pop_front();
        return first;
    }

private:
    std::mutex m_mutex;
    std::deque<std::pair<ServerRequest, Server::Reply>> m_waiting;
};

class FixedClock final : public Clock {
public:
    [[nodiscard]] std::chrono::sys_seconds now() const override
    {
        return std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::hours(9) + std::chrono::seconds(5);
    }
};

inline const std::string hello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace serverTesting
