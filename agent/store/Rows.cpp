// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Rows.h"

#include "Database.h"
#include "RuleCodec.h"
#include "Text.h"

#include "agent/base/Json.h"

#include <algorithm>
#include <limits>

namespace latchkey::store {
namespace {

std::unexpected<Error> badRow(std::string what)
{
    return fail(ErrorCode::damaged, "An entry of the database does not read back as it was written. Copy the data directory to "
                                    "a safe place and put latchkey.db back from a backup.", std::move(what));
}

Result<access::Duration> durationAt(const Statement& row, int column)
{
    auto duration = access::Duration::parse(row.textAt(column));
    if (!duration)
        return badRow("a duration: " + duration.error().message);
    return duration;
}

Result<base::Digest> digestAt(const Statement& row, int column)
{
    const QByteArray bytes = row.blobAt(column);
    base::Digest digest{};
    if (bytes.size() != static_cast<qsizetype>(digest.size()))
        return badRow("a digest's length");
    std::copy_n(bytes.begin(), bytes.size(), digest.begin());
    return digest;
}

Result<int> smallAt(const Statement& row, int column)
{
    const std::int64_t value = row.integerAt(column);
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        return badRow("a number out of range");
    return static_cast<int>(value);
}

/// Include, require and exclude of a policy or group, in columns from `column`.
template <typename T>
Result<void> readRules(const Statement& row, int column, T& into)
{
    for (std::vector<access::Rule>* rules : {&into.include, &into.require, &into.exclude}) {
        auto decoded = decodeRules(row.textAt(column++));
        if (!decoded)
            return std::unexpected(decoded.error());
        *rules = std::move(*decoded);
    }
    return {};
}

/// The three, in that order.
template <typename T>
void bindRules(Statement& statement, const T& from)
{
    statement.text(encodeRules(from.include)).text(encodeRules(from.require)).text(encodeRules(from.exclude));
}

Result<access::Policy> readPolicy(const Statement& row)
{
    access::Policy policy;
    policy.id.value = row.textAt(0);
    policy.name = row.textAt(1);
    const auto decision = access::policyDecisionFrom(row.textAt(2));
    if (!decision)
        return badRow("a policy's decision");
    policy.decision = *decision;
    if (auto rules = readRules(row, 3, policy); !rules)
        return std::unexpected(rules.error());
    if (!row.isNull(6)) {
        const auto duration = durationAt(row, 6);
        if (!duration)
            return std::unexpected(duration.error());
        policy.sessionDuration = *duration;
    }
    const auto precedence = smallAt(row, 7);
    if (!precedence)
        return std::unexpected(precedence.error());
    policy.precedence = *precedence;
    policy.createdAt = row.timeAt(8);
    policy.updatedAt = row.timeAt(9);
    policy.extra = row.textAt(10);
    policy.reusable = row.integerAt(11) != 0;
    return policy;
}

} // namespace

Result<access::ServiceToken> readToken(const Statement& row)
{
    const auto duration = durationAt(row, 3);
    if (!duration)
        return std::unexpected(duration.error());
    const auto version = smallAt(row, 5);
    if (!version)
        return std::unexpected(version.error());
    access::ServiceToken token;
    token.id.value = row.textAt(0);
    token.clientId.value = row.textAt(1);
    token.name = row.textAt(2);
    token.duration = *duration;
    token.enabled = row.integerAt(4) != 0;
    token.clientSecretVersion = *version;
    token.previousClientSecretExpiresAt = row.optionalTimeAt(6);
    token.createdAt = row.timeAt(7);
    token.updatedAt = row.timeAt(8);
    token.expiresAt = row.optionalTimeAt(9);
    token.lastSeenAt = row.optionalTimeAt(10);
    token.extra = row.textAt(11);
    return token;
}

Result<access::TokenRecord> readRecord(const Statement& row)
{
    auto token = readToken(row);
    if (!token)
        return std::unexpected(token.error());
    const auto current = digestAt(row, 12);
    if (!current)
        return std::unexpected(current.error());
    access::TokenRecord record{std::move(*token), {*current, std::nullopt}, row.timeAt(14)};
    if (!row.isNull(13)) {
        const auto previous = digestAt(row, 13);
        if (!previous)
            return std::unexpected(previous.error());
        record.secrets.previous = *previous;
    }
    return record;
}

Result<ApplicationRow> readApplication(const Statement& row)
{
    const auto duration = durationAt(row, 5);
    if (!duration)
        return std::unexpected(duration.error());
    ApplicationRow result;
    result.seq = row.integerAt(0);
    access::Application& application = result.application;
    application.id.value = row.textAt(1);
    application.audience.value = row.textAt(2);
    application.name = row.textAt(3);
    application.domain = row.textAt(4);
    application.sessionDuration = *duration;
    application.upstream = row.textAt(6);
    if (!row.isNull(7)) {
        const std::int64_t port = row.integerAt(7);
        if (port < 0 || port > std::numeric_limits<std::uint16_t>::max())
            return badRow("a port");
        application.port = static_cast<std::uint16_t>(port);
    }
    application.createdAt = row.timeAt(8);
    application.updatedAt = row.timeAt(9);
    application.sessionsRevokedAt = row.optionalTimeAt(10);
    application.sessionEpoch = static_cast<std::uint64_t>(row.integerAt(11));
    application.extra = row.textAt(12);
    const auto options = parseJson(row.textAt(13));
    // Leniently: an older version took any value, and kept it for later.
    auto decoded = options ? access::decodeOptions(*options, true) : std::unexpected(options.error());
    if (!decoded)
        return badRow("an application's options: " + decoded.error().message);
    application.options = std::move(*decoded);
    return result;
}

Result<std::vector<access::Policy>> readPolicies(Database& database, std::int64_t seq)
{
    Statement rows = database.statement(
        "SELECT id, name, decision, include_rules, require_rules, exclude_rules, session_duration, precedence, created_at, "
        "updated_at, extra, reusable FROM policies WHERE application_seq = ? ORDER BY position");
    rows.integer(seq);
    return readPolicyRows(rows);
}

Result<std::vector<access::Policy>> readPolicyRows(Statement& rows)
{
    std::vector<access::Policy> policies;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return policies;
        auto policy = readPolicy(rows);
        if (!policy)
            return std::unexpected(policy.error());
        policies.push_back(std::move(*policy));
    }
}

Result<std::vector<access::Group>> readGroupRows(Statement& rows)
{
    std::vector<access::Group> groups;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return groups;
        access::Group group;
        group.id.value = rows.textAt(0);
        group.name = rows.textAt(1);
        if (auto rules = readRules(rows, 2, group); !rules)
            return std::unexpected(rules.error());
        group.createdAt = rows.timeAt(5);
        group.updatedAt = rows.timeAt(6);
        group.extra = rows.textAt(7);
        groups.push_back(std::move(group));
    }
}

Result<std::vector<access::Application>> readApplications(Database& database, Statement& rows)
{
    std::vector<access::Application> applications;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return applications;
        auto row = readApplication(rows);
        if (!row)
            return std::unexpected(row.error());
        auto policies = readPolicies(database, row->seq);
        if (!policies)
            return std::unexpected(policies.error());
        row->application.policies = std::move(*policies);
        applications.push_back(std::move(row->application));
    }
}

void bindPolicyContent(Statement& statement, const access::Policy& policy)
{
    statement.text(policy.name).text(code(policy.decision));
    bindRules(statement, policy);
    if (policy.sessionDuration)
        statement.text(policy.sessionDuration->text());
    else
        statement.null();
    statement.time(policy.createdAt).time(policy.updatedAt).text(policy.extra);
}

void bindGroupContent(Statement& statement, const access::Group& group)
{
    statement.text(group.name);
    bindRules(statement, group);
    statement.time(group.createdAt).time(group.updatedAt).text(group.extra);
}

Result<LogRow> readLogRow(const Statement& row)
{
    const auto status = smallAt(row, 12);
    if (!status)
        return std::unexpected(status.error());
    LogRow result;
    result.at = decltype(result.at)(std::chrono::microseconds(row.integerAt(0)));
    int column = 1;
    for (std::string* text : {&result.rayId, &result.method, &result.host, &result.path, &result.peer, &result.applicationId,
                              &result.tokenId, &result.clientId, &result.policyId, &result.reason})
        *text = row.textAt(column++);
    result.allowed = row.integerAt(11) != 0;
    result.status = *status;
    result.userEmail = row.textAt(13);
    return result;
}

Result<std::vector<LogRow>> readLog(Statement& rows)
{
    std::vector<LogRow> log;
    while (true) {
        const auto more = rows.next();
        if (!more)
            return std::unexpected(more.error());
        if (!*more)
            return log;
        auto row = readLogRow(rows);
        if (!row)
            return std::unexpected(row.error());
        log.push_back(std::move(*row));
    }
}

void bindLogRow(Statement& statement, const LogRow& row)
{
    statement.integer(row.at.time_since_epoch().count());
    for (const std::string* text : {&row.rayId, &row.method, &row.host, &row.path, &row.peer, &row.applicationId, &row.tokenId,
                                    &row.clientId, &row.policyId, &row.reason})
        statement.text(*text);
    statement.integer(row.allowed ? 1 : 0).integer(row.status).text(row.userEmail);
}

} // namespace latchkey::store
