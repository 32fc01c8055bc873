// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/ConnectProxy.h"

#include "TestProgram.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QUrl>

namespace tst_cli_connectproxy {

using namespace latchkey;
using namespace latchkey::cli;

/// Who gets where through the proxy of `exec`; tests/e2e/exec.test.mjs sends real clients through it.
class TestConnectProxy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        for (QTcpServer* server : {&m_listener, &m_elsewhere}) {
            server->setProxy(QNetworkProxy::NoProxy);
            QVERIFY(server->listen(QHostAddress::LocalHost, 0));
        }
        m_proxy = *ConnectProxy::start(routes(), m_random);
    }
    void cleanup()
    {
        m_proxy.reset();
        m_listener.close();
        m_elsewhere.close();
    }

    void everyProxyHasAPasswordOfItsOwn()
    {
        const QUrl url(m_proxy->url());
        QCOMPARE(url.host(), QStringLiteral("127.0.0.1"));
        QCOMPARE(url.port(), int(m_proxy->port()));
        QCOMPARE(url.userName(), QStringLiteral("latchkey"));
        QCOMPARE(url.password().size(), 32);
        const auto other = *ConnectProxy::start(routes(), m_random);
        QVERIFY(QUrl(other->url()).password() != url.password());
    }

    void whoGetsWhere_data()
    {
        QTest::addColumn<QByteArray>("headers");   // PASSWORD stands for the credentials
        QTest::addColumn<bool>("ours");
        QTest::addColumn<QByteArray>("status");
        const auto row = [](const char* name, const char* headers, bool ours, const char* status) {
            QTest::newRow(name) << QByteArray(headers) << ours << QByteArray(status);
        };
        row("elsewhere with the credentials", "Proxy-Authorization: Basic PASSWORD\r\n", false, "200");
        row("elsewhere, written otherwise", "host: x\r\nPROXY-authorization:   basic   PASSWORD  \r\n", false, "200");
        row("elsewhere without", "", false, "407");
        row("elsewhere with somebody else's", "Proxy-Authorization: Basic bGF0Y2hrZXk6MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\r\n", false, "407");
        row("elsewhere with the end missing", "Proxy-Authorization: Basic\r\n", false, "407");
        row("elsewhere with another scheme", "Proxy-Authorization: Bearer PASSWORD\r\n", false, "407");
        row("elsewhere with a word more", "Proxy-Authorization: Basic PASSWORD x\r\n", false, "407");
        row("elsewhere with two", "Proxy-Authorization: Basic x\r\nProxy-Authorization: Basic PASSWORD\r\n", false, "407");
        row("elsewhere with two that are right", "Proxy-Authorization: Basic PASSWORD\r\nProxy-Authorization: Basic PASSWORD\r\n", false, "407");
        row("elsewhere with the name of another header", "X-Proxy-Authorization: Basic PASSWORD\r\n", false, "407");
        row("ours with the credentials", "Proxy-Authorization: Basic PASSWORD\r\n", true, "200");
        row("ours without, as Java comes", "", true, "200");
        row("ours with wrong ones", "Proxy-Authorization: Basic x\r\n", true, "407");
    }
    void whoGetsWhere()
    {
        QFETCH(QByteArray, headers);
        QFETCH(bool, ours);
        QFETCH(QByteArray, status);
        const QUrl url(m_proxy->url());
        headers.replace("PASSWORD", (url.userName() + QLatin1Char(':') + url.password()).toUtf8().toBase64());
        const QByteArray target = ours ? QByteArray("app.example.com:443") : "127.0.0.1:" + QByteArray::number(m_elsewhere.serverPort());
        const auto client = connectTo("CONNECT " + target + " HTTP/1.1\r\n" + headers + "\r\n");
        QTRY_VERIFY(client->peek(4096).contains("\r\n\r\n"));
        QCOMPARE(client->peek(4096).split(' ').value(1), status);
        if (status == "407") {
            QVERIFY(client->readAll().contains("Proxy-Authenticate: Basic "));
            QTRY_COMPARE(client->state(), QAbstractSocket::UnconnectedState);
            QVERIFY(!m_listener.hasPendingConnections() && !m_elsewhere.hasPendingConnections());
            return;
        }
        QTcpServer& wanted = ours ? m_listener : m_elsewhere;
        QTRY_VERIFY(wanted.hasPendingConnections());
        QVERIFY(!(ours ? m_elsewhere : m_listener).hasPendingConnections());
        QTcpSocket* far = wanted.nextPendingConnection();
        client->readAll();
        client->write("hello");
        QTRY_COMPARE(far->peek(16), QByteArray("hello"));
        far->write("back");
        QTRY_COMPARE(client->peek(16), QByteArray("back"));
    }

    /// Our own port and another one of our host's are not the same.
    void onlyPort443IsOurs()
    {
        const auto client = connectTo("CONNECT app.example.com:8443 HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(client->peek(64).startsWith("HTTP/1.1 407 "));
    }

    void tunnelsHaveACap()
    {
        std::vector<std::unique_ptr<QTcpSocket>> waiting;
        for (std::size_t i = 0; i < ConnectProxy::mostTunnels; ++i) {
            waiting.push_back(connectTo("CONNECT "));
            QTRY_COMPARE(waiting.back()->state(), QAbstractSocket::ConnectedState);   // more at once than the system queues would be lost
        }
        auto refused = connectTo({});
        QTRY_VERIFY(refused->peek(64).startsWith("HTTP/1.1 503 "));
        QTRY_COMPARE(refused->state(), QAbstractSocket::UnconnectedState);
        waiting.pop_back();
        QTRY_VERIFY(gets("CONNECT app.example.com:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 "));
    }

private:
    [[nodiscard]] ConnectProxy::Routes routes() const
    {
        return {.hosts = {"app.example.com"},
                .tlsHost = QStringLiteral("127.0.0.1"),
                .tlsPort = m_listener.serverPort(),
                .onward = QNetworkProxy(QNetworkProxy::NoProxy),
                .direct = NoProxy()};
    }

    std::unique_ptr<QTcpSocket> connectTo(const QByteArray& bytes)
    {
        auto client = std::make_unique<QTcpSocket>();
        client->setProxy(QNetworkProxy::NoProxy);
        client->connectToHost(QHostAddress::LocalHost, m_proxy->port());
        client->write(bytes);
        return client;
    }

    bool gets(const QByteArray& bytes, const QByteArray& answer)
    {
        const auto client = connectTo(bytes);
        return QTest::qWaitFor([&client] { return client->bytesAvailable() > 0; }, 2000) && client->readAll().startsWith(answer);
    }

    SystemRandom m_random;
    QTcpServer m_listener;
    QTcpServer m_elsewhere;
    std::unique_ptr<ConnectProxy> m_proxy;
};

LATCHKEY_TEST(TestConnectProxy)

} // namespace tst_cli_connectproxy

#include "tst_cli_connectproxy.moc"
