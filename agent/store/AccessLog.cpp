// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The authentication log's query: SqliteReader::accessRequests().
#include "Rows.h"
#include "SqliteReader.h"
#include "Text.h"

#include <algorithm>
#include <limits>
#include <variant>

namespace latchkey::store {
namespace {

constexpr std::string_view kFrom =
    " FROM requests AS r LEFT JOIN tokens AS t ON t.id = r.token_id LEFT JOIN applications AS a ON a.id = r.application_id "
    "WHERE (r.token_id <> '' OR r.user_email <> '')";

/// What follows WHERE, and the values of its question marks in their order.
struct Where {
    std::string sql;
    std::vector<std::variant<std::int64_t, std::string>> values;

    void integer(std::string_view condition, std::int64_t value)
    {
        sql.append(" AND ").append(condition);
        values.emplace_back(value);
    }

    void match(std::string_view column, const std::optional<LogFilter::Match>& match)
    {
        if (!match)
            return;
        sql.append(" AND ").append(match->isNegated ? "NOT " : "");
        if (match->isPart)
            sql.append("instr(ifnull(").append(column).append(", ''), ?) > 0");
        else
            sql.append("ifnull(").append(column).append(", '') = ?");
        values.emplace_back(match->value);
    }

    void bind(Statement& statement) const
    {
        for (const auto& value : values) {
            if (const auto* number = std::get_if<std::int64_t>(&value))
                statement.integer(*number);
            else
                statement.text(std::get<std::string>(value));
        }
    }
};

Where whereOf(const LogFilter& filter)
{
    using std::chrono::microseconds;
    Where where;
    if (filter.since)
        where.integer("r.at_us >= ?", microseconds(filter.since->time_since_epoch()).count());
    if (filter.until)   // The whole second counts, as its end cannot be written.
        where.integer("r.at_us < ?", microseconds(filter.until->time_since_epoch() + std::chrono::seconds(1)).count());
    if (filter.allowed)
        where.integer("r.allowed = ?", *filter.allowed ? 1 : 0);
    if (filter.nonIdentity)
        where.sql.append(*filter.nonIdentity ? " AND r.user_email = ''" : " AND r.user_email <> ''");
    where.match("r.user_email", filter.userEmail);
    where.match("r.application_id", filter.applicationId);
    where.match("a.domain", filter.domain);
    where.match("r.ray_id", filter.rayId);
    return where;
}

} // namespace

Result<Page<AccessRequest>> SqliteReader::accessRequests(const LogFilter& filter)
{
    if (filter.page < 1 || filter.perPage < 1)
        return fail(ErrorCode::invalidArgument, "Pages count from 1 and hold at least one entry.");
    const auto where = whereOf(filter);

    // One statement, so that count and page are of one moment; a page behind the end counts apart.
    Statement rows = m_database->statement(
        "SELECT r.at_us, r.ray_id, r.method, r.host, r.path, r.peer, r.application_id, r.token_id, r.client_id, r.policy_id, "
        "r.reason, r.allowed, r.status, r.user_email, a.domain, t.name, count(*) OVER ()" + std::string(kFrom) + where.sql
        + (filter.oldestFirst ? " ORDER BY r.at_us, r.seq" : " ORDER BY r.at_us DESC, r.seq DESC") + " LIMIT ? OFFSET ?");
    const std::int64_t skipped = std::int64_t{filter.page - 1} * filter.perPage;
    const std::int64_t most = filter.limit > 0 ? filter.limit : std::numeric_limits<std::int64_t>::max();
    where.bind(rows);
    rows.integer(std::clamp<std::int64_t>(most - skipped, 0, filter.perPage)).integer(skipped);

    Page<AccessRequest> page{{}, filter.page, filter.perPage, 0};
    std::int64_t total = -1;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            break;
        auto row = readLogRow(rows);
        if (!row)
            return std::unexpected(row.error());
        page.items.push_back({std::move(*row), rows.textAt(14), rows.textAt(15)});
        total = rows.integerAt(16);
    }
    if (total < 0) {
        Statement count = m_database->statement("SELECT count(*)" + std::string(kFrom) + where.sql);
        where.bind(count);
        const auto counted = count.next();
        if (!counted)
            return std::unexpected(counted.error());
        total = count.integerAt(0);
    }
    page.totalCount = static_cast<int>(std::min<std::int64_t>({total, most, std::numeric_limits<int>::max()}));
    return page;
}

} // namespace latchkey::store
