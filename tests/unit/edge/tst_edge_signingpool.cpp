// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/edge/SigningPool.h"

#include "TestProgram.h"

#include <QTest>

#include <future>
#include <new>

namespace tst_edge_signingpool {

using namespace latchkey;
using edge::SigningPool;

class TestSigningPool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Out of memory in one piece of work ends that piece, not the process, and not the thread.
    void goesOnAfterWhatThrows()
    {
        SigningPool pool(1);
        std::promise<std::thread::id> before;
        std::promise<std::thread::id> after;
        pool.run([&before] { before.set_value(std::this_thread::get_id()); });
        pool.run([] { throw std::bad_alloc(); });
        pool.run([&after] { after.set_value(std::this_thread::get_id()); });
        auto done = after.get_future();
        QCOMPARE(done.wait_for(std::chrono::seconds(20)), std::future_status::ready);
        QVERIFY(before.get_future().get() == done.get());
    }

    void dropsWhatWasNotBegun()
    {
        std::promise<void> begun;
        std::promise<void> go;
        bool ran = false;
        std::thread releaser;
        {
            SigningPool pool(1);
            pool.run([&begun, gate = go.get_future()]() mutable {
                begun.set_value();
                gate.wait();
            });
            pool.run([&ran] { ran = true; });
            begun.get_future().wait();
            // The pool is told to stop while its thread is busy; what waits behind must not run any more.
            releaser = std::thread([&go] {
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
                go.set_value();
            });
        }
        releaser.join();
        QVERIFY(!ran);
    }
};

LATCHKEY_TEST(TestSigningPool)

} // namespace tst_edge_signingpool

#include "tst_edge_signingpool.moc"
