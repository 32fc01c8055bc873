// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/base/Json.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_options {

using namespace edgeTesting;

/// What an application's options make the edge do.
class TestOptions : public QObject {
    Q_OBJECT

private:
    static State stateWith(const std::string& upstream, access::ApplicationOptions options)
    {
        State state = simpleState(upstream);
        state.applications[1].options = std::move(options);
        return state;
    }
    static std::string single(const Token& token)
    {
        return "Authorization: {\"cf-access-client-id\":\"" + token.clientId + "\",\"cf-access-client-secret\":\"" + token.secret + "\"}\r\n";
    }
    static std::string preflight(std::string_view origin)
    {
        return "OPTIONS /api HTTP/1.1\r\nHost: app.test\r\nOrigin: " + std::string(origin)
               + "\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-one\r\n\r\n";
    }

private Q_SLOTS:
    void everyHostNameIsServed()
    {
        Upstream upstream;
        access::ApplicationOptions options;
        options.destinations = {{"*.wide.test/api", {}}, {"second.test", {}}, {"", R"({"type":"private"})"}};
        options.selfHostedDomains = {"superseded.test"};
        World world(stateWith(upstream.url(), options));
        const std::string headers = token(1).headers();
        QCOMPARE(world.ask(get("/", headers, "app.test")).status(), 200);
        QCOMPARE(world.ask(get("/", headers, "second.test")).status(), 200);
        QCOMPARE(world.ask(get("/api/x", headers, "a.wide.test")).status(), 200);
        QCOMPARE(world.ask(get("/x", headers, "a.wide.test")).status(), 404);
        QCOMPARE(world.ask(get("/", headers, "superseded.test")).status(), 404);
    }

    void oneHeaderIsEnough_data()
    {
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char* name, const std::string& headers, int status, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(headers) << status << QByteArray(reason);
        };
        const Token good = token(1);
        row("one header", single(good), 200, "");
        row("the two headers still count", good.headers(), 200, "");
        row("both forms", single(good) + good.headers(), 401, "duplicate_credentials");
        row("the header twice", single(good) + single(good), 401, "duplicate_credentials");
        row("without a secret", "Authorization: {\"cf-access-client-id\":\"" + good.clientId + "\"}\r\n", 401, "incomplete_credentials");
        row("no JSON after all", "Authorization: {nonsense\r\n", 401, "malformed_credentials");
        row("a member twice", "Authorization: {\"cf-access-client-id\":\"a\",\"cf-access-client-id\":\"b\"}\r\n", 401, "malformed_credentials");
        row("a wrong secret", "Authorization: {\"CF-Access-Client-Id\":\"" + good.clientId + "\",\"cf-access-client-secret\":\"wrong\"}\r\n", 401, "wrong_secret");
        row("something else in the header", "Authorization: Bearer abc\r\n", 401, "missing_credentials");
        row("two headers beside something else", "Authorization: Bearer abc\r\n" + good.headers(), 200, "");
    }

    void oneHeaderIsEnough()
    {
        QFETCH(QByteArray, headers);
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        Upstream upstream;
        access::ApplicationOptions options;
        options.readServiceTokensFromHeader = "Authorization";
        World world(stateWith(upstream.url(), options));
        const Message answer = world.ask(get("/", headers.toStdString()));
        QCOMPARE(answer.status(), status);
        QCOMPARE(QByteArray::fromStdString(answer.header("Latchkey-Reason")), reason);
        if (status == 200) {
            // The credentials stay here; a header of another meaning passes.
            QVERIFY(answer.body.find(token(1).secret) == std::string::npos);
            QVERIFY(answer.body.find("client-secret") == std::string::npos);
            QCOMPARE(answer.body.find("Bearer abc") != std::string::npos, headers.contains("Bearer"));
            QVERIFY(answer.body.find("Cf-Access-Jwt-Assertion: ") != std::string::npos);
        }
    }

    void theHeaderMeansNothingElsewhere()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/", single(token(1))));
        QCOMPARE(answer.status(), 401);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("missing_credentials"));
    }

    void preflightsAreAnswered()
    {
        Upstream upstream;
        access::ApplicationOptions options;
        options.cors = access::CorsHeaders{{"x-one", "x-two"}, {"GET", "PUT"}, {"https://a.example"}, {}, {}, {}, true, 600, {}};
        World world(stateWith(upstream.url(), options));
        const Message allowed = world.ask(preflight("https://a.example"));
        QCOMPARE(allowed.status(), 200);
        QCOMPARE(text(allowed.header("Access-Control-Allow-Origin")), QStringLiteral("https://a.example"));
        QCOMPARE(text(allowed.header("Access-Control-Allow-Methods")), QStringLiteral("GET, PUT"));
        QCOMPARE(text(allowed.header("Access-Control-Allow-Headers")), QStringLiteral("x-one, x-two"));
        QCOMPARE(text(allowed.header("Access-Control-Allow-Credentials")), QStringLiteral("true"));
        QCOMPARE(text(allowed.header("Access-Control-Max-Age")), QStringLiteral("600"));
        const Message other = world.ask(preflight("https://b.example"));
        QVERIFY(!other.has("Access-Control-Allow-Origin"));
        QCOMPARE(upstream.connections(), 0);
        // OPTIONS that is no preflight is a request like any other.
        QCOMPARE(world.ask("OPTIONS /api HTTP/1.1\r\nHost: app.test\r\n\r\n").status(), 401);
    }

    void preflightsMayPass()
    {
        Upstream upstream;
        access::ApplicationOptions options;
        options.optionsPreflightBypass = true;
        World world(stateWith(upstream.url(), options));
        const Message answer = world.ask(preflight("https://a.example"));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.starts_with("OPTIONS /api"));
        QVERIFY(answer.body.find("Cf-Access-Jwt-Assertion") == std::string::npos);
        QCOMPARE(world.ask(get("/api")).status(), 401);
    }

    void theOwnersWordsAreSaid()
    {
        Upstream upstream;
        access::ApplicationOptions options;
        options.customDenyMessage = "Ask <ops>";
        World world(stateWith(upstream.url(), options));
        const Message json = world.ask(get("/"));
        QCOMPARE(text(*parseJson(json.body)->find("deny_message")->asString()), QStringLiteral("Ask <ops>"));
        const Message html = world.ask(get("/", "Accept: text/html\r\n"));
        QVERIFY(html.body.find("Ask &lt;ops&gt;") != std::string::npos);
    }

    void whoIsNobodyIsSentAway()
    {
        Upstream upstream;
        access::ApplicationOptions options;
        options.customNonIdentityDenyUrl = "https://help.example/no";
        World world(stateWith(upstream.url(), options));
        const Message away = world.ask(get("/"));
        QCOMPARE(away.status(), 302);
        QCOMPARE(text(away.header("Location")), QStringLiteral("https://help.example/no"));
        // Strict: never a redirect for a request with a token's headers.
        QCOMPARE(world.ask(get("/", token(9).headers())).status(), 401);
        QCOMPARE(world.ask(get("/", "X-Requested-With: XMLHttpRequest\r\n")).status(), 401);
        world.state.applications[1].options.serviceAuth401Redirect = true;
        world.publish();
        QCOMPARE(world.ask(get("/")).status(), 401);
    }
};

LATCHKEY_TEST(TestOptions)

} // namespace tst_edge_options

#include "tst_edge_options.moc"
