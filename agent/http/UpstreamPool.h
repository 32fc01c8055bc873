// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Resolver.h"
#include "Stream.h"
#include "TimerWheel.h"
#include "UpstreamAddress.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace latchkey::http {

class UpstreamPool;
struct Origin;

/// One connection to an upstream, lent by the pool to one request at a time.
class UpstreamConnection final : private Waker, private TimerWheel::Timer {
public:
    enum class State : std::uint8_t { opening, open, failed };

    UpstreamConnection(UpstreamPool& pool, Origin& origin);

    [[nodiscard]] const Origin& origin() const { return m_origin; }
    [[nodiscard]] State state() const { return m_state; }
    /// Whether it carried a request before, so that the upstream may have closed it just now.
    [[nodiscard]] bool isReused() const { return m_reused; }

    // Why it failed:
    [[nodiscard]] bool timedOut() const { return m_timedOut; }
    [[nodiscard]] const std::string& problem() const { return m_problem; } ///< `Connection refused`

    /// Who is told of everything from now on.
    void setUser(Waker& user);

    Stream stream;

private:
    friend class UpstreamPool;

    void start();
    void resolved(const std::vector<boost::asio::ip::address>& addresses);
    void connectNext();
    void fail(std::string problem);
    void wake() override;
    void expired() override;

    UpstreamPool& m_pool;
    Origin& m_origin;
    Waker* m_user = nullptr;
    State m_state = State::opening;
    bool m_reused = false;
    bool m_timedOut = false;
    bool m_discarded = false;
    bool m_idle = false;
    bool m_resolving = false;
    std::vector<boost::asio::ip::address> m_addresses;
    std::size_t m_nextAddress = 0;
    std::string m_problem;
    std::list<std::unique_ptr<UpstreamConnection>>::iterator m_self;
};

/// What the pool knows of one upstream.
struct Origin {
    UpstreamAddress address;
    std::vector<UpstreamConnection*> idle; ///< Last in, first out: the youngest is the likeliest to live.
    std::vector<boost::asio::ip::address> resolved;
    std::chrono::steady_clock::time_point resolvedUntil{};
    std::vector<UpstreamConnection*> resolving; ///< Those who wait for the name.
};

/// Connections to upstreams, kept open between requests. Never blocks: names are looked up on the resolver's thread.
/// Belongs to one event loop and its thread.
class UpstreamPool {
public:
    struct Times {
        std::chrono::milliseconds connect; ///< Looking up the name included.
        std::chrono::milliseconds idle;    ///< An unused connection is closed after it.
    };

    UpstreamPool(boost::asio::io_context& io, TimerWheel& wheel, Resolver& resolver, Times times);
    ~UpstreamPool();
    UpstreamPool(const UpstreamPool&) = delete;
    UpstreamPool& operator=(const UpstreamPool&) = delete;

    /// What stands for this address from now on, as long as the pool lives.
    [[nodiscard]] Origin& origin(const UpstreamAddress& address);
    /// The same, found by where the address lies in memory and so without reading it: for a request's. What was asked for must
    /// stay as it is and where it is until forgetPlaces().
    [[nodiscard]] Origin& originAt(const UpstreamAddress& address)
    {
        Origin*& known = m_places[&address];
        if (known == nullptr)
            known = &origin(address);
        return *known;
    }
    void forgetPlaces() { m_places.clear(); }

    /// An open, unused connection, or nullptr. `carefully` asks the kernel whether it is still alive, for a request that
    /// could not be sent a second time.
    [[nodiscard]] UpstreamConnection* takeIdle(Origin& origin, bool carefully);
    /// A new connection, still opening; `user` is woken once it is open or has failed.
    [[nodiscard]] UpstreamConnection* open(Origin& origin, Waker& user);

    void release(UpstreamConnection& connection); ///< Its last answer is complete and it may be used again.
    void discard(UpstreamConnection& connection); ///< Closes it.

    void closeIdle(); ///< Before the event loop ends.
    [[nodiscard]] bool isEmpty() const { return m_connections.empty(); }

private:
    friend class UpstreamConnection;

    struct AddressHash {
        std::size_t operator()(const UpstreamAddress& address) const
        {
            return std::hash<std::string>()(address.host) ^ (std::size_t{address.port} << 20U);
        }
    };

    static constexpr std::size_t maxIdle = 1024;                    ///< Of one upstream; more are closed after use.
    static constexpr std::chrono::seconds resolvedFor{30};          ///< The system's resolver does not tell how long.

    void resolve(Origin& origin, UpstreamConnection& connection);
    void dropIdle(UpstreamConnection& connection);
    void destroy(UpstreamConnection& connection);

    boost::asio::io_context& m_io;
    TimerWheel& m_wheel;
    Resolver& m_resolver;
    const Times m_times;
    std::unordered_map<UpstreamAddress, std::unique_ptr<Origin>, AddressHash> m_origins;
    std::unordered_map<const UpstreamAddress*, Origin*> m_places;
    std::list<std::unique_ptr<UpstreamConnection>> m_connections;
    std::shared_ptr<UpstreamPool*> m_self; ///< Empty once the pool is gone; answers of the resolver hold a weak one.
};

} // namespace latchkey::http
