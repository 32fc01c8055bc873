// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StandIn.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QPointer>
#include <QTcpSocket>
#include <QTest>

using namespace latchkey;

StandIn::StandIn(const QByteArray& accountId, const QByteArray& apiToken)
    : m_accountId(accountId)
    , m_apiToken(apiToken)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LATCHKEY_API_TOKEN"), QString::fromLatin1(apiToken));
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(QStringLiteral(LATCHKEY_BIN_DIR "/latchkey-agent"),
                    {QStringLiteral("serve"), QStringLiteral("--data-dir"), m_directory.filePath(QStringLiteral("agent")), QStringLiteral("--api"), QStringLiteral("127.0.0.1:0"),
                     QStringLiteral("--edge"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--vault"), QStringLiteral("memory"), QStringLiteral("--account-id"),
                     QString::fromLatin1(accountId), QStringLiteral("--stop-with-stdin")});
    if (!QTest::qWaitFor([this] { return m_process.canReadLine(); }, 20'000))
        return;
    m_api = QUrl(QJsonDocument::fromJson(m_process.readLine()).object().value(QStringLiteral("api")).toString());
    m_client = std::make_unique<client::ManagementClient>(client::Endpoint{m_api, accountId.toStdString()}, SecretBytes(apiToken.toStdString()));
}

StandIn::~StandIn()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(10'000))
        m_process.kill();
}

bool StandIn::create(const std::string& name)
{
    std::optional<bool> made;
    m_client->createToken(name, access::Duration::oneYear(), [&](Result<client::IssuedToken> issued) { made = issued.has_value(); });
    return QTest::qWaitFor([&] { return made.has_value(); }, 10'000) && *made;
}

QStringList StandIn::names()
{
    std::optional<QStringList> found;
    m_client->listAllTokens([&](Result<std::vector<access::ServiceToken>> tokens) {
        found.emplace();
        for (const access::ServiceToken& token : tokens.value_or(std::vector<access::ServiceToken>()))
            *found << QString::fromStdString(token.name);
        found->sort();
    });
    (void)QTest::qWaitFor([&] { return found.has_value(); }, 10'000);
    return found.value_or(QStringList());
}

Gateway::Gateway(const QUrl& api)
    : m_api(api)
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    if (!listen(QHostAddress::LocalHost))
        qFatal("no port for the gateway");
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket* socket = nextPendingConnection()) {
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(*socket); });
            connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
                m_buffers.remove(socket);
                socket->deleteLater();
            });
            read(*socket);
        }
    });
}

QString Gateway::base() const
{
    return QStringLiteral("http://127.0.0.1:%1/client/v4").arg(serverPort());
}

int Gateway::count(const QByteArray& method, const QByteArray& pathEnd) const
{
    return static_cast<int>(std::ranges::count_if(m_requests, [&](const Request& request) { return request.method == method && request.target.split('?').first().endsWith(pathEnd); }));
}

Gateway::Fault Gateway::forbidden()
{
    return {.status = 403, .body = R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null})"};
}

void Gateway::read(QTcpSocket& socket)
{
    QByteArray& buffer = m_buffers[&socket];
    buffer += socket.readAll();
    const auto end = buffer.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    Request request;
    request.head = buffer.left(end + 2);
    qsizetype length = 0;
    for (const QByteArray& line : request.head.split('\n')) {
        if (line.toLower().startsWith("content-length:"))
            length = line.mid(15).trimmed().toLongLong();
    }
    if (buffer.size() < end + 4 + length)
        return;
    request.body = buffer.mid(end + 4, length);
    buffer.remove(0, end + 4 + length);
    request.method = request.head.split(' ').value(0);
    request.target = request.head.split(' ').value(1);
    m_requests.append(request);
    handle(socket, request);
}

void Gateway::handle(QTcpSocket& socket, const Request& request)
{
    const auto fault = m_rule ? m_rule(request) : std::nullopt;
    if (!fault)
        return passOn(socket, request, true);
    switch (fault->kind) {
    case Fault::Kind::answer: return reply(socket, fault->status, fault->headers, fault->body);
    case Fault::Kind::silence: return;
    case Fault::Kind::swallow: return passOn(socket, request, false);
    }
}

void Gateway::passOn(QTcpSocket& socket, const Request& request, bool answer)
{
    QUrl url = m_api;
    const QByteArray path = request.target.split('?').first();
    url.setPath(QString::fromLatin1(path), QUrl::TolerantMode);
    if (request.target.contains('?'))
        url.setQuery(QString::fromLatin1(request.target.mid(request.target.indexOf('?') + 1)));
    QNetworkRequest outgoing(url);
    for (const QByteArray& line : request.head.split('\n').mid(1)) {
        const QByteArray name = line.left(line.indexOf(':')).trimmed();
        if (name.compare("authorization", Qt::CaseInsensitive) == 0 || name.compare("content-type", Qt::CaseInsensitive) == 0 || name.compare("if-none-match", Qt::CaseInsensitive) == 0)
            outgoing.setRawHeader(name, line.mid(line.indexOf(':') + 1).trimmed());
    }
    QNetworkReply* incoming = m_network.sendCustomRequest(outgoing, request.method, request.body);
    connect(incoming, &QNetworkReply::finished, this, [incoming, socket = QPointer(&socket), answer] {
        incoming->deleteLater();
        if (!socket)
            return;
        if (!answer)
            return socket->abort();
        QByteArray headers;
        for (const QByteArray name : {"ETag", "Retry-After"}) {
            if (incoming->hasRawHeader(name))
                headers += name + ": " + incoming->rawHeader(name) + "\r\n";
        }
        reply(*socket, incoming->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), headers, incoming->readAll());
    });
}

void Gateway::reply(QTcpSocket& socket, int status, const QByteArray& headers, const QByteArray& body)
{
    socket.write("HTTP/1.1 " + QByteArray::number(status) + " Gateway\r\n" + headers + "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size())
                 + "\r\n\r\n" + body);
}
