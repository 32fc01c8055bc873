// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginTesting.h"
#include "TestProgram.h"

#include <QTest>

#include <future>

namespace tst_edge_streams {

using namespace edgeTesting;

/// What is open when somebody loses access: it ends within a second, and nobody else's does.
class TestStreams : public QObject {
    Q_OBJECT

private:
    static edge::Timings quick()
    {
        edge::Timings timings;
        timings.cutOff = 100ms;
        return timings;
    }
    static Peer open(const World& world, const std::string& headers, std::string_view host = "app.test")
    {
        Peer peer = world.connect();
        peer.send(get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + headers, host));
        const Message answer = readMessage(peer);
        if (answer.status() != 101)
            qWarning("The upgrade was answered with %d.", answer.status());
        return peer;
    }
    static bool lives(Peer& peer)
    {
        return peer.send("ping") && peer.receiveExactly(4) == "ping";
    }
    static State twoPeople(const std::string& upstream)
    {
        State state = stateWithPeople(upstream);
        state.applications[1].policies[1].include.push_back(access::EmailRule{"bob@example.com"});
        state.add(2, application(2, "open.test", upstream, {everyonePasses()}));
        return state;
    }

private Q_SLOTS:
    void ofAPersonWhoIsRemoved()
    {
        Upstream upstream(Upstream::echoUpgraded);
        World world(twoPeople(upstream.url()), quick());
        Peer ada = open(world, cookieOf(logIn(world, "ada%40example.com")));
        Peer bob = open(world, cookieOf(logIn(world, "bob%40example.com")));
        Peer service = open(world, token(1).headers());
        std::erase_if(world.state.organization.testIdentities, [](const auto& each) { return each.email == "ada@example.com"; });
        world.publish();
        QVERIFY(ada.waitReadable(1000) && ada.isEnded());
        QVERIFY(lives(bob) && lives(service));
    }

    void ofASessionThatIsLoggedOut()
    {
        Upstream upstream(Upstream::echoUpgraded);
        World world(twoPeople(upstream.url()), quick(), 3);
        const std::string cookie = cookieOf(logIn(world, "ada%40example.com"));
        world.clock.advance(1s);   // another JWT
        const std::string other = cookieOf(logIn(world, "ada%40example.com"));
        std::vector<Peer> ended;   // on every worker
        for (int i = 0; i < 12; ++i)
            ended.push_back(open(world, cookie));
        Peer stays = open(world, other);
        QCOMPARE(world.ask(get("/cdn-cgi/access/logout", cookie)).status(), 200);
        for (Peer& peer : ended)
            QVERIFY(peer.waitReadable(1000) && peer.isEnded());
        QVERIFY(lives(stays));
    }

    void whenTokensAreRevoked()
    {
        Upstream upstream(Upstream::echoUpgraded);
        State state = twoPeople(upstream.url());
        state.add(3, application(3, "third.test", upstream.url(), {serviceAuth(token(1))}));
        World world(std::move(state), quick());
        Peer ada = open(world, cookieOf(logIn(world, "ada%40example.com")));
        Peer service = open(world, token(1).headers());
        Peer elsewhere = open(world, token(1).headers(), "third.test");
        Peer anybody = open(world, {}, "open.test");
        world.state.applications[1].sessionsRevokedAt = world.clock.now();
        world.state.applications[1].sessionEpoch = 1;
        world.publish();
        Peer next = open(world, token(1).headers());   // with a JWT of its own
        QVERIFY(ada.waitReadable(1000) && ada.isEnded());
        QVERIFY(service.waitReadable(1000) && service.isEnded());
        QVERIFY(lives(elsewhere) && lives(anybody) && lives(next));
    }

    void ofAnApplicationThatIsDeleted()
    {
        Upstream upstream(Upstream::echoUpgraded);
        World world(twoPeople(upstream.url()), quick());
        Peer anybody = open(world, {}, "open.test");
        Peer service = open(world, token(1).headers());
        world.state.applications.erase(2);
        world.publish();
        QVERIFY(anybody.waitReadable(1000) && anybody.isEnded());
        QVERIFY(lives(service));
    }

    void whoWasNotAnsweredIsToldWhy_data()
    {
        QTest::addColumn<bool>("deleted");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("the session's token is gone") << true << QByteArray("session_revoked");
        QTest::newRow("it is disabled") << false << QByteArray("token_disabled");
    }

    void whoWasNotAnsweredIsToldWhy()
    {
        QFETCH(bool, deleted);
        QFETCH(QByteArray, reason);
        std::promise<void> asked;
        Upstream upstream([&asked](Peer& peer) {
            for (int i = 0;; ++i) {
                if (!readMessage(peer).complete)
                    return;
                if (i == 1)
                    return asked.set_value(), void(peer.receiveAll());   // never answers
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        World world(legacyState(upstream.url()), quick(), 1);
        const std::string cookie = cookieOf(world.ask(get("/", token(1).headers())));
        Peer peer = world.connect();
        peer.send(get("/", cookie));
        asked.get_future().wait();
        if (deleted)
            world.state.tokens.erase(1);
        else
            world.state.tokens[1].enabled = false;
        world.state.cutOff = {token(1).entry.id};
        world.publish();
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 401);
        QCOMPARE(QByteArray::fromStdString(answer.header("Latchkey-Reason")), reason);
    }
};

LATCHKEY_TEST(TestStreams)

} // namespace tst_edge_streams

#include "tst_edge_streams.moc"
