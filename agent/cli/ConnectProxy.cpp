// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConnectProxy.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <charconv>
#include <optional>

namespace latchkey::cli {

namespace {

constexpr qint64 bufferSize = 256 * 1024;
constexpr qsizetype largestHead = 16 * 1024;
constexpr std::chrono::seconds headTime{10};
constexpr std::chrono::seconds connectTime{30};

struct Target {
    std::string host;
    std::uint16_t port = 0;
};

/// `CONNECT host:port HTTP/1.1`
std::optional<Target> targetOf(const QByteArray& head)
{
    const QList<QByteArray> words = head.left(head.indexOf("\r\n")).split(' ');
    if (words.size() != 3 || words[0] != "CONNECT" || !words[2].startsWith("HTTP/1."))
        return std::nullopt;
    const qsizetype colon = words[1].lastIndexOf(':');
    if (colon <= 0)
        return std::nullopt;
    Target target{words[1].left(colon).toStdString(), 0};
    if (target.host.starts_with('[') && target.host.ends_with(']'))
        target.host = target.host.substr(1, target.host.size() - 2);
    const QByteArray port = words[1].mid(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size() || target.port == 0 || target.host.empty())
        return std::nullopt;
    return target;
}

/// One client's way through. Deletes itself when both sides have ended.
class Tunnel final : public QObject {
public:
    Tunnel(QTcpSocket* client, const ConnectProxy::Routes& routes, QObject* parent)
        : QObject(parent)
        , m_routes(routes)
        , m_client(client)
    {
        client->setParent(this);
        client->setReadBufferSize(bufferSize);
        m_far.setReadBufferSize(bufferSize);
        connect(client, &QTcpSocket::readyRead, this, [this] { m_connected ? pump(*m_client, m_far) : readHead(); });
        connect(client, &QTcpSocket::disconnected, this, [this] { ended(*m_client, m_far); });
        connect(client, &QTcpSocket::bytesWritten, this, [this] { pump(m_far, *m_client); });
        connect(&m_far, &QTcpSocket::readyRead, this, [this] { pump(m_far, *m_client); });
        connect(&m_far, &QTcpSocket::bytesWritten, this, [this] { pump(*m_client, m_far); });
        connect(&m_far, &QTcpSocket::connected, this, [this] { established(); });
        connect(&m_far, &QTcpSocket::disconnected, this, [this] { ended(m_far, *m_client); });
        connect(&m_far, &QTcpSocket::errorOccurred, this, [this] {
            if (!m_connected)
                refuse("502 Bad Gateway", "The connection cannot be made: " + m_far.errorString().toUtf8());
        });
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] { refuse("504 Gateway Timeout", "It took too long."); });
        m_deadline.start(headTime);
        if (client->bytesAvailable() > 0)
            readHead();
    }

    ~Tunnel() override
    {
        // Their last signals must not reach what is going.
        m_client->disconnect(this);
        m_far.disconnect(this);
    }

private:
    void readHead()
    {
        if (m_target)
            return;   // more, before we are connected: it waits in the socket
        const QByteArray seen = m_client->peek(largestHead);
        const qsizetype end = seen.indexOf("\r\n\r\n");
        if (end < 0) {
            if (seen.size() >= largestHead)
                refuse("431 Request Header Fields Too Large", "The request's head is too large.");
            return;
        }
        m_client->skip(end + 4);
        m_target = targetOf(seen);
        if (!m_target)
            return refuse("405 Method Not Allowed", "This proxy of latchkey-agent exec does CONNECT only.");
        m_deadline.start(connectTime);
        const bool isOurs = m_target->port == 443 && isOneOf(m_target->host, m_routes.hosts);
        if (isOurs) {
            m_far.setProxy(QNetworkProxy::NoProxy);
            m_far.connectToHost(m_routes.tlsHost, m_routes.tlsPort);
            return;
        }
        m_far.setProxy(m_routes.direct.covers(m_target->host, m_target->port) ? QNetworkProxy(QNetworkProxy::NoProxy) : m_routes.onward);
        m_far.connectToHost(QString::fromStdString(m_target->host), m_target->port);
    }

    void established()
    {
        m_connected = true;
        m_deadline.stop();
        m_far.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_client->write("HTTP/1.1 200 Connection established\r\n\r\n");
        pump(*m_client, m_far);
        if (m_client->state() == QAbstractSocket::UnconnectedState)
            ended(*m_client, m_far);
    }

    /// As much as the other side takes without hoarding it.
    void pump(QTcpSocket& from, QTcpSocket& to)
    {
        if (!m_connected)
            return;
        while (from.bytesAvailable() > 0 && to.bytesToWrite() < bufferSize && to.state() == QAbstractSocket::ConnectedState)
            to.write(from.read(64 * 1024));
        if (from.state() == QAbstractSocket::UnconnectedState)
            ended(from, to);
    }

    void ended(QTcpSocket& from, QTcpSocket& to)
    {
        if (to.state() == QAbstractSocket::UnconnectedState || !m_connected) {
            deleteLater();
            return;
        }
        if (from.bytesAvailable() > 0 && to.bytesToWrite() >= bufferSize)
            return;   // bytesWritten comes back here
        while (from.bytesAvailable() > 0)
            to.write(from.read(64 * 1024));
        if (to.state() == QAbstractSocket::ConnectedState)
            to.disconnectFromHost();   // when all is written
    }

    void refuse(const QByteArray& status, const QByteArray& why)
    {
        m_deadline.stop();
        m_client->write("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + QByteArray::number(why.size() + 1)
                        + "\r\nConnection: close\r\n\r\n" + why + '\n');
        m_client->disconnectFromHost();
    }

    const ConnectProxy::Routes& m_routes;
    QTcpSocket* m_client;
    QTcpSocket m_far;
    QTimer m_deadline;
    std::optional<Target> m_target;
    bool m_connected = false;
};

} // namespace

ConnectProxy::ConnectProxy(Routes routes)
    : m_routes(std::move(routes))
    , m_server(std::make_unique<QTcpServer>())
{
    m_server->setProxy(QNetworkProxy::NoProxy);
    connect(m_server.get(), &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket* client = m_server->nextPendingConnection())
            new Tunnel(client, m_routes, this);
    });
}

Result<std::unique_ptr<ConnectProxy>> ConnectProxy::start(Routes routes)
{
    std::unique_ptr<ConnectProxy> proxy(new ConnectProxy(std::move(routes)));
    if (!proxy->m_server->listen(QHostAddress::LocalHost, 0))
        return fail(ErrorCode::network, "No loopback port can be opened for the proxy.", proxy->m_server->errorString().toStdString());
    return proxy;
}

ConnectProxy::~ConnectProxy()
{
    qDeleteAll(children());   // tunnels, before the routes they refer to
}

std::uint16_t ConnectProxy::port() const
{
    return m_server->serverPort();
}

} // namespace latchkey::cli
