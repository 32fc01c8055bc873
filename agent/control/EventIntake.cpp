// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EventIntake.h"

#include "Post.h"

#include <algorithm>

namespace latchkey::control {

EventIntake::EventIntake(store::Store& store, const Clock& clock, Log& log, int logKeep)
    : m_store(store)
    , m_clock(clock)
    , m_log(log)
    , m_logKeep(std::max(logKeep, 0))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EventIntake::flush);
}

void EventIntake::deliver(edge::EventBatch batch)
{
    bool wasEmpty = false;
    {
        const std::scoped_lock lock(m_mutex);
        wasEmpty = m_delivered.empty();
        m_delivered.push_back(std::move(batch));
    }
    if (wasEmpty)
        post(this, [this] { takeIn(); });
}

void EventIntake::sessionEnded(const edge::EndedSession& ended, std::move_only_function<void(bool kept)> kept)
{
    bool wasEmpty = false;
    {
        const std::scoped_lock lock(m_mutex);
        wasEmpty = m_ended.empty();
        m_ended.push_back({{ended.session, ended.expiresAt}, std::move(kept)});
    }
    if (wasEmpty)
        post(this, [this] { keepEnded(); });
}

void EventIntake::keepEnded()
{
    std::vector<Ended> ended;
    {
        const std::scoped_lock lock(m_mutex);
        ended.swap(m_ended);
    }
    if (ended.empty())
        return;
    const auto write = [&]() -> Result<void> {
        if (auto begun = m_store.begin(); !begun)
            return begun;
        for (const auto& each : ended) {
            if (auto kept = m_store.keepEndedSession(each.session, m_clock.now()); !kept)
                return kept;
        }
        return m_store.commit();
    };
    const auto written = write();
    if (!written) {
        m_store.rollback();
        m_log.write(Log::Level::error, "a logout cannot be kept: after a restart the session would count again",
                    {{"why", written.error().message}, {"detail", written.error().detail}});
    }
    for (auto& each : ended)
        each.kept(written.has_value());
}

void EventIntake::takeIn()
{
    std::vector<edge::EventBatch> delivered;
    {
        const std::scoped_lock lock(m_mutex);
        delivered.swap(m_delivered);
    }
    for (auto& batch : delivered)
        takeIn(batch);
    if ((!m_seen.empty() || !m_rows.empty()) && !m_timer.isActive())
        m_timer.start(m_failing ? std::chrono::milliseconds(retryDelay) : writeDelay);
}

void EventIntake::takeIn(edge::EventBatch& batch)
{
    m_counters.allowed += batch.allowed;
    m_counters.refused += batch.refused;
    m_counters.lost += batch.lost;
    for (const auto& mark : batch.seen) {
        auto& at = m_seen[mark.tokenId];
        at = std::max(at, mark.at);
    }
    for (auto& event : batch.requests) {
        m_rows.push_back(rowOf(event));
        if (m_listener)
            m_listener(m_rows.back());
    }
    // What the log would forget at once is not written first.
    const auto keep = static_cast<std::size_t>(m_logKeep);
    if (m_rows.size() > keep)
        m_rows.erase(m_rows.begin(), m_rows.end() - static_cast<std::ptrdiff_t>(keep));
}

store::LogRow EventIntake::rowOf(edge::RequestEvent& event) const
{
    store::LogRow row;
    row.at = event.at;
    row.rayId = std::move(event.rayId);
    row.method = std::move(event.method);
    row.host = std::move(event.host);
    row.path = std::move(event.path);
    row.peer = std::move(event.peer);
    row.applicationId = std::move(event.applicationId);
    if (const auto* token = m_tokens && !event.clientId.empty() ? m_tokens().find(event.clientId) : nullptr)
        row.tokenId = access::uuidText(token->id);
    row.clientId = std::move(event.clientId);
    row.policyId = std::move(event.policyId);
    row.userEmail = std::move(event.userEmail);
    row.reason = access::code(event.reason);
    row.allowed = event.allowed;
    row.status = event.status;
    return row;
}

void EventIntake::flush()
{
    keepEnded();
    takeIn();
    m_timer.stop();
    if (m_seen.empty() && m_rows.empty())
        return;
    if (auto written = write(); !written) {
        m_store.rollback();
        if (!std::exchange(m_failing, true))
            m_log.write(Log::Level::warning, "the request log cannot be written",
                        {{"why", written.error().message}, {"detail", written.error().detail}});
        m_timer.start(retryDelay);
        return;
    }
    m_failing = false;
    m_seen.clear();
    m_rows.clear();
}

Result<void> EventIntake::write()
{
    if (auto begun = m_store.begin(); !begun)
        return begun;
    std::vector<std::pair<access::TokenId, std::chrono::sys_seconds>> marks;
    marks.reserve(m_seen.size());
    for (const auto& [id, at] : m_seen)
        marks.emplace_back(access::TokenId{access::uuidText(id)}, at);
    if (!marks.empty()) {
        if (auto marked = m_store.markSeen(marks); !marked)
            return marked;
    }
    if (!m_rows.empty()) {
        const std::vector<store::LogRow> rows(m_rows.begin(), m_rows.end());
        if (auto appended = m_store.appendLog(rows, m_logKeep); !appended)
            return appended;
    }
    return m_store.commit();
}

} // namespace latchkey::control
