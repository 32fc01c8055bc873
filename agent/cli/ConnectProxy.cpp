// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConnectProxy.h"

#include "agent/base/Encoding.h"

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
constexpr std::size_t passwordBytes = 16;
constexpr const char* user = "latchkey";

struct TunnelTarget {
    std::string host;
    std::uint16_t port = 0;
};

/// `CONNECT host:port HTTP/1.1`
std::optional<TunnelTarget> targetOf(const QByteArray& head)
{
    const QList<QByteArray> words = head.left(head.indexOf("\r\n")).split(' ');
    if (words.size() != 3 || words[0] != "CONNECT" || !words[2].startsWith("HTTP/1."))
        return std::nullopt;
    const qsizetype colon = words[1].lastIndexOf(':');
    if (colon <= 0)
        return std::nullopt;
    TunnelTarget target{words[1].left(colon).toStdString(), 0};
    if (target.host.starts_with('[') && target.host.ends_with(']'))
        target.host = target.host.substr(1, target.host.size() - 2);
    const QByteArray port = words[1].mid(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size() || target.port == 0 || target.host.empty())
        return std::nullopt;
    return target;
}

enum class Claim { none, wrong, right };

/// Who the client says it is (RFC 9110 §11.7.2). More than one claim is a wrong one.
Claim claimOf(const QByteArray& head, const SecretBytes& credentials)
{
    Claim claim = Claim::none;
    for (QByteArray line : head.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon < 0 || line.left(colon).compare("proxy-authorization", Qt::CaseInsensitive) != 0)
            continue;
        line = line.mid(colon + 1).trimmed();
        const qsizetype blank = line.indexOf(' ');
        const QByteArray given = line.mid(blank + 1).trimmed();
        const bool isRight = claim == Claim::none && blank > 0 && line.left(blank).compare("basic", Qt::CaseInsensitive) == 0
            && credentials.equals(std::string_view(given.constData(), static_cast<std::size_t>(given.size())));
        claim = isRight ? Claim::right : Claim::wrong;
    }
    return claim;
}

QByteArray reply(const QByteArray& status, const QByteArray& why, const QByteArray& more = {})
{
    return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + QByteArray::number(why.size() + 1) + "\r\n" + more
        + "Connection: close\r\n\r\n" + why + '\n';
}

/// One client's way through. Deletes itself when both sides have ended.
class Tunnel final : public QObject {
public:
    Tunnel(QTcpSocket* client, const ConnectProxy::Routes& routes, const SecretBytes& credentials, QObject* parent)
        : QObject(parent)
        , m_routes(routes)
        , m_credentials(credentials)
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
        if (m_target || m_refused)
            return;   // more, before we are connected: it waits in the socket
        QByteArray seen = m_client->peek(largestHead);
        const qsizetype end = seen.indexOf("\r\n\r\n");
        if (end < 0) {
            if (seen.size() >= largestHead)
                refuse("431 Request Header Fields Too Large", "The request's head is too large.");
            return;
        }
        m_client->skip(end + 4);
        seen.truncate(end + 2);
        m_target = targetOf(seen);
        const Claim claim = claimOf(seen, m_credentials);
        if (!m_target)
            return refuse("405 Method Not Allowed", "This proxy of latchkey-agent exec does CONNECT only.");
        const bool isOurs = m_target->port == 443 && isOneOf(m_target->host, m_routes.hosts);
        if (claim == Claim::wrong || (claim == Claim::none && !isOurs))
            return refuse("407 Proxy Authentication Required",
                          "This proxy of latchkey-agent exec takes the credentials that are in its HTTPS_PROXY; without them it leads to the "
                          "agent's own hosts only.",
                          "Proxy-Authenticate: Basic realm=\"latchkey-agent exec\"\r\n");
        m_deadline.start(connectTime);
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

    void refuse(const QByteArray& status, const QByteArray& why, const QByteArray& more = {})
    {
        m_refused = true;
        m_deadline.stop();
        m_client->write(reply(status, why, more));
        m_client->disconnectFromHost();
    }

    const ConnectProxy::Routes& m_routes;
    const SecretBytes& m_credentials;
    QTcpSocket* m_client;
    QTcpSocket m_far;
    QTimer m_deadline;
    std::optional<TunnelTarget> m_target;
    bool m_connected = false;
    bool m_refused = false;
};

} // namespace

ConnectProxy::ConnectProxy(Routes routes, std::string_view password)
    : m_routes(std::move(routes))
    , m_password(password)
    , m_credentials([password] {
        std::string pair = user;
        pair.reserve(64);
        pair += ':';
        pair += password;
        std::string encoded = base::toBase64(pair);
        SecretBytes credentials(encoded);
        base::wipe(pair);
        base::wipe(encoded);
        return credentials;
    }())
    , m_server(std::make_unique<QTcpServer>())
{
    m_server->setProxy(QNetworkProxy::NoProxy);
    connect(m_server.get(), &QTcpServer::newConnection, this, &ConnectProxy::accept);
}

void ConnectProxy::accept()
{
    while (QTcpSocket* client = m_server->nextPendingConnection()) {
        if (m_tunnels >= mostTunnels) {
            connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
            client->write(reply("503 Service Unavailable", "This proxy of latchkey-agent exec has as many tunnels as it can have."));
            client->disconnectFromHost();
            continue;
        }
        ++m_tunnels;
        auto* tunnel = new Tunnel(client, m_routes, m_credentials, this);
        connect(tunnel, &QObject::destroyed, this, [this] { --m_tunnels; });
    }
}

Result<std::unique_ptr<ConnectProxy>> ConnectProxy::start(Routes routes, Random& random)
{
    std::string password = random.hex(passwordBytes);
    std::unique_ptr<ConnectProxy> proxy(new ConnectProxy(std::move(routes), password));
    base::wipe(password);
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

QString ConnectProxy::url() const
{
    const std::string_view password = m_password.reveal();
    return QStringLiteral("http://%1:%2@127.0.0.1:%3")
        .arg(QLatin1String(user), QLatin1String(password.data(), static_cast<qsizetype>(password.size())))
        .arg(port());
}

} // namespace latchkey::cli
