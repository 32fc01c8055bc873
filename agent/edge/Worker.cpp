// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Worker.h"

#include "agent/base/Random.h"
#include "agent/base/SecretBytes.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <utility>

namespace latchkey::edge {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Worker::Listener {
    http::Acceptor acceptor;
    std::uint16_t port = 0;
    bool ownPort = false;
    bool paused = false;
    std::vector<Worker*> receivers;
    std::size_t next = 0;
};

namespace {

std::uint64_t randomStart()
{
    SystemRandom random;
    std::uint64_t value = 0;
    random.fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

access::IpAddress addressOf(const asio::ip::address& address)
{
    access::IpAddress result;
    const auto v6 = address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6();
    const auto bytes = v6.to_bytes();
    std::copy(bytes.begin(), bytes.end(), result.bytes.begin());
    return result;
}

ClientInfo infoOf(const tcp::endpoint& peer, std::uint16_t port, bool ownPort, bool https)
{
    ClientInfo info;
    info.address = addressOf(peer.address());
    info.text = info.address.text();
    info.isLoopback = info.address.isLoopback();
    info.port = port;
    info.ownPort = ownPort;
    info.https = https;
    info.forwardedLines = "X-Forwarded-For: " + info.text + "\r\nX-Forwarded-Proto: " + (https ? "https" : "http")
                          + "\r\nCF-Connecting-IP: " + info.text + "\r\n";
    return info;
}

} // namespace

Worker::Worker(const Shared& shared, const Generation& first)
    : m_shared(shared)
    , m_door(std::make_shared<LoopDoor>(m_io))
    , m_work(asio::make_work_guard(m_io))
    , m_wheel(m_io)
    , m_upstreams(m_io, m_wheel, shared.resolver, {shared.timings.connect, shared.timings.upstreamIdle})
    , m_assertions(m_io, shared.signers)
    , m_sessions(m_io, shared.signers)
    , m_events(m_wheel, shared.events, shared.timings.events)
    , m_generation(&first)
    , m_ray(randomStart())
    , m_pause(*this)
{
}

Worker::~Worker()
{
    join();
    m_door->close();
}

void Worker::start()
{
    if (!m_thread.joinable())
        m_thread = std::thread([this] { run(); });
}

void Worker::run()
{
    for (;;) {
        try {
            m_io.run();
            return;
        } catch (const std::exception& error) { // out of memory while a connection was made
            log().write(Log::Level::error, "A worker met an error and goes on.", {{"error", error.what()}});
        }
    }
}

void Worker::join()
{
    if (m_thread.joinable())
        m_thread.join();
}

// -------------------------------------------------------------------------------------------------------------- accepting

void Worker::listen(http::Acceptor acceptor, bool ownPort, std::vector<Worker*> receivers)
{
    boost::system::error_code ignored;
    const std::uint16_t port = acceptor.local_endpoint(ignored).port();
    acceptor.non_blocking(true, ignored);
    auto listener = std::make_shared<Listener>(Listener{std::move(acceptor), port, ownPort, false, std::move(receivers), 0});
    asio::post(m_io, [this, listener = std::move(listener)] {
        if (m_stopping)
            return;
        m_listeners.push_back(listener);
        awaitConnections(listener);
    });
}

void Worker::closePort(std::uint16_t port, std::move_only_function<void()> closed)
{
    asio::post(m_io, [this, port, closed = std::move(closed)]() mutable {
        std::erase_if(m_listeners, [port](const std::shared_ptr<Listener>& listener) {
            if (listener->port != port)
                return false;
            boost::system::error_code ignored;
            listener->acceptor.close(ignored);
            return true;
        });
        closed();
    });
}

void Worker::awaitConnections(const std::shared_ptr<Listener>& listener)
{
    listener->acceptor.async_wait(http::Acceptor::wait_read, [this, listener](const boost::system::error_code& error) {
        if (error || !listener->acceptor.is_open())
            return;
        acceptSome(listener);
        if (!listener->paused)
            awaitConnections(listener);
    });
}

void Worker::acceptSome(const std::shared_ptr<Listener>& listener)
{
    for (int i = 0; i < acceptsInARow && !listener->paused; ++i) {
        if (!acceptOne(*listener))
            return;
    }
}

// False when there is nothing more to accept now.
bool Worker::acceptOne(Listener& listener)
{
    Worker& receiver = *listener.receivers[listener.next];
    http::Socket socket(receiver.m_io.get_executor());
    tcp::endpoint peer;
    boost::system::error_code error;
    listener.acceptor.accept(socket, peer, error);
    if (http::isOutOfDescriptors(error)) {
        outOfDescriptors(listener);
        return false;
    }
    if (error) // a client that left the queue is no reason to stop
        return error != asio::error::would_block && error != asio::error::try_again;
    listener.next = (listener.next + 1) % listener.receivers.size();
    if (&receiver == this) {
        take(std::move(socket), infoOf(peer, listener.port, listener.ownPort, false));
        return true;
    }
    asio::post(receiver.m_io, [&receiver, socket = std::move(socket), peer, port = listener.port,
                               ownPort = listener.ownPort]() mutable {
        receiver.take(std::move(socket), infoOf(peer, port, ownPort, false));
    });
    return true;
}

/// Whoever waits in the queue would wait for ever and keep the listener readable: so he is shown the door, and the others
/// get a moment to finish.
void Worker::outOfDescriptors(Listener& listener)
{
    m_spare.turnAway(listener.acceptor);
    listener.paused = true;
    if (!http::TimerWheel::isSet(m_pause)) {
        m_wheel.set(m_pause, timings().acceptPause);
        log().write(Log::Level::warning, "No file descriptor is left; connections are refused for a moment.",
                    {{"connections", std::to_string(m_connections.size())}});
    }
}

void Worker::resumeAccepting()
{
    for (const std::shared_ptr<Listener>& listener : m_listeners) {
        if (std::exchange(listener->paused, false))
            awaitConnections(listener);
    }
}

void Worker::takeDecrypted(http::Socket socket, const tcp::endpoint& peer, std::uint16_t port, ClientCertificate certificate)
{
    asio::post(m_io, [this, socket = std::move(socket), peer, port, certificate = std::move(certificate)]() mutable {
        ClientInfo client = infoOf(peer, port, false, true);
        client.certificate = std::move(certificate);
        take(std::move(socket), std::move(client));
    });
}

void Worker::take(http::Socket socket, ClientInfo client)
{
    if (m_stopping)
        return;
    m_connections.push_front(std::make_unique<Connection>(*this, std::move(socket), std::move(client)));
    Connection& connection = *m_connections.front();
    connection.m_self = m_connections.begin();
    connection.start();
}

void Worker::remove(Connection& connection)
{
    if (connection.m_exchange)
        giveBack(std::move(connection.m_exchange));
    m_connections.erase(connection.m_self);
    endIfDone();
}

// ------------------------------------------------------------------------------------------------------------- publishing

void Worker::adopt(const Generation& next, std::move_only_function<void()> adopted)
{
    asio::post(m_io, [this, &next, adopted = std::move(adopted)]() mutable {
        // Nothing refers to the old one across a wait, so it is let go at once.
        const Generation& old = *std::exchange(m_generation, &next);
        m_upstreams.forgetPlaces();   // its routes go
        const LostAccess& lost = next.router.lost();
        if (!next.snapshot->cutOff.empty() || !lost.isEmpty())
            cutLater({next.number, next.snapshot->cutOff, lost, {}});
        old.holders.fetch_sub(1, std::memory_order_release);
        adopted();
    });
}

void Worker::cutSession(const base::Digest& session)
{
    asio::post(m_io, [this, session] { cutLater({0, {}, {}, session}); });
}

void Worker::cutLater(EndedAccess ended)
{
    auto cut = std::make_unique<Cut>(*this);
    cut->ended = std::move(ended);
    m_cuts.push_front(std::move(cut));
    m_cuts.front()->self = m_cuts.begin();
    m_wheel.set(*m_cuts.front(), timings().cutOff);
}

void Worker::cutOff(Cut& cut)
{
    forEachConnection([&cut](Connection& connection) { connection.cut(cut.ended); });
    m_cuts.erase(cut.self);
}

// Any of them may be destroyed by the action.
template <typename Action>
void Worker::forEachConnection(Action action)
{
    for (auto next = m_connections.begin(); next != m_connections.end();) {
        Connection& connection = **next++;
        action(connection);
    }
}

// ----------------------------------------------------------------------------------------------------------------- ending

void Worker::stop(std::move_only_function<void()> ended)
{
    asio::post(m_io, [this, ended = std::move(ended)]() mutable {
        m_ended = std::move(ended);
        m_stopping = true;
        for (const std::shared_ptr<Listener>& listener : m_listeners) {
            boost::system::error_code ignored;
            listener->acceptor.close(ignored);
        }
        m_listeners.clear();
        forEachConnection([](Connection& connection) { connection.stop(); });
        endIfDone();
    });
}

void Worker::abort()
{
    asio::post(m_io, [this] { forEachConnection([](Connection& connection) { connection.abort(); }); });
}

void Worker::endIfDone()
{
    if (!m_stopping || !m_connections.empty() || !m_ended)
        return;
    m_events.flush();
    m_upstreams.closeIdle();
    m_wheel.stop();
    m_work.reset();
    std::exchange(m_ended, nullptr)();
}

// ---------------------------------------------------------------------------------------------------------------- details

std::chrono::sys_time<std::chrono::microseconds> Worker::eventTime(std::chrono::steady_clock::time_point steady)
{
    const std::chrono::sys_seconds second = now();
    if (second != m_second) {
        m_second = second;
        m_secondBegan = steady;
    }
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(steady - m_secondBegan);
    return second + std::clamp(passed, std::chrono::microseconds(0), std::chrono::microseconds(999'999));
}

/// Unique within the worker and not guessable from one to the next: a counter through a bijection (SplitMix64's finaliser).
void Worker::nextRay(std::array<char, 16>& text)
{
    std::uint64_t value = m_ray += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    value ^= value >> 31U;
    for (char& digit : text) {
        digit = "0123456789abcdef"[value >> 60U];
        value <<= 4U;
    }
}

std::shared_ptr<PendingText> Worker::keepEnded(const EndedSession& ended, http::Waker& waiter)
{
    auto pending = std::make_shared<PendingText>();
    pending->waiter = &waiter;
    m_shared.events.sessionEnded(ended, [door = m_door, pending](bool kept) {
        door->post([pending, kept] {
            Result<std::string> outcome;
            if (!kept)
                outcome = fail(ErrorCode::io, "The end of the session could not be written.");
            finish(*pending, std::move(outcome));
        });
    });
    return pending;
}

std::unique_ptr<Exchange> Worker::takeExchange()
{
    std::unique_ptr<Exchange> exchange;
    if (m_exchanges.empty()) {
        exchange = std::make_unique<Exchange>();
    } else {
        exchange = std::move(m_exchanges.back());
        m_exchanges.pop_back();
    }
    exchange->reset();
    return exchange;
}

void Worker::giveBack(std::unique_ptr<Exchange> exchange)
{
    http::ByteBuffer& in = exchange->in;
    if (exchange->needsWiping || !in.isEmpty()) { // what is left over was never looked at
        in.clear();
        base::wipe(in.space().data(), in.capacity());
        exchange->needsWiping = false;
    }
    if (m_exchanges.size() >= keptExchanges)
        return;
    exchange->in.clear();
    exchange->in.resize(Exchange::smallBuffer, http::ByteBuffer::OldBytes::leave);   // Wiped above, if it had to be.
    exchange->back.clear();
    exchange->back.resize(Exchange::smallBuffer, http::ByteBuffer::OldBytes::leave);
    if (exchange->out.capacity() > Exchange::largeBuffer || exchange->extra.capacity() > Exchange::smallBuffer)
        return;
    exchange->extra.clear();
    m_exchanges.push_back(std::move(exchange));
}

} // namespace latchkey::edge
