// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What SqliteStore keeps of signing keys.
#include "SqliteStore.h"

namespace latchkey::store {

Result<std::vector<KeyRecord>> SqliteStore::keys()
{
    Statement rows = m_database->statement(
        "SELECT kid, created_at, retired_at FROM signing_keys ORDER BY created_at DESC, seq DESC");
    std::vector<KeyRecord> records;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return records;
        records.push_back(KeyRecord{rows.textAt(0), rows.timeAt(1), rows.optionalTimeAt(2)});
    }
}

Result<void> SqliteStore::saveKey(const KeyRecord& key)
{
    Statement statement = m_database->statement(
        "INSERT INTO signing_keys (kid, created_at, retired_at) VALUES (?,?,?) "
        "ON CONFLICT (kid) DO UPDATE SET created_at = excluded.created_at, retired_at = excluded.retired_at");
    statement.text(key.kid).time(key.createdAt).time(key.retiredAt);
    return changeOne(statement, "The signing key could not be kept.");
}

Result<void> SqliteStore::deleteKey(const std::string& kid)
{
    Statement statement = m_database->statement("DELETE FROM signing_keys WHERE kid = ?");
    statement.text(kid);
    return changeOne(statement, "No signing key has this id.");
}

Result<std::vector<std::string>> SqliteStore::leftoverKeys()
{
    Statement rows = m_database->statement("SELECT kid FROM leftover_keys");
    std::vector<std::string> kids;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return kids;
        kids.push_back(rows.textAt(0));
    }
}

Result<void> SqliteStore::noteLeftoverKey(const std::string& kid)
{
    Statement statement = m_database->statement("INSERT OR REPLACE INTO leftover_keys (kid) VALUES (?)");
    statement.text(kid);
    return changeOne(statement, "The note could not be kept.");
}

Result<void> SqliteStore::forgetLeftoverKey(const std::string& kid)
{
    Statement statement = m_database->statement("DELETE FROM leftover_keys WHERE kid = ?");
    statement.text(kid);
    if (const auto changed = change(statement); !changed)
        return std::unexpected(changed.error());
    return {};
}

} // namespace latchkey::store
