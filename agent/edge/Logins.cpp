// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Logins.h"

#include <utility>

namespace latchkey::edge {

Logins::Logins(std::span<const EndedSession> ended, std::chrono::sys_seconds now)
{
    for (const EndedSession& each : ended)
        end(each, now);
}

void Logins::Shard::forgetFirst()
{
    ended.erase(byEnd.begin()->second);
    byEnd.erase(byEnd.begin());
}

void Logins::Shard::purge(std::chrono::sys_seconds now)
{
    while (!byEnd.empty() && byEnd.begin()->first <= now)
        forgetFirst();
    count.store(ended.size(), std::memory_order_release);
}

bool Logins::end(const EndedSession& session, std::chrono::sys_seconds now)
{
    Shard& shard = shardOf(session.session);
    const std::lock_guard lock(shard.mutex);
    shard.purge(now);
    if (session.expiresAt <= now || shard.ended.contains(session.session))
        return false;
    if (shard.ended.size() >= mostEnded / shards)
        shard.forgetFirst();
    shard.byEnd.emplace(session.expiresAt, session.session);
    shard.ended.emplace(session.session, session.expiresAt);
    shard.count.store(shard.ended.size(), std::memory_order_release);
    return true;
}

bool Logins::isEnded(const base::Digest& session, std::chrono::sys_seconds now)
{
    Shard& shard = shardOf(session);
    if (shard.count.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(shard.mutex);
    shard.purge(now);
    return shard.ended.contains(session);
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
