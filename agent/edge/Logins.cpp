// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Logins.h"

#include <utility>

namespace latchkey::edge {

void Logins::end(const base::Digest& session, std::chrono::sys_seconds expiresAt, std::chrono::sys_seconds now)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_ended, [now](const auto& each) { return each.second <= now; });
    if (m_ended.size() < mostEnded)
        m_ended.emplace(session, expiresAt);
    m_count.store(m_ended.size(), std::memory_order_release);
}

bool Logins::isEnded(const base::Digest& session) const
{
    if (m_count.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(m_mutex);
    return m_ended.contains(session);
}

void Logins::deposit(const std::string& code, Ticket ticket, std::chrono::sys_seconds now)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_tickets, [now](const auto& each) { return each.second.until <= now; });
    if (m_tickets.size() < mostTickets)
        m_tickets.emplace(code, std::move(ticket));
}

std::optional<Logins::Ticket> Logins::collect(const std::string& code, std::chrono::sys_seconds now)
{
    const std::lock_guard lock(m_mutex);
    auto found = m_tickets.extract(code);
    if (found.empty() || found.mapped().until <= now)
        return std::nullopt;
    return std::move(found.mapped());
}

} // namespace latchkey::edge
