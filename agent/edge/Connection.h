// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClientInfo.h"
#include "Exchange.h"
#include "Gate.h"
#include "Relay.h"
#include "Router.h"
#include "Waiter.h"

#include "agent/http/Awaiter.h"
#include "agent/http/Stream.h"
#include "agent/http/TimerWheel.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace latchkey::edge {

class Worker;

/// Who lost access at once.
struct EndedAccess {
    std::uint64_t generation = 0;                         ///< Of the snapshot since which; what it let in stays.
    std::vector<std::array<std::uint8_t, 16>> tokenIds;
    LostAccess lost;
    std::optional<base::Digest> session;                  ///< Ended by a logout, whatever the snapshot.

    [[nodiscard]] bool concerns(const Exchange& exchange) const;
};

/// One client's connection: its requests, one after the other, from the first byte to the last. Lives on its worker's
/// thread and is owned by the worker, which it asks to be destroyed at its end.
class Connection final : private http::TimerWheel::Timer {
public:
    Connection(Worker& worker, http::Socket socket, ClientInfo client);

    /// Runs until it has to wait; may destroy the connection.
    void start() { run(); }
    /// Ends after the request under way, or now if there is none. May destroy the connection, as abort() and cut() may.
    void stop();
    void abort();
    /// Ends what is under way if it was let in by something that lost access.
    void cut(const EndedAccess& ended);

private:
    friend class Worker;

    enum class Step : std::uint8_t { wait, goOn };
    using Phase = Exchange::Phase;

    http::Task run();

    // What the coroutine does between its waits. `wait`: nothing more to do before it is woken.
    Step readHead();
    Step awaitBytes();
    Step advance();
    Step decide();
    Step connect();
    Step relay();
    Step tunnel();
    Step sendAnswer();
    Step drain();
    Step linger();

    void beginExchange();
    void beginRelay();
    void finishExchange();
    Step relayTimedOut();
    Step relayEnded(Relay::Outcome outcome);
    Step retryOrFail();
    Step refuseBadHead();
    Step headTimedOut();
    Step answer(const Refusal& refusal, bool malformed = false);
    Step answerDocument(std::string_view document);
    Step answerPage(const LocalPage& page);
    Step beginAnswer(bool keepAlive);
    Step failUpstream(int status, access::Reason reason, std::string detail);
    Step giveUp();
    [[nodiscard]] bool clientIsThere();
    [[nodiscard]] AnswerStyle style(bool keepAlive) const;
    [[nodiscard]] bool mayKeepAlive(bool malformed) const;
    [[nodiscard]] bool mayRetry() const;
    [[nodiscard]] bool wantsHtml() const;
    void forgetSignature();

    void dropUpstream(bool reusable);
    void setDeadline(std::chrono::milliseconds delay);
    void clearDeadline();
    void expired() override;

    Worker& m_worker;
    http::Stream m_client;
    http::Wake m_wake;
    Waiter m_waiter{m_wake};    // for a signature
    const ClientInfo m_info;
    std::unique_ptr<Exchange> m_exchange;              // while there is something of a request
    http::UpstreamConnection* m_upstream = nullptr;    // lent by the pool
    bool m_first = true;        // no request was read yet
    enum class Awaited : std::uint8_t { head, request, answer } m_awaited = Awaited::head; // what the deadline is for
    bool m_timedOut = false;
    bool m_stopping = false;
    bool m_aborted = false;
    bool m_over = false;        // no further request
    bool m_lingers = false;     // the client may still be sending
    bool m_reset = false;       // what the client got is not whole
    bool m_awaitsSignature = false;
    std::size_t m_lingered = 0;
    std::list<std::unique_ptr<Connection>>::iterator m_self;
};

} // namespace latchkey::edge
