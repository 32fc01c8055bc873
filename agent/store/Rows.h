// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Store.h"

#include "agent/base/Error.h"

#include <string_view>
#include <vector>

namespace latchkey::store {

class Database;
class Statement;

// How domain objects lie in rows. A row that does not decode is damage.

/// The columns readToken() wants, in its order; kRecordColumns adds what readRecord() wants.
inline constexpr std::string_view kTokenColumns =
    "id, client_id, name, duration, enabled, secret_version, previous_until, created_at, updated_at, expires_at, "
    "last_seen_at, extra";
inline constexpr std::string_view kRecordColumns =
    "id, client_id, name, duration, enabled, secret_version, previous_until, created_at, updated_at, expires_at, "
    "last_seen_at, extra, current_digest, previous_digest, active_from";
inline constexpr std::string_view kApplicationColumns =
    "seq, id, audience, name, domain, session_duration, upstream, port, created_at, updated_at, sessions_revoked_at, "
    "session_epoch, extra, options";

/// What readPolicyRows() wants, of a policy that no application has.
inline constexpr std::string_view kReusablePolicyColumns =
    "id, name, decision, include_rules, require_rules, exclude_rules, session_duration, 0, created_at, updated_at, extra, 1";
inline constexpr std::string_view kGroupColumns =
    "id, name, include_rules, require_rules, exclude_rules, created_at, updated_at, extra";

[[nodiscard]] Result<access::ServiceToken> readToken(const Statement& row);
[[nodiscard]] Result<access::TokenRecord> readRecord(const Statement& row);

/// An application's row and its number, by which its policies are found.
struct ApplicationRow {
    std::int64_t seq = 0;
    access::Application application;
};
[[nodiscard]] Result<ApplicationRow> readApplication(const Statement& row);
[[nodiscard]] Result<std::vector<access::Policy>> readPolicyRows(Statement& rows);
[[nodiscard]] Result<std::vector<access::Group>> readGroupRows(Statement& rows);
[[nodiscard]] Result<std::vector<access::Policy>> readPolicies(Database& database, std::int64_t seq);
/// Every row of the statement as applications with their policies.
[[nodiscard]] Result<std::vector<access::Application>> readApplications(Database& database, Statement& rows);

/// Binds name, decision, include_rules, require_rules, exclude_rules, session_duration, created_at, updated_at and extra: what a
/// policy is wherever it stands.
void bindPolicyContent(Statement& statement, const access::Policy& policy);
/// As bindPolicyContent(), without decision and session_duration.
void bindGroupContent(Statement& statement, const access::Group& group);

[[nodiscard]] Result<LogRow> readLogRow(const Statement& row);
[[nodiscard]] Result<std::vector<LogRow>> readLog(Statement& rows);
void bindLogRow(Statement& statement, const LogRow& row);

} // namespace latchkey::store
