// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace latchkey::http {

/// Somebody to tell that what he waits for may have happened; he looks for himself. wake() may destroy the one who called
/// it, so it is the last thing a caller does.
class Waker {
public:
    virtual void wake() = 0;

protected:
    ~Waker() = default;
};

/// What a coroutine of a connection suspends on: whatever happens to the connection (bytes, a time-out, a signature) ends
/// in wake(), and the coroutine asks its state what to do next. So a connection is one coroutine frame, waits for any
/// number of things at once, and costs no allocation a wait. One waiter; not thread-safe.
///
///     while (step() == Step::wait)
///         co_await m_wake;
class Wake final : public Waker {
public:
    /// Resumes the waiting coroutine on the caller's stack; without one the next co_await goes straight on.
    void wake() override
    {
        if (m_waiting)
            std::exchange(m_waiting, nullptr).resume();
        else
            m_signalled = true;
    }

    [[nodiscard]] bool await_ready() noexcept { return std::exchange(m_signalled, false); }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { m_waiting = waiting; }
    void await_resume() const noexcept { }

private:
    std::coroutine_handle<> m_waiting;
    bool m_signalled = false;
};

/// The return type of a coroutine that runs at once and that nobody waits for; it frees itself at its end. It must not let
/// an exception out.
struct Task {
    struct promise_type {
        Task get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept { }
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

} // namespace latchkey::http
