// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SqliteReader.h"

#include "DatabaseFile.h"
#include "Rows.h"
#include "Schema.h"
#include "Text.h"

#include <algorithm>
#include <limits>

namespace latchkey::store {
namespace {

/// What a list's WHERE says, and the values of its question marks.
struct Condition {
    std::string sql;
    std::vector<QString> values;

    void add(std::string_view part, const QString& value, int times)
    {
        sql += sql.empty() ? " WHERE " : " AND ";
        sql += part;
        values.insert(values.end(), static_cast<std::size_t>(times), value);
    }
};

/// The read transaction in which a count and its page belong together.
class ReadTransaction {
public:
    explicit ReadTransaction(Database& database) : m_database(database), m_begun(database.statement("BEGIN").run()) { }
    ~ReadTransaction()
    {
        if (m_begun)
            static_cast<void>(m_database.statement("COMMIT").run());
    }
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

    [[nodiscard]] const Result<int>& begun() const { return m_begun; }

private:
    Database& m_database;
    Result<int> m_begun;
};

void bindPage(Statement& statement, const std::vector<QString>& values, int page, int perPage)
{
    for (const QString& value : values)
        statement.text(value);
    statement.integer(perPage).integer(std::int64_t{page - 1} * perPage);
}

Result<void> checkPage(int page, int perPage)
{
    if (page < 1 || perPage < 1)
        return fail(ErrorCode::invalidArgument, "Pages count from 1 and hold at least one entry.");
    return {};
}

constexpr std::string_view kNewestFirst = " ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?";

} // namespace

Result<std::unique_ptr<Reader>> Reader::open(const std::string& directory)
{
    auto database = Database::open(databasePath(directory), Database::Mode::readOnly);
    if (!database)
        return std::unexpected(database.error());
    const auto application = (*database)->value("PRAGMA application_id");
    if (!application)
        return std::unexpected(application.error());
    if (*application != std::to_string(kApplicationId))
        return std::unexpected(damagedError((*database)->path(), "it is empty or not a database of Latchkey"));
    const auto version = (*database)->value("PRAGMA user_version");
    if (!version)
        return std::unexpected(version.error());
    if (*version != std::to_string(kSchemaVersion))
        return fail(ErrorCode::unsupported, "The database is of another version of Latchkey. Start the agent once with this "
                                            "version, or use the other one.", "schema " + *version);
    return std::make_unique<SqliteReader>(std::move(*database));
}

SqliteReader::SqliteReader(std::unique_ptr<Database> database) : m_database(std::move(database)) { }

Result<int> SqliteReader::count(const std::string& sql, const std::vector<QString>& values)
{
    Statement statement = m_database->statement(sql);
    for (const QString& value : values)
        statement.text(value);
    const auto found = statement.next();
    if (!found)
        return std::unexpected(found.error());
    return static_cast<int>(std::min<std::int64_t>(statement.integerAt(0), std::numeric_limits<int>::max()));
}

Result<Page<access::ServiceToken>> SqliteReader::tokens(const TokenFilter& filter)
{
    if (auto valid = checkPage(filter.page, filter.perPage); !valid)
        return std::unexpected(valid.error());
    Condition condition;
    if (!filter.name.empty())
        condition.add("name = ?", toQt(filter.name), 1);
    // instr() rather than LIKE: nothing in what a person types is special, and folding is ours, not ASCII's.
    if (!filter.search.empty())
        condition.add("(instr(name_folded, ?) > 0 OR instr(client_id, ?) > 0)", folded(filter.search), 2);

    const ReadTransaction moment(*m_database);
    if (!moment.begun())
        return std::unexpected(moment.begun().error());
    const auto total = count("SELECT count(*) FROM tokens" + condition.sql, condition.values);
    if (!total)
        return std::unexpected(total.error());
    Page<access::ServiceToken> result{{}, filter.page, filter.perPage, *total};
    Statement rows = m_database->statement("SELECT " + std::string(kTokenColumns) + " FROM tokens" + condition.sql
                                           + std::string(kNewestFirst));
    bindPage(rows, condition.values, filter.page, filter.perPage);
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return result;
        auto token = readToken(rows);
        if (!token)
            return std::unexpected(token.error());
        result.items.push_back(std::move(*token));
    }
}

Result<std::optional<access::ServiceToken>> SqliteReader::token(const access::TokenId& id)
{
    Statement row = m_database->statement("SELECT " + std::string(kTokenColumns) + " FROM tokens WHERE id = ?");
    row.text(id.value);
    const auto found = row.next();
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return std::nullopt;
    auto token = readToken(row);
    if (!token)
        return std::unexpected(token.error());
    return std::move(*token);
}

Result<Page<access::Application>> SqliteReader::applications(int page, int perPage, const std::string& search)
{
    if (auto valid = checkPage(page, perPage); !valid)
        return std::unexpected(valid.error());
    Condition condition;
    if (!search.empty())
        condition.add("(instr(name_folded, ?) > 0 OR instr(domain_folded, ?) > 0)", folded(search), 2);

    const ReadTransaction moment(*m_database);
    if (!moment.begun())
        return std::unexpected(moment.begun().error());
    const auto total = count("SELECT count(*) FROM applications" + condition.sql, condition.values);
    if (!total)
        return std::unexpected(total.error());
    Statement rows = m_database->statement("SELECT " + std::string(kApplicationColumns) + " FROM applications" + condition.sql
                                           + std::string(kNewestFirst));
    bindPage(rows, condition.values, page, perPage);
    auto items = readApplications(*m_database, rows);
    if (!items)
        return std::unexpected(items.error());
    return Page<access::Application>{std::move(*items), page, perPage, *total};
}

Result<std::optional<access::Application>> SqliteReader::application(const access::ApplicationId& id)
{
    const ReadTransaction moment(*m_database);
    if (!moment.begun())
        return std::unexpected(moment.begun().error());
    Statement row = m_database->statement("SELECT " + std::string(kApplicationColumns) + " FROM applications WHERE id = ?");
    row.text(id.value);
    auto found = readApplications(*m_database, row);
    if (!found)
        return std::unexpected(found.error());
    if (found->empty())
        return std::nullopt;
    return std::move(found->front());
}

Result<std::vector<LogRow>> SqliteReader::log(int limit)
{
    Statement rows = m_database->statement(
        "SELECT at_us, ray_id, method, host, path, peer, application_id, token_id, client_id, policy_id, reason, allowed, status, "
        "user_email "
        "FROM requests ORDER BY seq DESC LIMIT ?");
    rows.integer(std::max(limit, 0));
    auto log = readLog(rows);
    // Workers hand their requests over in bundles, so neighbours may have arrived out of order.
    if (log)
        std::stable_sort(log->begin(), log->end(), [](const LogRow& left, const LogRow& right) { return left.at > right.at; });
    return log;
}

} // namespace latchkey::store
