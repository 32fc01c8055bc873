// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BodyStream.h"

#include <utility>

namespace latchkey::http {

bool BodyStream::write(std::string_view piece)
{
    std::function<void()> waker;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closed || piece.size() > m_room - m_waiting.size())
            return false;
        const bool wasEmpty = m_waiting.empty();
        m_waiting.append(piece);
        if (wasEmpty)
            waker = m_waker;
    }
    if (waker)   // Outside the lock: it takes the server's.
        waker();
    return true;
}

void BodyStream::close()
{
    std::function<void()> waker;
    {
        const std::scoped_lock lock(m_mutex);
        if (std::exchange(m_closed, true))
            return;
        waker = m_waker;
    }
    if (waker)
        waker();
}

void BodyStream::setWaker(std::function<void()> waker)
{
    const std::scoped_lock lock(m_mutex);
    m_waker = std::move(waker);
}

std::string BodyStream::take()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_waiting, {});
}

bool BodyStream::isEnded() const
{
    const std::scoped_lock lock(m_mutex);
    return m_closed && m_waiting.empty();
}

} // namespace latchkey::http
