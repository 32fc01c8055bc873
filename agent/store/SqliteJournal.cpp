// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What SqliteStore keeps of what happened: sessions that ended, and the request log.
#include "SqliteStore.h"

#include "Rows.h"

#include <algorithm>

namespace latchkey::store {

Result<std::vector<EndedSession>> SqliteStore::endedSessions(std::chrono::sys_seconds now)
{
    Statement rows = m_database->statement("SELECT digest, expires_at FROM ended_sessions WHERE expires_at > ?");
    rows.time(now);
    std::vector<EndedSession> sessions;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return sessions;
        EndedSession session;
        const QByteArray bytes = rows.blobAt(0);   // its length is checked by the table
        std::copy_n(bytes.begin(), std::min(static_cast<std::size_t>(bytes.size()), session.digest.size()), session.digest.begin());
        session.expiresAt = rows.timeAt(1);
        sessions.push_back(session);
    }
}

Result<void> SqliteStore::keepEndedSession(const EndedSession& session, std::chrono::sys_seconds now)
{
    Statement insertion = m_database->statement(
        "INSERT INTO ended_sessions (digest, expires_at) VALUES (?,?) "
        "ON CONFLICT (digest) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)");
    insertion.blob(session.digest).time(session.expiresAt);
    if (const auto inserted = change(insertion); !inserted)
        return std::unexpected(inserted.error());
    Statement removal = m_database->statement("DELETE FROM ended_sessions WHERE expires_at <= ?");
    removal.time(now);
    if (const auto removed = change(removal); !removed)
        return std::unexpected(removed.error());
    return {};
}

Result<void> SqliteStore::appendLog(std::span<const LogRow> rows, int keepNewest)
{
    for (const LogRow& row : rows) {
        Statement statement = m_database->statement(
            "INSERT INTO requests (at_us, ray_id, method, host, path, peer, application_id, token_id, client_id, policy_id, "
            "reason, allowed, status, user_email) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        bindLogRow(statement, row);
        if (const auto changed = change(statement); !changed)
            return std::unexpected(changed.error());
    }
    // Rows are only ever removed from the old end, so numbers have no gaps and the oldest one to keep is a subtraction.
    Statement trim = m_database->statement("DELETE FROM requests WHERE seq <= (SELECT max(seq) FROM requests) - ?");
    trim.integer(std::max(keepNewest, 0));
    if (const auto trimmed = change(trim); !trimmed)
        return std::unexpected(trimmed.error());
    return {};
}

} // namespace latchkey::store
