// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EventRing.h"

#include <cstring>
#include <utility>

namespace latchkey::edge {

std::size_t EventRing::IdHash::operator()(const std::array<std::uint8_t, 16>& id) const
{
    std::size_t hash = 0; // random bytes already
    std::memcpy(&hash, id.data(), sizeof hash);
    return hash;
}

EventRing::EventRing(http::TimerWheel& wheel, EventSink& sink, std::chrono::milliseconds pace)
    : m_wheel(wheel)
    , m_sink(sink)
    , m_pace(pace)
{
}

void EventRing::record(RequestEvent& event)
{
    ++(event.allowed ? m_allowed : m_refused);
    if (!m_wheel.isSet(*this))
        m_wheel.set(*this, m_pace);
    if (m_count >= (event.allowed ? capacityForAllowed : capacity)) {
        ++m_lost;
        return;
    }
    if (m_count == m_events.size())
        m_events.emplace_back();
    std::swap(m_events[m_count++], event);
    if (m_count >= soon && !std::exchange(m_hurried, true))
        m_wheel.set(*this, m_pace / 4);
}

void EventRing::seen(const std::array<std::uint8_t, 16>& tokenId, std::chrono::sys_seconds at)
{
    m_seen[tokenId] = at;
    if (!m_wheel.isSet(*this))
        m_wheel.set(*this, m_pace);
}

void EventRing::expired()
{
    flush();
}

void EventRing::flush()
{
    m_hurried = false;
    if (m_count == 0 && m_seen.empty() && m_allowed + m_refused == 0)
        return;
    EventBatch batch;
    // Copied, so that recording goes on without allocations.
    batch.requests.assign(m_events.begin(), m_events.begin() + static_cast<std::ptrdiff_t>(m_count));
    batch.seen.reserve(m_seen.size());
    for (const auto& [id, at] : m_seen)
        batch.seen.push_back({id, at});
    batch.lost = std::exchange(m_lost, 0);
    batch.allowed = std::exchange(m_allowed, 0);
    batch.refused = std::exchange(m_refused, 0);
    m_count = 0;
    m_seen.clear();
    m_sink.deliver(std::move(batch));
}

} // namespace latchkey::edge
