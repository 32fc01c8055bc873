// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ScriptedServer.h"

#include <QTcpSocket>

namespace latchkey::test {

namespace {

QByteArray headerOf(const QByteArray& head, const QByteArray& name)
{
    for (const QByteArray& line : head.split('\n')) {
        const auto colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).compare(name, Qt::CaseInsensitive) == 0)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

} // namespace

QByteArray ScriptedServer::Request::header(const char* name) const
{
    return headerOf(head, QByteArray(name));
}

ScriptedServer::ScriptedServer()
{
    m_clock.start();
    if (!listen(QHostAddress::LocalHost))
        qFatal("no port for the scripted server");
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket* socket = nextPendingConnection()) {
            ++m_connections;
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(*socket); });
            connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
                m_buffers.remove(socket);
                socket->deleteLater();
            });
            read(*socket);
        }
    });
}

ScriptedServer& ScriptedServer::then(Answer answer)
{
    m_script.append(std::move(answer));
    return *this;
}

ScriptedServer& ScriptedServer::thenReply(int status, const QByteArray& body, const QByteArray& headers)
{
    return then({.status = status, .body = body, .headers = headers});
}

QUrl ScriptedServer::url(const QString& path) const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1%2").arg(serverPort()).arg(path));
}

void ScriptedServer::read(QTcpSocket& socket)
{
    QByteArray& buffer = m_buffers[&socket];
    buffer += socket.readAll();
    for (;;) {
        const auto end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Request request;
        request.head = buffer.left(end);
        const qsizetype length = headerOf(request.head, "content-length").toLongLong();
        if (buffer.size() < end + 4 + length)
            return;
        request.body = buffer.mid(end + 4, length);
        buffer.remove(0, end + 4 + length);
        const QList<QByteArray> start = request.head.left(request.head.indexOf('\r')).split(' ');
        request.method = start.value(0);
        request.target = start.value(1);
        request.at = m_clock.elapsed();
        m_requests.append(std::move(request));
        answer(socket);
    }
}

void ScriptedServer::answer(QTcpSocket& socket)
{
    const Answer next = m_script.isEmpty() ? Answer{.status = 418, .body = "{\"success\":false}", .headers = {}} : m_script.takeFirst();
    const bool partly = next.kind == Answer::Kind::dropMidBody;
    switch (next.kind) {
    case Answer::Kind::silence: return;
    case Answer::Kind::drop: socket.disconnectFromHost(); return;
    case Answer::Kind::reply:
    case Answer::Kind::dropMidBody: break;
    }
    socket.write("HTTP/1.1 " + QByteArray::number(next.status) + " Scripted\r\n" + next.headers + "Content-Type: application/json\r\nContent-Length: "
                 + QByteArray::number(next.body.size() + (partly ? 10 : 0)) + "\r\n\r\n" + next.body);
    if (partly)
        socket.disconnectFromHost();
}

} // namespace latchkey::test
