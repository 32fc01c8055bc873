// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SqliteStore.h"

#include "DatabaseFile.h"
#include "OrganizationCodec.h"
#include "Rows.h"
#include "Schema.h"
#include "Text.h"

#include "agent/base/Json.h"

#include <algorithm>

namespace latchkey::store {
namespace {

constexpr std::string_view kInsertToken =
    "INSERT INTO tokens (id, client_id, name, name_folded, duration, enabled, secret_version, current_digest, previous_digest, "
    "previous_until, created_at, updated_at, expires_at, last_seen_at, extra, active_from) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

// A record that control read before the last marks were written must not turn the clock back: last_seen_at only grows.
constexpr std::string_view kUpdateToken =
    "UPDATE tokens SET id=?, client_id=?, name=?, name_folded=?, duration=?, enabled=?, secret_version=?, current_digest=?, "
    "previous_digest=?, previous_until=?, created_at=?, updated_at=?, expires_at=?, "
    "last_seen_at=(SELECT max(ifnull(last_seen_at, seen), ifnull(seen, last_seen_at)) FROM (SELECT ? AS seen)), extra=?, active_from=? "
    "WHERE id=?";

constexpr std::string_view kInsertApplication =
    "INSERT INTO applications (id, audience, name, name_folded, domain, domain_folded, session_duration, upstream, port, "
    "created_at, updated_at, sessions_revoked_at, session_epoch, extra, options) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr std::string_view kUpdateApplication =
    "UPDATE applications SET id=?, audience=?, name=?, name_folded=?, domain=?, domain_folded=?, session_duration=?, "
    "upstream=?, port=?, created_at=?, updated_at=?, sessions_revoked_at=?, session_epoch=?, extra=?, options=? WHERE id=?";

constexpr const char* kNoToken = "No service token has this id.";
constexpr const char* kNoApplication = "No application has this id.";

void bindRecord(Statement& statement, const access::TokenRecord& record)
{
    const access::ServiceToken& token = record.token;
    statement.text(token.id.value).text(token.clientId.value).text(token.name).text(folded(token.name));
    statement.text(token.duration.text()).integer(token.enabled ? 1 : 0).integer(token.clientSecretVersion);
    statement.blob(record.secrets.current);
    if (record.secrets.previous)
        statement.blob(*record.secrets.previous);
    else
        statement.null();
    statement.time(token.previousClientSecretExpiresAt).time(token.createdAt).time(token.updatedAt).time(token.expiresAt);
    statement.time(token.lastSeenAt).text(token.extra).time(record.activeFrom);
}

void bindApplication(Statement& statement, const access::Application& application)
{
    statement.text(application.id.value).text(application.audience.value);
    statement.text(application.name).text(folded(application.name));
    statement.text(application.domain).text(folded(application.domain));
    statement.text(application.sessionDuration.text()).text(application.upstream);
    if (application.port)
        statement.integer(*application.port);
    else
        statement.null();
    statement.time(application.createdAt).time(application.updatedAt).time(application.sessionsRevokedAt);
    // SQLite's integers are signed; the bits come back unchanged.
    statement.integer(static_cast<std::int64_t>(application.sessionEpoch)).text(application.extra);
    Json options = Json::object();
    access::encodeOptions(options, application.options);
    statement.text(options.dump());
}

Result<void> configure(Database& database)
{
    for (const char* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"}) {
        if (auto done = database.execute(pragma); !done)
            return done;
    }
    const auto mode = database.value("PRAGMA journal_mode");
    if (!mode)
        return std::unexpected(mode.error());
    if (*mode != "wal")
        return fail(ErrorCode::io, "The data directory's file system cannot hold Latchkey's database (no write-ahead log). "
                                   "Choose a data directory on a local disk.", "journal_mode " + *mode);
    return {};
}

} // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& directory)
{
    if (auto prepared = prepareDirectory(directory); !prepared)
        return std::unexpected(prepared.error());
    const std::string path = databasePath(directory);
    const auto exists = databaseExists(path);
    if (!exists)
        return std::unexpected(exists.error());
    if (!*exists) {
        if (auto created = createDatabase(path); !created)
            return std::unexpected(created.error());
    }
    if (auto kept = keepPrivate(path); !kept)
        return std::unexpected(kept.error());
    if (auto checked = checkDatabase(path); !checked)
        return std::unexpected(checked.error());
    auto database = Database::open(path, Database::Mode::readWrite);
    if (!database)
        return std::unexpected(database.error());
    if (auto configured = configure(**database); !configured)
        return std::unexpected(configured.error());
    if (auto migrated = migrate(**database); !migrated)
        return std::unexpected(migrated.error());
    return std::make_unique<SqliteStore>(std::move(*database));
}

SqliteStore::SqliteStore(std::unique_ptr<Database> database) : m_database(std::move(database)) { }

SqliteStore::~SqliteStore()
{
    rollback();
}

Result<void> SqliteStore::ready() const
{
    if (m_doomed)
        return std::unexpected(*m_doomed);
    if (!m_inTransaction)
        return fail(ErrorCode::internal, "A change of the database was asked for outside a transaction.");
    return {};
}

Result<int> SqliteStore::change(Statement& statement)
{
    if (auto allowed = ready(); !allowed)
        return std::unexpected(allowed.error());
    auto changed = statement.run();
    if (!changed && changed.error().code != ErrorCode::conflict)
        m_doomed = changed.error();
    return changed;
}

Result<void> SqliteStore::changeOne(Statement& statement, const char* missing)
{
    const auto changed = change(statement);
    if (!changed)
        return std::unexpected(changed.error());
    if (*changed == 0)
        return fail(ErrorCode::notFound, missing);
    return {};
}

Result<void> SqliteStore::control(std::string_view sql)
{
    Statement statement = m_database->statement(sql);
    const auto done = change(statement);
    if (!done)
        return std::unexpected(done.error());
    return {};
}

Result<void> SqliteStore::begin()
{
    if (m_inTransaction)
        return fail(ErrorCode::internal, "A transaction of the database is open already.");
    Statement statement = m_database->statement("BEGIN IMMEDIATE");
    if (const auto begun = statement.run(); !begun)
        return std::unexpected(begun.error());
    m_inTransaction = true;
    m_savepoints = 0;
    m_doomed.reset();
    return {};
}

Result<void> SqliteStore::commit()
{
    auto done = control("COMMIT");
    if (!done) {
        rollback();
        return done;
    }
    m_inTransaction = false;
    m_savepoints = 0;
    return {};
}

void SqliteStore::rollback()
{
    if (!m_inTransaction)
        return;
    // Fails when SQLite has rolled back by itself, which is what was wanted.
    static_cast<void>(m_database->statement("ROLLBACK").run());
    m_inTransaction = false;
    m_savepoints = 0;
    m_doomed.reset();
}

Result<void> SqliteStore::savepoint()
{
    auto done = control("SAVEPOINT command");
    if (done)
        ++m_savepoints;
    return done;
}

Result<void> SqliteStore::releaseSavepoint()
{
    if (m_savepoints == 0)
        return fail(ErrorCode::internal, "No savepoint of the database is open.");
    auto done = control("RELEASE command");
    if (done)
        --m_savepoints;
    return done;
}

void SqliteStore::rollbackToSavepoint()
{
    if (m_savepoints == 0)
        return;
    --m_savepoints;
    if (control("ROLLBACK TO command"))   // A doomed transaction ends as a whole.
        static_cast<void>(control("RELEASE command"));
}

Result<std::optional<Settings>> SqliteStore::settings()
{
    Statement row = m_database->statement("SELECT agent_id, account_id, team, vault_kind FROM settings");
    const auto found = row.next();
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return std::nullopt;
    return Settings{row.textAt(0), row.textAt(1), row.textAt(2), row.textAt(3)};
}

Result<void> SqliteStore::saveSettings(const Settings& settings)
{
    Statement statement = m_database->statement(
        "INSERT OR REPLACE INTO settings (id, agent_id, account_id, team, vault_kind) VALUES (1,?,?,?,?)");
    statement.text(settings.agentId).text(settings.accountId).text(settings.team).text(settings.vaultKind);
    return changeOne(statement, "The settings could not be kept.");
}

Result<std::optional<access::Organization>> SqliteStore::organization()
{
    Statement row = m_database->statement("SELECT document FROM organization");
    const auto found = row.next();
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return std::nullopt;
    auto organization = decodeOrganization(row.textAt(0));
    if (!organization)
        return std::unexpected(organization.error());
    return std::move(*organization);
}

Result<void> SqliteStore::saveOrganization(const access::Organization& organization)
{
    Statement statement = m_database->statement("INSERT OR REPLACE INTO organization (id, document) VALUES (1,?)");
    statement.text(encodeOrganization(organization));
    return changeOne(statement, "The organization's settings could not be kept.");
}

Result<std::vector<access::TokenRecord>> SqliteStore::allTokens()
{
    Statement rows = m_database->statement("SELECT " + std::string(kRecordColumns) + " FROM tokens ORDER BY seq");
    std::vector<access::TokenRecord> records;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return records;
        auto record = readRecord(rows);
        if (!record)
            return std::unexpected(record.error());
        records.push_back(std::move(*record));
    }
}

Result<std::optional<access::TokenRecord>> SqliteStore::token(const access::TokenId& id)
{
    Statement row = m_database->statement("SELECT " + std::string(kRecordColumns) + " FROM tokens WHERE id = ?");
    row.text(id.value);
    const auto found = row.next();
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return std::nullopt;
    auto record = readRecord(row);
    if (!record)
        return std::unexpected(record.error());
    return std::move(*record);
}

Result<void> SqliteStore::insertToken(const access::TokenRecord& record)
{
    Statement statement = m_database->statement(kInsertToken);
    bindRecord(statement, record);
    return changeOne(statement, kNoToken);
}

Result<void> SqliteStore::updateToken(const access::TokenRecord& record)
{
    Statement statement = m_database->statement(kUpdateToken);
    bindRecord(statement, record);
    statement.text(record.token.id.value);
    return changeOne(statement, kNoToken);
}

Result<void> SqliteStore::deleteToken(const access::TokenId& id)
{
    Statement statement = m_database->statement("DELETE FROM tokens WHERE id = ?");
    statement.text(id.value);
    return changeOne(statement, kNoToken);
}

Result<void> SqliteStore::markSeen(std::span<const std::pair<access::TokenId, std::chrono::sys_seconds>> marks)
{
    for (const auto& [id, at] : marks) {
        Statement statement = m_database->statement(
            "UPDATE tokens SET last_seen_at = ? WHERE id = ? AND ifnull(last_seen_at < ?, 1)");
        statement.time(at).text(id.value).time(at);
        // No row: the token was deleted since, or was seen later.
        if (const auto changed = change(statement); !changed)
            return std::unexpected(changed.error());
    }
    return {};
}

Result<std::vector<access::Application>> SqliteStore::allApplications()
{
    Statement rows = m_database->statement("SELECT " + std::string(kApplicationColumns) + " FROM applications ORDER BY seq");
    return readApplications(*m_database, rows);
}

Result<std::int64_t> SqliteStore::applicationSeq(const access::ApplicationId& id)
{
    Statement row = m_database->statement("SELECT seq FROM applications WHERE id = ?");
    row.text(id.value);
    const auto found = row.next();
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return fail(ErrorCode::notFound, kNoApplication);
    return row.integerAt(0);
}

Result<void> SqliteStore::insertPolicies(const access::Application& application)
{
    const auto seq = applicationSeq(application.id);
    if (!seq)
        return std::unexpected(seq.error());
    std::int64_t position = 0;
    for (const access::Policy& policy : application.policies) {
        Statement statement = m_database->statement(
            "INSERT INTO policies (application_seq, position, precedence, reusable, id, name, decision, include_rules, require_rules, "
            "exclude_rules, session_duration, created_at, updated_at, extra) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        statement.integer(*seq).integer(position++).integer(policy.precedence).integer(policy.reusable ? 1 : 0).text(policy.id.value);
        bindPolicyContent(statement, policy);
        if (const auto changed = change(statement); !changed)
            return std::unexpected(changed.error());
    }
    return {};
}

Result<void> SqliteStore::insertApplication(const access::Application& application)
{
    Statement statement = m_database->statement(kInsertApplication);
    bindApplication(statement, application);
    if (auto done = changeOne(statement, kNoApplication); !done)
        return done;
    return insertPolicies(application);
}

Result<void> SqliteStore::updateApplication(const access::Application& application)
{
    Statement statement = m_database->statement(kUpdateApplication);
    bindApplication(statement, application);
    statement.text(application.id.value);
    if (auto done = changeOne(statement, kNoApplication); !done)
        return done;
    Statement removal = m_database->statement(
        "DELETE FROM policies WHERE application_seq = (SELECT seq FROM applications WHERE id = ?)");
    removal.text(application.id.value);
    if (const auto removed = change(removal); !removed)
        return std::unexpected(removed.error());
    return insertPolicies(application);
}

Result<void> SqliteStore::deleteApplication(const access::ApplicationId& id)
{
    Statement statement = m_database->statement("DELETE FROM applications WHERE id = ?");
    statement.text(id.value);
    return changeOne(statement, kNoApplication);
}

} // namespace latchkey::store
