// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"
#include "TestProgram.h"

#include <QTest>

namespace tst_edge_strangers {

using namespace edgeTesting;

/// What another machine may not do that this one may. (It is this machine under another of its addresses.)
class TestStrangers : public QObject {
    Q_OBJECT

private:
    static edge::EdgeConfig exposed()
    {
        edge::EdgeConfig config;
        config.host = "0.0.0.0";
        return config;
    }

private Q_SLOTS:
    void init()
    {
        if (outsideAddress().empty())
            QSKIP("This machine has no address but loopback.");
    }

    void choosesNoFault()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        state.faults[state.applications[1].id.value].byHeader = true;
        World world(std::move(state), {}, 2, exposed());
        const std::string request = get("/", token(1).headers() + "Latchkey-Fault: no_assertion\r\n");
        const Message local = world.ask(request);
        QCOMPARE(local.status(), 200);
        QCOMPARE(text(local.header("Latchkey-Fault")), QStringLiteral("no_assertion"));
        QVERIFY(local.body.find("Cf-Access-Jwt-Assertion") == std::string::npos);
        const Message stranger = world.ask(world.port(), request, outsideAddress());
        QCOMPARE(stranger.status(), 200);
        QVERIFY(!stranger.has("Latchkey-Fault"));
        QVERIFY(stranger.body.find("Cf-Access-Jwt-Assertion") != std::string::npos);
        QVERIFY(stranger.body.find("Latchkey-Fault") == std::string::npos);   // nor does it go on
        // What is no fault is none of a stranger's business, either.
        const std::string nonsense = get("/", token(1).headers() + "Latchkey-Fault: nonsense\r\n");
        QCOMPARE(world.ask(nonsense).status(), 400);
        QCOMPARE(world.ask(world.port(), nonsense, outsideAddress()).status(), 200);
    }

    void isNotToldWhy()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()), {}, 2, exposed());
        const Message stranger = world.ask(world.port(), get("/", token(2).headers()), outsideAddress());
        QCOMPARE(stranger.status(), 401);
        QVERIFY(!stranger.has("Latchkey-Reason"));
        QVERIFY(stranger.body.find("unknown_client_id") == std::string::npos);
    }
};

LATCHKEY_TEST(TestStrangers)

} // namespace tst_edge_strangers

#include "tst_edge_strangers.moc"
