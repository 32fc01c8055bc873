// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Schema.h"

#include "Database.h"
#include "DatabaseFile.h"

#include <array>
#include <charconv>
#include <span>
#include <string_view>

namespace latchkey::store {
namespace {

// Times are integer Unix seconds; durations are text as the API writes them; `extra` is opaque JSON text.
// `seq` keeps the order of arrival among rows of one second.
constexpr std::array kVersion1{
    R"(CREATE TABLE settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        agent_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        team TEXT NOT NULL,
        vault_kind TEXT NOT NULL,
        strict INTEGER NOT NULL
    ) STRICT)",
    R"(CREATE TABLE tokens (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        client_id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL,
        duration TEXT NOT NULL,
        enabled INTEGER NOT NULL,
        secret_version INTEGER NOT NULL,
        current_digest BLOB NOT NULL CHECK (length(current_digest) = 32),
        previous_digest BLOB CHECK (length(previous_digest) = 32),
        previous_until INTEGER,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        expires_at INTEGER,
        last_seen_at INTEGER,
        extra TEXT NOT NULL
    ) STRICT)",
    "CREATE INDEX tokens_by_age ON tokens (created_at)",
    "CREATE INDEX tokens_by_name ON tokens (name)",
    R"(CREATE TABLE applications (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        audience TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL,
        domain TEXT NOT NULL,
        domain_folded TEXT NOT NULL,
        session_duration TEXT NOT NULL,
        upstream TEXT NOT NULL,
        port INTEGER,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        sessions_revoked_at INTEGER,
        session_epoch INTEGER NOT NULL,
        extra TEXT NOT NULL
    ) STRICT)",
    "CREATE INDEX applications_by_age ON applications (created_at)",
    R"(CREATE TABLE policies (
        application_seq INTEGER NOT NULL REFERENCES applications (seq) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        decision TEXT NOT NULL,
        include_rules TEXT NOT NULL,
        require_rules TEXT NOT NULL,
        exclude_rules TEXT NOT NULL,
        session_duration TEXT,
        precedence INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        extra TEXT NOT NULL,
        PRIMARY KEY (application_seq, position)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE signing_keys (
        seq INTEGER PRIMARY KEY,
        kid TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        retired_at INTEGER
    ) STRICT)",
    R"(CREATE TABLE requests (
        seq INTEGER PRIMARY KEY,
        at_us INTEGER NOT NULL,
        ray_id TEXT NOT NULL,
        method TEXT NOT NULL,
        host TEXT NOT NULL,
        path TEXT NOT NULL,
        peer TEXT NOT NULL,
        application_id TEXT NOT NULL,
        token_id TEXT NOT NULL,
        client_id TEXT NOT NULL,
        policy_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        allowed INTEGER NOT NULL,
        status INTEGER NOT NULL
    ) STRICT)",
};

// The organization's settings, of which `strict` was the first, move into a document of their own; a token may begin later.
constexpr std::array kVersion2{
    R"(CREATE TABLE organization (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        document TEXT NOT NULL
    ) STRICT)",
    R"(INSERT INTO organization (id, document)
        SELECT 1, CASE strict WHEN 0 THEN '{"strict":false}' ELSE '{"strict":true}' END FROM settings)",
    "ALTER TABLE settings DROP COLUMN strict",
    "ALTER TABLE tokens ADD COLUMN active_from INTEGER NOT NULL DEFAULT 0",
};

// Notes of signing keys that the vault may hold and nobody needs any more: see control::KeyKeeper.
constexpr std::array kVersion3{
    "CREATE TABLE leftover_keys (kid TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
};

// What an application does at the edge gets a column of its own; until then it travelled in `extra`. SQLite's json_each
// gives true and false as numbers, so the values are picked by `->`, which keeps their JSON.
constexpr std::array kVersion4{
    "ALTER TABLE applications ADD COLUMN options TEXT NOT NULL DEFAULT '{}'",
    R"(UPDATE applications SET options = ifnull(
        (SELECT json_group_object(key, json(applications.extra -> fullkey)) FROM json_each(applications.extra)
         WHERE key IN ('self_hosted_domains', 'destinations', 'service_auth_401_redirect', 'read_service_tokens_from_header',
            'http_only_cookie_attribute', 'same_site_cookie_attribute', 'path_cookie_attribute', 'options_preflight_bypass',
            'cors_headers', 'custom_deny_message', 'custom_deny_url', 'custom_non_identity_deny_url')), '{}')
        WHERE extra <> '' AND json_valid(extra))",
    R"(UPDATE applications SET extra = json_remove(extra, '$.self_hosted_domains', '$.destinations',
        '$.service_auth_401_redirect', '$.read_service_tokens_from_header', '$.http_only_cookie_attribute',
        '$.same_site_cookie_attribute', '$.path_cookie_attribute', '$.options_preflight_bypass', '$.cors_headers',
        '$.custom_deny_message', '$.custom_deny_url', '$.custom_non_identity_deny_url')
        WHERE extra <> '' AND json_valid(extra))",
    "UPDATE applications SET extra = '' WHERE extra = '{}'",
};

// Policies that several applications use, and groups. Applications keep a copy of the reusable policies they list, which
// control renews in the transaction that changes one: reading an application needs no other table.
constexpr std::array kVersion5{
    R"(CREATE TABLE reusable_policies (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        decision TEXT NOT NULL,
        include_rules TEXT NOT NULL,
        require_rules TEXT NOT NULL,
        exclude_rules TEXT NOT NULL,
        session_duration TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        extra TEXT NOT NULL
    ) STRICT)",
    R"(CREATE TABLE access_groups (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        include_rules TEXT NOT NULL,
        require_rules TEXT NOT NULL,
        exclude_rules TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        extra TEXT NOT NULL
    ) STRICT)",
    "ALTER TABLE policies ADD COLUMN reusable INTEGER NOT NULL DEFAULT 0",
};

// Sessions that ended before their time are refused after a restart, too; and requests of people who logged in are told as
// theirs.
constexpr std::array kVersion6{
    R"(CREATE TABLE ended_sessions (
        digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX ended_sessions_by_end ON ended_sessions (expires_at)",
    "ALTER TABLE requests ADD COLUMN user_email TEXT NOT NULL DEFAULT ''",
};

/// Element n brings a database from version n to version n + 1.
constexpr std::array<std::span<const char* const>, kSchemaVersion> kMigrations{kVersion1, kVersion2, kVersion3, kVersion4,
                                                                                    kVersion5, kVersion6};

Result<int> number(Database& database, std::string_view pragma)
{
    auto text = database.value(pragma);
    if (!text)
        return std::unexpected(text.error());
    int value = 0;
    if (std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::unexpected(damagedError(database.path(), "a header field is no number"));
    return value;
}

Result<void> runMigrations(Database& database, int version)
{
    for (; version < kSchemaVersion; ++version) {
        for (const char* statement : kMigrations[static_cast<std::size_t>(version)]) {
            if (auto done = database.execute(statement); !done)
                return done;
        }
    }
    return database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

Result<void> fillNew(const std::string& path)
{
    auto database = Database::open(path, Database::Mode::readWrite);
    if (!database)
        return std::unexpected(database.error());
    // A rollback journal here: the file must be whole by itself when it is renamed.
    if (auto done = (*database)->execute("PRAGMA synchronous = FULL"); !done)
        return done;
    if (auto done = (*database)->execute("PRAGMA application_id = " + std::to_string(kApplicationId)); !done)
        return done;
    return migrate(**database);
}

} // namespace

Result<void> migrate(Database& database)
{
    const auto version = number(database, "PRAGMA user_version");
    if (!version)
        return std::unexpected(version.error());
    if (*version == kSchemaVersion)
        return {};
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return begun;
    auto done = runMigrations(database, *version);
    if (done)
        done = database.execute("COMMIT");
    if (!done)
        static_cast<void>(database.execute("ROLLBACK"));
    return done;
}

Result<void> createDatabase(const std::string& path)
{
    const std::string newPath = path + ".new";
    if (auto made = makePrivateFile(newPath); !made)
        return made;
    if (auto filled = fillNew(newPath); !filled)
        return filled;
    return publishFile(newPath, path);
}

Result<void> checkDatabase(const std::string& path)
{
    auto database = Database::open(path, Database::Mode::readOnly);
    if (!database)
        return std::unexpected(database.error());
    const auto application = number(**database, "PRAGMA application_id");
    if (!application)
        return std::unexpected(application.error());
    if (*application != kApplicationId)
        return std::unexpected(damagedError(path, "it is empty or not a database of Latchkey"));
    const auto version = number(**database, "PRAGMA user_version");
    if (!version)
        return std::unexpected(version.error());
    if (*version > kSchemaVersion)
        return fail(ErrorCode::unsupported, "The database " + path + " was made by a newer Latchkey. Use that version, or "
                                            "another data directory.",
                    "schema " + std::to_string(*version) + ", known up to " + std::to_string(kSchemaVersion));
    if (*version < 1)
        return std::unexpected(damagedError(path, "it has no schema"));
    const auto check = (*database)->value("PRAGMA quick_check(1)");
    if (!check)
        return std::unexpected(check.error());
    if (*check != "ok")
        return std::unexpected(damagedError(path, *check));
    return {};
}

} // namespace latchkey::store
