// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServerTesting.h"
#include "TestProgram.h"

namespace tst_server_limits {

using namespace serverTesting;

/// How connections end, how many there may be, and how the server comes and goes.
class TestServerLimits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aClientThatHasGoneIsForgotten()
    {
        Desk desk;
        const auto server = startOrFail({}, desk.handler());
        {
            Client gone(server->port());
            gone.send(hello);
            QTRY_COMPARE(desk.count(), std::size_t{1});
            gone.socket().abort();
        }
        auto [request, reply] = desk.take();
        reply({200, {}, std::string(1'000'000, 'x')});
        Client next(server->port());
        next.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        auto [request2, reply2] = desk.take();
        reply2({200, {}, "still here\n"});
        QVERIFY(next.readUntil("here\n").endsWith("still here\n"));
    }

    void aSlowHeadIsEnded()
    {
        Server::Config config;
        config.headTimeout = std::chrono::milliseconds(50);
        const auto server = startEcho(config);
        Client client(server->port());
        client.send("GET / HT");
        QVERIFY(client.readToEnd().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
    }

    void aSlowBodyIsEnded()
    {
        Server::Config config;
        config.stallTimeout = std::chrono::milliseconds(50);
        const auto server = startEcho(config);
        Client client(server->port());
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
        QVERIFY(client.readToEnd().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
    }

    void aSilentConnectionIsClosedWithoutAWord()
    {
        Server::Config config;
        config.headTimeout = std::chrono::milliseconds(50);
        const auto server = startEcho(config);
        Client client(server->port());
        QCOMPARE(client.readToEnd(), QByteArray(""));
    }

    void anIdleConnectionIsClosedWithoutAWord()
    {
        Server::Config config;
        config.idleTimeout = std::chrono::milliseconds(50);
        const auto server = startEcho(config);
        Client client(server->port());
        client.send(hello);
        QVERIFY(client.readToEnd().endsWith("GET /hello? []\n"));
    }

    void theOldestIdleConnectionMakesRoom()
    {
        Server::Config config;
        config.maxConnections = 2;
        const auto server = startEcho(config);
        Client first(server->port());
        first.send(hello);
        QVERIFY(!first.readUntil("[]\n").isEmpty());
        Client second(server->port());
        second.send(hello);
        QVERIFY(!second.readUntil("[]\n").isEmpty());
        Client third(server->port());
        third.send(hello);
        QVERIFY(!third.readUntil("[]\n").isEmpty());
        QCOMPARE(first.readToEnd(), QByteArray(""));
        second.send(hello);
        QVERIFY(!second.readUntil("[]\n").isEmpty());
    }

    void tooManyBusyConnectionsAreToldSo()
    {
        Desk desk;
        Server::Config config;
        config.maxConnections = 1;
        const auto server = startOrFail(config, desk.handler());
        Client busy(server->port());
        busy.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        Client other(server->port());
        QVERIFY(other.readToEnd().startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
        auto [request, reply] = desk.take();
        reply(echo(request));
        QVERIFY(busy.readUntil("[]\n").endsWith("[]\n"));
    }

    void aTakenPortIsAnError()
    {
        const auto first = startEcho();
        Server::Config config;
        config.port = first->port();
        const auto second = Server::start(config, [](ServerRequest, Server::Reply) { });
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::portTaken);
        QVERIFY(second.error().message.starts_with("127.0.0.1:" + std::to_string(first->port()) + " is in use"));
    }

    void aPortTakenByAnotherKindOfServerIsAnError()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        Server::Config config;
        config.port = other.serverPort();
        const auto server = Server::start(config, [](ServerRequest, Server::Reply) { });
        QVERIFY(!server);
        QCOMPARE(server.error().code, ErrorCode::portTaken);
    }

    void thePortIsFreeAgainAfterStop()
    {
        auto first = startEcho();
        Server::Config config;
        config.port = first->port();
        Client client(first->port());
        client.send(hello);
        QVERIFY(!client.readUntil("[]\n").isEmpty());
        first->stop(); // closes first, so its side is in TIME_WAIT
        const auto second = startEcho(config);
        QCOMPARE(second->port(), config.port);
    }

    void badHostsAreErrors_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("code");
        QTest::newRow("a name") << QByteArray("example.com") << static_cast<int>(ErrorCode::invalidArgument);
        QTest::newRow("nothing") << QByteArray("") << static_cast<int>(ErrorCode::invalidArgument);
        QTest::newRow("not ours") << QByteArray("192.0.2.1") << static_cast<int>(ErrorCode::network);
    }
    void badHostsAreErrors()
    {
        QFETCH(QByteArray, host);
        QFETCH(int, code);
        Server::Config config;
        config.host = host.toStdString();
        const auto server = Server::start(config, [](ServerRequest, Server::Reply) { });
        QVERIFY(!server);
        QCOMPARE(static_cast<int>(server.error().code), code);
    }

    void listensOnIpv6()
    {
        QTcpServer probe;
        if (!probe.listen(QHostAddress::LocalHostIPv6))
            QSKIP("This machine has no IPv6.");
        probe.close();
        for (const char* host : {"::1", "[::1]"}) {
            Server::Config config;
            config.host = host;
            Desk desk;
            const auto server = startOrFail(config, desk.handler());
            Client client(server->port(), QHostAddress(QHostAddress::LocalHostIPv6));
            client.send(hello);
            QTRY_COMPARE(desk.count(), std::size_t{1});
            auto [request, reply] = desk.take();
            QVERIFY(request.peerIsLoopback);
            QVERIFY(request.peer.starts_with("[::1]:"));
        }
    }

    void localhostIsBothAddresses()
    {
        Server::Config config;
        config.host = "localhost";
        const auto server = startEcho(config);
        Client four(server->port());
        four.send(hello);
        QVERIFY(!four.readUntil("[]\n").isEmpty());
        QTcpServer probe;
        if (!probe.listen(QHostAddress::LocalHostIPv6))
            QSKIP("This machine has no IPv6.");
        Client six(server->port(), QHostAddress(QHostAddress::LocalHostIPv6));
        six.send(hello);
        QVERIFY(!six.readUntil("[]\n").isEmpty());
    }

    void stopLetsRepliesFinish()
    {
        Desk desk;
        Server::Config config;
        config.stopDeadline = std::chrono::seconds(30);
        const auto server = startOrFail(config, desk.handler());
        Client busy(server->port());
        busy.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        Client idle(server->port());
        std::atomic<bool> drained = false;
        server->drain([&drained] { drained = true; });
        QCOMPARE(idle.readToEnd(), QByteArray(""));
        QVERIFY(!drained);
        auto [request, reply] = desk.take();
        reply(echo(request));
        const QByteArray answer = busy.readToEnd();
        QVERIFY(answer.contains("\r\nConnection: close\r\n"));
        QVERIFY(answer.endsWith("GET /hello? []\n"));
        busy.socket().close();
        QTRY_VERIFY(drained);
        server->stop();
        QVERIFY(!Client(server->port()).isConnected());
    }

    void stopDoesNotWaitForever()
    {
        Desk desk;
        Server::Config config;
        config.stopDeadline = std::chrono::milliseconds(50);
        const auto server = startOrFail(config, desk.handler());
        Client client(server->port());
        client.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        server->stop();
        QCOMPARE(client.readToEnd(), QByteArray(""));
        auto [request, reply] = desk.take();
        reply(echo(request)); // too late, and harmless
    }

    void aReplyMayOutliveTheServer()
    {
        Desk desk;
        Server::Config config;
        config.stopDeadline = std::chrono::milliseconds(1);
        auto server = startOrFail(config, desk.handler());
        Client client(server->port());
        client.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        server.reset();
        auto [request, reply] = desk.take();
        reply({200, {}, "secret", true});
    }

    void stopsTwice()
    {
        const auto server = startEcho();
        server->stop();
        server->stop();
    }

    void manyClientsAtOnce()
    {
        const auto server = startEcho();
        std::atomic<int> good = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&good, &server] {
                for (int i = 0; i < 50; ++i) {
                    Client client(server->port());
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
                    if (client.readToEnd().endsWith("[abc]\n"))
                        ++good;
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(good.load(), 200);
    }
};

LATCHKEY_TEST(TestServerLimits)

} // namespace tst_server_limits

#include "tst_server_limits.moc"
