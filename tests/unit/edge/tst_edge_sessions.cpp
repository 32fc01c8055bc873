// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/DecodedJwt.h"
#include "agent/jose/SigningKey.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>

namespace tst_edge_sessions {

using namespace edgeTesting;

/// Sessions: the cookie of legacy mode, logins, and how both end.
class TestSessions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void legacyModeSetsACookieThatIsEnough()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
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

    void onlyTheVerifiedCookieGoesOn()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const std::string jwt = jwtOf(cookieOf(world.ask(get("/", token(1).headers()))));
        const auto count = [](const std::string& head, std::string_view word) {
            int found = 0;
            for (std::size_t at = 0; (at = head.find(word, at)) != std::string::npos; at += word.size())
                ++found;
            return found;
        };
        const std::string good = "CF_Authorization=" + jwt;
        const Message beside = world.ask(get("/", "Cookie: a=1; " + good + "; CF_Authorization=forged\r\nCookie: cf_authorization=forged; b=2\r\n"));
        QCOMPARE(beside.status(), 200);
        QVERIFY(beside.body.find("Cookie: a=1; b=2; " + good + "\r\n") != std::string::npos);
        QCOMPARE(count(beside.body, "forged"), 0);
        QCOMPARE(count(beside.body, "Cookie:"), 1);
        // A session in the raw header does not vouch for a cookie.
        const Message raw = world.ask(get("/", "cf-access-token: " + jwt + "\r\nCookie: CF_Authorization=forged\r\n"));
        QCOMPARE(raw.status(), 200);
        QCOMPARE(count(raw.body, "forged"), 0);
        // Nor do credentials.
        QCOMPARE(count(world.ask(get("/", token(1).headers() + "Cookie: CF_Authorization=forged\r\n")).body, "forged"), 0);
        // With a fault in the JWT there must be no sound one beside it.
        world.state.faults[world.state.applications[1].id.value].jwt = access::JwtFault::badSignature;
        world.publish();
        const Message spoilt = world.ask(get("/", "Cookie: a=1; " + good + "\r\n"));
        QCOMPARE(spoilt.status(), 200);
        QCOMPARE(count(spoilt.body, jwt), 0);
        QCOMPARE(count(spoilt.body, "CF_Authorization"), 0);
        QCOMPARE(count(spoilt.body, "Cf-Access-Jwt-Assertion: "), 1);
    }

    void aSessionCountsAsSeen()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        world.clock.advance(10s);
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);
        // Among those of all workers, which tell in either order.
        const auto isSeen = [&world] {
            return std::ranges::any_of(world.sink.seen(), [&world](const edge::SeenMark& mark) {
                return mark.tokenId == token(1).entry.id && mark.at == world.clock.now();
            });
        };
        QTRY_VERIFY(isSeen());
    }

    void aKeyThatIsPublishedLaterMakesItsSessionsCount()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        State ahead = legacyState(upstream.url());
        ahead.key = jose::SigningKey::generate(std::chrono::sys_seconds(1795500000s)).value();
        const auto key = ahead.key;
        World other(std::move(ahead));
        const std::string cookie = cookieOf(other.ask(get("/", token(1).headers())));
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("invalid_jwt"));
        world.state.previousKey = std::exchange(world.state.key, key);
        world.publish();
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);
    }

    void strictModeKnowsNoSuchCookie()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        world.state.organization.strict = true;
        world.publish();
        QVERIFY(cookieOf(world.ask(get("/", token(1).headers()))).empty());
        const Message refused = world.ask(get("/", cookie));
        QCOMPARE(refused.status(), 401);
        QCOMPARE(reasonOf(refused), QStringLiteral("missing_credentials"));
    }

    void sessionsEnd()
    {
        Upstream upstream;
        State state = legacyState(upstream.url());
        state.add(2, application(2, "other.test", upstream.url(), {serviceAuth(token(1))}));
        World world(std::move(state));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);
        QCOMPARE(reasonOf(world.ask(get("/", cookie, "other.test"))), QStringLiteral("wrong_audience"));
        QCOMPARE(reasonOf(world.ask(get("/", "cf-access-token: a.b.c\r\n"))), QStringLiteral("invalid_jwt"));

        world.state.tokens[1].enabled = false;
        world.publish();
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("token_disabled"));
        world.state.tokens[1].enabled = true;
        world.publish();
        QCOMPARE(world.ask(get("/", cookie)).status(), 200);

        world.state.applications[1].sessionsRevokedAt = world.clock.now();
        world.state.applications[1].sessionEpoch = 1;
        world.publish();
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("session_revoked"));
        // Whoever has the credentials gets a new session at once.
        const std::string next = cookieOf(world.ask(get("/", token(1).headers())));
        QCOMPARE(world.ask(get("/", next)).status(), 200);

        world.clock.advance(24h + 1s);
        QCOMPARE(reasonOf(world.ask(get("/", next))), QStringLiteral("session_expired"));
        const std::string last = cookieOf(world.ask(get("/", token(1).headers())));
        world.state.tokens.erase(1);
        world.publish();
        QCOMPARE(reasonOf(world.ask(get("/", last))), QStringLiteral("session_revoked"));
    }

    void aJwtOfAnotherKeyIsNone()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        State foreign = legacyState(upstream.url());
        foreign.key = jose::SigningKey::generate(std::chrono::sys_seconds(1795500000s)).value();
        World other(std::move(foreign));
        const std::string cookie = cookieOf(other.ask(get("/", token(1).headers())));
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("invalid_jwt"));
        std::string changed = cookieOf(world.ask(get("/", token(1).headers())));
        const std::size_t dot = changed.rfind('.');
        changed[dot + 5] = changed[dot + 5] == 'A' ? 'B' : 'A';
        QCOMPARE(reasonOf(world.ask(get("/", changed))), QStringLiteral("invalid_jwt"));
    }

    void aFailedTokenIsSentToTheLoginPage()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const Message sent = world.ask(get("/a?b=c", token(9).headers()));
        QCOMPARE(sent.status(), 302);
        const std::string aud(64, '1');
        QCOMPARE(text(sent.header("Location")),
                 text("http://app.test/cdn-cgi/access/login/app.test?kid=" + aud + "&redirect_url=%2Fa%3Fb%3Dc"));
        QCOMPARE(reasonOf(sent), QStringLiteral("unknown_client_id"));
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
        World world(stateWithPeople(upstream.url()));   // strict: people log in there, too
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

        QTRY_COMPARE(world.sink.events().size(), std::size_t(3));
        for (const auto& event : world.sink.events())
            QCOMPARE(text(event.userEmail), event.allowed ? QStringLiteral("ada@example.com") : QString());

        QCOMPARE(world.ask(get("/cdn-cgi/access/logout", cookie)).status(), 200);
        const Message out = world.ask(get("/", cookie));
        QCOMPARE(out.status(), 302);
        QCOMPARE(reasonOf(out), QStringLiteral("session_revoked"));
    }

    void whoMayNotStaysOutside()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
        const std::string cookie = cookieOf(logIn(world, "bob%40example.com"));
        QCOMPARE(world.ask(get("/", cookie)).status(), 403);
        world.state.applications[1].options.customDenyUrl = "https://help.example/denied";
        world.publish();
        QCOMPARE(text(world.ask(get("/", cookie)).header("Location")), QStringLiteral("https://help.example/denied"));
        world.state.organization.testIdentities.pop_back();
        world.publish();
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("session_revoked"));
    }

    void getIdentityOfAToken()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        const Json identity = parseJson(world.ask(get("/cdn-cgi/access/get-identity", cookie)).body).value();
        QCOMPARE(text(*identity.find("common_name")->asString()), text(token(1).clientId));
        QCOMPARE(text(*identity.find("service_token_id")->asString()), text(uuid(1)));
        QVERIFY(identity.find("service_token_status")->asBool() == true);
        QCOMPARE(text(*identity.find("ip")->asString()), QStringLiteral("127.0.0.1"));
        QCOMPARE(world.ask(get("/cdn-cgi/access/get-identity")).status(), 401);
    }
};

LATCHKEY_TEST(TestSessions)

} // namespace tst_edge_sessions

#include "tst_edge_sessions.moc"
