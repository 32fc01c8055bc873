// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/Verify.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_forwarding {

using namespace edgeTesting;

/// What reaches the upstream, and what comes back.
class TestForwarding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aValidTokenIsForwardedWithAJwt()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/hello?q=1", token(1).headers()));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.starts_with("GET /hello?q=1 HTTP/1.1\r\n"));
        QVERIFY(answer.has("Cf-Ray"));

        Message received;
        received.head = answer.body;
        QCOMPARE(text(received.header("Host")), QStringLiteral("app.test"));
        QVERIFY(!received.has("CF-Access-Client-Id"));
        QVERIFY(!received.has("CF-Access-Client-Secret"));
        QCOMPARE(text(received.header("Cf-Ray")), text(answer.header("Cf-Ray")));

        const Message certs = world.ask(get("/cdn-cgi/access/certs", {}, "whatever.test"));
        QCOMPARE(certs.status(), 200);
        const auto keys = jose::JwkSet::parse(certs.body);
        QVERIFY(keys.has_value());
        const auto verdict = jose::verify(received.header("Cf-Access-Jwt-Assertion"), *keys,
                                          {.issuer = issuer, .audience = std::string(64, '1'), .now = world.clock.now()});
        QVERIFY2(verdict.valid(), verdict.message.c_str());
        const auto jwt = jose::decodeJwt(received.header("Cf-Access-Jwt-Assertion"));
        QCOMPARE(text(*jwt->payload.find("common_name")->asString()), text(token(1).clientId));
        QCOMPARE(*jwt->payload.find("exp")->asInteger() - *jwt->payload.find("iat")->asInteger(), std::int64_t{24 * 3600});
    }

    void whatAClientMayNotSayIsDropped_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("gone");
        const auto row = [](const char* line, const char* gone) { QTest::newRow(QByteArray(line).replace("\r\n", " | ").constData()) << QByteArray(line) << QByteArray(gone); };
        row("Cf-Access-Jwt-Assertion: forged", "forged");
        row("cf-access-jwt-assertion: forged", "forged");
        row("Cf_Access_Jwt_Assertion: forged", "forged");
        row("Cf-Access-Authenticated-User-Email: forged@example.com", "forged");
        row("Latchkey-Fault: forged", "forged");
        row("LATCHKEY_Fault: forged", "forged");
        row("X-Forwarded-For: 203.0.113.99", "203.0.113.99");
        row("X-Forwarded-Proto: forged", "forged");
        row("X-Forwarded-Host: forged.example", "forged");
        row("x_forwarded_for: 203.0.113.99", "203.0.113.99");
        row("Forwarded: for=203.0.113.99", "203.0.113.99");
        row("CF-Connecting-IP: 203.0.113.99", "203.0.113.99");
        row("True-Client-IP: 203.0.113.99", "203.0.113.99");
        row("Cf-Ray: forged", "forged");
        row("Connection: X-Mine, keep-alive\r\nX-Mine: forged", "forged");
        row("Keep-Alive: timeout=forged", "forged");
        row("Proxy-Authorization: forged", "forged");
        row("Proxy-Connection: forged", "forged");
        row("TE: trailers", "trailers");
        row("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: forged", "h2c");
        row("Upgrade: websocket", "websocket");   // not named by Connection
        row("Cookie: CF_Authorization=forged", "forged");
        row("Cookie: a=1; CF_Authorization=forged; b=2", "forged");
        row("Cookie: a=1;cf_authorization=forged", "forged");
        row("Cookie: a=1\r\nCookie: CF_Authorization=forged", "forged");
    }

    void whatAClientMayNotSayIsDropped()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, gone);
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/", "X-Before: 1\r\n" + line.toStdString() + "\r\n" + token(1).headers() + "X-After: 2\r\n"));
        QCOMPARE(answer.status(), 200);
        QVERIFY2(answer.body.find(gone.toStdString()) == std::string::npos, answer.body.c_str());
        Message received;
        received.head = answer.body;
        QCOMPARE(text(received.header("X-Before")), QStringLiteral("1"));
        QCOMPARE(text(received.header("X-After")), QStringLiteral("2"));
        QCOMPARE(received.all("Cf-Access-Jwt-Assertion").size(), std::size_t{1});
        QCOMPARE(received.all("X-Forwarded-For").size(), std::size_t{1});
        QCOMPARE(text(received.header("X-Forwarded-For")), QStringLiteral("127.0.0.1"));
        QCOMPARE(text(received.header("CF-Connecting-IP")), QStringLiteral("127.0.0.1"));
        QCOMPARE(text(received.header("X-Forwarded-Proto")), QStringLiteral("http"));
        QCOMPARE(text(received.header("X-Forwarded-Host")), QStringLiteral("app.test"));
        QVERIFY(!received.has("Connection"));
    }

    void everythingElseArrivesAsItWasSent()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const std::string lines = "User-Agent:   odd spacing  \r\nX-Latin: caf\xe9\r\nAccept: */*\r\nX-Empty:\r\n"
                                  "Cookie: a=1; b=\"x y\"\r\nX-Twice: 1\r\nX-Twice: 2\r\nAuthorization: Bearer mine\r\n";
        const Message answer = world.ask(get("/p/a%20th;v=1?q=%41&%zz", lines + token(1).headers()));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.starts_with("GET /p/a%20th;v=1?q=%41&%zz HTTP/1.1\r\nHost: app.test\r\n" + lines));
    }

    void aCookieBesideOursStays()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/", "Cookie: a=1; CF_Authorization=x; b=2\r\n" + token(1).headers()));
        QVERIFY(answer.body.find("Cookie: a=1; b=2\r\n") != std::string::npos);
    }

    void anAbsoluteTargetIsForwardedAsAPath()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const auto ask = [&](std::string_view target) {
            return world.ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + "\r\n");
        };
        QVERIFY(ask("http://app.test/x?y").body.starts_with("GET /x?y HTTP/1.1\r\nHost: app.test\r\n"));
        QVERIFY(ask("http://app.test").body.starts_with("GET / HTTP/1.1\r\n"));
        QVERIFY(ask("http://app.test?y").body.starts_with("GET /?y HTTP/1.1\r\n"));
        QCOMPARE(ask("http://other.test/x").status(), 400);
    }

    void optionsForTheWholeServerAreForwarded()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask("OPTIONS * HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + "\r\n");
        QVERIFY(answer.body.starts_with("OPTIONS * HTTP/1.1\r\n"));
    }

    void http10ClientsAreServed()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        World world(std::move(state));
        Peer peer = world.connect();
        peer.send("GET /x HTTP/1.0\r\nHost: app.test\r\n" + token(1).headers() + "\r\n");
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.starts_with("GET /x HTTP/1.1\r\n"));
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QVERIFY(peer.isEnded());

        Peer kept = world.connect();
        for (int i = 0; i < 2; ++i) {
            kept.send("GET /x HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n" + token(1).headers() + "\r\n");
            const Message one = readMessage(kept);
            QCOMPARE(one.status(), 200);
            QCOMPARE(text(one.header("Connection")), QStringLiteral("keep-alive"));
        }
    }

    void aRequestWithoutHostGetsOne()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const auto port = world.edge().openPort(std::nullopt);
        world.state.applications[1].port = *port;
        world.publish();
        Peer peer = Peer::connect(*port);
        peer.send("GET /x HTTP/1.0\r\n" + token(1).headers() + "\r\n");
        const Message answer = readMessage(peer);
        Message received;
        received.head = answer.body;
        QCOMPARE(text(received.header("Host")), text("127.0.0.1:" + std::to_string(upstream.port())));
    }

    void connectionsAreKeptOnBothSides()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()), {}, 1);
        Peer peer = world.connect();
        for (int i = 0; i < 20; ++i) {
            peer.send(get("/" + std::to_string(i), token(1).headers()));
            const Message answer = readMessage(peer);
            QCOMPARE(answer.status(), 200);
            QVERIFY(answer.body.starts_with("GET /" + std::to_string(i) + " "));
        }
        QCOMPARE(upstream.connections(), 1);
    }

    void aClientThatAsksForTheEndGetsIt()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", "Connection: close\r\n" + token(1).headers()));
        const Message answer = readMessage(peer);
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QVERIFY(peer.isEnded());
    }

    void pipelinedRequestsAreAnsweredInOrder()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        std::string all;
        for (int i = 0; i < 50; ++i) {
            all += i % 5 == 3 ? get("/refused" + std::to_string(i)) : get("/" + std::to_string(i), token(1).headers());
            if (i % 7 == 2)
                all += "\r\n";   // RFC 9112 §2.2: an empty line before a request is no harm
        }
        peer.send(all);
        for (int i = 0; i < 50; ++i) {
            const Message answer = readMessage(peer);
            QCOMPARE(answer.status(), i % 5 == 3 ? 401 : 200);
            if (i % 5 != 3)
                QVERIFY(answer.body.starts_with("GET /" + std::to_string(i) + " "));
        }
    }

    void aHeadMayComeByteByByte()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        for (const char c : get("/slow", token(1).headers()))
            QVERIFY(peer.send({&c, 1}));
        QCOMPARE(readMessage(peer).status(), 200);
    }

    void aLargeHeadIsForwardedWhole()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        std::string lines;
        for (int i = 0; i < 12; ++i)
            lines += "X-Large-" + std::to_string(i) + ": " + std::string(4000, 'x') + "\r\n";
        const Message answer = world.ask(get("/", lines + token(1).headers()));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.find(lines) != std::string::npos);
        QCOMPARE(world.ask(get("/", "X-Huge: " + std::string(70'000, 'x') + "\r\n" + token(1).headers())).status(), 431);
    }

    void theAnswersHeadLosesOnlyWhatIsOfTheConnection()
    {
        Upstream upstream(Upstream::script({"HTTP/1.1 200 Fine indeed\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nSet-Cookie: a=1\r\n"
                                            "Keep-Alive: timeout=5\r\nSet-Cookie: b=2\r\nLatchkey-Reason: forged\r\nCf-Ray: forged\r\n"
                                            "Content-Length: 2\r\nProxy-Authenticate: x\r\n\r\nok"}));
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/", token(1).headers()));
        QCOMPARE(text(answer.firstLine()), QStringLiteral("HTTP/1.1 200 Fine indeed"));
        QCOMPARE(answer.all("Set-Cookie").size(), std::size_t{2});
        QCOMPARE(text(answer.body), QStringLiteral("ok"));
        for (const char* name : {"Connection", "X-Hop", "Keep-Alive", "Latchkey-Reason", "Proxy-Authenticate"})
            QVERIFY2(!answer.has(name), name);
        QCOMPARE(answer.all("Cf-Ray").size(), std::size_t{1});
        QCOMPARE(answer.header("Cf-Ray").size(), std::size_t{16});
    }

    void odd_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("firstLine");
        QTest::newRow("no reason phrase") << QByteArray("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n") << QStringLiteral("HTTP/1.1 200 ");
        QTest::newRow("no space either") << QByteArray("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n") << QStringLiteral("HTTP/1.1 200 ");
        QTest::newRow("an old version") << QByteArray("HTTP/1.0 404 Gone\r\nContent-Length: 0\r\n\r\n") << QStringLiteral("HTTP/1.1 404 Gone");
        QTest::newRow("a long phrase") << QByteArray("HTTP/1.1 200 " + QByteArray(3000, 'x') + "\r\nContent-Length: 0\r\n\r\n")
                                       << QString(QStringLiteral("HTTP/1.1 200 ") + QString(3000, QLatin1Char('x')));
    }

    void odd()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, firstLine);
        Upstream upstream(Upstream::script({answer.toStdString()}));
        World world(simpleState(upstream.url()));
        QCOMPARE(text(world.ask(get("/", token(1).headers())).firstLine()), firstLine);
    }

    void theJwtIsKeptForAMinuteAndNoLonger()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()), {}, 1);
        const auto jwt = [&world] {
            Message received;
            received.head = world.ask(get("/", token(1).headers())).body;
            return received.header("Cf-Access-Jwt-Assertion");
        };
        const std::string first = jwt();
        world.clock.advance(59s);
        QCOMPARE(text(jwt()), text(first));
        world.clock.advance(1s);
        const std::string later = jwt();
        QVERIFY(later != first);
        QCOMPARE(*jose::decodeJwt(later)->payload.find("iat")->asInteger(), world.clock.now().time_since_epoch().count());
    }

    void aShortSessionIsKeptForHalfOfIt()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        state.applications[1].sessionDuration = access::Duration::parse("10s").value();
        World world(std::move(state), {}, 1);
        const auto issuedAt = [&world] {
            Message received;
            received.head = world.ask(get("/", token(1).headers())).body;
            const auto jwt = jose::decodeJwt(received.header("Cf-Access-Jwt-Assertion"));
            return *jwt->payload.find("iat")->asInteger();
        };
        const auto first = issuedAt();
        world.clock.advance(4s);
        QCOMPARE(issuedAt(), first);
        world.clock.advance(1s);
        QCOMPARE(issuedAt(), first + 5);
        world.clock.advance(-100s);   // a clock that was set back
        QCOMPARE(issuedAt(), first + 5 - 100);
    }

    void revokedSessionsGetANewerJwtAtOnce()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const auto jwt = [&world] {
            Message received;
            received.head = world.ask(get("/", token(1).headers())).body;
            return received.header("Cf-Access-Jwt-Assertion");
        };
        std::vector<std::string> seen{jwt()};
        for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {   // all within one second
            world.state.applications[1].sessionEpoch = epoch;
            world.publish();
            const std::string next = jwt();
            QVERIFY(std::ranges::find(seen, next) == seen.end());
            const auto issued = [](const std::string& text_) { return *jose::decodeJwt(text_)->payload.find("iat")->asInteger(); };
            QVERIFY(issued(next) > issued(seen.back()));
            const auto keys = jose::JwkSet::of(jose::KeyRing{signingKey(), {}, {}}, world.clock.now());
            QVERIFY(jose::verify(next, *keys, {.issuer = issuer, .audience = std::string(64, '1'), .now = world.clock.now()}).valid());
            seen.push_back(next);
        }
    }

    void manyClientsWaitForOneSignature()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()), {}, 1);
        std::vector<Peer> peers;
        for (int i = 0; i < 50; ++i)
            peers.push_back(world.connect());
        for (Peer& peer : peers)
            peer.send(get("/", token(1).headers()));
        std::string first;
        for (Peer& peer : peers) {
            Message received;
            received.head = readMessage(peer).body;
            if (first.empty())
                first = received.header("Cf-Access-Jwt-Assertion");
            QVERIFY(!first.empty());
            QCOMPARE(text(received.header("Cf-Access-Jwt-Assertion")), text(first));
        }
    }

    void manyTokensAtOnceAreAllAnswered()
    {
        Upstream upstream;
        State state;
        access::Policy anyone = policy(access::PolicyDecision::nonIdentity, {access::AnyValidServiceTokenRule{}});
        state.add(1, application(1, "app.test", upstream.url(), {anyone}));
        for (int i = 1; i <= 200; ++i)
            state.add(token(i));
        World world(std::move(state));
        std::vector<Peer> peers;
        for (int i = 1; i <= 200; ++i) {
            peers.push_back(world.connect());
            peers.back().send(get("/", token(i).headers()));
        }
        for (int i = 1; i <= 200; ++i) {
            Message received;
            received.head = readMessage(peers[std::size_t(i - 1)]).body;
            const auto jwt = jose::decodeJwt(received.header("Cf-Access-Jwt-Assertion"));
            QVERIFY(jwt.has_value());
            QCOMPARE(text(*jwt->payload.find("common_name")->asString()), text(token(i).clientId));
        }
    }
};

LATCHKEY_TEST(TestForwarding)

} // namespace tst_edge_forwarding

#include "tst_edge_forwarding.moc"
