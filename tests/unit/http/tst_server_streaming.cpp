// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/http/Server.h"

#include "TestProgram.h"

#include <QTcpSocket>
#include <QTest>

namespace tst_server_streaming {

using namespace latchkey;
using http::BodyStream;
using http::Server;
using http::ServerRequest;
using http::ServerResponse;

namespace {

const std::string watch = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";

/// A server whose every answer goes on: what the test writes into its stream.
class StreamingServer {
public:
    explicit StreamingServer(std::size_t room = 64U * 1024U)
        : m_stream(std::make_shared<BodyStream>(room))
    {
        Server::Config config;
        config.stallTimeout = std::chrono::seconds(20);
        config.stopDeadline = std::chrono::seconds(5);
        auto server = Server::start(std::move(config), [stream = m_stream](ServerRequest, Server::Reply reply) {
            ServerResponse response;
            response.headers.emplace_back("Content-Type", "text/event-stream");
            response.stream = stream;
            reply(std::move(response));
        });
        if (!server)
            qFatal("%s", server.error().message.c_str());
        m_server = std::move(*server);
    }

    Server& server() { return *m_server; }
    BodyStream& stream() { return *m_stream; }
    /// Whether the connection has let go of the stream.
    [[nodiscard]] bool isReleased() const { return m_stream.use_count() <= 2; }   // ours and the handler's

private:
    std::shared_ptr<BodyStream> m_stream;
    std::unique_ptr<Server> m_server;
};

std::unique_ptr<QTcpSocket> connectTo(const Server& server, const std::string& request)
{
    auto socket = std::make_unique<QTcpSocket>();
    socket->connectToHost(QHostAddress(QHostAddress::LocalHost), server.port());
    socket->write(QByteArray::fromStdString(request));
    return socket;
}

bool isClosed(const QTcpSocket& socket)
{
    return socket.state() == QAbstractSocket::UnconnectedState;
}

} // namespace

class TestServerStreaming : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachPieceArrivesWhenItIsWritten()
    {
        StreamingServer world;
        const auto client = connectTo(world.server(), watch);
        QByteArray received;
        const auto has = [&](const QByteArray& text) {
            received += client->readAll();
            return received.contains(text);
        };
        QTRY_VERIFY(has("\r\n\r\n"));
        QVERIFY(received.startsWith("HTTP/1.1 200 OK\r\n"));
        QVERIFY(received.contains("Content-Type: text/event-stream\r\n"));
        QVERIFY(received.contains("Transfer-Encoding: chunked\r\n"));
        QVERIFY(received.contains("Connection: close\r\n"));
        QVERIFY(!received.contains("Content-Length"));
        QVERIFY(received.endsWith("\r\n\r\n"));   // and no byte of a body before there is one

        QVERIFY(world.stream().write("data: one\n\n"));
        QTRY_VERIFY(has("\r\n\r\nb\r\ndata: one\n\n\r\n"));
        QVERIFY(!isClosed(*client));
        QVERIFY(world.stream().write("data: two\n\n"));
        QTRY_VERIFY(has("b\r\ndata: two\n\n\r\n"));
        world.stream().close();
        QTRY_VERIFY(has("\r\n0\r\n\r\n"));
        QTRY_VERIFY(isClosed(*client));
        QVERIFY(!world.stream().write("late"));
    }

    void whatWasWrittenBeforeTheEndIsSent()
    {
        StreamingServer world;
        QVERIFY(world.stream().write("all "));
        QVERIFY(world.stream().write("of it"));
        world.stream().close();
        const auto client = connectTo(world.server(), watch);
        QTRY_VERIFY(isClosed(*client));
        QVERIFY(client->readAll().endsWith("\r\n\r\n9\r\nall of it\r\n0\r\n\r\n"));
    }

    void http10GetsTheBytesAsTheyAre()
    {
        StreamingServer world;
        QVERIFY(world.stream().write("one"));
        const auto client = connectTo(world.server(), "GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        QTRY_VERIFY(client->peek(4096).endsWith("\r\n\r\none"));
        QVERIFY(!client->peek(4096).contains("Transfer-Encoding"));
        QVERIFY(world.stream().write(" two"));
        QTRY_VERIFY(client->peek(4096).endsWith("one two"));
        world.stream().close();
        QTRY_VERIFY(isClosed(*client));   // the end is the connection's
    }

    /// A HEAD is told what a GET would get, and nothing is taken from the stream for it.
    void headGetsNoBody()
    {
        StreamingServer world;
        QVERIFY(world.stream().write("for somebody else"));
        const auto client = connectTo(world.server(), "HEAD /events HTTP/1.1\r\nHost: h\r\n\r\n");
        QTRY_VERIFY(isClosed(*client));
        const QByteArray received = client->readAll();
        QVERIFY(received.startsWith("HTTP/1.1 200 OK\r\n"));
        QVERIFY(received.endsWith("\r\n\r\n"));
        QCOMPARE(world.stream().take(), std::string("for somebody else"));
    }

    /// Nothing is written then, so nothing but the client's end can tell.
    void aClientThatLeavesEndsItsStream_data()
    {
        QTest::addColumn<bool>("abort");
        QTest::newRow("with a FIN") << false;
        QTest::newRow("with a reset") << true;
    }
    void aClientThatLeavesEndsItsStream()
    {
        QFETCH(bool, abort);
        StreamingServer world;
        auto client = connectTo(world.server(), watch);
        QTRY_VERIFY(client->peek(4096).contains("\r\n\r\n"));
        QVERIFY(!world.isReleased());
        if (abort)
            client->abort();
        else
            client->disconnectFromHost();
        QTRY_VERIFY(world.isReleased());
        // Who writes goes on undisturbed until the room is full; nobody is waiting for it any more.
        QVERIFY(world.stream().write("to nobody"));
    }

    void whatTheClientSaysMeanwhileIsNoRequest()
    {
        StreamingServer world;
        const auto client = connectTo(world.server(), watch + watch);
        QTRY_VERIFY(client->peek(4096).contains("\r\n\r\n"));
        client->write("GET /more HTTP/1.1\r\nHost: h\r\n\r\n");
        QVERIFY(world.stream().write("x"));
        world.stream().close();
        QTRY_VERIFY(isClosed(*client));
        const QByteArray received = client->readAll();
        QCOMPARE(received.count("HTTP/1.1 "), 1);
        QVERIFY(received.endsWith("1\r\nx\r\n0\r\n\r\n"));
    }

    /// A client that does not read costs no more than the stream's room and what the system buffers.
    void aSlowClientIsNotHoardedFor()
    {
        StreamingServer world(1000);
        const std::string piece(1000, 'z');
        QVERIFY(!world.stream().write(piece + 'z'));   // it would never fit
        const auto client = connectTo(world.server(), watch);
        client->setReadBufferSize(1);
        QTRY_VERIFY(client->bytesAvailable() > 0);
        std::size_t accepted = 0;
        QElapsedTimer quiet;
        quiet.start();
        while (quiet.elapsed() < 300 && accepted < 100'000) {
            if (world.stream().write(piece)) {
                ++accepted;
                quiet.restart();
            }
            QTest::qWait(0);
        }
        QVERIFY2(accepted < 100'000, "everything was taken off the writer's hands");
        client->setReadBufferSize(0);
        const auto drained = [&client, &world, &piece] {
            client->readAll();
            return world.stream().write(piece);
        };
        QVERIFY(QTest::qWaitFor(drained));   // it goes on when the client does
    }

    void drainingTheServerEndsStreams()
    {
        StreamingServer world;
        const auto client = connectTo(world.server(), watch);
        QTRY_VERIFY(client->peek(4096).contains("\r\n\r\n"));
        QVERIFY(world.stream().write("last"));
        std::atomic<bool> drained = false;
        world.server().drain([&drained] { drained = true; });
        QTRY_VERIFY(isClosed(*client));
        QVERIFY(client->readAll().endsWith("4\r\nlast\r\n0\r\n\r\n"));
        QTRY_VERIFY(drained.load());
        QVERIFY(!world.stream().write("more"));
    }
};

LATCHKEY_TEST(TestServerStreaming)

} // namespace tst_server_streaming

#include "tst_server_streaming.moc"
