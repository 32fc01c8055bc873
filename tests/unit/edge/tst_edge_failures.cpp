// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/jose/SigningKey.h"

#include "TestProgram.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tst_edge_failures {

using namespace edgeTesting;

/// What goes wrong, on purpose or not.
class TestFailures : public QObject {
    Q_OBJECT

private:
    static std::uint16_t unusedPort() { return Upstream().port(); }
    static std::string urlOf(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

    /// A key with which a signature takes fifteen times as long as with ours.
    static std::shared_ptr<const jose::SigningKey> slowKey()
    {
        const base::EvpPkeyPtr key(EVP_RSA_gen(4096));
        const base::BioPtr memory(BIO_new(BIO_s_mem()));
        i2d_PKCS8PrivateKeyInfo_bio(memory.get(), key.get());
        char* der = nullptr;
        const long size = BIO_get_mem_data(memory.get(), &der);
        return jose::SigningKey::fromPkcs8Der(SecretBytes(std::string_view(der, static_cast<std::size_t>(size))),
                                              std::chrono::sys_seconds(1795500000s)).value();
    }

private Q_SLOTS:
    void ambiguousMessagesReachNobody_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const std::string start = "POST / HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers();
        const auto row = [](const char* name, const std::string& request, int status = 400) {
            QTest::newRow(name) << QByteArray::fromStdString(request) << status;
        };
        row("two lengths", start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd");
        row("two equal lengths", start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc");
        row("a list of lengths", start + "Content-Length: 3, 3\r\n\r\nabc");
        row("a signed length", start + "Content-Length: +3\r\n\r\nabc");
        row("length and chunked", start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        row("an unknown coding", start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
        row("chunked twice", start + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n");
        row("a folded line", start + "X-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n");
        row("a bare LF", start + "X-A: 1\nContent-Length: 0\r\n\r\n");
        row("a bare CR", start + "X-A: 1\rX-B: 2\r\nContent-Length: 0\r\n\r\n");
        row("a NUL", start + std::string("X-A: a\0b\r\n", 10) + "Content-Length: 0\r\n\r\n");
        row("a space before the colon", start + "X-A : 1\r\nContent-Length: 0\r\n\r\n");
        row("two hosts", start + "Host: other.test\r\nContent-Length: 0\r\n\r\n");
        row("no host", "GET / HTTP/1.1\r\n" + token(1).headers() + "\r\n");
        row("a chunk size that is none", start + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n");
        row("a negative chunk size", start + "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n");
        row("a huge chunk size", start + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n");
        row("a chunk line without CR", start + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n");
        row("a chunk longer than it says", start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n");
        row("a forged trailer", start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nCf-Access-Jwt-Assertion: x\r\n\r\n");
        row("another protocol", "\x16\x03\x01\x02hello there");
        row("another version", "GET / HTTP/2.0\r\nHost: app.test\r\n\r\n", 505);
        row("CONNECT", "CONNECT app.test:443 HTTP/1.1\r\nHost: app.test:443\r\n\r\n", 501);
    }

    void ambiguousMessagesReachNobody()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(request.toStdString() + get("/smuggled", token(1).headers()));
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), status);
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QVERIFY(peer.isEnded());
        QCOMPARE(upstream.connections(), 0);
    }

    void aBadChunkLaterOnEndsBothSides()
    {
        std::promise<std::string> received;
        Upstream upstream([&](Peer& peer) { received.set_value(peer.receiveAll()); });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n" + token(1).headers() + "\r\n3\r\nabc\r\n");
        QTRY_COMPARE_WITH_TIMEOUT(upstream.connections(), 1, patience);
        peer.send("zz\r\nsmuggled");
        QCOMPARE(readMessage(peer).status(), 400);
        const std::string seen = received.get_future().get();
        QVERIFY(seen.ends_with("3\r\nabc\r\n"));
    }

    void anUpstreamThatIsDownIsABadGateway()
    {
        World world(simpleState(urlOf(unusedPort())));
        Peer peer = world.connect();
        for (int i = 0; i < 2; ++i) {   // the client's connection survives it
            peer.send(get("/", token(1).headers()));
            const Message answer = readMessage(peer);
            QCOMPARE(answer.status(), 502);
            QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("upstream_unreachable"));
            QVERIFY(answer.body.find("refused") != std::string::npos);
        }
    }

    void aNameIsLookedUpElsewhere()
    {
        Upstream upstream;
        World world(simpleState("http://localhost:" + std::to_string(upstream.port())));
        QCOMPARE(world.ask(get("/", token(1).headers())).status(), 200);
        World nowhere(simpleState("http://no-such-host.invalid:80"));
        const Message answer = nowhere.ask(get("/", token(1).headers()));
        QCOMPARE(answer.status(), 502);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("upstream_unreachable"));
    }

    void rubbishFromAnUpstreamIsABadGateway_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("no HTTP") << QByteArray("hello\r\n\r\n");
        QTest::newRow("another version") << QByteArray("HTTP/2 200 OK\r\n\r\n");
        QTest::newRow("two lengths") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
        QTest::newRow("length and chunked") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        QTest::newRow("a folded line") << QByteArray("HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("a bare LF") << QByteArray("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
        QTest::newRow("a head without end") << QByteArray("HTTP/1.1 200 OK\r\nX-A: 1\r\n");
        QTest::newRow("an upgrade nobody asked for") << QByteArray("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        QTest::newRow("nothing at all") << QByteArray();
        QTest::newRow("interims without end") << QByteArray("HTTP/1.1 102 Processing\r\n\r\n").repeated(40);
    }

    void rubbishFromAnUpstreamIsABadGateway()
    {
        QFETCH(QByteArray, answer);
        Upstream upstream(Upstream::script({answer.toStdString()}));
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        Message received = readMessage(peer);
        while (received.status() == 102)
            received = readMessage(peer);
        QCOMPARE(received.status(), 502);
        QCOMPARE(text(received.header("Latchkey-Reason")), QStringLiteral("upstream_protocol"));
    }

    void aHeadOfAnAnswerThatNeverEndsIsABadGateway()
    {
        Upstream upstream(Upstream::script({"HTTP/1.1 200 OK\r\nX-A: " + std::string(100'000, 'x')}));
        World world(simpleState(upstream.url()));
        QCOMPARE(world.ask(get("/", token(1).headers())).status(), 502);
    }

    void aTruncatedAnswerIsNotPassedOffAsWhole_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        QTest::newRow("chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n");
        QTest::newRow("a bad chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n");
    }

    void aTruncatedAnswerIsNotPassedOffAsWhole()
    {
        QFETCH(QByteArray, answer);
        Upstream upstream(Upstream::script({answer.toStdString()}));
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        const Message received = readMessage(peer);
        QVERIFY(!received.complete);
        QTRY_COMPARE_WITH_TIMEOUT(world.sink.allowed(), std::uint64_t{1}, patience);
    }

    void bytesBehindAnAnswerAreNobodysAnswer()
    {
        Upstream upstream([](Peer& peer) {
            while (readMessage(peer).complete)
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
        });
        World world(simpleState(upstream.url()), {}, 1);
        Peer peer = world.connect();
        for (int i = 0; i < 3; ++i) {
            peer.send(get("/", token(1).headers()));
            QCOMPARE(text(readMessage(peer).body), QStringLiteral("ok"));
        }
        QCOMPARE(upstream.connections(), 3);
    }

    void aKeptConnectionThatWasClosedIsTriedAgainOnce()
    {
        std::atomic<int> requests = 0;
        Upstream upstream([&](Peer& peer) {
            // One answer a connection; the second request on it is read and left without an answer.
            if (!readMessage(peer).complete)
                return;
            ++requests;
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            (void)readMessage(peer);
            ++requests;
        });
        World world(simpleState(upstream.url()), {}, 1);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 200);
        peer.send(get("/", token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 200);
        QCOMPARE(upstream.connections(), 2);

        // Not idempotent: never sent twice.
        peer.send("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n" + token(1).headers() + "\r\n");
        QCOMPARE(readMessage(peer).status(), 502);
        QCOMPARE(upstream.connections(), 2);
    }

    void aSlowUpstreamIsAGatewayTimeout()
    {
        std::promise<void> ended;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            (void)peer.receiveAll();
            ended.set_value();
        });
        edge::Timings timings;
        timings.firstByte = 300ms;
        World world(simpleState(upstream.url()), timings);
        const Message answer = world.ask(get("/", token(1).headers()));
        QCOMPARE(answer.status(), 504);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("upstream_timed_out"));
        QCOMPARE(ended.get_future().wait_for(20s), std::future_status::ready);
    }

    void aStalledAnswerEnds()
    {
        Upstream upstream([](Peer& peer) {
            (void)readMessage(peer);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstart");
            (void)peer.receiveAll();
        });
        edge::Timings timings;
        timings.stall = 300ms;
        World world(simpleState(upstream.url()), timings);
        QVERIFY(!world.ask(get("/", token(1).headers())).complete);
    }

    void aSlowHeadIsToldSo()
    {
        edge::Timings timings;
        timings.head = 300ms;
        World world(simpleState(urlOf(1)), timings);
        Peer peer = world.connect();
        peer.send("GET / HTTP/1.1\r\nHost:");
        QCOMPARE(readMessage(peer).status(), 408);
        QVERIFY(peer.isEnded());
        Peer silent = world.connect();
        QVERIFY(silent.isEnded());   // without a word: it asked nothing
    }

    void aSecondHeadThatIsSlowIsToldSo()
    {
        Upstream upstream;
        edge::Timings timings;
        timings.head = 300ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()) + "GET /");
        QCOMPARE(readMessage(peer).status(), 200);
        QCOMPARE(readMessage(peer).status(), 408);
    }

    void aSlowBodyIsToldSo()
    {
        Upstream upstream;
        edge::Timings timings;
        timings.firstByte = 300ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 10\r\n" + token(1).headers() + "\r\nabc");
        QCOMPARE(readMessage(peer).status(), 408);
        QVERIFY(peer.isEnded());
    }

    void anIdleConnectionEnds()
    {
        Upstream upstream;
        edge::Timings timings;
        timings.idle = 300ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 200);
        QVERIFY(peer.isEnded());
    }

    void aClientThatLeavesCallsTheUpstreamOff_data()
    {
        QTest::addColumn<bool>("reset");
        QTest::newRow("with a reset") << true;
        QTest::newRow("with an orderly end") << false;
    }

    void aClientThatLeavesCallsTheUpstreamOff()
    {
        QFETCH(bool, reset);
        std::promise<void> asked;
        std::promise<void> calledOff;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            asked.set_value();
            (void)peer.receiveAll();
            calledOff.set_value();
        });
        edge::Timings timings;
        timings.halfClosed = 200ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        asked.get_future().wait();
        if (reset)
            peer.reset();
        else
            peer.close();
        QCOMPARE(calledOff.get_future().wait_for(20s), std::future_status::ready);
        QTRY_COMPARE_WITH_TIMEOUT(world.sink.events().size(), std::size_t{1}, patience);
        QCOMPARE(world.sink.events().front().status, 0);
    }

    void aClientThatOnlyHalfClosedIsAnswered()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        peer.endSending();
        QCOMPARE(readMessage(peer).status(), 200);
        QVERIFY(peer.isEnded());
    }

    void aClientThatLeavesInABodyCallsTheUpstreamOff()
    {
        std::promise<std::string> received;
        Upstream upstream([&](Peer& peer) { received.set_value(peer.receiveAll()); });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 10\r\n" + token(1).headers() + "\r\nabc");
        QTRY_COMPARE_WITH_TIMEOUT(upstream.connections(), 1, patience);
        peer.close();
        QVERIFY(received.get_future().get().ends_with("\r\n\r\nabc"));
    }

    void withoutDescriptorsTheEdgeGoesOn()
    {
        Upstream upstream;
        edge::Timings timings;
        timings.acceptPause = 50ms;
        World world(simpleState(upstream.url()), timings);
        Peer served = world.connect();
        served.send(get("/", token(1).headers()));
        QCOMPARE(readMessage(served).status(), 200);
        Peer turnedAway = Peer::connect(world.port());   // made before the descriptors are gone
        {
            // Everything up to the limit is used up, so that nothing can be accepted.
            rlimit before{};
            ::getrlimit(RLIMIT_NOFILE, &before);
            rlimit low = before;
            low.rlim_cur = 256;
            ::setrlimit(RLIMIT_NOFILE, &low);
            const int client = ::socket(AF_INET, SOCK_STREAM, 0);
            std::vector<int> all;
            for (int taken = ::dup(0); taken >= 0; taken = ::dup(0))
                all.push_back(taken);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(world.port());
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            QCOMPARE(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
            Peer refused(client);
            QVERIFY(refused.isEnded());
            served.send(get("/", token(1).headers()));
            QCOMPARE(readMessage(served).status(), 200);   // who is there is served
            for (const int taken : all)
                ::close(taken);
            ::setrlimit(RLIMIT_NOFILE, &before);
        }
        QCOMPARE(world.ask(get("/", token(1).headers())).status(), 200);
    }

    /// Signatures that come too late come to nobody, and the next one on the same connection is waited for no longer.
    void signaturesThatTakeTooLong()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        state.key = slowKey();
        // A JWT of its own for each request.
        state.faults[state.applications[1].id.value].jwt = access::JwtFault::wrongAudience;
        edge::Timings timings;
        timings.signature = 5ms;
        World world(std::move(state), timings, 1);
        constexpr int many = 500;   // of five milliseconds' work each, while deadlines are kept to a tenth of a second
        std::vector<Peer> peers;
        for (int i = 0; i < many; ++i)
            peers.push_back(world.connect());
        Peer last = world.connect();
        const std::string request = get("/", token(1).headers());
        for (Peer& peer : peers)
            peer.send(request);
        last.send(request);
        for (int i = 0; i < 2; ++i) {
            const Message answer = readMessage(last);
            QCOMPARE(answer.status(), 503);
            QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("signing_timed_out"));
            if (i == 0)
                last.send(request);
        }
        peers.clear();   // gone before their signatures come
        QTRY_COMPARE_WITH_TIMEOUT(world.ask(request).status(), 200, patience);
    }
};

LATCHKEY_TEST(TestFailures)

} // namespace tst_edge_failures

#include "tst_edge_failures.moc"
