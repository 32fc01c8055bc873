// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UpstreamPool.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace latchkey::http {

namespace asio = boost::asio;

UpstreamConnection::UpstreamConnection(UpstreamPool& pool, Origin& origin)
    : stream(pool.m_io)
    , m_pool(pool)
    , m_origin(origin)
{
    stream.setWaker(this);
}

void UpstreamConnection::setUser(Waker& user)
{
    m_user = &user;
    stream.setWaker(&user); // past this object: it has nothing to add while a request is carried
}

void UpstreamConnection::start()
{
    m_pool.m_wheel.set(*this, m_pool.m_times.connect);
    const std::string& host = m_origin.address.host;
    boost::system::error_code error;
    const auto literal = asio::ip::make_address(host, error);
    if (!error)
        resolved({literal});
    else if (host == "localhost") // RFC 6761 §6.3: never asked for. Development servers listen on either.
        resolved({asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    else
        m_pool.resolve(m_origin, *this);
}

void UpstreamConnection::resolved(const std::vector<asio::ip::address>& addresses)
{
    m_addresses = addresses;
    m_nextAddress = 0;
    m_problem = "The name does not resolve";
    connectNext();
}

void UpstreamConnection::connectNext()
{
    if (m_nextAddress == m_addresses.size()) {
        fail(std::move(m_problem));
        return;
    }
    stream.connect({m_addresses[m_nextAddress++], m_origin.address.port});
}

void UpstreamConnection::fail(std::string problem)
{
    m_problem = std::move(problem);
    m_state = State::failed;
    m_pool.m_wheel.clear(*this);
    if (m_user != nullptr)
        m_user->wake();
}

// While it opens, idles, or is closed: when a request is carried the user is told instead.
void UpstreamConnection::wake()
{
    if (m_discarded) {
        if (!stream.isBusy())
            m_pool.destroy(*this);
        return;
    }
    if (m_idle) {
        m_pool.dropIdle(*this); // the upstream closed it, or talks unasked
        return;
    }
    if (m_state != State::opening || stream.isConnecting())
        return;
    if (!stream.connectError()) {
        m_state = State::open;
        m_pool.m_wheel.clear(*this);
        setUser(*m_user);
        m_user->wake();
        return;
    }
    m_problem = stream.connectError().message();
    stream.close();
    connectNext();
}

void UpstreamConnection::expired()
{
    if (m_idle) {
        m_pool.dropIdle(*this);
        return;
    }
    if (m_state != State::opening)
        return; // set when it was idle, and in use since
    m_timedOut = true;
    fail("It did not answer in time");
}

UpstreamPool::UpstreamPool(asio::io_context& io, TimerWheel& wheel, Resolver& resolver, Times times)
    : m_io(io)
    , m_wheel(wheel)
    , m_resolver(resolver)
    , m_times(times)
    , m_self(std::make_shared<UpstreamPool*>(this))
{
}

UpstreamPool::~UpstreamPool() = default;

Origin& UpstreamPool::origin(const UpstreamAddress& address)
{
    const auto found = m_origins.find(address);
    if (found != m_origins.end())
        return *found->second;
    auto made = std::make_unique<Origin>();
    made->address = address;
    return *m_origins.emplace(address, std::move(made)).first->second;
}

UpstreamConnection* UpstreamPool::takeIdle(Origin& origin, bool carefully)
{
    std::vector<UpstreamConnection*>& idle = origin.idle;
    while (!idle.empty()) {
        UpstreamConnection& connection = *idle.back();
        idle.pop_back();
        connection.m_idle = false;
        if (connection.stream.mayRead() || (carefully && !connection.stream.isQuiet())) {
            discard(connection);
            continue;
        }
        return &connection;
    }
    return nullptr;
}

UpstreamConnection* UpstreamPool::open(Origin& origin, Waker& user)
{
    m_connections.push_front(std::make_unique<UpstreamConnection>(*this, origin));
    UpstreamConnection& connection = *m_connections.front();
    connection.m_self = m_connections.begin();
    connection.m_user = &user;
    connection.start();
    return &connection;
}

void UpstreamPool::release(UpstreamConnection& connection)
{
    std::vector<UpstreamConnection*>& idle = connection.m_origin.idle;
    if (connection.stream.mayRead() || idle.size() >= maxIdle) {
        discard(connection);
        return;
    }
    connection.m_user = nullptr;
    connection.m_reused = true;
    connection.m_idle = true;
    connection.stream.setWaker(&connection);
    connection.stream.armRead(); // tells of its end; and the next request's answer needs it anyway
    m_wheel.set(connection, m_times.idle);
    idle.push_back(&connection);
}

void UpstreamPool::discard(UpstreamConnection& connection)
{
    m_wheel.clear(connection);
    connection.m_discarded = true;
    connection.m_user = nullptr;
    connection.stream.setWaker(&connection);
    connection.stream.close();
    if (std::exchange(connection.m_resolving, false))
        std::erase(connection.m_origin.resolving, &connection);
    if (!connection.stream.isBusy())
        destroy(connection);
}

void UpstreamPool::dropIdle(UpstreamConnection& connection)
{
    std::erase(connection.m_origin.idle, &connection);
    connection.m_idle = false;
    discard(connection);
}

void UpstreamPool::destroy(UpstreamConnection& connection)
{
    m_connections.erase(connection.m_self);
}

void UpstreamPool::closeIdle()
{
    for (auto& [address, origin] : m_origins) {
        while (!origin->idle.empty())
            dropIdle(*origin->idle.back());
    }
}

void UpstreamPool::resolve(Origin& origin, UpstreamConnection& connection)
{
    if (std::chrono::steady_clock::now() < origin.resolvedUntil) {
        connection.resolved(origin.resolved);
        return;
    }
    connection.m_resolving = true;
    origin.resolving.push_back(&connection);
    if (origin.resolving.size() > 1)
        return; // asked for already
    auto answer = [io = &m_io, pool = std::weak_ptr(m_self), target = &origin](std::vector<asio::ip::address> addresses) {
        asio::post(*io, [pool, target, addresses = std::move(addresses)] {
            if (pool.expired())
                return;
            target->resolved = addresses;
            target->resolvedUntil = addresses.empty() ? std::chrono::steady_clock::time_point{}
                                                      : std::chrono::steady_clock::now() + resolvedFor;
            for (UpstreamConnection* waiting : std::exchange(target->resolving, {})) {
                waiting->m_resolving = false;
                waiting->resolved(addresses);
            }
        });
    };
    m_resolver.resolve(origin.address.host, std::move(answer));
}

} // namespace latchkey::http
