// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TlsTesting.h"

#include "agent/jose/LocalCa.h"

#include "TestProgram.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <QTest>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace tst_edge_tls {

using namespace edgeTesting;

class TestTls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }   // as the agent does

    void versions_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("served");
        QTest::newRow("1.3") << TLS1_3_VERSION << true;
        QTest::newRow("1.2") << TLS1_2_VERSION << true;
        QTest::newRow("1.1") << TLS1_1_VERSION << false;
        QTest::newRow("1.0") << TLS1_VERSION << false;
    }

    void versions()
    {
        QFETCH(int, version);
        QFETCH(bool, served);
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect({.lowest = version, .highest = version, .protocols = {}});
        QCOMPARE(peer.isConnected(), served);
        if (!served)
            return;
        peer.send(get("/hello", token(1).headers() + "Connection: close\r\n"));
        const std::string answer = peer.receiveAll();
        QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.c_str());
        QVERIFY(peer.endedCleanly());
        // The upstream, which echoes the head, was told the client's scheme, address and assertion, and no credentials.
        QVERIFY(answer.find("X-Forwarded-Proto: https") != std::string::npos);
        QVERIFY(answer.find("X-Forwarded-For: 127.0.0.1") != std::string::npos);
        QVERIFY(QByteArray::fromStdString(answer).toLower().contains("cf-access-jwt-assertion: ey"));
        QVERIFY(answer.find(token(1).secret) == std::string::npos);
    }

    void namesAndProtocols()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer team = tls.connect({.serverName = "local.cloudflareaccess.com", .protocols = {"h2", "http/1.1"}});
        QVERIFY(team.isConnected());
        QCOMPARE(team.protocol(), std::string("http/1.1"));
        team.send(get("/cdn-cgi/access/certs", "Connection: close\r\n", "local.cloudflareaccess.com"));
        QVERIFY(team.receiveAll().find("\"public_certs\"") != std::string::npos);

        QVERIFY(tls.connect({.serverName = "APP.test", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "localhost", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "", .protocols = {}}).isConnected());   // by its address
        const TlsPeer stranger = tls.connect({.serverName = "www.example.com", .protocols = {}});
        QVERIFY(!stranger.isConnected());
        QCOMPARE(stranger.reason(), SSL_R_TLSV1_UNRECOGNIZED_NAME);
        const TlsPeer onlyH2 = tls.connect({.protocols = {"h2"}});
        QVERIFY(!onlyH2.isConnected());
        QCOMPARE(onlyH2.reason(), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
    }

    void withoutCredentialsNobodyGetsIn()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", "Connection: close\r\n"));
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 401"));
        QCOMPARE(upstream.connections(), 0);
    }

    void aNewAuthorityIsInForceAtOnce()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        QVERIFY(!tls.connect({.serverName = "new.test", .protocols = {}}).isConnected());
        auto wider = jose::LocalCa::remake(*tls.ca->toPkcs8Der(), "test", {"app.test", "new.test"}, tls.world.clock.now()).value();
        const_cast<World&>(tls.world).edge().setAuthority(wider);
        QVERIFY(TlsPeer(tls.port, *wider, {.serverName = "new.test", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "app.test", .protocols = {}}).isConnected());   // who trusts the old one goes on
    }

    /// Bytes both ways, more than any buffer holds, kept alive over several requests.
    void largeBodies()
    {
        const std::string body(5'000'000, 'x');
        Upstream upstream([&body](Peer& peer) {
            for (;;) {
                const Message request = readMessage(peer);
                if (!request.complete)
                    return;
                const std::string reply = request.body == body ? body : std::string("short");
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(reply.size()) + "\r\n\r\n" + reply);
            }
        });
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect({.protocols = {}, .receiveBuffer = 8192});
        for (int round = 0; round < 2; ++round) {
            const std::string head = "POST /up HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + "Content-Length: "
                                   + std::to_string(body.size()) + "\r\n\r\n";
            QVERIFY(peer.send(head));
            QVERIFY(peer.send(body));
            std::string answer = peer.receiveUntil("\r\n\r\n");
            QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.substr(0, 200).c_str());
            answer.erase(0, answer.find("\r\n\r\n") + 4);
            while (answer.size() < body.size()) {
                const std::string more = peer.receiveSome();
                QVERIFY(!more.empty());
                answer += more;
            }
            QVERIFY(answer == body);
        }
    }

    /// A client that reads nothing holds its upstream back: what is in between is bounded.
    void backPressure()
    {
        std::atomic<std::size_t> sent = 0;
        Upstream upstream([&sent](Peer& peer) {
            if (!readMessage(peer).complete)
                return;
            const std::string piece(100'000, 'y');
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            for (int i = 0; i < 1000 && peer.send(piece); ++i)
                sent += piece.size();
        });
        const TlsWorld tls(upstream.url());
        {
            TlsPeer peer = tls.connect({.protocols = {}, .receiveBuffer = 8192});
            peer.send(get("/", token(1).headers()));
            QVERIFY(peer.receiveSome(100).starts_with("HTTP/1.1 200"));
            std::size_t before = 0;
            QTRY_VERIFY_WITH_TIMEOUT((before == sent && before != 0) || ((before = sent), QTest::qWait(300), before == sent), patience);
            QVERIFY2(sent < 30'000'000, std::to_string(sent).c_str());
        }
    }

    /// The end of the client's sending is passed on by itself, and the answer still comes.
    void halfClose()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers() + "Connection: close\r\n"));
        peer.endSending();
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 200"));
        QVERIFY(peer.endedCleanly());
    }

    void rubbishAndSilenceHarmNobodyElse()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        Peer rubbish = Peer::connect(tls.port);
        rubbish.send("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        rubbish.receiveAll();
        const Peer silent = Peer::connect(tls.port);
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers() + "Connection: close\r\n"));
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 200"));
    }

    /// Requests under way when the edge stops get their answers.
    void stopsWithGrace()
    {
        std::promise<void> reached;
        std::promise<void> proceed;
        Upstream upstream([&](Peer& peer) {
            if (!readMessage(peer).complete)
                return;
            reached.set_value();
            proceed.get_future().wait();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers()));
        reached.get_future().wait();
        std::thread stopping([&tls] { tls.world.stop(std::chrono::milliseconds(patience)); });
        proceed.set_value();
        const std::string answer = peer.receiveAll();
        stopping.join();
        QVERIFY2(answer.ends_with("hello"), answer.c_str());
    }

    void theListenerIsOneAndItsPortIsItsOwn()
    {
        Upstream upstream;
        TlsWorld tls(upstream.url());
        QCOMPARE(tls.world.edge().openTls("127.0.0.1", 0, tls.ca).error().code, ErrorCode::conflict);
        World other;
        QCOMPARE(other.edge().openTls("127.0.0.1", tls.port, tls.ca).error().code, ErrorCode::portTaken);
    }
};

LATCHKEY_TEST(TestTls)

} // namespace tst_edge_tls

#include "tst_edge_tls.moc"
