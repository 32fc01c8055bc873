// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Database.h"
#include "Store.h"

namespace latchkey::store {

/// The store on SQLite. A failure of the disk inside a transaction dooms it: SQLite may have rolled it back by itself, and
/// what came after would be committed on its own. So every further change fails with the same error until rollback().
class SqliteStore final : public Store {
public:
    explicit SqliteStore(std::unique_ptr<Database> database);
    ~SqliteStore() override;

    Result<void> begin() override;
    Result<void> commit() override;
    void rollback() override;
    Result<void> savepoint() override;
    Result<void> releaseSavepoint() override;
    void rollbackToSavepoint() override;

    Result<std::optional<Settings>> settings() override;
    Result<void> saveSettings(const Settings& settings) override;

    Result<std::optional<access::Organization>> organization() override;
    Result<void> saveOrganization(const access::Organization& organization) override;

    Result<std::vector<access::TokenRecord>> allTokens() override;
    Result<std::optional<access::TokenRecord>> token(const access::TokenId& id) override;
    Result<void> insertToken(const access::TokenRecord& record) override;
    Result<void> updateToken(const access::TokenRecord& record) override;
    Result<void> deleteToken(const access::TokenId& id) override;
    Result<void> markSeen(std::span<const std::pair<access::TokenId, std::chrono::sys_seconds>> marks) override;

    Result<std::vector<access::Application>> allApplications() override;
    Result<void> insertApplication(const access::Application& application) override;
    Result<void> updateApplication(const access::Application& application) override;
    Result<void> deleteApplication(const access::ApplicationId& id) override;

    Result<std::vector<access::Policy>> allPolicies() override;
    Result<void> insertPolicy(const access::Policy& policy) override;
    Result<void> updatePolicy(const access::Policy& policy) override;
    Result<void> deletePolicy(const access::PolicyId& id) override;

    Result<std::vector<access::Group>> allGroups() override;
    Result<void> insertGroup(const access::Group& group) override;
    Result<void> updateGroup(const access::Group& group) override;
    Result<void> deleteGroup(const access::GroupId& id) override;

    Result<std::vector<KeyRecord>> keys() override;
    Result<void> saveKey(const KeyRecord& key) override;
    Result<void> deleteKey(const std::string& kid) override;
    Result<std::vector<std::string>> leftoverKeys() override;
    Result<void> noteLeftoverKey(const std::string& kid) override;
    Result<void> forgetLeftoverKey(const std::string& kid) override;

    Result<std::vector<EndedSession>> endedSessions(std::chrono::sys_seconds now) override;
    Result<void> keepEndedSession(const EndedSession& session, std::chrono::sys_seconds now) override;

    Result<void> appendLog(std::span<const LogRow> rows, int keepNewest) override;

private:
    /// Whether a change may be made now.
    [[nodiscard]] Result<void> ready() const;
    /// Runs a change; the number of rows changed.
    [[nodiscard]] Result<int> change(Statement& statement);
    /// Runs a change of exactly one row; notFound with `missing` when there was none.
    [[nodiscard]] Result<void> changeOne(Statement& statement, const char* missing);
    [[nodiscard]] Result<void> control(std::string_view sql);
    [[nodiscard]] Result<std::int64_t> applicationSeq(const access::ApplicationId& id);
    [[nodiscard]] Result<void> insertPolicies(const access::Application& application);

    std::unique_ptr<Database> m_database;
    bool m_inTransaction = false;
    int m_savepoints = 0;
    std::optional<Error> m_doomed;   ///< What ended the transaction before its time.
};

} // namespace latchkey::store
