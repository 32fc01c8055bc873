// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SqliteStore.h"

#include "Rows.h"

namespace latchkey::store {
namespace {

constexpr const char* kNoPolicy = "No reusable policy has this id.";
constexpr const char* kNoGroup = "No group has this id.";

} // namespace

Result<std::vector<access::Policy>> SqliteStore::allPolicies()
{
    Statement rows = m_database->statement("SELECT " + std::string(kReusablePolicyColumns) + " FROM reusable_policies ORDER BY seq");
    return readPolicyRows(rows);
}

Result<void> SqliteStore::insertPolicy(const access::Policy& policy)
{
    Statement statement = m_database->statement(
        "INSERT INTO reusable_policies (id, name, decision, include_rules, require_rules, exclude_rules, session_duration, "
        "created_at, updated_at, extra) VALUES (?,?,?,?,?,?,?,?,?,?)");
    statement.text(policy.id.value);
    bindPolicyContent(statement, policy);
    return changeOne(statement, kNoPolicy);
}

Result<void> SqliteStore::updatePolicy(const access::Policy& policy)
{
    Statement statement = m_database->statement(
        "UPDATE reusable_policies SET name=?, decision=?, include_rules=?, require_rules=?, exclude_rules=?, "
        "session_duration=?, created_at=?, updated_at=?, extra=? WHERE id=?");
    bindPolicyContent(statement, policy);
    statement.text(policy.id.value);
    return changeOne(statement, kNoPolicy);
}

Result<void> SqliteStore::deletePolicy(const access::PolicyId& id)
{
    Statement statement = m_database->statement("DELETE FROM reusable_policies WHERE id = ?");
    statement.text(id.value);
    return changeOne(statement, kNoPolicy);
}

Result<std::vector<access::Group>> SqliteStore::allGroups()
{
    Statement rows = m_database->statement("SELECT " + std::string(kGroupColumns) + " FROM access_groups ORDER BY seq");
    return readGroupRows(rows);
}

Result<void> SqliteStore::insertGroup(const access::Group& group)
{
    Statement statement = m_database->statement(
        "INSERT INTO access_groups (id, name, include_rules, require_rules, exclude_rules, created_at, updated_at, extra) "
        "VALUES (?,?,?,?,?,?,?,?)");
    statement.text(group.id.value);
    bindGroupContent(statement, group);
    return changeOne(statement, kNoGroup);
}

Result<void> SqliteStore::updateGroup(const access::Group& group)
{
    Statement statement = m_database->statement(
        "UPDATE access_groups SET name=?, include_rules=?, require_rules=?, exclude_rules=?, created_at=?, updated_at=?, extra=? "
        "WHERE id=?");
    bindGroupContent(statement, group);
    statement.text(group.id.value);
    return changeOne(statement, kNoGroup);
}

Result<void> SqliteStore::deleteGroup(const access::GroupId& id)
{
    Statement statement = m_database->statement("DELETE FROM access_groups WHERE id = ?");
    statement.text(id.value);
    return changeOne(statement, kNoGroup);
}

} // namespace latchkey::store
