// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"
#include "TestProgram.h"

#include <QTest>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <thread>

namespace tst_edge_publishing {

using namespace edgeTesting;

/// What a publication changes, and when.
class TestPublishing : public QObject {
    Q_OBJECT

private:
    static void remove(World& world, int number)
    {
        world.state.tokens.erase(number);
        world.state.cutOff = {token(number).entry.id};
    }

private Q_SLOTS:
    void aDeletedTokenIsRefusedOnAnOpenConnection()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        std::vector<Peer> peers;
        for (int i = 0; i < 8; ++i) {   // some on each worker
            peers.push_back(world.connect());
            peers.back().send(get("/", token(1).headers()));
            QCOMPARE(readMessage(peers.back()).status(), 200);
        }
        remove(world, 1);
        world.publish();
        for (Peer& peer : peers) {
            peer.send(get("/", token(1).headers()));
            const Message answer = readMessage(peer);
            QCOMPARE(answer.status(), 401);
            QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("unknown_client_id"));
        }
        world.state.add(token(1));
        world.publish();
        for (Peer& peer : peers) {
            peer.send(get("/", token(1).headers()));
            QCOMPARE(readMessage(peer).status(), 200);
        }
    }

    void anExpiredTokenThatIsRefreshedLivesAtOnce()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        state.tokens[1].expiresAt = 1;
        World world(std::move(state));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        QCOMPARE(text(readMessage(peer).header("Latchkey-Reason")), QStringLiteral("token_expired"));
        world.state.tokens[1].expiresAt = 0;
        world.state.tokens[1].revision += 1;
        world.publish();
        peer.send(get("/", token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 200);
    }

    void aRequestThatWaitsForItsUpstreamIsDecidedAgain()
    {
        // The connection cannot be completed while the listener's queue is full, so the request waits with its decision made.
        const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
        socklen_t length = sizeof address;
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
        ::listen(listener, 0);
        Peer first = Peer::connect(ntohs(address.sin_port));   // fills it

        World world(simpleState("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))), {}, 1);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        (void)world.ask(get("/", {}, "unknown.test"));   // the worker has been through its loop since
        remove(world, 1);
        world.publish();
        std::thread accepting([listener] {
            for (int accepted = ::accept(listener, nullptr, nullptr); accepted >= 0; accepted = ::accept(listener, nullptr, nullptr)) {
                Peer upstream(accepted);
                if (upstream.waitReadable(100))
                    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        const Message answer = readMessage(peer);
        ::shutdown(listener, SHUT_RDWR);
        accepting.join();
        ::close(listener);
        QCOMPARE(answer.status(), 401);
    }

    void streamsOfADeletedTokenAreCut()
    {
        Upstream upstream([](Peer& peer) {
            (void)readMessage(peer);
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
            (void)peer.receiveAll();
        });
        State state = simpleState(upstream.url());
        state.add(token(2));
        state.applications[1].policies[0].include.push_back(access::ServiceTokenRule{{uuid(2)}});
        edge::Timings timings;
        timings.cutOff = 100ms;
        World world(std::move(state), timings);
        Peer cut = world.connect();
        cut.send(get("/", token(1).headers()));
        (void)cut.receiveUntil("data: 1\n\n");
        Peer other = world.connect();
        other.send(get("/", token(2).headers()));
        (void)other.receiveUntil("data: 1\n\n");
        remove(world, 1);
        world.publish();
        QVERIFY(cut.isEnded());
        QVERIFY(!other.waitReadable(300));   // another token's stream goes on
    }

    void tunnelsOfADeletedTokenAreCut()
    {
        Upstream upstream([](Peer& peer) {
            (void)readMessage(peer);
            peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            (void)peer.receiveAll();
        });
        edge::Timings timings;
        timings.cutOff = 100ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send(get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + token(1).headers()));
        QCOMPARE(readMessage(peer).status(), 101);
        remove(world, 1);
        world.publish();
        QVERIFY(peer.isEnded());
    }

    void aRequestThatIsStillUnansweredIsRefused()
    {
        std::promise<void> asked;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            asked.set_value();
            (void)peer.receiveAll();
        });
        edge::Timings timings;
        timings.cutOff = 100ms;
        World world(simpleState(upstream.url()), timings);
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        asked.get_future().wait();
        remove(world, 1);
        world.publish();
        const Message answer = readMessage(peer);
        QCOMPARE(answer.status(), 401);
        QCOMPARE(text(answer.header("Latchkey-Reason")), QStringLiteral("unknown_client_id"));
    }

    void oldSnapshotsAreDestroyedOnTheControlThread()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        std::thread::id destroyedOn;
        std::promise<void> adopted;
        auto snapshot = std::make_shared<edge::Snapshot>(*world.state.snapshot(world.clock));
        const std::shared_ptr<const edge::Snapshot> watched(snapshot.get(), [&destroyedOn, snapshot](const edge::Snapshot*) {
            destroyedOn = std::this_thread::get_id();
        });
        std::weak_ptr<const edge::Snapshot> weak = watched;
        world.edge().publish(watched, [&adopted] { adopted.set_value(); });
        adopted.get_future().wait();
        const_cast<std::shared_ptr<const edge::Snapshot>&>(watched).reset();
        QVERIFY(!weak.expired());
        world.publish();
        QVERIFY(!weak.expired() || destroyedOn == std::this_thread::get_id());
        world.publish();
        QVERIFY(weak.expired());
        QVERIFY(destroyedOn == std::this_thread::get_id());
    }

    void publicationsRaceWithRequests()
    {
        Upstream upstream;
        State state = simpleState(upstream.url());
        World world(std::move(state), {}, 3);
        constexpr int clients = 4;
        constexpr int requests = 500;
        std::atomic<int> wrong = 0;
        std::atomic<int> served = 0;
        std::vector<std::thread> threads;
        for (int c = 0; c < clients; ++c) {
            threads.emplace_back([&, c] {
                Peer peer = world.connect();
                for (int i = 0; i < requests; ++i) {
                    const std::string path = "/" + std::to_string(c) + "-" + std::to_string(i);
                    const bool post = i % 3 == 0;
                    peer.send(post ? "POST " + path + " HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n" + token(1).headers() + "\r\nhello"
                                   : get(path, token(1).headers()));
                    const Message answer = readMessage(peer);
                    if (answer.status() != 200 || answer.body.find(" " + path + " ") == std::string::npos)
                        ++wrong;
                    else
                        ++served;
                }
            });
        }
        for (int i = 0; i < 100; ++i) {
            if (i % 10 == 0)
                world.state.applications[1].sessionEpoch += 1;
            world.publish();
        }
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(served.load(), clients * requests);
        world.stop();
        QCOMPARE(world.sink.allowed(), std::uint64_t(clients * requests));
        QCOMPARE(std::uint64_t(world.sink.events().size()) + world.sink.lost(), std::uint64_t(clients * requests));
    }

    void noRequestAfterTheAcknowledgementGetsThrough()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()), {}, 3);
        // Counts up: let in, being deleted, deleted, being let in again, … While it does not change around a request, and
        // nothing is under way, the answer is certain.
        std::atomic<unsigned> phase = 0;
        std::atomic<bool> done = false;
        std::atomic<int> wrong = 0;
        std::atomic<int> certain = 0;
        std::vector<std::thread> threads;
        for (int c = 0; c < 3; ++c) {
            threads.emplace_back([&] {
                Peer peer = world.connect();
                while (!done) {
                    const unsigned before = phase;
                    peer.send(get("/", token(1).headers()));
                    const Message answer = readMessage(peer);
                    if (before != phase || before % 2 == 1)
                        continue;
                    ++certain;
                    if (answer.status() != (before % 4 == 0 ? 200 : 401))
                        ++wrong;
                }
            });
        }
        const auto holdForAWhile = [&] {
            const int wanted = certain + 10;
            QTRY_VERIFY_WITH_TIMEOUT(certain >= wanted, patience);
        };
        for (int i = 0; i < 30; ++i) {
            holdForAWhile();
            ++phase;
            world.state.tokens.erase(1);
            world.publish();
            ++phase;
            holdForAWhile();
            ++phase;
            world.state.add(token(1));
            world.publish();
            ++phase;
        }
        done = true;
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        QVERIFY(certain >= 600);
    }

    void stoppingLetsRequestsFinish()
    {
        std::promise<void> asked;
        std::promise<void> goOn;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            asked.set_value();
            goOn.get_future().wait();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        World world(simpleState(upstream.url()));
        Peer idle = world.connect();
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        asked.get_future().wait();
        std::thread stopping([&] { world.stop(20s); });
        QVERIFY(idle.isEnded());
        goOn.set_value();
        const Message answer = readMessage(peer);
        QCOMPARE(text(answer.body), QStringLiteral("ok"));
        QCOMPARE(text(answer.header("Connection")), QStringLiteral("close"));
        stopping.join();
        QCOMPARE(world.sink.allowed(), std::uint64_t{1});   // events are delivered before the end
    }

    void stoppingWithoutGraceEndsEverything()
    {
        std::promise<void> asked;
        Upstream upstream([&](Peer& peer) {
            (void)readMessage(peer);
            asked.set_value();
            (void)peer.receiveAll();
        });
        World world(simpleState(upstream.url()));
        Peer peer = world.connect();
        peer.send(get("/", token(1).headers()));
        asked.get_future().wait();
        world.stop(0ms);
        QVERIFY(peer.isEnded());
    }
};

LATCHKEY_TEST(TestPublishing)

} // namespace tst_edge_publishing

#include "tst_edge_publishing.moc"
