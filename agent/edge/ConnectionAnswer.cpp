// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A connection while the edge answers itself.
#include "Connection.h"

#include "Worker.h"

#include <algorithm>

namespace latchkey::edge {

using Status = http::IoResult::Status;

namespace {

// A refused request's body up to this size is read and thrown away, so that the connection can go on.
constexpr std::size_t drainLimit = 64U * 1024U;

} // namespace

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

} // namespace latchkey::edge
