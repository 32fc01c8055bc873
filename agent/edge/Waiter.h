// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/Awaiter.h"

#include <utility>

namespace latchkey::edge {

class WaitList;

/// Somebody who waits in at most one WaitList: joining and leaving cost the same however many others wait, so that a thousand
/// clients who want the same JWT are no more work than a thousand who want one each. Belongs to one thread.
class Waiter {
public:
    explicit Waiter(http::Waker& waker) : m_waker(waker) { }
    ~Waiter() { leave(); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] http::Waker& waker() const { return m_waker; }
    /// Waits no more.
    void leave()
    {
        if (m_previous == nullptr)
            return;
        m_previous->m_next = m_next;
        m_next->m_previous = m_previous;
        m_previous = m_next = nullptr;
    }

private:
    friend class WaitList;
    http::Waker& m_waker;
    Waiter* m_previous = nullptr; // null: not waiting
    Waiter* m_next = nullptr;
};

/// Those who wait for one thing.
class WaitList {
public:
    WaitList() : m_ends(nobody) { m_ends.m_previous = m_ends.m_next = &m_ends; }
    ~WaitList() { clear(); }
    WaitList(const WaitList&) = delete;
    WaitList& operator=(const WaitList&) = delete;

    /// Whoever waits elsewhere does not any more.
    void join(Waiter& waiter)
    {
        waiter.leave();
        waiter.m_previous = m_ends.m_previous;
        waiter.m_next = &m_ends;
        m_ends.m_previous->m_next = &waiter;
        m_ends.m_previous = &waiter;
    }

    /// Wakes those who wait now, first come, first served; whoever joins meanwhile waits for the next time. Any of them, and
    /// the list itself, may be gone afterwards.
    void wakeAll()
    {
        WaitList woken;
        while (m_ends.m_next != &m_ends)
            woken.join(*m_ends.m_next);
        while (woken.m_ends.m_next != &woken.m_ends) {
            Waiter& next = *woken.m_ends.m_next;
            next.leave();
            next.waker().wake();
        }
    }

private:
    struct Nobody final : http::Waker {
        void wake() override { }
    };
    static inline Nobody nobody;

    void clear()
    {
        while (m_ends.m_next != &m_ends)
            m_ends.m_next->leave();
        m_ends.m_previous = m_ends.m_next = nullptr;
    }

    Waiter m_ends; // before the first and behind the last
};

} // namespace latchkey::edge
