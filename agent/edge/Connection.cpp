// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Connection.h"

#include "Generation.h"
#include "Worker.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey::edge {

using access::Reason;
using Status = http::IoResult::Status;

namespace {

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
                x.in.resize(std::min(2 * x.in.capacity(), http::limits::headBytes), http::ByteBuffer::OldBytes::wipe);
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
