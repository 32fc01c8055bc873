// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginTesting.h"

#include "agent/base/Sha256.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_logins {

using namespace edgeTesting;

/// The login page, who may use it, and logging out.
class TestLogins : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFormIsNobodyElses()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
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
        World world(stateWithPeople(upstream.url()));
        const Message answer = world.ask(get("/cdn-cgi/access/login/app.test?redirect_url=" + redirect.toStdString()));
        QCOMPARE(answer.status(), 400);
        QVERIFY(answer.head.find("evil") == std::string::npos);
    }

    void aLoginBegunElsewhereBeginsAnewAtTheApplication()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
        const std::string host = "local.cloudflareaccess.com";
        // Nobody was sent there by the application, so no browser is known that a ticket could be for.
        for (const char* state : {"", "&state=abc"}) {
            const Message sent = world.ask(get("/cdn-cgi/access/login/app.test?redirect_url=%2Fdeep" + std::string(state), {}, host));
            QCOMPARE(sent.status(), 302);
            QCOMPARE(text(sent.header("Location")), QStringLiteral("http://app.test/deep"));
        }
        // Another application's kid does not fit.
        QCOMPARE(world.ask(get("/cdn-cgi/access/login/app.test?kid=" + std::string(64, '2'), {}, host)).status(), 400);
    }

    void aSecondTabKeepsTheNonceOfTheFirst()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
        const LoginPage first = openLogin(world, "/cdn-cgi/access/login", "ada%40example.com");
        const LoginPage second = readLoginPage(world.ask(get("/cdn-cgi/access/login", first.cookie)), "ada%40example.com");
        QCOMPARE(text(second.cookie), text(first.cookie));
        QCOMPARE(world.ask(post(first.action, second.cookie)).status(), 303);
        // What is none is replaced.
        const LoginPage third = readLoginPage(world.ask(get("/cdn-cgi/access/login", "Cookie: CF_Latchkey_Login=short\r\n")), "ada%40example.com");
        QVERIFY(third.cookie.find("short") == std::string::npos);
        QVERIFY(world.ask(get("/cdn-cgi/access/login")).header("Set-Cookie") != world.ask(get("/cdn-cgi/access/login")).header("Set-Cookie"));
    }

    void otherMachinesDoNotLogIn()
    {
        const std::string outside = outsideAddress();
        if (outside.empty())
            QSKIP("This machine has no address but loopback.");
        Upstream upstream;
        edge::EdgeConfig config;
        config.host = "0.0.0.0";
        const std::string form = get("/cdn-cgi/access/login");
        {
            World world(stateWithPeople(upstream.url()), {}, 2, config);
            const Message refused = world.ask(world.port(), form, outside);
            QCOMPARE(refused.status(), 403);
            QCOMPARE(reasonOf(refused), QStringLiteral("login_is_local"));
            QVERIFY(refused.body.find("--expose-logins") != std::string::npos);
            // A form that was read here is not sent from there, either.
            const LoginPage page = openLogin(world, "/cdn-cgi/access/login", "ada%40example.com");
            QCOMPARE(world.ask(world.port(), post(page.action, page.cookie), outside).status(), 403);
            QCOMPARE(world.ask(form).status(), 200);
        }
        config.exposeLogins = true;
        World world(stateWithPeople(upstream.url()), {}, 2, config);
        QCOMPARE(world.ask(world.port(), form, outside).status(), 200);
    }

    void anotherNameOfThisMachineIsNoPlaceToLogIn()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
        const std::uint16_t port = world.edge().openPort(std::nullopt).value();
        world.state.applications[1].port = port;
        world.state.add(2, application(2, "other.test", upstream.url(), {everyonePasses()}));
        world.publish();
        const auto status = [&world](std::uint16_t at, std::string_view host) {
            return world.ask(at, get("/cdn-cgi/access/login?redirect_url=%2F", {}, host)).status();
        };
        const std::string number = ':' + std::to_string(port);
        // On the application's own port, any name would do for requests; a page elsewhere can give itself one (DNS rebinding).
        QCOMPARE(status(port, "evil.example" + number), 403);
        QCOMPARE(reasonOf(world.ask(port, get("/cdn-cgi/access/login", {}, "evil.example"))), QStringLiteral("login_host_unknown"));
        QCOMPARE(status(port, "other.test" + number), 403);
        for (const char* host : {"app.test", "localhost", "127.0.0.1", "app.localhost"})
            QCOMPARE(status(port, host + number), 200);
        // Nor on the edge's.
        QCOMPARE(world.ask(get("/cdn-cgi/access/login/app.test?redirect_url=%2F", {}, "evil.example")).status(), 403);
        QCOMPARE(status(world.port(), "app.test"), 200);
    }

    void loggingOutIsRememberedByWhoeverKeepsIt()
    {
        Upstream upstream;
        std::string cookie;
        edge::EdgeConfig config;
        {
            World world(stateWithPeople(upstream.url()));
            cookie = cookieOf(logIn(world, "ada%40example.com"));
            QCOMPARE(world.ask(get("/cdn-cgi/access/logout", cookie)).status(), 200);
            config.endedSessions = world.sink.ended();
            QCOMPARE(config.endedSessions.size(), std::size_t(1));
            QVERIFY(config.endedSessions[0].session == base::sha256(jwtOf(cookie)));
            QVERIFY(config.endedSessions[0].expiresAt == world.clock.now() + 24h);
            // Only what was a session is told.
            QCOMPARE(world.ask(get("/cdn-cgi/access/logout", "cf-access-token: a.b.c\r\n")).status(), 200);
            QCOMPARE(world.ask(get("/cdn-cgi/access/logout")).status(), 200);
            QCOMPARE(world.sink.ended().size(), std::size_t(1));
        }
        World forgetful(stateWithPeople(upstream.url()));
        QCOMPARE(forgetful.ask(get("/", cookie)).status(), 200);
        World next(stateWithPeople(upstream.url()), {}, 2, config);
        QCOMPARE(reasonOf(next.ask(get("/", cookie))), QStringLiteral("session_revoked"));
    }

    void aLogoutThatCannotBeWrittenSaysSo()
    {
        Upstream upstream;
        World world(stateWithPeople(upstream.url()));
        const std::string cookie = cookieOf(logIn(world, "ada%40example.com"));
        world.sink.keepsSessions = false;
        const Message failed = world.ask(get("/cdn-cgi/access/logout", cookie));
        QCOMPARE(failed.status(), 500);
        QCOMPARE(reasonOf(failed), QStringLiteral("logout_not_kept"));
        QCOMPARE(reasonOf(world.ask(get("/", cookie))), QStringLiteral("session_revoked"));   // ended all the same
        world.sink.keepsSessions = true;
        QCOMPARE(world.ask(get("/cdn-cgi/access/logout", cookie)).status(), 200);
        QCOMPARE(world.sink.ended().size(), std::size_t(2));
    }

    void theCookiesPath_data()
    {
        QTest::addColumn<QByteArray>("domain");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QByteArray>("asked");
        QTest::addColumn<QByteArray>("path");
        const auto row = [](const char* name, const char* domain, const char* second, const char* asked, const char* path) {
            QTest::newRow(name) << QByteArray(domain) << QByteArray(second) << QByteArray(asked) << QByteArray(path);
        };
        row("a host", "app.test", "", "/x", "/");
        row("a path", "app.test/admin", "", "/admin/x", "/admin");
        row("before the star", "app.test/users/*/keys", "", "/users/7/keys", "/users");
        row("before a star in a name", "app.test/a/*", "", "/a/b", "/a");
        row("as browsers write it", "app.test/caf\xC3\xA9", "", "/caf%C3%A9", "/caf%C3%A9");
        row("two hosts, one path", "app.test/admin", "b.test/admin", "/admin", "/admin");
        row("several paths", "app.test/admin", "app.test/other", "/admin", "/");
    }

    void theCookiesPath()
    {
        QFETCH(QByteArray, domain);
        QFETCH(QByteArray, second);
        QFETCH(QByteArray, asked);
        QFETCH(QByteArray, path);
        Upstream upstream;
        State state = legacyState(upstream.url());
        state.applications[1].domain = domain.toStdString();
        state.applications[1].options.pathCookie = true;
        if (!second.isEmpty())
            state.applications[1].options.destinations = {{second.toStdString(), {}}};
        World world(std::move(state));
        const Message answer = world.ask(get(asked.toStdString(), token(1).headers()));
        QCOMPARE(answer.status(), 200);
        QVERIFY2(answer.header("Set-Cookie").find("; Path=" + path.toStdString() + ";") != std::string::npos, answer.header("Set-Cookie").c_str());
    }

    void aCookieOfAPathEndsThere()
    {
        Upstream upstream;
        State state = legacyState(upstream.url());
        state.applications[1].domain = "app.test/admin";
        state.applications[1].options.pathCookie = true;
        World world(std::move(state));
        const std::string cookie = cookieOf(world.ask(get("/admin", token(1).headers())));
        QCOMPARE(world.ask(get("/admin", cookie)).status(), 200);
        // A browser sends it below that path only.
        const Message out = world.ask(get("/admin/cdn-cgi/access/logout", cookie));
        QCOMPARE(out.status(), 200);
        QCOMPARE(text(out.header("Set-Cookie")), QStringLiteral("CF_Authorization=; Path=/admin; Max-Age=0; HttpOnly"));
        QCOMPARE(reasonOf(world.ask(get("/admin", cookie))), QStringLiteral("session_revoked"));
        // For others that path is the application's own, like all below it.
        world.state.applications[1].options.pathCookie = false;
        world.publish();
        QCOMPARE(world.ask(get("/admin/cdn-cgi/access/logout")).status(), 401);
        QVERIFY(world.ask(get("/admin/cdn-cgi/access/logout", token(1).headers())).body.starts_with("GET /admin/cdn-cgi/access/logout"));
    }

    void anOwnPortIsOnePath()
    {
        Upstream upstream;
        World world(legacyState(upstream.url()));
        const std::uint16_t port = world.edge().openPort(std::nullopt).value();
        world.state.applications[1].domain = "app.test/admin";
        world.state.applications[1].options.pathCookie = true;
        world.state.applications[1].port = port;
        world.publish();
        const Message answer = world.ask(port, get("/", token(1).headers(), "localhost"));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.header("Set-Cookie").find("; Path=/;") != std::string::npos);
    }
};

LATCHKEY_TEST(TestLogins)

} // namespace tst_edge_logins

#include "tst_edge_logins.moc"
