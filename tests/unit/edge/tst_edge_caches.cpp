// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/edge/Worker.h"
#include "agent/jose/Mint.h"

#include "TestProgram.h"

#include <QTest>

#include <cstring>

namespace tst_edge_caches {

using namespace edgeTesting;

/// What the workers remember, looked at from inside. (The one test here that includes the event loop.)
class TestCaches : public QObject {
    Q_OBJECT

private:
    struct Counter final : http::Waker {
        void wake() override
        {
            ++count;
            if (then)
                then();
        }
        int count = 0;
        std::function<void()> then;
    };

    static base::Digest digest(std::uint8_t first, int number)
    {
        base::Digest made{};
        made[0] = first;
        std::memcpy(made.data() + 4, &number, sizeof number);
        return made;
    }
    static std::string jwt(const jose::SigningKey& key, const std::string& clientId, std::chrono::sys_seconds now)
    {
        return jose::mint(key, {.audience = std::string(64, '1'), .issuer = issuer, .commonName = clientId, .issuedAt = now,
                                .expiresAt = now + 1h, .extra = {}}).value();
    }
    static std::shared_ptr<const jose::JwkSet> keysOf(std::shared_ptr<const jose::SigningKey> key, std::chrono::sys_seconds now)
    {
        jose::KeyRing ring;
        ring.current = std::move(key);
        return std::make_shared<const jose::JwkSet>(jose::JwkSet::of(ring, now).value());
    }

    /// A cache of sessions, its loop, and one who asks.
    struct Sessions {
        explicit Sessions(std::size_t capacity) : cache(io, pool, capacity) { }

        edge::SessionCache::State ask(const std::string& text, const std::shared_ptr<const jose::JwkSet>& keys)
        {
            edge::Waiter waiter(counter);
            return cache.get(text, base::sha256(text), keys, waiter).state;
        }
        /// What is answered in the end.
        edge::SessionCache::State settle(const std::string& text, const std::shared_ptr<const jose::JwkSet>& keys)
        {
            while (ask(text, keys) == edge::SessionCache::State::verifying) {
                io.restart();
                io.run_for(10ms);
            }
            return ask(text, keys);
        }

        Counter counter;
        boost::asio::io_context io{1};
        edge::SigningPool pool{2};
        edge::SessionCache cache;
    };

private Q_SLOTS:
    void whoWaitsIsWokenOnce()
    {
        Counter first, second, third;
        edge::Waiter one(first), two(second);
        auto three = std::make_unique<edge::Waiter>(third);
        edge::WaitList list;
        list.join(one);
        list.join(two);
        list.join(*three);
        list.join(one);      // is in once
        two.leave();
        three.reset();       // and whoever goes waits no more
        first.then = [&] { list.join(one); };   // asks again at once, and waits for the next time
        list.wakeAll();
        QCOMPARE(first.count, 1);
        QCOMPARE(second.count + third.count, 0);
        first.then = nullptr;
        list.wakeAll();
        QCOMPARE(first.count, 2);
        list.wakeAll();
        QCOMPARE(first.count, 2);
    }

    void oneWhoIsWokenMayTakeAnotherAlong()
    {
        Counter first, second;
        edge::Waiter one(first);
        auto two = std::make_unique<edge::Waiter>(second);
        auto list = std::make_unique<edge::WaitList>();
        list->join(one);
        list->join(*two);
        first.then = [&] {
            two.reset();
            list.reset();
        };
        list->wakeAll();
        QCOMPARE(first.count, 1);
        QCOMPARE(second.count, 0);
    }

    void rubbishDrivesNoSessionOut()
    {
        const TestClock clock;
        const auto keys = keysOf(signingKey(), clock.now());
        const std::string good = jwt(*signingKey(), token(1).clientId, clock.now());
        Sessions sessions(4);
        QCOMPARE(sessions.settle(good, keys), edge::SessionCache::State::valid);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(sessions.settle("a." + std::to_string(i) + ".c", keys), edge::SessionCache::State::invalid);
        QCOMPARE(sessions.ask(good, keys), edge::SessionCache::State::valid);   // at once
        // What is not even of a JWT's shape is known without a look at any signature.
        for (const char* text : {"rubbish", "a.b", "a.b.c.d"})
            QCOMPARE(sessions.ask(text, keys), edge::SessionCache::State::invalid);
        // And the oldest goes when all are good.
        for (int i = 0; i < 5; ++i)
            QCOMPARE(sessions.settle(jwt(*signingKey(), token(2 + i).clientId, clock.now()), keys), edge::SessionCache::State::valid);
        QCOMPARE(sessions.ask(good, keys), edge::SessionCache::State::verifying);
    }

    void otherKeysAreAnotherLook()
    {
        const TestClock clock;
        const auto key = jose::SigningKey::generate(clock.now()).value();
        const auto before = keysOf(signingKey(), clock.now());
        const auto after = keysOf(key, clock.now());
        const std::string text = jwt(*key, token(1).clientId, clock.now());
        Sessions sessions(4);
        QCOMPARE(sessions.settle(text, before), edge::SessionCache::State::invalid);
        QCOMPARE(sessions.settle(text, after), edge::SessionCache::State::valid);
    }

    void theSessionThatWasEndedLastIsNeverForgotten()
    {
        const TestClock clock;
        const auto now = clock.now();
        edge::Logins logins;
        constexpr int most = int(edge::Logins::mostEnded / 16);
        for (int i = 0; i < most; ++i)
            QVERIFY(logins.end({digest(0, i), now + 1h + std::chrono::seconds(i)}, now));
        QVERIFY(!logins.end({digest(0, 5), now + 2h}, now));   // is known already
        QVERIFY(logins.end({digest(0, most), now + 1min}, now));
        QVERIFY(logins.isEnded(digest(0, most), now));
        QVERIFY(!logins.isEnded(digest(0, 0), now));           // would have expired soonest
        QVERIFY(logins.isEnded(digest(0, 1), now));
        QVERIFY(!logins.isEnded(digest(1, 1), now));
        QVERIFY(!logins.isEnded(digest(0, most), now + 1min)); // expired, so nobody asks
        QVERIFY(!logins.end({digest(2, 1), now}, now));
    }

    void aBufferThatIsUsedAgainHoldsNoSecret_data()
    {
        QTest::addColumn<bool>("looked");
        QTest::newRow("of a request that was refused") << true;
        QTest::newRow("of a head that never ended") << false;
    }

    void aBufferThatIsUsedAgainHoldsNoSecret()
    {
        QFETCH(bool, looked);
        TestClock clock;
        TestLog log;
        TestSink sink;
        edge::SigningPool pool(1);
        http::Resolver resolver;
        edge::Logins logins;
        State state;
        const edge::Generation generation(1, state.snapshot(clock), nullptr, 1, clock.now());
        edge::Worker worker({clock, log, sink, pool, resolver, {}, logins, {}}, generation);
        const std::string secret = token(1).secret;
        auto exchange = worker.takeExchange();
        const edge::Exchange* const same = exchange.get();
        std::ranges::copy(secret, exchange->in.space().begin());
        exchange->in.commit(secret.size());
        if (looked) {
            exchange->in.consume(secret.size());
            exchange->needsWiping = true;
        }
        worker.giveBack(std::move(exchange));
        exchange = worker.takeExchange();
        QCOMPARE(exchange.get(), same);
        const std::string_view all(exchange->in.space().data(), exchange->in.capacity());
        QVERIFY(all.find(secret) == std::string_view::npos);
    }
};

LATCHKEY_TEST(TestCaches)

} // namespace tst_edge_caches

#include "tst_edge_caches.moc"
