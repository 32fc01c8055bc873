// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/http/UpstreamPool.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_upstreampool {

using namespace latchkey::http;

class TestUpstreamPool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { m_pool.forgetPlaces(); }   // they were of the test that has ended

    void equalAddressesHaveOneOrigin()
    {
        const UpstreamAddress here{"service.test", 80};
        const UpstreamAddress there = here;
        const UpstreamAddress other{"service.test", 81};
        Origin& origin = m_pool.origin(here);
        QCOMPARE(&m_pool.origin(there), &origin);
        QCOMPARE(&m_pool.originAt(here), &origin);
        QCOMPARE(&m_pool.originAt(there), &origin);
        QVERIFY(&m_pool.originAt(other) != &origin);
        QVERIFY(origin.address == here);
    }

    /// A route that goes makes room, at the same place, for one that leads elsewhere.
    void placesAreForgotten()
    {
        UpstreamAddress place{"old.test", 80};
        Origin& old = m_pool.originAt(place);
        QCOMPARE(&m_pool.originAt(place), &old);
        m_pool.forgetPlaces();
        place.host = "new.test";
        Origin& fresh = m_pool.originAt(place);
        QVERIFY(&fresh != &old);
        QVERIFY(fresh.address == place);
        m_pool.forgetPlaces();
        place.host = "old.test";
        QCOMPARE(&m_pool.originAt(place), &old);   // connections to it are kept
    }

private:
    boost::asio::io_context m_io{1};
    TimerWheel m_wheel{m_io};
    Resolver m_resolver;
    UpstreamPool m_pool{m_io, m_wheel, m_resolver, {std::chrono::seconds(1), std::chrono::seconds(1)}};
};

LATCHKEY_TEST(TestUpstreamPool)

} // namespace tst_upstreampool

#include "tst_upstreampool.moc"
