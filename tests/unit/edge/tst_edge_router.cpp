// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/edge/Router.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_router {

using namespace edgeTesting;

/// Which application a host and a path belong to.
class TestRouter : public QObject {
    Q_OBJECT

private:
    static State applications()
    {
        State state;
        const auto add = [&state](int number, std::string domain) {
            state.add(number, application(number, std::move(domain), "http://127.0.0.1:1", {}));
        };
        add(1, "app.test");
        add(2, "app.test/admin");
        add(3, "app.test/admin/reports/");
        add(4, "*.wild.test");
        add(5, "named.wild.test");
        add(6, "app.test/users/*/keys");
        add(7, "paths.test/only/here");
        add(8, "a.*.deep.test");
        add(9, "app.test/users/me/keys");
        add(10, "app.test/@admin");
        add(11, "app.test/caf\xC3\xA9");
        add(12, "app.test/th%c3%a9");
        add(13, "app.test/st%2Ar");
        add(14, "stars.test/%2A/here");
        state.applications[1].port = 8410;
        return state;
    }

private Q_SLOTS:
    void find_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("expected");   // 0: none, -1: ambiguous

        QTest::newRow("a host alone is every path") << QByteArray("app.test") << QByteArray("/anything") << 1;
        QTest::newRow("capitals do not matter in a host") << QByteArray("APP.Test") << QByteArray("/") << 1;
        QTest::newRow("a port does not matter") << QByteArray("app.test:8400") << QByteArray("/") << 1;
        QTest::newRow("nor does the root's dot") << QByteArray("app.test.") << QByteArray("/") << 1;
        QTest::newRow("the longer path wins") << QByteArray("app.test") << QByteArray("/admin/x") << 2;
        QTest::newRow("also without anything behind it") << QByteArray("app.test") << QByteArray("/admin") << 2;
        QTest::newRow("also with a slash behind it") << QByteArray("app.test") << QByteArray("/admin/") << 2;
        QTest::newRow("a path ends at a segment's border") << QByteArray("app.test") << QByteArray("/administrator") << 1;
        QTest::newRow("capitals do matter in a path") << QByteArray("app.test") << QByteArray("/Admin") << 1;
        QTest::newRow("a slash at a domain's end is none") << QByteArray("app.test") << QByteArray("/admin/reports") << 3;
        QTest::newRow("a star is one label") << QByteArray("x.wild.test") << QByteArray("/") << 4;
        QTest::newRow("and not two") << QByteArray("x.y.wild.test") << QByteArray("/") << 0;
        QTest::newRow("and not none") << QByteArray("wild.test") << QByteArray("/") << 0;
        QTest::newRow("a name wins over a star") << QByteArray("named.wild.test") << QByteArray("/") << 5;
        QTest::newRow("a star in the middle") << QByteArray("a.b.deep.test") << QByteArray("/") << 8;
        QTest::newRow("a star is one segment") << QByteArray("app.test") << QByteArray("/users/7/keys/1") << 6;
        QTest::newRow("and not two segments") << QByteArray("app.test") << QByteArray("/users/7/8/keys") << 1;
        QTest::newRow("a named segment wins over a star") << QByteArray("app.test") << QByteArray("/users/me/keys") << 9;
        QTest::newRow("a path alone is not its host") << QByteArray("paths.test") << QByteArray("/only") << 0;
        QTest::newRow("and below it is") << QByteArray("paths.test") << QByteArray("/only/here/x") << 7;
        QTest::newRow("an unknown host is none") << QByteArray("other.test") << QByteArray("/") << 0;
        QTest::newRow("an empty host is none") << QByteArray() << QByteArray("/") << 0;
        QTest::newRow("an address is a host like others") << QByteArray("[::1]:8400") << QByteArray("/") << 0;
        // What a service decodes is decoded here, too: or an escape would lead past the application's policies.
        QTest::newRow("an escape is what it stands for") << QByteArray("app.test") << QByteArray("/%40admin") << 10;
        QTest::newRow("with something below it") << QByteArray("app.test") << QByteArray("/%40admin/x") << 10;
        QTest::newRow("and without") << QByteArray("app.test") << QByteArray("/@admin") << 10;
        QTest::newRow("an escape is not more") << QByteArray("app.test") << QByteArray("/%40adminx") << 1;
        QTest::newRow("nor less") << QByteArray("app.test") << QByteArray("/%40admi") << 1;
        QTest::newRow("a path that was set in UTF-8") << QByteArray("app.test") << QByteArray("/caf%C3%A9/x") << 11;
        QTest::newRow("a path that was set in small escapes") << QByteArray("app.test") << QByteArray("/th%C3%A9") << 12;
        QTest::newRow("an escaped star is a star") << QByteArray("app.test") << QByteArray("/st*r") << 13;
        QTest::newRow("and no other") << QByteArray("app.test") << QByteArray("/star") << 1;
        QTest::newRow("an escaped star alone is no wildcard") << QByteArray("stars.test") << QByteArray("/x/here") << 0;
        QTest::newRow("but a star") << QByteArray("stars.test") << QByteArray("/*/here") << 14;
        QTest::newRow("an escape with parameters") << QByteArray("app.test") << QByteArray("/%40admin;x=1") << -1;
        QTest::newRow("escaped parameters") << QByteArray("app.test") << QByteArray("/admin%3Bx=1/y") << -1;
        QTest::newRow("parameters that change the application") << QByteArray("app.test") << QByteArray("/admin;x=1/y") << -1;
        QTest::newRow("parameters that change nothing") << QByteArray("app.test") << QByteArray("/other;x=1") << 1;
        QTest::newRow("parameters further down") << QByteArray("app.test") << QByteArray("/admin/y;x=1") << 2;
    }

    void find()
    {
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, path);
        QFETCH(int, expected);
        const TestClock clock;
        State state = applications();
        const auto snapshot = state.snapshot(clock);
        const edge::Router router(*snapshot, nullptr, clock.now());
        const auto match = router.byHostAndPath(host.toStdString(), path.toStdString());
        QCOMPARE(match.ambiguous, expected == -1);
        if (expected >= 0) {
            QCOMPARE(match.route != nullptr, expected != 0);
            if (match.route != nullptr)
                QCOMPARE(text(match.route->application->id().value), text(uuid(100 + expected)));
        }
    }

    void hostsAreKnown()
    {
        const TestClock clock;
        State state = applications();
        const auto snapshot = state.snapshot(clock);
        const edge::Router router(*snapshot, nullptr, clock.now());
        const edge::Route* const wild = router.byHostAndPath("x.wild.test", "/").route;
        QVERIFY(router.hasHost("APP.test:8400"));
        QVERIFY(router.hasHost("x.wild.test"));
        QVERIFY(!router.hasHost("wild.test") && !router.hasHost("evil.example") && !router.hasHost(""));
        QVERIFY(router.hasHost("x.wild.test", wild));
        QVERIFY(router.hasHost("named.wild.test", wild));   // its wildcard, too, though another application is nearer
        QVERIFY(!router.hasHost("app.test", wild));
    }

    void aPublicationKnowsWhatItEnds()
    {
        const TestClock clock;
        State state = applications();
        state.organization.testIdentities = {{"Ada@example.com", "", {}, ""}, {"bob@example.com", "", {}, ""}};
        const auto before = state.snapshot(clock);
        const edge::Router first(*before, nullptr, clock.now());
        QVERIFY(first.lost().isEmpty());
        QVERIFY(first.identity("ADA@example.com") != nullptr && first.identity("eve@example.com") == nullptr);
        QVERIFY(first.identity(std::string(1000, 'a')) == nullptr);
        state.applications.erase(2);
        state.applications[3].sessionEpoch = 1;
        state.applications[3].sessionsRevokedAt = clock.now();
        state.organization.testIdentities.erase(state.organization.testIdentities.begin());
        const auto after = state.snapshot(clock);
        const edge::Router second(*after, &first, clock.now());
        QCOMPARE(second.lost().applications, std::vector{uuid(102)});
        QCOMPARE(second.lost().sessions, std::vector{uuid(103)});
        QCOMPARE(second.lost().identities, std::vector<std::string>{"ada@example.com"});
        const auto same = state.snapshot(clock);
        QVERIFY(edge::Router(*same, &second, clock.now()).lost().isEmpty());
    }

    void aPortIsItsApplication()
    {
        const TestClock clock;
        State state = applications();
        const auto snapshot = state.snapshot(clock);
        const edge::Router router(*snapshot, nullptr, clock.now());
        QVERIFY(router.byPort(8410) != nullptr);
        QCOMPARE(text(router.byPort(8410)->application->id().value), text(uuid(101)));
        QVERIFY(router.byPort(8411) == nullptr);
    }

    void anUpstreamThatCannotBeUsedSaysWhy()
    {
        const TestClock clock;
        State state;
        state.add(1, application(1, "a.test", "https://127.0.0.1:1", {}));
        state.add(2, application(2, "b.test", "", {}));
        const auto snapshot = state.snapshot(clock);
        const edge::Router router(*snapshot, nullptr, clock.now());
        const auto* secure = router.byHostAndPath("a.test", "/").route;
        QVERIFY(!secure->upstream);
        QVERIFY(secure->upstreamProblem.find("https") != std::string::npos);
        QVERIFY(!router.byHostAndPath("b.test", "/").route->upstream);
    }

    void theContextOfJwtsStaysAsLongAsNothingChanges()
    {
        TestClock clock;
        State state = applications();
        const auto first = state.snapshot(clock);
        const edge::Router before(*first, nullptr, clock.now());
        const auto second = state.snapshot(clock);
        const edge::Router same(*second, &before, clock.now());
        QCOMPARE(same.byPort(8410)->assertions.get(), before.byPort(8410)->assertions.get());

        state.applications[1].sessionEpoch = 1;
        const auto third = state.snapshot(clock);
        const edge::Router revoked(*third, &same, clock.now());
        QVERIFY(revoked.byPort(8410)->assertions != before.byPort(8410)->assertions);
        QCOMPARE(revoked.byPort(8410)->assertions->notBefore, clock.now() + 1s);

        state.applications[1].sessionEpoch = 2;   // twice within a second
        const auto fourth = state.snapshot(clock);
        const edge::Router again(*fourth, &revoked, clock.now());
        QCOMPARE(again.byPort(8410)->assertions->notBefore, clock.now() + 2s);
    }
};

LATCHKEY_TEST(TestRouter)

} // namespace tst_edge_router

#include "tst_edge_router.moc"
