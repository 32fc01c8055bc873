// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/DecodedJwt.h"

#include <QTest>

using namespace edgeTesting;

/// Sessions: the cookie of legacy mode, logins, and how both end.
class TestSessions : public QObject {
    Q_OBJECT

private:
    static State legacy(const std::string& upstream)
    {
        State state = simpleState(upstream);
        state.organization.strict = false;
        return state;
    }
    /// Token 1 by Service Auth, Ada by Allow.
    static State withPeople(const std::string& upstream)
    {
        State state;
        state.add(token(1));
        const access::Policy people = policy(access::PolicyDecision::allow, {access::EmailRule{"ada@example.com"}}, 2);
        state.add(1, application(1, "app.test", upstream, {serviceAuth(token(1)), people}));
        state.organization.testIdentities = {{"ada@example.com", "Ada <L>", {"math"}, "GB"}, {"bob@example.com", "", {}, ""}};
        return state;
    }
    static std::string cookieOf(const Message& answer)
    {
        for (const std::string& line : answer.all("Set-Cookie")) {
            if (line.starts_with("CF_Authorization="))
                return "Cookie: other=1; " + line.substr(0, line.find(';')) + "\r\n";
        }
        return {};
    }
    static QString reason(const Message& answer) { return text(answer.header("Latchkey-Reason")); }

    struct LoginPage {
        std::string action;
        std::string cookie;
    };
    /// The page at `path`, and what its form would send for this address.
    static LoginPage openLogin(const World& world, const std::string& path, const std::string& email, std::string_view host = "app.test")
    {
        const Message page = world.ask(get(path, {}, host));
        LoginPage found;
        if (page.status() != 200)
            return found;
        const std::string cookie = page.header("Set-Cookie");
        found.cookie = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
        std::string html = page.body;
        for (std::size_t at = 0; (at = html.find("&amp;", at)) != std::string::npos;)
            html.replace(at, 5, "&");
        std::size_t at = html.find("identity=" + email);
        if (at == std::string::npos)
            return found;
        const std::size_t begin = html.rfind("formaction=\"", at) + 12;
        found.action = html.substr(begin, html.find('"', begin) - begin);
        return found;
    }
    static std::string post(const std::string& target, const std::string& headers, std::string_view host = "app.test")
    {
        return "POST " + target + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\nContent-Length: 0\r\n" + headers + "\r\n";
    }
    static Message logIn(const World& world, const std::string& email)
    {
        const Message sent = world.ask(get("/private?a=1"));
        const std::string location = sent.header("Location");
        const LoginPage page = openLogin(world, location.substr(location.find("/cdn-cgi")), email);
        return world.ask(post(page.action, page.cookie));
    }

private Q_SLOTS:
    void legacyModeSetsACookieThatIsEnough()
    {
        Upstream upstream;
        World world(legacy(upstream.url()));
        const Message first = world.ask(get("/", token(1).headers()));
        QCOMPARE(first.status(), 200);
        const std::string cookie = cookieOf(first);
        QVERIFY(!cookie.empty());
        QVERIFY(first.header("Set-Cookie").find("; HttpOnly") != std::string::npos);
        QVERIFY(first.header("Set-Cookie").find("; Path=/;") != std::string::npos);
        const Message second = world.ask(get("/", cookie));
        QCOMPARE(second.status(), 200);
        QVERIFY(second.body.find("Cf-Access-Jwt-Assertion: ") != std::string::npos);
        QVERIFY(second.body.find("Cookie: other=1; CF_Authorization=") != std::string::npos);
        QVERIFY(!second.has("Set-Cookie"));
        // Also as the raw header, which does not go on.
        const std::string jwt = cookie.substr(cookie.find("CF_Authorization=") + 17);
        const Message raw = world.ask(get("/", "cf-access-token: " + jwt));
        QCOMPARE(raw.status(), 200);
        QVERIFY(raw.body.find("cf-access-token") == std::string::npos);
        QTRY_COMPARE(world.sink.events().size(), std::size_t(3));
        QCOMPARE(text(world.sink.events()[1].clientId), text(token(1).clientId));
    }

    void strictModeKnowsNoSuchCookie()
    {
        Upstream upstream;
        World world(legacy(upstream.url()));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        world.state.organization.strict = true;
        world.publish();
        QVERIFY(cookieOf(world.ask(get("/", token(1).headers()))).empty());
        const Message refused = world.ask(get("/", cookie));
        QCOMPARE(refused.status(), 401);
        QCOMPARE(reason(refused), QStringLiteral("missing_credentials"));
    }

    void sessionsEnd()
    {
        Upstream upstream;
        State state = legacy(upstream.url());
        state.add(2, application(2, "other.test", upstream.url(), {serviceAuth(token(1))}));
        World world(std::move(state));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);
        QCOMPARE(reason(world.ask(get("/", cookie, "other.test"))), QStringLiteral("wrong_audience"));
        QCOMPARE(reason(world.ask(get("/", "cf-access-token: a.b.c\r\n"))), QStringLiteral("invalid_jwt"));

        world.state.tokens[1].enabled = false;
        world.publish();
        QCOMPARE(reason(world.ask(get("/", cookie))), QStringLiteral("token_disabled"));
        world.state.tokens[1].enabled = true;
        world.publish();
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);

        world.state.applications[1].sessionsRevokedAt = world.clock.now();
        world.state.applications[1].sessionEpoch = 1;
        world.publish();
        QCOMPARE(reason(world.ask(get("/", cookie))), QStringLiteral("session_revoked"));
        // Whoever has the credentials gets a new session at once.
        const std::string next = cookieOf(world.ask(get("/", token(1).headers())));
        QCOMPARE(world.ask(get("/", next)).status(), 200);

        world.clock.advance(24h + 1s);
        QCOMPARE(reason(world.ask(get("/", next))), QStringLiteral("session_expired"));
        const std::string last = cookieOf(world.ask(get("/", token(1).headers())));
        world.state.tokens.erase(1);
        world.publish();
        QCOMPARE(reason(world.ask(get("/", last))), QStringLiteral("session_revoked"));
    }

    void aJwtOfAnotherKeyIsNone()
    {
        Upstream upstream;
        World world(legacy(upstream.url()));
        State foreign = legacy(upstream.url());
        foreign.key = jose::SigningKey::generate(std::chrono::sys_seconds(1795500000s)).value();
        World other(std::move(foreign));
        const std::string cookie = cookieOf(other.ask(get("/", token(1).headers())));
        QCOMPARE(reason(world.ask(get("/", cookie))), QStringLiteral("invalid_jwt"));
        std::string changed = cookieOf(world.ask(get("/", token(1).headers())));
        const std::size_t dot = changed.rfind('.');
        changed[dot + 5] = changed[dot + 5] == 'A' ? 'B' : 'A';
        QCOMPARE(reason(world.ask(get("/", changed))), QStringLiteral("invalid_jwt"));
    }

    void aFailedTokenIsSentToTheLoginPage()
    {
        Upstream upstream;
        World world(legacy(upstream.url()));
        const Message sent = world.ask(get("/a?b=c", token(9).headers()));
        QCOMPARE(sent.status(), 302);
        const std::string aud(64, '1');
        QCOMPARE(text(sent.header("Location")),
                 text("http://app.test/cdn-cgi/access/login/app.test?kid=" + aud + "&redirect_url=%2Fa%3Fb%3Dc"));
        QCOMPARE(reason(sent), QStringLiteral("unknown_client_id"));
        QCOMPARE(world.ask(get("/", token(9).headers() + "X-Requested-With: XMLHttpRequest\r\n")).status(), 401);
        // Without any headers and without a policy for people: nothing that a login could help.
        QCOMPARE(world.ask(get("/")).status(), 401);
        world.state.applications[1].options.serviceAuth401Redirect = true;
        world.publish();
        QCOMPARE(world.ask(get("/", token(9).headers())).status(), 401);
    }

    void somebodyLogsIn()
    {
        Upstream upstream;
        World world(withPeople(upstream.url()));   // strict: people log in there, too
        const Message landed = logIn(world, "ada%40example.com");
        QCOMPARE(landed.status(), 303);
        QCOMPARE(text(landed.header("Location")), QStringLiteral("/private?a=1"));
        const std::string cookie = cookieOf(landed);
        const Message in = world.ask(get("/private", cookie));
        QCOMPARE(in.status(), 200);
        QVERIFY(in.body.find("CF_Authorization=") != std::string::npos);
        std::string jwt = in.body.substr(in.body.find("Cf-Access-Jwt-Assertion: ") + 25);
        const auto decoded = jose::decodeJwt(jwt.substr(0, jwt.find("\r\n")));
        QVERIFY(decoded.has_value());
        QCOMPARE(text(*decoded->payload.find("email")->asString()), QStringLiteral("ada@example.com"));
        QCOMPARE(text(*decoded->payload.find("country")->asString()), QStringLiteral("GB"));
        QCOMPARE(text(*decoded->payload.find("type")->asString()), QStringLiteral("app"));
        QVERIFY(!decoded->payload.find("sub")->asString()->empty() && !decoded->payload.find("identity_nonce")->asString()->empty());
        // Beside a token's headers it counts for nothing in strict mode.
        QCOMPARE(world.ask(get("/", cookie + token(9).headers())).status(), 401);

        const Message who = world.ask(get("/cdn-cgi/access/get-identity", cookie));
        QCOMPARE(who.status(), 200);
        const Json identity = parseJson(who.body).value();
        QCOMPARE(text(*identity.find("email")->asString()), QStringLiteral("ada@example.com"));
        QCOMPARE(text(*identity.find("name")->asString()), QStringLiteral("Ada <L>"));

        QCOMPARE(world.ask(get("/cdn-cgi/access/logout", cookie)).status(), 200);
        const Message out = world.ask(get("/", cookie));
        QCOMPARE(out.status(), 302);
        QCOMPARE(reason(out), QStringLiteral("session_revoked"));
    }

    void whoMayNotStaysOutside()
    {
        Upstream upstream;
        World world(withPeople(upstream.url()));
        const std::string cookie = cookieOf(logIn(world, "bob%40example.com"));
        QCOMPARE(world.ask(get("/", cookie)).status(), 403);
        world.state.applications[1].options.customDenyUrl = "https://help.example/denied";
        world.publish();
        QCOMPARE(text(world.ask(get("/", cookie)).header("Location")), QStringLiteral("https://help.example/denied"));
        world.state.organization.testIdentities.pop_back();
        world.publish();
        QCOMPARE(reason(world.ask(get("/", cookie))), QStringLiteral("session_revoked"));
    }

    void theFormIsNobodyElses()
    {
        Upstream upstream;
        World world(withPeople(upstream.url()));
        const LoginPage page = openLogin(world, "/cdn-cgi/access/login", "ada%40example.com");
        QVERIFY(!page.action.empty());
        QCOMPARE(world.ask(post(page.action, {})).status(), 403);
        QCOMPARE(world.ask(post(page.action, "Cookie: CF_Latchkey_Login=00000000000000000000000000000000\r\n")).status(), 403);
        QCOMPARE(world.ask(post(page.action, page.cookie)).status(), 303);
    }

    void thePageIsNoOpenRedirect_data()
    {
        QTest::addColumn<QByteArray>("redirect");
        QTest::newRow("another site") << QByteArray("https%3A%2F%2Fevil.example%2F");
        QTest::newRow("another site, without its scheme") << QByteArray("%2F%2Fevil.example%2F");
        QTest::newRow("a backslash") << QByteArray("%2F%5Cevil.example");
        QTest::newRow("a line break") << QByteArray("%2Fa%0D%0AX%3A+y");
        QTest::newRow("somebody before the host") << QByteArray("https%3A%2F%2Fapp.test%40evil.example%2F");
    }

    void thePageIsNoOpenRedirect()
    {
        QFETCH(QByteArray, redirect);
        Upstream upstream;
        World world(withPeople(upstream.url()));
        const Message answer = world.ask(get("/cdn-cgi/access/login/app.test?redirect_url=" + redirect.toStdString()));
        QCOMPARE(answer.status(), 400);
        QVERIFY(answer.head.find("evil") == std::string::npos);
    }

    void aLoginOnTheTeamsHostReachesTheApplication()
    {
        Upstream upstream;
        World world(withPeople(upstream.url()));
        const std::string host = "local.cloudflareaccess.com";
        const LoginPage page = openLogin(world, "/cdn-cgi/access/login/app.test?kid=" + std::string(64, '1') + "&redirect_url=%2Fdeep",
                                         "ada%40example.com", host);
        const Message landed = world.ask(post(page.action, page.cookie, host));
        QCOMPARE(landed.status(), 303);
        QVERIFY(cookieOf(landed).empty());
        const std::string location = landed.header("Location");
        QVERIFY(location.starts_with("http://app.test/cdn-cgi/access/authorized?code="));
        const std::string path = location.substr(15);
        QCOMPARE(world.ask(get(path, {}, "other.test")).status(), 400);   // and the ticket is gone
        const LoginPage again = openLogin(world, "/cdn-cgi/access/login/app.test?redirect_url=%2Fdeep", "ada%40example.com", host);
        const std::string second = world.ask(post(again.action, again.cookie, host)).header("Location").substr(15);
        const Message authorized = world.ask(get(second));
        QCOMPARE(authorized.status(), 302);
        QCOMPARE(text(authorized.header("Location")), QStringLiteral("/deep"));
        QCOMPARE(world.ask(get("/deep", cookieOf(authorized))).status(), 200);
        QCOMPARE(world.ask(get(second)).status(), 400);
        // Another application's kid does not fit.
        QCOMPARE(world.ask(get("/cdn-cgi/access/login/app.test?kid=" + std::string(64, '2'), {}, host)).status(), 400);
    }

    void getIdentityOfAToken()
    {
        Upstream upstream;
        World world(legacy(upstream.url()));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        const Json identity = parseJson(world.ask(get("/cdn-cgi/access/get-identity", cookie)).body).value();
        QCOMPARE(text(*identity.find("common_name")->asString()), text(token(1).clientId));
        QCOMPARE(text(*identity.find("service_token_id")->asString()), text(uuid(1)));
        QVERIFY(identity.find("service_token_status")->asBool() == true);
        QCOMPARE(text(*identity.find("ip")->asString()), QStringLiteral("127.0.0.1"));
        QCOMPARE(world.ask(get("/cdn-cgi/access/get-identity")).status(), 401);
    }
};

QTEST_GUILESS_MAIN(TestSessions)
#include "tst_edge_sessions.moc"
