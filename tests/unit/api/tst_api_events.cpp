// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/api/EventHub.h"
#include "agent/api/RateLimiter.h"

#include "TestProgram.h"

#include <QtTest>

namespace tst_api_events {

using namespace latchkey;
using namespace latchkey::api;
using namespace std::chrono_literals;
using Kind = control::AgentEvent::Kind;

namespace {

constexpr std::chrono::sys_seconds now{1'800'000'000s};

control::AgentEvent created(std::string name)
{
    return {.kind = Kind::token, .action = "created", .id = "id", .name = std::move(name)};
}

} // namespace

class TestApiEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEventHasTheFormOfTheStandard()
    {
        EventHub hub;
        hub.tell(created("before"), now);   // nobody heard it
        const auto stream = hub.listen();
        QCOMPARE(stream->take(), std::string("retry: 2000\n\n"));
        hub.tell(created("line\nbreak"), now);
        QCOMPARE(stream->take(), std::string("id: 2\nevent: token\ndata: {\"action\":\"created\",\"at\":\"2027-01-15T08:00:00Z\",\"id\":\"id\","
                                             "\"name\":\"line\\nbreak\"}\n\n"));
    }

    void whoReadsTooSlowlyIsToldHowMuchWasLost()
    {
        EventHub hub;
        const auto slow = hub.listen();
        const auto quick = hub.listen();
        const std::string name(1000, 'n');
        int told = 0;
        for (; told < 1000; ++told) {
            hub.tell(created(name), now);
            static_cast<void>(quick->take());
        }
        const auto kept = slow->take();
        QVERIFY(kept.size() <= EventHub::roomPerListener);
        const auto events = static_cast<int>(QByteArray::fromStdString(kept).count("event: token"));
        QVERIFY(events > 0 && events < told);
        QVERIFY(kept.find("event: lost") == std::string::npos);

        hub.tell(created("after"), now);
        const auto after = QByteArray::fromStdString(slow->take());
        QVERIFY2(after.startsWith("event: lost\ndata: {\"count\":" + QByteArray::number(told - events) + "}\n\nid: "), after.constData());
        QVERIFY(after.contains("after"));
        QVERIFY(!QByteArray::fromStdString(quick->take()).contains("event: lost"));
        hub.tell(created("again"), now);
        QVERIFY(!QByteArray::fromStdString(slow->take()).contains("event: lost"));
    }

    void whoHasGoneIsForgottenAndListenersAreBounded()
    {
        EventHub hub;
        std::vector<std::shared_ptr<http::BodyStream>> streams;
        for (std::size_t i = 0; i < EventHub::mostListeners; ++i)
            streams.push_back(hub.listen());
        QVERIFY(streams.back());
        QVERIFY(!hub.listen());
        streams.pop_back();
        QCOMPARE(hub.listeners(), EventHub::mostListeners - 1);
        QVERIFY(hub.listen());
    }

    void endingClosesEveryStream()
    {
        std::shared_ptr<http::BodyStream> stream;
        int woken = 0;
        {
            EventHub hub;
            stream = hub.listen();
            stream->setWaker([&] { ++woken; });
        }
        QCOMPARE(woken, 1);
        QVERIFY(!stream->isEnded());   // what was written is still to be sent
        static_cast<void>(stream->take());
        QVERIFY(stream->isEnded());
        QVERIFY(!stream->write("more"));
    }

    void theRateLimitCountsInWindowsOfFiveMinutes()
    {
        RateLimiter limiter;
        for (int i = 0; i < 100; ++i)
            QVERIFY(!limiter.refuse(0, now));   // off
        RateLimiter other;
        QVERIFY(!other.refuse(2, now));
        QVERIFY(!other.refuse(2, now + 10s));
        QVERIFY(other.refuse(2, now + 20s) == 280s);
        QVERIFY(other.refuse(2, now + 299s) == 1s);
        QVERIFY(!other.refuse(2, now + 300s));
        QVERIFY(!other.refuse(2, now - 1h));    // the clock was set back: a new window, not an hour's wait
        QVERIFY(!other.refuse(2, now - 1h));
        QVERIFY(other.refuse(2, now - 1h) == 300s);
    }
};

LATCHKEY_TEST(TestApiEvents)

} // namespace tst_api_events

#include "tst_api_events.moc"
