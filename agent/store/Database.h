// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

class QSqlError;

namespace latchkey::store {

/// One use of a prepared statement: bind in order, then run() or next() until false. Resets the statement when it goes,
/// so that no read transaction stays open behind our back. Errors of preparing come out of run() and next().
/// Two uses of the same text must not overlap.
class Statement {
public:
    Statement(QSqlQuery& query, std::optional<Error> error, const std::string& path);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& text(std::string_view value);
    Statement& text(const QString& value);
    Statement& integer(std::int64_t value);
    Statement& blob(std::span<const std::uint8_t> value);
    Statement& time(std::chrono::sys_seconds value);
    Statement& time(std::optional<std::chrono::sys_seconds> value);
    Statement& null();

    [[nodiscard]] Result<int> run();      ///< The number of rows changed.
    [[nodiscard]] Result<bool> next();    ///< Whether there is another row.

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::string textAt(int column) const;
    [[nodiscard]] std::int64_t integerAt(int column) const;
    [[nodiscard]] QByteArray blobAt(int column) const;
    [[nodiscard]] std::chrono::sys_seconds timeAt(int column) const;
    [[nodiscard]] std::optional<std::chrono::sys_seconds> optionalTimeAt(int column) const;

private:
    Result<void> execute();

    QSqlQuery& m_query;
    std::optional<Error> m_error;
    const std::string& m_path;
    int m_bound = 0;
    bool m_executed = false;
};

/// A connection to one SQLite file with its prepared statements. Opened, used and closed on one thread. Needs a
/// QCoreApplication, as Qt finds the driver's plugin through it.
class Database {
public:
    enum class Mode { readOnly, readWrite };

    /// The file must exist; what it holds is not looked at yet.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A prepared statement, kept for the next time the same text is asked for.
    [[nodiscard]] Statement statement(std::string_view sql);
    /// A statement that is run once.
    [[nodiscard]] Result<void> execute(std::string_view sql);
    /// The first column of the only row of a query that is asked once (`PRAGMA user_version`).
    [[nodiscard]] Result<std::string> value(std::string_view sql);

    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;   // Looking a statement up allocates nothing.
    };
    struct Prepared {
        explicit Prepared(const QSqlDatabase& connection) : query(connection) { }
        QSqlQuery query;
        bool isReady = false;
    };

    explicit Database(std::string path);

    std::string m_path;
    QString m_name;
    QSqlDatabase m_connection;
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> m_statements;
};

/// The words and the code for what SQLite reports.
[[nodiscard]] Error databaseError(const QSqlError& error, const std::string& path);
/// A database that does not hold what it should; says that it was left as it is and what to do.
[[nodiscard]] Error damagedError(const std::string& path, std::string detail);

} // namespace latchkey::store
