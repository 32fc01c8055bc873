// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>

namespace latchkey::http {

/// Coarse time-outs for very many connections: setting one costs a few stores, because a deadline that moves later is only
/// noted, and no clock is read. Accurate to about one tick, never early. Ticks only while a timer is set. Belongs to one
/// event loop and its thread.
class TimerWheel {
    struct Link {
        Link* previous = nullptr;
        Link* next = nullptr;
    };

public:
    /// Something that can expire; it leaves the wheel by itself when it is destroyed.
    class Timer : private Link {
    public:
        Timer() = default;
        Timer(const Timer&) = delete;
        Timer& operator=(const Timer&) = delete;

        /// Called on the wheel's thread; the timer is not set any more. May destroy the timer.
        virtual void expired() = 0;

    protected:
        ~Timer();

    private:
        friend class TimerWheel;
        TimerWheel* m_wheel = nullptr; // set while it is in the wheel
        std::uint64_t m_deadline = 0;  // ticks
        std::uint64_t m_linkedAt = 0;  // the tick whose slot it is in; at most m_deadline
    };

    explicit TimerWheel(boost::asio::io_context& io, std::chrono::milliseconds tick = std::chrono::milliseconds(100));
    ~TimerWheel();
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    /// Expires `timer` after `delay`, whatever it was set to before.
    void set(Timer& timer, std::chrono::milliseconds delay);
    void clear(Timer& timer);
    /// Ticks no more, so that the event loop can run out of work. Nothing expires afterwards.
    void stop();
    [[nodiscard]] static bool isSet(const Timer& timer) { return timer.m_wheel != nullptr; }

private:
    static constexpr std::size_t slotCount = 1024; // with ticks of 100 ms: 102 s before a timer is looked at again

    void link(Timer& timer);
    void unlink(Timer& timer);
    void startTicking();
    void scheduleTick();
    void advance();
    void runSlot(std::uint64_t tick);
    [[nodiscard]] std::uint64_t elapsedTicks() const;

    boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                      boost::asio::io_context::executor_type>
        m_ticker;
    const std::chrono::milliseconds m_tick;
    const std::chrono::steady_clock::time_point m_epoch = std::chrono::steady_clock::now();
    std::uint64_t m_now = 0;
    std::size_t m_count = 0;
    bool m_ticking = false;
    bool m_stopped = false;
    std::array<Link, slotCount> m_slots;
};

} // namespace latchkey::http
