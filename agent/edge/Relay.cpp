// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Relay.h"

#include "ForwardedHead.h"

#include <algorithm>

namespace latchkey::edge {

using Status = http::IoResult::Status;
using http::Framing;

namespace {

constexpr int maxInterims = 16; // an upstream that sends more than that never comes to its answer
constexpr std::size_t largestHead = http::limits::headBytes + answerHeadroom + 4096; // and the lines that the edge adds

} // namespace

Relay::Outcome Relay::run()
{
    if (!x.requestSent && !x.requestBroken) {
        const Outcome outcome = sendRequest();
        if (outcome != Outcome::wait)
            return outcome;
    }
    const Outcome outcome = takeAnswer();
    if (outcome == Outcome::wait && x.requestSent)
        return watchClient();
    return outcome;
}

/// Sends from `sent` on. False when it has to wait (armed) or failed.
bool Relay::sendAll(http::Stream& to, const char* bytes, std::size_t& sent, std::size_t size, bool& failed)
{
    while (sent < size) {
        const auto result = to.send(bytes + sent, size - sent);
        if (result.status == Status::done) {
            sent += result.bytes;
            m_moved = true;
            continue;
        }
        failed = result.status == Status::failed;
        if (!failed)
            to.armWrite();
        return false;
    }
    return true;
}

Relay::Outcome Relay::sendRequest()
{
    // A broken upstream may have said why before it closed, so its answer is still looked for.
    if (!sendAll(m_upstream, x.out.data(), x.outSent, x.out.size(), x.requestBroken))
        return Outcome::wait;
    if (x.requestBody.complete() && x.bodyReady == 0) {
        x.requestSent = true;
        return Outcome::wait;
    }
    return sendBody();
}

Relay::Outcome Relay::sendBody()
{
    for (;;) {
        if (x.bodyReady != 0) {
            std::size_t sent = 0;
            const bool all = sendAll(m_upstream, x.in.data(), sent, x.bodyReady, x.requestBroken);
            x.in.consume(sent);
            x.bodyReady -= sent;
            m_budget -= std::min(m_budget, sent);
            if (!all)
                return Outcome::wait;
        }
        if (x.requestBody.complete()) {
            x.requestSent = true;
            return Outcome::wait;
        }
        if (m_budget == 0) {
            m_upstream.armWrite(); // it is writable: comes back in the loop's next turn
            return Outcome::wait;
        }
        if (x.in.isEmpty()) {
            x.in.clear();
            x.in.resize(Exchange::largeBuffer, http::ByteBuffer::OldBytes::wipe);
            const auto space = x.in.space();
            const auto result = m_client.receive(space.data(), space.size());
            if (result.status == Status::wouldBlock) {
                m_client.armRead();
                return Outcome::wait;
            }
            if (result.status != Status::done)
                return Outcome::clientGone;
            x.in.commit(result.bytes);
            m_moved = true;
        }
        const auto taken = x.requestBody.take(x.in.view());
        if (taken.malformed)
            return Outcome::badBody;
        x.bodyReady = taken.bytes;
    }
}

Relay::Outcome Relay::takeAnswer()
{
    for (;;) {
        Outcome outcome = Outcome::wait;
        if (!flushToClient(outcome))
            return outcome;
        if (x.answerHeadDone && x.answer.status() == 101)
            return Outcome::upgraded;
        if (x.answerHeadDone && x.answerBody.complete())
            return Outcome::complete;
        if (!x.answerHeadDone && !x.back.isEmpty()) {
            outcome = parseAnswerHead();
            if (outcome == Outcome::goOn)
                continue;
            if (outcome != Outcome::wait)
                return outcome;
        }
        if (m_budget == 0) {
            m_client.armWrite(); // it is writable: comes back in the loop's next turn
            return Outcome::wait;
        }
        outcome = receiveAnswer();
        if (outcome != Outcome::goOn)
            return outcome;
    }
}

/// False: `outcome` says what to do.
bool Relay::flushToClient(Outcome& outcome)
{
    bool failed = false;
    bool all = true;
    if (x.extraSent < x.extra.size()) {
        all = sendAll(m_client, x.extra.data(), x.extraSent, x.extra.size(), failed);
        if (all) {
            m_budget -= std::min(m_budget, x.extra.size());
            x.extra.clear();
            x.extraSent = 0;
        }
    }
    if (all && x.backReady != 0) {
        std::size_t sent = 0;
        all = sendAll(m_client, x.back.data(), sent, x.backReady, failed);
        x.back.consume(sent);
        x.backReady -= sent;
        m_budget -= std::min(m_budget, sent);
    }
    if (failed)
        outcome = Outcome::clientGone;
    return all;
}

/// Reads once from the upstream.
Relay::Outcome Relay::receiveAnswer()
{
    if (x.back.isEmpty()) {
        x.back.clear(x.answerHeadDone ? 0 : answerHeadroom + x.answerLines.size());
        // A body that fills the small buffer is likely to go on.
        if (x.answerHeadDone && (x.answerBody.framing() != Framing::length || x.answerBody.remaining() > x.back.capacity()))
            x.back.resize(Exchange::largeBuffer, http::ByteBuffer::OldBytes::leave);
    } else if (x.back.space().empty()) {
        x.back.compact(answerHeadroom + x.answerLines.size());
        if (x.back.space().empty())
            x.back.resize(std::min(2 * x.back.capacity(), largestHead), http::ByteBuffer::OldBytes::leave);
    }
    const auto space = x.back.space();
    const auto result = m_upstream.receive(space.data(), space.size());
    if (result.status == Status::wouldBlock) {
        m_upstream.armRead();
        return Outcome::wait;
    }
    if (result.status != Status::done)
        return answerEnded(result.status == Status::closed);
    m_moved = true;
    x.back.commit(result.bytes);
    return x.answerHeadDone ? takeAnswerBody(0) : Outcome::goOn;
}

Relay::Outcome Relay::answerEnded(bool orderly)
{
    if (!x.answerHeadDone)
        return x.back.isEmpty() && x.interims == 0 ? Outcome::noAnswer : Outcome::badAnswer;
    // A reset is no end: RFC 9112 §9.8 lets only an orderly close complete a body without length.
    return orderly && x.answerBody.finishOnClose() ? Outcome::complete : Outcome::broken;
}

Relay::Outcome Relay::parseAnswerHead()
{
    switch (x.answer.parse(x.back.view())) {
    case http::ParseState::needMore:
        return Outcome::wait;
    case http::ParseState::malformed:
        return Outcome::badAnswer;
    case http::ParseState::complete:
        break;
    }
    if (x.answer.isInterim())
        return takeInterim();
    if (x.answer.status() == 101 && (!x.upgrade || !x.answer.upgrade()))
        return Outcome::badAnswer; // nobody asked for it
    beginAnswer();
    return x.answer.status() == 101 ? Outcome::goOn : takeAnswerBody(x.backReady);
}

/// RFC 9110 §15.2: a proxy forwards 1xx answers, but never to HTTP/1.0.
Relay::Outcome Relay::takeInterim()
{
    if (++x.interims > maxInterims)
        return Outcome::badAnswer;
    const std::size_t length = rewriteAnswerHead(x.back, x.answer, AnswerChanges{});
    if (x.head.version() == http::Version::http11)
        x.extra.append(x.back.view().substr(0, length));
    x.back.consume(length);
    x.back.compact(answerHeadroom + x.answerLines.size());
    x.answer.reset(x.isHead);
    return Outcome::goOn;
}

void Relay::beginAnswer()
{
    const bool http10 = x.head.version() == http::Version::http10;
    x.status = x.answer.status();
    x.decodesChunks = http10 && x.answer.framing() == Framing::chunked;
    x.keepAlive = m_mayKeepAlive && x.requestSent && !x.clientEnd && x.head.keepAlive() && x.status != 101
                  && x.answer.framing() != Framing::untilClose && !x.decodesChunks;
    x.answerBody.start(x.answer, nullptr);
    x.answerHeadDone = true;
    x.answerBegun = true;

    AnswerChanges changes;
    changes.withoutChunks = x.decodesChunks;
    changes.rayId = x.rayId();
    changes.extraLines = x.answerLines;
    if (x.status == 101)
        changes.connection = AnswerChanges::Connection::upgrade;
    else if (!x.keepAlive)
        changes.connection = AnswerChanges::Connection::close;
    else if (http10)
        changes.connection = AnswerChanges::Connection::keepAlive;
    x.backReady = rewriteAnswerHead(x.back, x.answer, changes);
    if (x.decodesChunks) {
        x.extra.append(x.back.view().substr(0, x.backReady));
        x.back.consume(x.backReady);
        x.backReady = 0;
    }
}

/// Looks at the bytes in `back` behind the first `already`, which are ready to be sent.
Relay::Outcome Relay::takeAnswerBody(std::size_t already)
{
    const std::string_view bytes = x.back.view().substr(already);
    http::BodyTracker::Taken taken;
    if (x.decodesChunks) {
        taken = x.answerBody.decode(bytes, x.extra);
        x.back.consume(taken.bytes);
    } else {
        taken = x.answerBody.take(bytes);
        x.backReady = already + taken.bytes;
    }
    return taken.malformed ? Outcome::broken : Outcome::goOn;
}

/// While the upstream is waited for: tells a client that went away, and lets the next request come in.
Relay::Outcome Relay::watchClient()
{
    while (!x.clientEnd) {
        if (!m_client.mayRead()) {
            m_client.armRead();
            return Outcome::wait;
        }
        if (x.in.isEmpty())
            x.in.clear();
        else if (x.in.space().empty())
            x.in.compact();
        const auto space = x.in.space();
        if (space.empty())
            return Outcome::wait; // a client that sends this far ahead waits; its end shows later
        const auto result = m_client.receive(space.data(), space.size());
        if (result.status == Status::failed)
            return Outcome::clientGone;
        if (result.status == Status::closed) {
            x.clientEnd = true;
            x.keepAlive = false;
            m_clientEnded = true;
        } else if (result.status == Status::done) {
            x.in.commit(result.bytes);
        }
    }
    return Outcome::wait;
}

Relay::Outcome Relay::runTunnel()
{
    const Outcome there = passOn(m_client, x.in, m_upstream, x.clientEnd);
    if (there != Outcome::wait)
        return there;
    const Outcome back = passOn(m_upstream, x.back, m_client, x.upstreamEnd);
    if (back != Outcome::wait)
        return back;
    return x.clientEnd && x.upstreamEnd ? Outcome::complete : Outcome::wait;
}

Relay::Outcome Relay::passOn(http::Stream& from, http::ByteBuffer& buffer, http::Stream& to, bool& ended)
{
    std::size_t budget = m_budget;
    while (!ended) {
        if (!buffer.isEmpty()) {
            std::size_t sent = 0;
            bool failed = false;
            const bool all = sendAll(to, buffer.data(), sent, buffer.size(), failed);
            buffer.consume(sent);
            budget -= std::min(budget, sent);
            if (failed)
                return Outcome::broken;
            if (!all)
                return Outcome::wait;
        }
        if (budget == 0) {
            to.armWrite();
            return Outcome::wait;
        }
        buffer.clear();
        const auto space = buffer.space();
        const auto result = from.receive(space.data(), space.size());
        switch (result.status) {
        case Status::done:
            buffer.commit(result.bytes);
            m_moved = true;
            break;
        case Status::wouldBlock:
            from.armRead();
            return Outcome::wait;
        case Status::closed:
            ended = true;
            to.endSending();
            break;
        case Status::failed:
            return Outcome::broken;
        }
    }
    return Outcome::wait;
}

} // namespace latchkey::edge
