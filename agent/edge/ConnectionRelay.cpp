// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A connection while it has an upstream: getting one, both messages on their way, and what goes wrong with that.
#include "Connection.h"

#include "ForwardedHead.h"
#include "Worker.h"

#include <utility>

namespace latchkey::edge {

using access::Reason;
using Status = http::IoResult::Status;
using State = http::UpstreamConnection::State;

Connection::Step Connection::connect()
{
    Exchange& x = *m_exchange;
    if (m_upstream == nullptr) {
        if (!x.retried)
            m_upstream = m_worker.upstreams().takeIdle(*x.origin, !mayRetry());
        if (m_upstream != nullptr)
            m_upstream->setUser(m_wake);
        else
            m_upstream = m_worker.upstreams().open(*x.origin, m_wake);
    }
    switch (m_upstream->state()) {
    case State::opening:
        return clientIsThere() ? Step::wait : giveUp();
    case State::failed:
        if (m_upstream->timedOut())
            return failUpstream(504, Reason::upstreamTimedOut, m_upstream->problem());
        return failUpstream(502, Reason::upstreamUnreachable, m_upstream->problem());
    case State::open:
        break;
    }
    if (x.generation != m_worker.generation().number && !x.headConsumed) {
        x.phase = Phase::decide; // what was decided before the wait may not hold any more
        return Step::goOn;
    }
    beginRelay();
    return Step::goOn;
}

/// While a connection is being made: whether the client has not gone. Its bytes are kept where they cannot move the head.
bool Connection::clientIsThere()
{
    Exchange& x = *m_exchange;
    while (!x.clientEnd) {
        if (!m_client.mayRead()) {
            m_client.armRead();
            return true;
        }
        const auto space = x.in.space();
        if (space.empty() || x.headConsumed)
            return true;
        const auto result = m_client.receive(space.data(), space.size());
        if (result.status == Status::failed)
            return false;
        if (result.status == Status::closed)
            x.clientEnd = true; // perhaps only half of it: see Timings::halfClosed
        else if (result.status == Status::done)
            x.in.commit(result.bytes);
    }
    return true;
}

void Connection::beginRelay()
{
    Exchange& x = *m_exchange;
    if (!x.headConsumed) {
        x.html = wantsHtml();
        x.consumeHead();
        // What is there of the body goes with the head.
        x.out += x.in.view().substr(0, x.bodyReady);
        x.in.consume(x.bodyReady);
        x.bodyReady = 0;
    }
    x.outSent = 0;
    x.answer.reset(x.isHead);
    x.back.clear(answerHeadroom + x.answerLines.size());
    x.phase = Phase::relay;
    setDeadline(x.clientEnd ? m_worker.timings().halfClosed : m_worker.timings().firstByte);
}

Connection::Step Connection::relay()
{
    Exchange& x = *m_exchange;
    if (x.cut) {
        if (x.answerBegun)
            return giveUp();
        return answer(Gate(m_worker, x, m_info, m_waiter).refusalAfterCut());
    }
    if (m_timedOut)
        return relayTimedOut();
    Relay relay(x, m_client, m_upstream->stream, !m_stopping);
    const Relay::Outcome outcome = relay.run();
    if (outcome != Relay::Outcome::wait)
        return relayEnded(outcome);
    const Timings& timings = m_worker.timings();
    if (relay.clientEnded() && !x.answerBegun)
        setDeadline(timings.halfClosed);
    else if (relay.moved() && (x.answerBegun || !x.clientEnd))
        setDeadline(x.answerBegun ? timings.stall : timings.firstByte);
    return Step::wait;
}

Connection::Step Connection::relayEnded(Relay::Outcome outcome)
{
    Exchange& x = *m_exchange;
    switch (outcome) {
    case Relay::Outcome::complete:
        x.phase = Phase::done;
        return Step::goOn;
    case Relay::Outcome::upgraded:
        if (x.clientEnd)
            return giveUp();
        // Nobody knows how long such a connection may be silent; the kernel finds out about dead peers.
        clearDeadline();
        m_client.keepAlive();
        m_upstream->stream.keepAlive();
        x.phase = Phase::tunnel;
        return Step::goOn;
    case Relay::Outcome::noAnswer:
        return retryOrFail();
    case Relay::Outcome::badAnswer:
        return failUpstream(502, Reason::upstreamProtocol, std::string(http::describe(x.answer.error())));
    case Relay::Outcome::badBody:
        if (x.answerBegun)
            return giveUp();
        return answer({400, http::code(x.requestBody.chunkError()), "The request's body is malformed.", {}, {}, {}, {}}, true);
    case Relay::Outcome::wait:
    case Relay::Outcome::goOn:
    case Relay::Outcome::clientGone:
    case Relay::Outcome::broken:
        break;
    }
    return giveUp();
}

bool Connection::mayRetry() const
{
    // RFC 9110 §9.2.2: repeating is safe only if the method is idempotent, and possible only if nothing was streamed.
    const Exchange& x = *m_exchange;
    return http::isIdempotent(x.head.method()) && x.head.framing() == http::Framing::none && !x.upgrade;
}

Connection::Step Connection::retryOrFail()
{
    Exchange& x = *m_exchange;
    if (m_upstream->isReused() && !x.retried && mayRetry()) {
        // It was closed between two requests, as idle connections are.
        dropUpstream(false);
        x.retried = true;
        x.requestSent = x.requestBroken = false;
        x.phase = Phase::connect;
        return Step::goOn;
    }
    return failUpstream(502, Reason::upstreamProtocol, "It closed the connection without an answer");
}

Connection::Step Connection::relayTimedOut()
{
    Exchange& x = *m_exchange;
    if (x.answerBegun || x.clientEnd)
        return giveUp();
    const bool clientIsSlow = !x.requestSent && x.outSent == x.out.size() && x.bodyReady == 0;
    if (clientIsSlow)
        return answer({408, "body_timed_out", "The request's body took too long to arrive.", {}, {}, {}, {}}, true);
    return failUpstream(504, Reason::upstreamTimedOut, "It did not answer in time");
}

Connection::Step Connection::failUpstream(int status, Reason reason, std::string detail)
{
    Exchange& x = *m_exchange;
    if (x.answerBegun || x.extraSent != 0)
        return giveUp();
    x.event.reason = reason;
    detail += " (" + x.origin->address.text() + ").";
    return answer({status, access::code(reason), access::explain(reason), std::move(detail), {}, {}, {}});
}

Connection::Step Connection::tunnel()
{
    Exchange& x = *m_exchange;
    if (x.cut || m_timedOut)
        return giveUp();
    Relay relay(x, m_client, m_upstream->stream, false);
    const Relay::Outcome outcome = relay.runTunnel();
    if (outcome == Relay::Outcome::wait) {
        if (x.clientEnd || x.upstreamEnd) // the other side has a while to end, too
            setDeadline(m_worker.timings().stall);
        return Step::wait;
    }
    x.phase = Phase::done;
    return Step::goOn;
}

void Connection::dropUpstream(bool reusable)
{
    if (m_upstream == nullptr)
        return;
    http::UpstreamConnection& upstream = *std::exchange(m_upstream, nullptr);
    if (reusable && upstream.state() == State::open)
        m_worker.upstreams().release(upstream);
    else
        m_worker.upstreams().discard(upstream);
}

} // namespace latchkey::edge
