// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Connection.h"

#include "ForwardedHead.h"
#include "Generation.h"
#include "Worker.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey::edge {

using access::Reason;
using Status = http::IoResult::Status;
using State = http::UpstreamConnection::State;

namespace {

// A refused request's body up to this size is read and thrown away, so that the connection can go on.
constexpr std::size_t drainLimit = 64U * 1024U;
constexpr std::size_t lingerLimit = 1U << 20U;

} // namespace

Connection::Connection(Worker& worker, http::Socket socket, ClientInfo client)
    : m_worker(worker)
    , m_client(std::move(socket))
    , m_info(std::move(client))
{
    m_client.setWaker(&m_wake);
    setDeadline(worker.timings().head);
}

http::Task Connection::run()
{
    try {
        while (!m_over) {
            while (readHead() == Step::wait)
                co_await m_wake;
            if (m_over)
                break;
            while (advance() == Step::wait)
                co_await m_wake;
            finishExchange();
        }
        while (linger() == Step::wait)
            co_await m_wake;
    } catch (const std::exception& error) { // out of memory: this connection ends, the others go on
        m_worker.log().write(Log::Level::error, "A connection was ended by an error.", {{"error", error.what()}});
    }
    dropUpstream(false);
    clearDeadline();
    forgetSignature();
    if (m_reset)
        m_client.abort();
    else
        m_client.close();
    while (m_client.isBusy())
        co_await m_wake;
    m_worker.remove(*this); // destroys this connection; nothing of it may be touched after
}

// ---------------------------------------------------------------------------------------------------------------- reading

Connection::Step Connection::readHead()
{
    if (m_aborted || (m_stopping && (!m_exchange || m_exchange->in.isEmpty())))
        return giveUp();
    if (m_timedOut)
        return headTimedOut();
    if (!m_exchange) {
        if (!m_client.mayRead())
            return awaitBytes();
        m_exchange = m_worker.takeExchange();
    }
    Exchange& x = *m_exchange;
    for (;;) {
        if (!x.in.isEmpty()) {
            switch (x.head.parse(x.in.view())) {
            case http::ParseState::complete:
                beginExchange();
                return Step::goOn;
            case http::ParseState::malformed:
                return refuseBadHead();
            case http::ParseState::needMore:
                break;
            }
        }
        if (x.in.space().empty()) {
            if (x.in.headroom() != 0)
                x.in.compact();
            else
                x.in.resize(std::min(2 * x.in.capacity(), http::limits::headBytes));
        }
        const auto space = x.in.space();
        const auto result = m_client.receive(space.data(), space.size());
        switch (result.status) {
        case Status::done:
            x.in.commit(result.bytes);
            break;
        case Status::wouldBlock:
            return awaitBytes();
        case Status::closed:
        case Status::failed:
            return giveUp(); // between requests that is the orderly end
        }
    }
}

/// Waits for a head to begin, or to go on. Nothing is kept for a connection that has nothing to say.
Connection::Step Connection::awaitBytes()
{
    if (m_exchange && m_exchange->in.isEmpty())
        m_worker.giveBack(std::move(m_exchange));
    // From its first byte a head has a short time to come, the first one from the accepted connection on.
    const Awaited awaited = m_exchange || m_first ? Awaited::head : Awaited::request;
    if (m_awaited != awaited) {
        m_awaited = awaited;
        setDeadline(awaited == Awaited::head ? m_worker.timings().head : m_worker.timings().idle);
    }
    m_client.armRead();
    return Step::wait;
}

Connection::Step Connection::headTimedOut()
{
    if (!m_exchange || m_exchange->in.isEmpty())
        return giveUp();
    Exchange& x = *m_exchange;
    x.startedAt = std::chrono::steady_clock::now();
    m_worker.nextRay(x.ray);
    x.unlogged = true;
    return answer({408, "head_timed_out", "The request's head took too long to arrive.", {}, {}, {}, {}}, true);
}

Connection::Step Connection::refuseBadHead()
{
    Exchange& x = *m_exchange;
    m_worker.nextRay(x.ray);
    x.unlogged = true;
    const http::HeadError error = x.head.error();
    return answer({http::requestStatus(error), http::code(error), http::describe(error), {}, {}, {}, {}}, true);
}

void Connection::beginExchange()
{
    Exchange& x = *m_exchange;
    m_first = false;
    m_awaited = Awaited::answer;
    x.startedAt = std::chrono::steady_clock::now();
    m_worker.nextRay(x.ray);
    RequestEvent& event = x.event;
    event.at = m_worker.eventTime(x.startedAt);
    event.rayId = x.rayId();
    event.method = x.head.methodText();
    event.host = x.head.host();
    event.path.clear();
    event.peer = m_info.text;
    event.applicationId.clear();
    event.clientId.clear();
    event.userEmail.clear();
    event.policyId.clear();
    event.reason = Reason::unknownApplication;
    event.allowed = false;
}

// --------------------------------------------------------------------------------------------------------------- deciding

Connection::Step Connection::advance()
{
    for (;;) {
        if (m_aborted)
            return giveUp();
        Step step = Step::wait;
        switch (m_exchange->phase) {
        case Phase::decide: step = decide(); break;
        case Phase::connect: step = connect(); break;
        case Phase::relay: step = relay(); break;
        case Phase::tunnel: step = tunnel(); break;
        case Phase::answer: step = sendAnswer(); break;
        case Phase::drain: step = drain(); break;
        case Phase::done: return Step::goOn;
        }
        if (step == Step::wait)
            return Step::wait;
    }
}

Connection::Step Connection::decide()
{
    Exchange& x = *m_exchange;
    if (x.delaying) {
        if (!m_timedOut)
            return Step::wait;
        x.delaying = m_timedOut = false;
        x.delayed = true;
    }
    if (m_timedOut) {
        forgetSignature();
        return answer({503, "signing_timed_out", "Signing a JWT, or remembering a logout, took too long; the machine is overloaded.", {}, {}, {}, {}});
    }
    x.cut = false;
    const Ruling ruling = Gate(m_worker, x, m_info, m_waiter).rule();
    if (ruling.kind != Ruling::Kind::wait)
        forgetSignature();
    switch (ruling.kind) {
    case Ruling::Kind::forward:
        if (m_upstream != nullptr && &m_upstream->origin() != x.origin)
            dropUpstream(true); // ruled on again meanwhile, with another upstream
        x.phase = Phase::connect;
        return Step::goOn;
    case Ruling::Kind::wait:
        if (!std::exchange(m_awaitsSignature, true))
            setDeadline(m_worker.timings().signature);
        return Step::wait;
    case Ruling::Kind::document:
        return answerDocument(ruling.document);
    case Ruling::Kind::delay:
        x.delaying = true;
        setDeadline(ruling.delay);
        return Step::wait;
    case Ruling::Kind::page:
        return answerPage(*ruling.page);
    case Ruling::Kind::refuse:
        break;
    }
    return answer(ruling.refusal, ruling.malformed);
}

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

// --------------------------------------------------------------------------------------------------------------- relaying

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

// -------------------------------------------------------------------------------------------------------------- answering

bool Connection::wantsHtml() const
{
    if (!m_info.isLoopback)
        return false;
    const http::Field* const accept = m_exchange->head.find("accept");
    return accept != nullptr && prefersHtml(m_exchange->head.value(*accept));
}

AnswerStyle Connection::style(bool keepAlive) const
{
    const Exchange& x = *m_exchange;
    AnswerStyle style;
    style.explain = m_info.isLoopback;
    style.html = x.html;
    style.withoutBody = x.isHead;
    style.http10 = x.head.version() == http::Version::http10;
    style.close = !keepAlive;
    style.rayId = x.rayId();
    return style;
}

/// Whether the connection goes on behind an answer of the edge's own.
bool Connection::mayKeepAlive(bool malformed) const
{
    const Exchange& x = *m_exchange;
    if (malformed || m_stopping || x.clientEnd || !x.head.keepAlive())
        return false;
    if (x.requestBody.complete())
        return true;
    // A client that waits for 100 may or may not send its body after this answer: nobody could tell where the next request starts.
    if (x.head.expectContinue())
        return false;
    return x.requestBody.framing() == http::Framing::chunked || x.requestBody.remaining() <= drainLimit;
}

Connection::Step Connection::answer(const Refusal& refusal, bool malformed)
{
    Exchange& x = *m_exchange;
    x.status = refusal.status;
    if (!x.headConsumed && !malformed)
        x.html = wantsHtml();
    const bool keepAlive = mayKeepAlive(malformed);
    writeRefusal(x.out, refusal, style(keepAlive));
    return beginAnswer(keepAlive);
}

Connection::Step Connection::answerDocument(std::string_view document)
{
    // Validators keep it and ask again when they meet an unknown kid; an hour is far below a rotation's overlap.
    constexpr std::string_view headers = "Cache-Control: public, max-age=3600\r\nAccess-Control-Allow-Origin: *\r\n";
    const bool keepAlive = mayKeepAlive(false);
    m_exchange->status = 200;
    writeDocument(m_exchange->out, 200, "application/json", document, headers, style(keepAlive));
    return beginAnswer(keepAlive);
}

Connection::Step Connection::answerPage(const LocalPage& page)
{
    const bool keepAlive = mayKeepAlive(false);
    m_exchange->status = page.status;
    writeDocument(m_exchange->out, page.status, page.type, page.body, page.headers, style(keepAlive));
    return beginAnswer(keepAlive);
}

Connection::Step Connection::beginAnswer(bool keepAlive)
{
    Exchange& x = *m_exchange;
    dropUpstream(x.phase == Phase::decide);
    x.keepAlive = keepAlive;
    if (!x.headConsumed && x.head.error() == http::HeadError::none && x.targetIsSplit)
        x.consumeHead();
    x.in.consume(std::min(x.bodyReady, x.in.size()));
    x.bodyReady = 0;
    x.outSent = 0;
    x.phase = Phase::answer;
    setDeadline(m_worker.timings().stall);
    return Step::goOn;
}

Connection::Step Connection::sendAnswer()
{
    Exchange& x = *m_exchange;
    if (m_timedOut)
        return giveUp();
    while (x.outSent < x.out.size()) {
        const auto result = m_client.send(x.out.data() + x.outSent, x.out.size() - x.outSent);
        if (result.status == Status::wouldBlock) {
            m_client.armWrite();
            return Step::wait;
        }
        if (result.status != Status::done)
            return giveUp();
        x.answerBegun = true;
        x.outSent += result.bytes;
    }
    x.phase = x.keepAlive && !x.requestBody.complete() ? Phase::drain : Phase::done;
    return Step::goOn;
}

Connection::Step Connection::drain()
{
    Exchange& x = *m_exchange;
    for (;;) {
        const auto taken = x.requestBody.take(x.in.view());
        x.in.consume(taken.bytes);
        x.drained += taken.bytes;
        if (taken.malformed || x.drained > drainLimit || m_timedOut)
            x.keepAlive = false;
        if (!x.keepAlive || x.requestBody.complete()) {
            x.phase = Phase::done;
            return Step::goOn;
        }
        x.in.clear();
        const auto space = x.in.space();
        const auto result = m_client.receive(space.data(), space.size());
        if (result.status == Status::wouldBlock) {
            m_client.armRead();
            return Step::wait;
        }
        if (result.status == Status::done)
            x.in.commit(result.bytes);
        else
            x.keepAlive = false;
    }
}

// ----------------------------------------------------------------------------------------------------------------- ending

void Connection::finishExchange()
{
    Exchange& x = *m_exchange;
    dropUpstream(x.requestSent && !x.requestBroken && x.answerHeadDone && x.answer.keepAlive() && x.status != 101
                 && x.answerBody.complete() && x.answerBody.framing() != http::Framing::untilClose && x.back.isEmpty());
    if (!x.unlogged) {
        x.event.status = x.status;
        x.event.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - x.startedAt);
        m_worker.events().record(x.event);
    }
    m_over = m_over || !x.keepAlive || m_stopping;
    x.needsWiping = x.needsWiping || x.secretInBuffer || x.origin == nullptr;
    m_lingers = !m_reset && (!x.requestBody.complete() || x.head.error() != http::HeadError::none || !x.in.isEmpty());
    if (m_over)
        return;
    m_timedOut = false;
    forgetSignature();
    x.reset();
    if (x.in.isEmpty())
        x.in.clear();
}

/// Ends the exchange, and the connection, without another word.
Connection::Step Connection::giveUp()
{
    m_over = true;
    if (m_exchange) {
        Exchange& x = *m_exchange;
        x.keepAlive = false;
        m_reset = x.answerBegun && x.phase != Phase::done;
        if (!x.answerBegun)
            x.status = 0;
        x.phase = Phase::done;
    }
    return Step::goOn;
}

Connection::Step Connection::linger()
{
    if (!m_lingers || m_aborted || m_reset)
        return Step::goOn;
    if (m_lingered == 0) {
        m_client.endSending();
        setDeadline(m_worker.timings().lingering);
    }
    std::array<char, 4096> rubbish;
    while (!m_timedOut && m_lingered < lingerLimit) {
        const auto result = m_client.receive(rubbish.data(), rubbish.size());
        if (result.status == Status::wouldBlock) {
            m_lingered += 1;
            m_client.armRead();
            return Step::wait;
        }
        if (result.status != Status::done)
            break;
        m_lingered += result.bytes;
    }
    return Step::goOn;
}

void Connection::forgetSignature()
{
    m_awaitsSignature = false;
    m_waiter.leave();
    // The work goes on without this connection, and may outlive it.
    if (m_exchange && m_exchange->pending)
        m_exchange->pending->waiter = nullptr;
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

void Connection::stop()
{
    m_stopping = true;
    m_wake.wake();
}

void Connection::abort()
{
    m_aborted = true;
    m_wake.wake();
}

bool EndedAccess::concerns(const Exchange& x) const
{
    if (x.generation == 0) // nothing was let in yet
        return false;
    const auto holds = [](const std::vector<std::string>& texts, const std::string& text) {
        return std::ranges::find(texts, text) != texts.end();
    };
    if (session && x.hasSession && x.session == *session)
        return true;
    if (x.generation >= generation || x.event.applicationId.empty())
        return false;
    if (x.hasToken && std::ranges::find(tokenIds, x.tokenId) != tokenIds.end())
        return true;
    if (holds(lost.applications, x.event.applicationId))
        return true;
    if ((x.hasToken || x.hasSession) && holds(lost.sessions, x.event.applicationId))
        return true;
    return !x.event.userEmail.empty() && holds(lost.identities, base::toLowerAscii(x.event.userEmail));
}

void Connection::cut(const EndedAccess& ended)
{
    if (!m_exchange || !ended.concerns(*m_exchange))
        return;
    m_exchange->cut = true;
    m_wake.wake();
}

void Connection::setDeadline(std::chrono::milliseconds delay)
{
    m_timedOut = false;
    m_worker.wheel().set(*this, delay);
}

void Connection::clearDeadline()
{
    m_timedOut = false;
    m_worker.wheel().clear(*this);
}

void Connection::expired()
{
    m_timedOut = true;
    m_wake.wake();
}

} // namespace latchkey::edge
