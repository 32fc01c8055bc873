// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QList>
#include <QTcpServer>
#include <QUrl>

class QTcpSocket;

namespace latchkey::test {

/// An HTTP server that answers what it was told, in that order, and remembers what it was asked. What comes after the
/// script's end is answered with 418, so that one request too many is seen.
class ScriptedServer final : public QTcpServer {
    Q_OBJECT
public:
    struct Request {
        QByteArray method, target, head, body;
        qint64 at = 0;   ///< Milliseconds since the server began, monotonic.

        [[nodiscard]] QByteArray header(const char* name) const;
    };

    struct Answer {
        enum class Kind { reply, drop, dropMidBody, silence };
        Kind kind = Kind::reply;
        int status = 200;
        QByteArray body;
        QByteArray headers;   ///< Whole lines, each with its CRLF.
    };

    ScriptedServer();

    ScriptedServer& then(Answer answer);
    ScriptedServer& thenReply(int status, const QByteArray& body, const QByteArray& headers = {});
    ScriptedServer& thenDrop() { return then({.kind = Answer::Kind::drop, .body = {}, .headers = {}}); }
    ScriptedServer& thenSilence() { return then({.kind = Answer::Kind::silence, .body = {}, .headers = {}}); }

    [[nodiscard]] const QList<Request>& requests() const { return m_requests; }
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] QUrl url(const QString& path = {}) const;

private:
    void read(QTcpSocket& socket);
    void answer(QTcpSocket& socket);

    QElapsedTimer m_clock;
    QList<Answer> m_script;
    QList<Request> m_requests;
    QHash<QTcpSocket*, QByteArray> m_buffers;
    int m_connections = 0;
};

} // namespace latchkey::test
