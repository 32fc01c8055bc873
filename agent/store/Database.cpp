// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Database.h"

#include "Text.h"

#include <QSqlError>

#include <utility>

namespace latchkey::store {
namespace {

// SQLite's primary result codes that call for different answers. Source: sqlite.org/rescode.html.
constexpr int kReadOnly = 8;
constexpr int kCorrupt = 11;
constexpr int kFull = 13;
constexpr int kCantOpen = 14;
constexpr int kConstraint = 19;
constexpr int kNotADatabase = 26;

int primaryCode(const QSqlError& error)
{
    return error.nativeErrorCode().toInt() & 0xFF;   // The rest is the extended code.
}

std::string words(const QSqlError& error)
{
    return fromQt(error.nativeErrorCode() + QLatin1StringView(": ") + error.databaseText());
}

} // namespace

Error damagedError(const std::string& path, std::string detail)
{
    return Error{ErrorCode::damaged,
                 "The database " + path + " is damaged and was left as it is. `latchkey-agent repair --restore-backup` goes "
                 "back to the newest automatic backup and keeps the damaged file aside; or start with another data directory.",
                 std::move(detail)};
}

Error databaseError(const QSqlError& error, const std::string& path)
{
    switch (primaryCode(error)) {
    case kCorrupt:
    case kNotADatabase:
        return damagedError(path, words(error));
    case kFull:
        return Error{ErrorCode::io, "The disk is full and nothing was changed. Free some space for " + path +
                                        ", then try again.", words(error)};
    case kReadOnly:
    case kCantOpen:
        return Error{ErrorCode::io, "The database " + path + " cannot be opened or written. Check who owns the file and "
                                    "its directory, and that the disk is not read-only.", words(error)};
    case kConstraint:
        return Error{ErrorCode::conflict, "There is already an entry with this identifier.", words(error)};
    default:
        return Error{ErrorCode::io, "The database " + path + " could not be read or written and nothing was changed. "
                                    "Check the disk, then try again.", words(error)};
    }
}

Statement::Statement(QSqlQuery& query, std::optional<Error> error, const std::string& path)
    : m_query(query), m_error(std::move(error)), m_path(path)
{
}

Statement::~Statement()
{
    m_query.finish();
}

Statement& Statement::text(std::string_view value)
{
    return text(toQt(value));
}

Statement& Statement::text(const QString& value)
{
    m_query.bindValue(m_bound++, value);
    return *this;
}

Statement& Statement::integer(std::int64_t value)
{
    m_query.bindValue(m_bound++, QVariant::fromValue<qlonglong>(value));
    return *this;
}

Statement& Statement::blob(std::span<const std::uint8_t> value)
{
    m_query.bindValue(m_bound++, QByteArray(reinterpret_cast<const char*>(value.data()), static_cast<qsizetype>(value.size())));
    return *this;
}

Statement& Statement::time(std::chrono::sys_seconds value)
{
    return integer(value.time_since_epoch().count());
}

Statement& Statement::time(std::optional<std::chrono::sys_seconds> value)
{
    return value ? time(*value) : null();
}

Statement& Statement::null()
{
    m_query.bindValue(m_bound++, QVariant());
    return *this;
}

Result<void> Statement::execute()
{
    if (m_error)
        return std::unexpected(*m_error);
    m_executed = true;
    if (!m_query.exec())
        return std::unexpected(databaseError(m_query.lastError(), m_path));
    return {};
}

Result<int> Statement::run()
{
    if (auto done = execute(); !done)
        return std::unexpected(done.error());
    return m_query.numRowsAffected();
}

Result<bool> Statement::next()
{
    if (!m_executed) {
        if (auto done = execute(); !done)
            return std::unexpected(done.error());
    }
    if (m_query.next())
        return true;
    if (const QSqlError error = m_query.lastError(); error.isValid())
        return std::unexpected(databaseError(error, m_path));
    return false;
}

bool Statement::isNull(int column) const
{
    return m_query.isNull(column);
}

std::string Statement::textAt(int column) const
{
    return fromQt(m_query.value(column).toString());
}

std::int64_t Statement::integerAt(int column) const
{
    return m_query.value(column).toLongLong();
}

QByteArray Statement::blobAt(int column) const
{
    return m_query.value(column).toByteArray();
}

std::chrono::sys_seconds Statement::timeAt(int column) const
{
    return std::chrono::sys_seconds(std::chrono::seconds(integerAt(column)));
}

std::optional<std::chrono::sys_seconds> Statement::optionalTimeAt(int column) const
{
    if (isNull(column))
        return std::nullopt;
    return timeAt(column);
}

Database::Database(std::string path) : m_path(std::move(path))
{
    // Qt keeps connections in a table by name; this object's address is a name nobody else has while it lives.
    m_name = QStringLiteral("latchkey-%1").arg(reinterpret_cast<quintptr>(this), 0, 16);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode)
{
    std::unique_ptr<Database> database(new Database(path));
    database->m_connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), database->m_name);
    QSqlDatabase& connection = database->m_connection;
    if (!connection.isValid())
        return fail(ErrorCode::unsupported, "Qt's SQLite driver is missing. Install it (Debian: libqt6sql6-sqlite), then try "
                                            "again.");
    connection.setDatabaseName(toQt(path));
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000");
    if (mode == Mode::readOnly)
        options += QLatin1StringView(";QSQLITE_OPEN_READONLY");
    connection.setConnectOptions(options);
    if (!connection.open())
        return std::unexpected(databaseError(connection.lastError(), path));
    return database;
}

Database::~Database()
{
    m_statements.clear();   // Before the connection: a statement must not outlive it.
    if (m_connection.isValid()) {
        m_connection.close();
        m_connection = QSqlDatabase();
        QSqlDatabase::removeDatabase(m_name);
    }
}

Statement Database::statement(std::string_view sql)
{
    auto found = m_statements.find(sql);
    if (found == m_statements.end())
        found = m_statements.try_emplace(std::string(sql), m_connection).first;
    Prepared& prepared = found->second;
    std::optional<Error> error;
    if (!prepared.isReady) {
        prepared.query.setForwardOnly(true);   // Qt would copy every row into a cache of its own.
        prepared.isReady = prepared.query.prepare(toQt(sql));
        if (!prepared.isReady)
            error = databaseError(prepared.query.lastError(), m_path);
    }
    return Statement(prepared.query, std::move(error), m_path);
}

Result<void> Database::execute(std::string_view sql)
{
    QSqlQuery query(m_connection);
    if (!query.exec(toQt(sql)))
        return std::unexpected(databaseError(query.lastError(), m_path));
    return {};
}

Result<std::string> Database::value(std::string_view sql)
{
    QSqlQuery query(m_connection);
    query.setForwardOnly(true);
    if (!query.exec(toQt(sql)) || !query.next())
        return std::unexpected(databaseError(query.lastError(), m_path));
    return fromQt(query.value(0).toString());
}

} // namespace latchkey::store
