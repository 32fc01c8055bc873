// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/TokenMap.h"
#include "agent/base/Clock.h"
#include "agent/base/Log.h"
#include "agent/edge/Events.h"
#include "agent/store/Store.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace latchkey::control {

/// Takes what the edge's workers tell and writes it in batches: last-seen marks and the request log. Nothing of it is worth
/// a request's time, so a disk that refuses costs log rows, never a mark and never an answer. Sessions that somebody ended are
/// written at once: that person waits for the word that it is for good.
/// deliver() and sessionEnded() are for the workers; everything else happens on the control thread, where it is made.
class EventIntake final : public QObject, public edge::EventSink {
public:
    struct Counters {
        std::uint64_t allowed = 0, refused = 0, lost = 0;
    };

    EventIntake(store::Store& store, const Clock& clock, Log& log, int logKeep);

    /// Where the tokens are found that Client IDs of events belong to; before the first event arrives.
    void setTokens(std::function<const access::TokenMap&()> tokens) { m_tokens = std::move(tokens); }

    /// Who is told of each request, on the control thread; empty: nobody.
    void setListener(std::function<void(const store::LogRow&)> listener) { m_listener = std::move(listener); }

    void deliver(edge::EventBatch batch) override;
    /// Those of one turn of the event loop share a transaction.
    void sessionEnded(const edge::EndedSession& ended, std::move_only_function<void(bool kept)> kept) override;

    /// Takes in what was delivered and writes it now. Not inside a transaction.
    void flush();

    [[nodiscard]] const Counters& counters() const { return m_counters; }

    /// Batches of several workers share a transaction.
    static constexpr std::chrono::milliseconds writeDelay{500};
    static constexpr std::chrono::seconds retryDelay{5};

private:
    void takeIn();
    void keepEnded();
    void takeIn(edge::EventBatch& batch);
    [[nodiscard]] Result<void> write();
    [[nodiscard]] store::LogRow rowOf(edge::RequestEvent& event) const;

    store::Store& m_store;
    const Clock& m_clock;
    Log& m_log;
    const int m_logKeep;
    std::function<const access::TokenMap&()> m_tokens;
    std::function<void(const store::LogRow&)> m_listener;
    QTimer m_timer;
    Counters m_counters;
    std::map<std::array<std::uint8_t, 16>, std::chrono::sys_seconds> m_seen;
    std::deque<store::LogRow> m_rows;
    bool m_failing = false;

    std::mutex m_mutex;
    std::vector<edge::EventBatch> m_delivered;   ///< Guarded by m_mutex.
    struct Ended {
        store::EndedSession session;
        std::move_only_function<void(bool kept)> kept;
    };
    std::vector<Ended> m_ended;                  ///< Guarded by m_mutex.
};

} // namespace latchkey::control
