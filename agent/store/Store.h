// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/access/ServiceToken.h"
#include "agent/base/Error.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace latchkey::store {

/// What of a list is wanted. Pages count from 1.
struct TokenFilter {
    std::string name;        ///< Exact, empty: any.
    std::string search;      ///< Part of name or Client ID, without case; empty: any.
    int page = 1;
    int perPage = 100;
};

template <typename T>
struct Page {
    std::vector<T> items;
    int page = 1;
    int perPage = 100;
    int totalCount = 0;
};

/// A signing key as the database knows it; the private key is in the vault under `…/signing-key/<kid>`.
struct KeyRecord {
    std::string kid;
    std::chrono::sys_seconds createdAt{};
    std::optional<std::chrono::sys_seconds> retiredAt;   ///< nullopt: current. Previous ones stay valid 7 days.
    bool operator==(const KeyRecord&) const = default;
};

/// Settings fixed at first start or changed by commands.
struct Settings {
    std::string agentId;          ///< UUID of this data directory.
    std::string accountId;        ///< 32 hex.
    std::string team;             ///< `local`
    std::string vaultKind;        ///< `os`, `file`, `memory`
    bool strict = true;
    bool operator==(const Settings&) const = default;
};

/// One request for the log; see edge::RequestEvent for the fields.
struct LogRow {
    std::chrono::sys_time<std::chrono::microseconds> at;
    std::string rayId, method, host, path, peer, applicationId, tokenId, clientId, policyId, reason;
    bool allowed = false;
    int status = 0;
};

/// The one writer of the database. Lives on the control thread; not thread-safe. Every change is inside a transaction that
/// commit() makes durable (WAL, synchronous=FULL) before it returns; rollback() forgets it. savepoint() gives one command
/// among several of a transaction a way back.
/// Errors: damaged (with what to do), io (disk full: nothing was changed), conflict.
class Store {
public:
    /// Opens or makes `<directory>/latchkey.db` (0600), checks its integrity and migrates it. A database of a newer
    /// Latchkey is an error that says so.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& directory);
    virtual ~Store() = default;

    [[nodiscard]] virtual Result<void> begin() = 0;
    [[nodiscard]] virtual Result<void> commit() = 0;
    virtual void rollback() = 0;
    [[nodiscard]] virtual Result<void> savepoint() = 0;
    [[nodiscard]] virtual Result<void> releaseSavepoint() = 0;
    virtual void rollbackToSavepoint() = 0;

    [[nodiscard]] virtual Result<std::optional<Settings>> settings() = 0;   ///< nullopt before the first start has finished.
    [[nodiscard]] virtual Result<void> saveSettings(const Settings& settings) = 0;

    [[nodiscard]] virtual Result<std::vector<access::TokenRecord>> allTokens() = 0;   ///< At start.
    [[nodiscard]] virtual Result<std::optional<access::TokenRecord>> token(const access::TokenId& id) = 0;
    [[nodiscard]] virtual Result<void> insertToken(const access::TokenRecord& record) = 0;
    [[nodiscard]] virtual Result<void> updateToken(const access::TokenRecord& record) = 0;
    [[nodiscard]] virtual Result<void> deleteToken(const access::TokenId& id) = 0;
    [[nodiscard]] virtual Result<void> markSeen(std::span<const std::pair<access::TokenId, std::chrono::sys_seconds>> marks) = 0;

    [[nodiscard]] virtual Result<std::vector<access::Application>> allApplications() = 0;
    [[nodiscard]] virtual Result<void> insertApplication(const access::Application& application) = 0;
    [[nodiscard]] virtual Result<void> updateApplication(const access::Application& application) = 0;
    [[nodiscard]] virtual Result<void> deleteApplication(const access::ApplicationId& id) = 0;

    [[nodiscard]] virtual Result<std::vector<KeyRecord>> keys() = 0;   ///< Newest first.
    [[nodiscard]] virtual Result<void> saveKey(const KeyRecord& key) = 0;
    [[nodiscard]] virtual Result<void> deleteKey(const std::string& kid) = 0;

    [[nodiscard]] virtual Result<void> appendLog(std::span<const LogRow> rows, int keepNewest) = 0;
};

/// Reads for lists, on a read-only connection and a thread of its own (the reader thread); several may exist.
class Reader {
public:
    [[nodiscard]] static Result<std::unique_ptr<Reader>> open(const std::string& directory);
    virtual ~Reader() = default;
    [[nodiscard]] virtual Result<Page<access::ServiceToken>> tokens(const TokenFilter& filter) = 0;   ///< Newest first, as Cloudflare lists them.
    [[nodiscard]] virtual Result<std::optional<access::ServiceToken>> token(const access::TokenId& id) = 0;
    [[nodiscard]] virtual Result<Page<access::Application>> applications(int page, int perPage, const std::string& search) = 0;
    [[nodiscard]] virtual Result<std::optional<access::Application>> application(const access::ApplicationId& id) = 0;
    [[nodiscard]] virtual Result<std::vector<LogRow>> log(int limit) = 0;   ///< Newest first.
};

} // namespace latchkey::store
