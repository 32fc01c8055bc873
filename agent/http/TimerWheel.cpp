// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TimerWheel.h"

#include <algorithm>

namespace latchkey::http {

TimerWheel::Timer::~Timer()
{
    if (m_wheel != nullptr)
        m_wheel->clear(*this);
}

TimerWheel::TimerWheel(boost::asio::io_context& io, std::chrono::milliseconds tick)
    : m_ticker(io)
    , m_tick(tick)
{
    for (Link& slot : m_slots)
        slot.previous = slot.next = &slot;
}

TimerWheel::~TimerWheel()
{
    for (Link& slot : m_slots) {
        while (slot.next != &slot)
            unlink(static_cast<Timer&>(*slot.next));
    }
}

void TimerWheel::set(Timer& timer, std::chrono::milliseconds delay)
{
    if (!m_ticking && !m_stopped)
        startTicking();
    // One tick more than asked, because the current one is partly over.
    timer.m_deadline = m_now + static_cast<std::uint64_t>((delay + m_tick - std::chrono::milliseconds(1)) / m_tick) + 1;
    if (timer.m_wheel != nullptr) {
        if (timer.m_linkedAt <= timer.m_deadline)
            return; // looked at again when its slot comes up
        unlink(timer);
    }
    link(timer);
}

void TimerWheel::clear(Timer& timer)
{
    if (timer.m_wheel != nullptr)
        unlink(timer);
}

void TimerWheel::stop()
{
    m_stopped = true;
    m_ticking = false;
    m_ticker.cancel();
}

void TimerWheel::link(Timer& timer)
{
    timer.m_linkedAt = std::min(timer.m_deadline, m_now + slotCount - 1);
    Link& slot = m_slots[timer.m_linkedAt % slotCount];
    timer.previous = slot.previous;
    timer.next = &slot;
    slot.previous->next = &timer;
    slot.previous = &timer;
    timer.m_wheel = this;
    ++m_count;
}

void TimerWheel::unlink(Timer& timer)
{
    timer.previous->next = timer.next;
    timer.next->previous = timer.previous;
    timer.previous = timer.next = nullptr;
    timer.m_wheel = nullptr;
    --m_count;
}

std::uint64_t TimerWheel::elapsedTicks() const
{
    return static_cast<std::uint64_t>((std::chrono::steady_clock::now() - m_epoch) / m_tick);
}

void TimerWheel::startTicking()
{
    m_ticking = true;
    m_now = std::max(m_now, elapsedTicks());
    scheduleTick();
}

void TimerWheel::scheduleTick()
{
    m_ticker.expires_at(m_epoch + m_tick * static_cast<std::int64_t>(m_now + 1));
    m_ticker.async_wait([this](const boost::system::error_code& error) {
        if (!error && !m_stopped)
            advance();
    });
}

void TimerWheel::advance()
{
    const std::uint64_t target = elapsedTicks();
    // A machine that slept comes back a whole turn later at most: every slot is then looked at once.
    if (target > m_now + slotCount)
        m_now = target - slotCount;
    while (m_now < target)
        runSlot(++m_now);
    m_ticking = m_count != 0 && !m_stopped;
    if (m_ticking)
        scheduleTick();
}

void TimerWheel::runSlot(std::uint64_t tick)
{
    // Taken off as a whole first: what expires may set timers anew, also into this slot.
    Link due;
    Link& slot = m_slots[tick % slotCount];
    if (slot.next == &slot)
        return;
    due.next = slot.next;
    due.previous = slot.previous;
    due.next->previous = &due;
    due.previous->next = &due;
    slot.previous = slot.next = &slot;

    while (due.next != &due) {
        Timer& timer = static_cast<Timer&>(*due.next);
        unlink(timer);
        if (timer.m_deadline <= m_now)
            timer.expired();
        else
            link(timer);
    }
}

} // namespace latchkey::http
