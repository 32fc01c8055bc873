// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"
#include "TestProgram.h"

#include <QTest>

#include <fstream>

namespace tst_edge_bodies {

using namespace edgeTesting;

/// Bodies in both directions, and connections that become something else.
class TestBodies : public QObject {
    Q_OBJECT

private:
    static std::string pattern(std::size_t size)
    {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            bytes[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
        return bytes;
    }

    static std::string chunked(const std::string& content, std::size_t chunk)
    {
        std::string coded;
        for (std::size_t at = 0; at < content.size(); at += chunk) {
            const std::string part = content.substr(at, chunk);
            coded += QByteArray::number(qulonglong(part.size()), 16).toStdString() + "\r\n" + part + "\r\n";
        }
        return coded + "0\r\n\r\n";
    }

    static std::string post(const std::string& headers)
    {
        return "POST /x HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + headers + "\r\n";
    }

    /// Reads a request and sends its body back with a length.
    static void mirror(Peer& peer)
    {
        for (;;) {
            const Message request = readMessage(peer);
            if (!request.complete)
                return;
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body);
        }
    }

    static std::size_t residentKilobytes()
    {
        std::ifstream file("/proc/self/statm");
        std::size_t total = 0;
        std::size_t resident = 0;
        file >> total >> resident;
        return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    }

private Q_SLOTS:
    void requestBodiesArriveWhole_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("chunk");   // 0: with a length
        for (const int size : {0, 1, 1000, 16'000, 16'384, 100'000, 3'000'000}) {
            QTest::addRow("length %d", size) << size << 0;
            QTest::addRow("chunks %d", size) << size << 1000;
        }
        QTest::newRow("one large chunk") << 1'000'000 << 1'000'000;
        QTest::newRow("tiny chunks") << 5000 << 1;
    }

    void requestBodiesArriveWhole()
    {
        QFETCH(int, size);
        QFETCH(int, chunk);
        Upstream upstream(mirror);
        World world(simpleState(upstream.url()));
        const std::string content = pattern(std::size_t(size));
        Peer peer = world.connect();
        for (int round = 0; round < 2; ++round) {
            std::thread sender([&] {
                if (chunk == 0)
                    peer.send(post("Content-Length: " + std::to_string(size) + "\r\n") + content);
                else
                    peer.send(post("Transfer-Encoding: chunked\r\n") + chunked(content, std::size_t(chunk)));
            });
            const Message answer = readMessage(peer);
            sender.join();
            QCOMPARE(answer.status(), 200);
            QVERIFY(answer.body == content);
        }
        QCOMPARE(upstream.connections(), 1);
    }

    void answerBodiesArriveWhole_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("framing");
        for (const char* framing : {"length", "chunks", "close"}) {
            for (const int size : {0, 1, 1000, 16'200, 16'384, 65'536, 3'000'000})
                QTest::addRow("%s %d", framing, size) << size << QByteArray(framing);
        }
    }

    void answerBodiesArriveWhole()
    {
        QFETCH(int, size);
        QFETCH(QByteArray, framing);
        const std::string content = pattern(std::size_t(size));
        std::string answer = "HTTP/1.1 200 OK\r\n";
        if (framing == "length")
            answer += "Content-Length: " + std::to_string(size) + "\r\n\r\n" + content;
        else if (framing == "chunks")
            answer += "Transfer-Encoding: chunked\r\n\r\n" + chunked(content, 10'007);
        else
            answer += "\r\n" + content;
        Upstream upstream(Upstream::script({answer}));
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        const Message received = readMessage(peer);
        QCOMPARE(received.status(), 200);
        QVERIFY(received.complete);
        QVERIFY(received.body == content);
        if (framing == "close") {
            QCOMPARE(text(received.header("Connection")), QStringLiteral("close"));
            QVERIFY(peer.isEnded());
        }
    }

    void chunksAreTakenApartForHttp10()
    {
        const std::string content = pattern(200'000);
        Upstream upstream(Upstream::script({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n" + chunked(content, 5000)}));
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send("GET / HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n" + token(1).headers() + "\r\n");
        const Message answer = readMessage(peer);
        QVERIFY(!answer.has("Transfer-Encoding"));
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QVERIFY(answer.body == content);
    }

    void aSlowReaderDoesNotFillTheMemory()
    {
        constexpr std::size_t size = 20U << 20U;
        const std::string content = pattern(size);
        std::atomic<std::size_t> sent = 0;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
            for (std::size_t at = 0; at < size; at += 65536) {
                if (!peer.send(std::string_view(content).substr(at, 65536)))
                    return;
                sent = at + 65536;
            }
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.limitReceiveBuffer(65536);
        const std::size_t before = residentKilobytes();
        peer.send(get("/", token(1).headers()));
        const std::string head = peer.receiveUntil("\r\n\r\n");
        QVERIFY(head.starts_with("HTTP/1.1 200"));
        // The upstream is held back once the buffers on the way are full, long before everything was sent.
        std::size_t last = 0;
        int unchanged = 0;
        while (unchanged < 20) {
            const std::size_t current = sent;
            unchanged = current == last ? unchanged + 1 : 0;
            last = current;
            QTest::qWait(10);
        }
        QVERIFY2(last < size, "the whole answer was taken though nobody reads it");
        QVERIFY2(residentKilobytes() < before + 8 * 1024, "the edge keeps what it should not read");
        QVERIFY(peer.receiveExactly(size) == content);
    }

    void aSlowUpstreamHoldsTheClientBack()
    {
        constexpr std::size_t size = 20U << 20U;
        const std::string content = pattern(size);
        std::promise<void> goOn;
        Upstream upstream([&](Peer& peer) {
            const std::string head = peer.receiveUntil("\r\n\r\n");
            goOn.get_future().wait();
            const std::string body = peer.receiveExactly(size);
            peer.send(body == content ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        std::atomic<std::size_t> sent = 0;
        std::thread sender([&] {
            peer.send(post("Content-Length: " + std::to_string(size) + "\r\n"));
            for (std::size_t at = 0; at < size; at += 65536) {
                if (!peer.send(std::string_view(content).substr(at, 65536)))
                    return;
                sent = at + 65536;
            }
        });
        std::size_t last = 0;
        int unchanged = 0;
        while (unchanged < 20) {
            const std::size_t current = sent;
            unchanged = current == last && current != 0 ? unchanged + 1 : 0;
            last = current;
            QTest::qWait(10);
        }
        const bool heldBack = last < size;
        goOn.set_value();
        const Message answer = readMessage(peer);
        sender.join();
        QVERIFY(heldBack);
        QCOMPARE(answer.status(), 200);
    }

    void expectContinueIsTheUpstreamsToAnswer()
    {
        Upstream upstream([](Peer& peer) {
            const std::string head = peer.receiveUntil("\r\n\r\n");
            if (head.find("Expect: 100-continue\r\n") == std::string::npos)
                return;
            peer.send("HTTP/1.1 100 Continue\r\n\r\n");
            const std::string body = peer.receiveExactly(5);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n"));
        QCOMPARE(readMessage(peer).status(), 100);
        peer.send("hello");
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 200);
        QCOMPARE(text(answer.body), QStringLiteral("hello"));
    }

    void interimAnswersAreForwarded()
    {
        const std::string answers = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        Upstream upstream([&](Peer& peer) {
            while (readMessage(peer).complete)
                peer.send(answers);
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        const Message hints = readMessage(peer);
        QCOMPARE(hints.status(), 103);
        QCOMPARE(text(hints.header("Link")), QStringLiteral("</a.css>"));
        QCOMPARE(readMessage(peer).status(), 102);
        QCOMPARE(text(readMessage(peer).body), QStringLiteral("ok"));

        Peer old = world.connect();   // RFC 9110 §15.2: never to HTTP/1.0
        old.send("GET / HTTP/1.0\r\nHost: app.test\r\n" + token(1).headers() + "\r\n");
        QCOMPARE(readMessage(old).status(), 200);
    }

    void answersWithoutBodyEndAtTheirHead()
    {
        Upstream upstream([](Peer& peer) {
            for (;;) {
                const Message request = readMessage(peer);
                if (!request.complete)
                    return;
                if (request.head.starts_with("HEAD"))
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                else if (request.head.starts_with("GET /none"))
                    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
                else if (request.head.starts_with("GET /same"))
                    peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n");
                else
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend");
            }
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send("HEAD / HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + "\r\n" + get("/none", token(1).headers())
                  + get("/same", token(1).headers()) + get("/", token(1).headers()));
        QCOMPARE(readMessage(peer, true).status(), 200);
        QCOMPARE(readMessage(peer).status(), 204);
        QCOMPARE(readMessage(peer).status(), 304);
        QCOMPARE(text(readMessage(peer).body), QStringLiteral("end"));
    }

    void anEarlyAnswerReachesAClientThatStillSends()
    {
        Upstream upstream([](Peer& peer) {
            (void)peer.receiveUntil("\r\n\r\n");
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!");
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(post("Content-Length: 10000000\r\n"));
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 413);
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QCOMPARE(text(answer.body), QStringLiteral("no!"));
    }

    void eventsAreNotHeldBack()
    {
        std::promise<void> goOn;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            goOn.get_future().wait();
            peer.send("data: 2\n\n");
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        (void)peer.receiveUntil("\r\n\r\n");
        QCOMPARE(text(peer.receiveUntil("\n\n")), QStringLiteral("data: 1\n\n"));
        goOn.set_value();
        QCOMPARE(text(peer.receiveUntil("\n\n")), QStringLiteral("data: 2\n\n"));
        QVERIFY(peer.isEnded());
    }

    void anUpgradeBecomesATunnel()
    {
        Upstream upstream([](Peer& peer) {
            const std::string head = peer.receiveUntil("\r\n\r\n");
            if (head.find("Connection: Upgrade\r\nUpgrade: websocket\r\n") == std::string::npos)
                return;
            peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nfirst");
            for (std::string bytes = peer.receiveSome(); !bytes.empty(); bytes = peer.receiveSome())
                peer.send(bytes);
            peer.send("last");
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: y\r\n" + token(1).headers()) + "early");
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 101);
        QCOMPARE(text(answer.header("Upgrade")), QStringLiteral("websocket"));
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("Upgrade"));
        QCOMPARE(text(peer.receiveExactly(10)), QStringLiteral("firstearly"));
        const std::string large = pattern(1'000'000);
        std::thread sender([&] { peer.send(large); });
        const std::string back = peer.receiveExactly(large.size());
        sender.join();
        QVERIFY(back == large);
        peer.endSending();   // half-closed: the other direction goes on
        QCOMPARE(text(peer.receiveAll()), QStringLiteral("last"));
    }

    void anUpgradeMayBeDeclined()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        for (int i = 0; i < 2; ++i) {
            peer.send(get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + token(1).headers()));
            QCOMPARE(readMessage(peer).status(), 200);
        }
    }
};

LATCHKEY_TEST(TestBodies)

} // namespace tst_edge_bodies

#include "tst_edge_bodies.moc"
