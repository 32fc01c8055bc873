// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AssertionCache.h"
#include "Connection.h"
#include "EventRing.h"
#include "Exchange.h"
#include "Generation.h"
#include "Logins.h"
#include "PendingText.h"
#include "Sessions.h"
#include "SigningPool.h"
#include "Timings.h"

#include "agent/base/Clock.h"
#include "agent/base/Log.h"
#include "agent/base/Sha256.h"
#include "agent/http/Resolver.h"
#include "agent/http/SpareDescriptor.h"
#include "agent/http/Stream.h"
#include "agent/http/TimerWheel.h"
#include "agent/http/UpstreamPool.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <thread>
#include <vector>

namespace latchkey::edge {

/// One thread of the data plane with an event loop and everything its connections need; shares nothing with its siblings.
/// What the control thread may call says so; all else belongs to the worker's thread.
class Worker {
public:
    /// What all workers use; outlives them. Thread-safe members only.
    struct Shared {
        const Clock& clock;
        Log& log;
        EventSink& events;
        SigningPool& signers;
        http::Resolver& resolver;
        Timings timings;
        Logins& logins;
        std::string accountId;
        bool exposeLogins = false;
        /// Has cutSession() done by every worker. On any worker's thread.
        std::function<void(const base::Digest&)> cutSessionEverywhere = {};
    };

    Worker(const Shared& shared, const Generation& first);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // On the control thread:
    void start(); ///< Starting twice is no error.
    [[nodiscard]] boost::asio::io_context& io() { return m_io; }
    /// Accepts on this listener. Connections go round among `receivers`, which outlive this worker's thread.
    void listen(http::Acceptor acceptor, bool ownPort, std::vector<Worker*> receivers);
    /// Serves a connection whose TLS has ended elsewhere. On any thread.
    void takeDecrypted(http::Socket socket, const boost::asio::ip::tcp::endpoint& peer, std::uint16_t port, ClientCertificate certificate);
    /// Stops listening on this port; `closed` is called on the worker's thread once it is free.
    void closePort(std::uint16_t port, std::move_only_function<void()> closed);
    void adopt(const Generation& next, std::move_only_function<void()> adopted);
    /// What this session has under way ends within a second. On any thread.
    void cutSession(const base::Digest& session);
    /// Ends when the last request under way has ended; abort() does not wait for them. join() after either.
    void stop(std::move_only_function<void()> ended);
    void abort();
    void join();

    // For connections:
    [[nodiscard]] const Generation& generation() const { return *m_generation; }
    [[nodiscard]] std::chrono::sys_seconds now() const { return m_shared.clock.now(); }
    /// The injected clock's time with the microseconds that have passed since its second began here.
    [[nodiscard]] std::chrono::sys_time<std::chrono::microseconds> eventTime(std::chrono::steady_clock::time_point steady);
    [[nodiscard]] base::Sha256& sha256() { return m_sha256; }
    [[nodiscard]] AssertionCache& assertions() { return m_assertions; }
    [[nodiscard]] EventRing& events() { return m_events; }
    [[nodiscard]] http::TimerWheel& wheel() { return m_wheel; }
    [[nodiscard]] http::UpstreamPool& upstreams() { return m_upstreams; }
    [[nodiscard]] const Timings& timings() const { return m_shared.timings; }
    [[nodiscard]] Log& log() { return m_shared.log; }
    [[nodiscard]] SessionCache& sessions() { return m_sessions; }
    [[nodiscard]] SigningPool& signers() { return m_shared.signers; }
    [[nodiscard]] Logins& logins() { return m_shared.logins; }
    [[nodiscard]] const std::string& accountId() const { return m_shared.accountId; }
    [[nodiscard]] bool exposeLogins() const { return m_shared.exposeLogins; }
    void cutSessionEverywhere(const base::Digest& session) { m_shared.cutSessionEverywhere(session); }
    /// Has it remembered that a session was ended; the text that comes is empty, or an error.
    [[nodiscard]] std::shared_ptr<PendingText> keepEnded(const EndedSession& ended, http::Waker& waiter);
    void nextRay(std::array<char, 16>& text);
    [[nodiscard]] std::unique_ptr<Exchange> takeExchange();
    void giveBack(std::unique_ptr<Exchange> exchange);
    void remove(Connection& connection);

private:
    static constexpr std::size_t keptExchanges = 256;
    static constexpr int acceptsInARow = 64;

    struct Listener;
    struct Pause final : http::TimerWheel::Timer {
        explicit Pause(Worker& owner) : worker(owner) { }
        void expired() override { worker.resumeAccepting(); }
        Worker& worker;
    };
    /// Who lost access; what they still have under way ends when it expires.
    struct Cut final : http::TimerWheel::Timer {
        explicit Cut(Worker& owner) : worker(owner) { }
        void expired() override { worker.cutOff(*this); }
        Worker& worker;
        EndedAccess ended;
        std::list<std::unique_ptr<Cut>>::iterator self;
    };

    void run();
    void awaitConnections(const std::shared_ptr<Listener>& listener);
    void acceptSome(const std::shared_ptr<Listener>& listener);
    bool acceptOne(Listener& listener);
    void outOfDescriptors(Listener& listener);
    void resumeAccepting();
    void take(http::Socket socket, ClientInfo client);
    void cutLater(EndedAccess ended);
    void cutOff(Cut& cut);
    void endIfDone();
    template <typename Action>
    void forEachConnection(Action action);

    const Shared m_shared;
    boost::asio::io_context m_io{1};
    const std::shared_ptr<LoopDoor> m_door;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    http::TimerWheel m_wheel;
    http::UpstreamPool m_upstreams;
    AssertionCache m_assertions;
    SessionCache m_sessions;
    EventRing m_events;
    base::Sha256 m_sha256;
    const Generation* m_generation;
    std::uint64_t m_ray;

    std::chrono::sys_seconds m_second{};
    std::chrono::steady_clock::time_point m_secondBegan;

    http::SpareDescriptor m_spare;
    Pause m_pause;
    std::vector<std::shared_ptr<Listener>> m_listeners;
    std::list<std::unique_ptr<Cut>> m_cuts;
    std::vector<std::unique_ptr<Exchange>> m_exchanges;
    std::list<std::unique_ptr<Connection>> m_connections;
    bool m_stopping = false;
    std::move_only_function<void()> m_ended;
    std::thread m_thread;
};

} // namespace latchkey::edge
