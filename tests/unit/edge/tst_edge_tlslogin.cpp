// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginTesting.h"
#include "TlsTesting.h"
#include "TestProgram.h"

#include <QTest>

#include <csignal>

namespace tst_edge_tlslogin {

using namespace edgeTesting;

/// A login with TLS: it leads over the team's host, and back with a ticket.
class TestTlsLogin : public QObject {
    Q_OBJECT

private:
    inline static const std::string team = "local.cloudflareaccess.com";

    static Message ask(const TlsWorld& tls, const std::string& request, const std::string& host = "app.test")
    {
        TlsPeer peer = tls.connect({.serverName = host, .protocols = {}});
        std::string closing = request;
        closing.insert(closing.find("\r\n") + 2, "Connection: close\r\n");
        peer.send(closing);
        const std::string answer = peer.receiveAll();
        Message message;
        const std::size_t end = answer.find("\r\n\r\n");
        message.head = answer.substr(0, end == std::string::npos ? 0 : end + 4);
        message.body = answer.substr(message.head.size());
        message.complete = true;
        return message;
    }

    struct Ticket {
        std::string path;     ///< At app.test.
        std::string cookie;   ///< Of the browser it is for.
    };
    /// Up to the way back.
    static Ticket ticket(const TlsWorld& tls)
    {
        const Message sent = ask(tls, get("/private?a=1"));
        const std::string cookie = sent.header("Set-Cookie");
        const std::string location = sent.header("Location");
        if (!location.starts_with("https://" + team + "/"))
            return {};
        const LoginPage page = readLoginPage(ask(tls, get(location.substr(8 + team.size()), {}, team), team), "ada%40example.com");
        const Message landed = ask(tls, post(page.action, page.cookie, team), team);
        const std::string back = landed.header("Location");
        if (landed.status() != 303 || !back.starts_with("https://app.test/cdn-cgi/access/authorized?code=") || !cookieOf(landed).empty())
            return {};
        return {back.substr(16), "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n"};
    }

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }

    void theRedirectLeadsToTheTeamsHost()
    {
        Upstream upstream;
        const TlsWorld tls(stateWithPeople(upstream.url()));
        const Message sent = ask(tls, get("/private?a=1"));
        QCOMPARE(sent.status(), 302);
        const std::string expected = "https://" + team + "/cdn-cgi/access/login/app.test?kid=" + std::string(64, '1')
                                     + "&redirect_url=%2Fprivate%3Fa%3D1&state=";
        QVERIFY2(sent.header("Location").starts_with(expected), sent.header("Location").c_str());
        QCOMPARE(sent.header("Location").size(), expected.size() + 64);
        const std::string cookie = sent.header("Set-Cookie");
        QVERIFY(cookie.starts_with("CF_Latchkey_Return=") && cookie.find("; HttpOnly; SameSite=Lax; Secure") != std::string::npos);
        // The next redirect of this browser is for the same nonce, so that two tabs can log in.
        const Message again = ask(tls, get("/other", "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n"));
        QCOMPARE(text(again.header("Set-Cookie")), text(cookie));
        // Without TLS there is no way to the team's host.
        QVERIFY(tls.world.ask(get("/private")).header("Location").starts_with("http://app.test/cdn-cgi/access/login/"));
    }

    void somebodyLogsIn()
    {
        Upstream upstream;
        const TlsWorld tls(stateWithPeople(upstream.url()));
        const Ticket found = ticket(tls);
        QVERIFY(!found.path.empty());
        // HEAD uses nothing up.
        const Message head = ask(tls, "HEAD" + get(found.path, found.cookie).substr(3));
        QCOMPARE(head.status(), 405);
        QCOMPARE(text(head.header("Allow")), QStringLiteral("GET"));
        const Message in = ask(tls, get(found.path, found.cookie));
        QCOMPARE(in.status(), 302);
        QCOMPARE(text(in.header("Location")), QStringLiteral("/private?a=1"));
        QVERIFY(in.header("Set-Cookie").find("; Secure") != std::string::npos);
        QCOMPARE(ask(tls, get("/private", cookieOf(in))).status(), 200);
        QCOMPARE(ask(tls, get(found.path, found.cookie)).status(), 400);   // once
    }

    void aTicketIsNobodyElses_data()
    {
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("no browser that was sent away") << QByteArray() << QByteArray("app.test");
        QTest::newRow("another one") << QByteArray("Cookie: CF_Latchkey_Return=00000000000000000000000000000000\r\n") << QByteArray("app.test");
        QTest::newRow("another host") << QByteArray("own") << QByteArray("localhost");
    }

    void aTicketIsNobodyElses()
    {
        QFETCH(QByteArray, cookie);
        QFETCH(QByteArray, host);
        Upstream upstream;
        const TlsWorld tls(stateWithPeople(upstream.url()));
        const Ticket found = ticket(tls);
        QVERIFY(!found.path.empty());
        const std::string sent = cookie == "own" ? found.cookie : cookie.toStdString();
        QCOMPARE(ask(tls, get(found.path, sent, host.toStdString()), host.toStdString()).status(), 400);
        QCOMPARE(ask(tls, get(found.path, found.cookie)).status(), 400);   // and it is gone
    }
};

LATCHKEY_TEST(TestTlsLogin)

} // namespace tst_edge_tlslogin

#include "tst_edge_tlslogin.moc"
