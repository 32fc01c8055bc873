// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/base/Json.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_access {

using namespace edgeTesting;

/// Who is let in, who is not, and what he is told.
class TestAccess : public QObject {
    Q_OBJECT

private:
    static Token expired() { Token made = token(2); made.entry.expiresAt = 1795521600; return made; }
    static Token disabled() { Token made = token(3); made.entry.enabled = false; return made; }
    static Token stranger() { return token(4); }         // valid, named nowhere
    static Token onlyAllowed() { return token(5); }      // named in an Allow policy
    static Token future() { Token made = token(6); made.entry.activeFrom = 1795521601; return made; }
    static Token rotated()
    {
        Token made = token(7);
        made.entry.previous = made.entry.current;
        made.entry.previousUntil = 1795521601;
        made.entry.current = base::sha256("something newer");
        return made;
    }
    static Token rotatedLongAgo()
    {
        Token made = rotated();
        made = token(8);
        made.entry.previous = made.entry.current;
        made.entry.previousUntil = 1795521600;
        made.entry.current = base::sha256("something newer");
        return made;
    }

    static State state(const std::string& upstream)
    {
        State made;
        for (const Token& one : {token(1), expired(), disabled(), stranger(), onlyAllowed(), future(), rotated(), rotatedLongAgo()})
            made.add(one);
        access::Policy named = serviceAuth(token(1));
        for (const Token& one : {expired(), disabled(), future(), rotated(), rotatedLongAgo()})
            named.include.push_back(access::ServiceTokenRule{{uuid(one.number)}});
        const access::Policy allow = policy(access::PolicyDecision::allow, {access::ServiceTokenRule{{uuid(5)}}}, 2);
        made.add(1, application(1, "app.test", upstream, {named, allow}));
        made.add(2, application(2, "open.test", upstream, {everyonePasses()}));
        made.add(3, application(3, "half.test/secret", upstream, {named}));
        made.add(4, application(4, "nowhere.test", "", {everyonePasses()}));
        made.add(5, application(5, "closed.test", upstream, {}));
        return made;
    }

    static std::string idLine(const std::string& id) { return "CF-Access-Client-Id: " + id + "\r\n"; }
    static std::string secretLine(const std::string& secret) { return "CF-Access-Client-Secret: " + secret + "\r\n"; }

private Q_SLOTS:
    void credentials_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");   // empty: let in

        const Token good = token(1);
        const auto row = [](const char* name, const char* host, const std::string& headers, int status, const char* reason) {
            QTest::newRow(name) << QByteArray(host) << QByteArray::fromStdString(headers) << status << QByteArray(reason);
        };
        row("a named token passes", "app.test", good.headers(), 200, "");
        row("header names are case-insensitive", "app.test",
            "cf-access-client-ID: " + good.clientId + "\r\nCF-ACCESS-CLIENT-SECRET: " + good.secret + "\r\n", 200, "");
        row("white space around a value does not count", "app.test",
            "CF-Access-Client-Id: \t " + good.clientId + " \r\n" + secretLine(good.secret), 200, "");
        row("no credentials", "app.test", "", 401, "missing_credentials");
        row("a cookie is none", "app.test", "Cookie: CF_Authorization=a.b.c\r\n", 401, "missing_credentials");
        row("the id alone", "app.test", idLine(good.clientId), 401, "incomplete_credentials");
        row("the secret alone", "app.test", secretLine(good.secret), 401, "incomplete_credentials");
        row("the id twice", "app.test", idLine(good.clientId) + good.headers(), 401, "duplicate_credentials");
        row("the id twice in other spellings", "app.test", "cf-access-client-id: x\r\n" + good.headers(), 401, "duplicate_credentials");
        row("the secret twice", "app.test", good.headers() + secretLine(good.secret), 401, "duplicate_credentials");
        row("the id twice without a secret", "app.test", idLine(good.clientId) + idLine(good.clientId), 401, "duplicate_credentials");
        row("an id of another form", "app.test", idLine("someone") + secretLine(good.secret), 401, "malformed_credentials");
        row("an empty id", "app.test", idLine("") + secretLine(good.secret), 401, "malformed_credentials");
        row("an empty secret", "app.test", idLine(good.clientId) + secretLine(""), 401, "malformed_credentials");
        row("a secret with a space in it", "app.test", idLine(good.clientId) + secretLine("a b"), 401, "malformed_credentials");
        row("a secret beyond ASCII", "app.test", idLine(good.clientId) + secretLine("s\xc3\xa9"), 401, "malformed_credentials");
        row("a secret of 257 characters", "app.test", idLine(good.clientId) + secretLine(std::string(257, 'a')), 401, "malformed_credentials");
        row("two ids in one line", "app.test", idLine(good.clientId + ", " + good.clientId) + secretLine(good.secret), 401, "malformed_credentials");
        row("an unknown id", "app.test", token(99).headers(), 401, "unknown_client_id");
        row("a wrong secret", "app.test", idLine(good.clientId) + secretLine(token(2).secret), 401, "wrong_secret");
        row("a wrong secret of an expired token", "app.test", idLine(expired().clientId) + secretLine(good.secret), 401, "wrong_secret");
        row("an expired token", "app.test", expired().headers(), 401, "token_expired");
        row("a disabled token", "app.test", disabled().headers(), 401, "token_disabled");
        row("a token that is not active yet", "app.test", future().headers(), 401, "token_not_active_yet");
        row("a previous secret in its grace period", "app.test", rotated().headers(), 200, "");
        row("a previous secret after it", "app.test", rotatedLongAgo().headers(), 401, "previous_secret_expired");
        row("a valid token that no policy names", "app.test", stranger().headers(), 403, "no_matching_policy");
        row("a token in an Allow policy", "app.test", onlyAllowed().headers(), 403, "matched_allow_not_service_auth");
        row("an application without policies, without credentials", "closed.test", "", 401, "missing_credentials");
        row("an application without policies, with a token", "closed.test", good.headers(), 403, "no_matching_policy");
        row("bypass without credentials", "open.test", "", 200, "");
        row("bypass with credentials", "open.test", good.headers(), 200, "");
        row("bypass does not look at credentials", "open.test", idLine("someone"), 200, "");
        row("an unknown host", "other.test", good.headers(), 404, "unknown_application");
        row("a host whose application is elsewhere", "half.test", good.headers(), 404, "unknown_application");
        row("an application without upstream", "nowhere.test", "", 502, "upstream_missing");
    }

    void credentials()
    {
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, headers);
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        Upstream upstream;
        World world(state(upstream.url()));
        const Message answer = world.ask(get("/x", headers.toStdString(), host.toStdString()));
        QCOMPARE(answer.status(), status);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QString::fromUtf8(reason));
        QVERIFY(!answer.has("WWW-Authenticate"));
        if (reason.isEmpty()) {
            QVERIFY(answer.body.find("lient-Secret") == std::string::npos);
            return;
        }
        QCOMPARE(upstream.connections(), 0);
        const auto body = parseJson(answer.body);
        QVERIFY(body.has_value());
        QCOMPARE(text(*body->find("reason")->asString()), QString::fromUtf8(reason));
        QVERIFY(body->find("message")->asString()->size() > 20);
        QCOMPARE(text(*body->find("ray_id")->asString()), text(answer.header("Cf-Ray")));
    }

    void bypassGetsNoAssertion()
    {
        Upstream upstream;
        World world(state(upstream.url()));
        const Message answer = world.ask(get("/x", token(1).headers() + "Cf-Access-Jwt-Assertion: forged\r\n", "open.test"));
        QVERIFY(answer.body.starts_with("GET /x"));
        QVERIFY(answer.body.find("Cf-Access-") == std::string::npos);
    }

    void aRefusalNamesPolicyAndRule()
    {
        World world(state("http://127.0.0.1:1"));
        const Message answer = world.ask(get("/x", onlyAllowed().headers()));
        const auto body = parseJson(answer.body);
        QVERIFY(body.has_value());
        QVERIFY(body->find("policy") != nullptr);
        QCOMPARE(text(*body->find("policy")->find("name")->asString()), QStringLiteral("policy 2"));
        QVERIFY(body->find("rule") != nullptr);
    }

    void aBrowserGetsAPage()
    {
        World world(state("http://127.0.0.1:1"));
        const Message answer = world.ask(get("/x", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"));
        QCOMPARE(answer.status(), 401);
        QCOMPARE(text(answer.header("Content-Type")), QStringLiteral("text/html; charset=utf-8"));
        QVERIFY(answer.body.find("missing_credentials") != std::string::npos);
        QVERIFY(world.ask(get("/x", "Accept: */*\r\n")).header("Content-Type") == "application/json");
    }

    void anAnswerToHeadHasNoBody()
    {
        World world(state("http://127.0.0.1:1"));
        Peer peer = world.connect();
        peer.send("HEAD /x HTTP/1.1\r\nHost: app.test\r\n\r\n" + get("/y"));
        const Message first = readMessage(peer, true);
        QCOMPARE(first.status(), 401);
        QVERIFY(std::stoul(first.header("Content-Length")) > 0);
        QCOMPARE(readMessage(peer).status(), 401);
    }

    void refusedRequestsKeepTheConnection()
    {
        Upstream upstream;
        World world(state(upstream.url()));
        Peer peer = world.connect();
        peer.send("POST /x HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhello");
        QCOMPARE(readMessage(peer).status(), 401);
        peer.send("POST /x HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        QCOMPARE(readMessage(peer).status(), 401);
        peer.send(get("/x", token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 200);
    }

    void aRefusedLargeBodyEndsTheConnection()
    {
        World world(state("http://127.0.0.1:1"));
        Peer peer = world.connect();
        peer.send("POST /x HTTP/1.1\r\nHost: app.test\r\nContent-Length: 10000000\r\n\r\n");
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 401);
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        QVERIFY(peer.isEnded());
    }

    void expectContinueIsRefusedWithoutTheBody()
    {
        World world(state("http://127.0.0.1:1"));
        Peer peer = world.connect();
        peer.send("POST /x HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 401);
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
    }

    void ambiguousPathsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("target");
        for (const char* target : {"//x", "/a/../x", "/a/./x", "/%2e%2e/x", "/a%2fb", "/a%5cb", "/a\\b", "/a//b", "/%41", "/%00"})
            QTest::newRow(target) << QByteArray(target);
    }

    void ambiguousPathsAreRefused()
    {
        QFETCH(QByteArray, target);
        Upstream upstream;
        World world(state(upstream.url()));
        const Message answer = world.ask(get(target.toStdString(), token(1).headers()));
        QCOMPARE(answer.status(), 400);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("ambiguous_path"));
        QCOMPARE(upstream.connections(), 0);
    }

    void reservedPathsAreTheEdges()
    {
        Upstream upstream;
        World world(state(upstream.url()));
        for (const char* host : {"open.test", "unknown.test"}) {
            QCOMPARE(world.ask(get("/cdn-cgi/access/certs", {}, host)).status(), 200);
            QCOMPARE(world.ask(get("/cdn-cgi/access/other", {}, host)).status(), 404);
            QCOMPARE(world.ask(get("/cdn-cgi/latchkey/forward-auth", {}, host)).status(), 404);
        }
        const Message head = world.ask("HEAD /cdn-cgi/access/certs HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(head.status(), 200);
        QVERIFY(head.has("Content-Length"));
        QCOMPARE(text(head.header("Content-Type")), QStringLiteral("application/json"));
        QVERIFY(head.has("Cache-Control"));
        QCOMPARE(world.ask("POST /cdn-cgi/access/certs HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status(), 405);
        QCOMPARE(upstream.connections(), 0);
        QCOMPARE(world.ask(get("/cdn-cgi/image", {}, "open.test")).status(), 200);   // nothing else is reserved
    }

    void eventsTellWhatHappened()
    {
        Upstream upstream;
        World world(state(upstream.url()));
        const Message let = world.ask(get("/in?secret=1", token(1).headers()));
        const Message refused = world.ask(get("/out", stranger().headers()));
        (void)world.ask(get("/nobody", token(99).headers()));
        QTRY_COMPARE_WITH_TIMEOUT(world.sink.events().size(), std::size_t{3}, patience);
        edge::RequestEvent in;
        edge::RequestEvent out;
        edge::RequestEvent nobody;
        for (const auto& event : world.sink.events())
            (event.path == "/in" ? in : event.path == "/out" ? out : nobody) = event;
        QCOMPARE(text(in.rayId), text(let.header("Cf-Ray")));
        QCOMPARE(text(in.method), QStringLiteral("GET"));
        QCOMPARE(text(in.host), QStringLiteral("app.test"));
        QCOMPARE(text(in.peer), QStringLiteral("127.0.0.1"));
        QCOMPARE(text(in.clientId), text(token(1).clientId));
        QCOMPARE(text(in.applicationId), text(uuid(101)));
        QVERIFY(in.allowed);
        QCOMPARE(in.status, 200);
        QCOMPARE(text(access::code(in.reason)), QStringLiteral("allowed"));
        QCOMPARE(std::chrono::floor<std::chrono::seconds>(in.at), world.clock.now());
        QCOMPARE(text(out.rayId), text(refused.header("Cf-Ray")));
        QVERIFY(!out.allowed);
        QCOMPARE(out.status, 403);
        QVERIFY(nobody.clientId.empty());
        QCOMPARE(world.sink.allowed(), std::uint64_t{1});
        QCOMPARE(world.sink.refused(), std::uint64_t{2});
        QTRY_VERIFY_WITH_TIMEOUT(!world.sink.seen().empty(), patience);
        QCOMPARE(world.sink.seen().front().tokenId, token(1).entry.id);
        QCOMPARE(world.sink.seen().front().at, world.clock.now());
    }

    void anApplicationsOwnPortIsItsApplicationWhateverTheHost()
    {
        Upstream upstream;
        World world(state(upstream.url()));
        const auto port = world.edge().openPort(std::nullopt);
        QVERIFY(port.has_value());
        QVERIFY(*port >= 8410);
        QCOMPARE(*world.edge().openPort(*port), *port);
        {
            Peer peer = Peer::connect(*port);
            peer.send(get("/x", token(1).headers(), "anything.example"));
            QCOMPARE(readMessage(peer).status(), 404);   // nobody's yet
            world.state.applications[1].port = *port;
            world.publish();
            peer.send(get("/x", token(1).headers(), "anything.example"));
            const Message answer = readMessage(peer);
            QCOMPARE(answer.status(), 200);
            QVERIFY(answer.body.find("Host: anything.example\r\n") != std::string::npos);
        }
        world.edge().closePort(*port);
        QCOMPARE(*world.edge().openPort(*port), *port);
        Peer again = Peer::connect(*port);
        again.send(get("/x", token(1).headers(), "anything.example"));
        QCOMPARE(readMessage(again).status(), 200);
    }

    void aTakenPortIsNamed()
    {
        World world;
        TestSink sink;
        TestClock clock;
        TestLog log;
        State other;
        edge::EdgeConfig config;
        config.port = world.port();
        const auto second = edge::Edge::start(config, other.snapshot(clock), sink, clock, log);
        QVERIFY(!second.has_value());
        QCOMPARE(second.error().code, ErrorCode::portTaken);
        QVERIFY(second.error().message.find("127.0.0.1:" + std::to_string(world.port())) != std::string::npos);
        Upstream taken;
        const auto refused = world.edge().openPort(taken.port());
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::portTaken);
    }
};

LATCHKEY_TEST(TestAccess)

} // namespace tst_edge_access

#include "tst_edge_access.moc"
