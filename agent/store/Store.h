// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/access/Group.h"
#include "agent/access/Organization.h"
#include "agent/access/ServiceToken.h"
#include "agent/base/Error.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
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
    bool operator==(const Settings&) const = default;
};

/// One request for the log; see edge::RequestEvent for the fields.
struct LogRow {
    std::chrono::sys_time<std::chrono::microseconds> at;
    std::string rayId, method, host, path, peer, applicationId, tokenId, clientId, policyId, reason;
    bool allowed = false;
    int status = 0;
    std::string userEmail = {};   ///< Who had logged in; empty: nobody, or a service token.
};

/// A session that somebody logged out of; see edge::EndedSession.
struct EndedSession {
    base::Digest digest{};
    std::chrono::sys_seconds expiresAt{};
    bool operator==(const EndedSession&) const = default;
};

/// What of the authentication log is wanted. Only requests of a known Client ID or of somebody who had
/// logged in count: Cloudflare logs no others.
struct LogFilter {
    struct Match {
        std::string value;
        bool isPart = false;      ///< A part of it is enough, in the case it is written.
        bool isNegated = false;
    };
    std::optional<std::chrono::sys_seconds> since, until;   ///< Both included.
    std::optional<bool> allowed;
    std::optional<Match> applicationId, domain, rayId, userEmail;
    std::optional<bool> nonIdentity;   ///< Of service tokens, or of people.
    bool oldestFirst = false;
    int limit = 0;                ///< At most that many over all pages; 0: no such bound.
    int page = 1;
    int perPage = 100;
};

/// A request of the log with what its ids stand for now; names of what was deleted since are empty.
struct AccessRequest {
    LogRow row;
    std::string domain;
    std::string tokenName;
};

/// The one writer of the database. Lives on the control thread; not thread-safe. Every change is inside a transaction that
/// commit() makes durable (WAL, synchronous=FULL) before it returns; rollback() forgets it. savepoint() gives one command
/// among several of a transaction a way back.
/// Errors: damaged (with what to do), io (disk full: nothing was changed), conflict (an id, Client ID or audience that is
/// taken), notFound (an update or deletion of what is not there), internal (a change outside a transaction). After damaged
/// or io every further change of the transaction fails with the same error: roll back and start again. notFound and
/// conflict change nothing and leave the transaction as it was.
/// Needs a QCoreApplication (Qt finds the SQLite driver through it), but no event loop.
class Store {
public:
    /// Opens or makes `<directory>/latchkey.db` (0600), checks its integrity and migrates it. A database of a newer
    /// Latchkey is refused (unsupported). A damaged one (also an empty file, or a write-ahead log without its database) is
    /// left as it is; a missing one is made. The directory and the files become the owner's alone (0700, 0600).
    /// The caller holds the data directory's lock.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string& directory);
    virtual ~Store() = default;

    [[nodiscard]] virtual Result<void> begin() = 0;
    [[nodiscard]] virtual Result<void> commit() = 0;
    virtual void rollback() = 0;
    [[nodiscard]] virtual Result<void> savepoint() = 0;          ///< They nest.
    [[nodiscard]] virtual Result<void> releaseSavepoint() = 0;   ///< Ends the innermost one, keeping its changes.
    virtual void rollbackToSavepoint() = 0;                      ///< Ends the innermost one, forgetting its changes.

    [[nodiscard]] virtual Result<std::optional<Settings>> settings() = 0;   ///< nullopt before the first start has finished.
    [[nodiscard]] virtual Result<void> saveSettings(const Settings& settings) = 0;

    [[nodiscard]] virtual Result<std::optional<access::Organization>> organization() = 0;   ///< nullopt: never saved.
    [[nodiscard]] virtual Result<void> saveOrganization(const access::Organization& organization) = 0;

    [[nodiscard]] virtual Result<std::vector<access::TokenRecord>> allTokens() = 0;   ///< At start.
    [[nodiscard]] virtual Result<std::optional<access::TokenRecord>> token(const access::TokenId& id) = 0;
    [[nodiscard]] virtual Result<void> insertToken(const access::TokenRecord& record) = 0;
    /// Replaces every field but lastSeenAt, which only grows: a record read before the last marks must not undo them.
    [[nodiscard]] virtual Result<void> updateToken(const access::TokenRecord& record) = 0;
    [[nodiscard]] virtual Result<void> deleteToken(const access::TokenId& id) = 0;
    /// Moves lastSeenAt forward and touches nothing else (not updatedAt); tokens deleted since are passed over.
    [[nodiscard]] virtual Result<void> markSeen(std::span<const std::pair<access::TokenId, std::chrono::sys_seconds>> marks) = 0;

    [[nodiscard]] virtual Result<std::vector<access::Application>> allApplications() = 0;
    [[nodiscard]] virtual Result<void> insertApplication(const access::Application& application) = 0;
    [[nodiscard]] virtual Result<void> updateApplication(const access::Application& application) = 0;
    [[nodiscard]] virtual Result<void> deleteApplication(const access::ApplicationId& id) = 0;

    // Reusable policies. An application's copies of them are written with the application.
    [[nodiscard]] virtual Result<std::vector<access::Policy>> allPolicies() = 0;   ///< Oldest first.
    [[nodiscard]] virtual Result<void> insertPolicy(const access::Policy& policy) = 0;
    [[nodiscard]] virtual Result<void> updatePolicy(const access::Policy& policy) = 0;
    [[nodiscard]] virtual Result<void> deletePolicy(const access::PolicyId& id) = 0;

    [[nodiscard]] virtual Result<std::vector<access::Group>> allGroups() = 0;   ///< Oldest first.
    [[nodiscard]] virtual Result<void> insertGroup(const access::Group& group) = 0;
    [[nodiscard]] virtual Result<void> updateGroup(const access::Group& group) = 0;
    [[nodiscard]] virtual Result<void> deleteGroup(const access::GroupId& id) = 0;

    [[nodiscard]] virtual Result<std::vector<KeyRecord>> keys() = 0;   ///< Newest first.
    [[nodiscard]] virtual Result<void> saveKey(const KeyRecord& key) = 0;   ///< Adds it, or replaces what is kept of this kid.
    [[nodiscard]] virtual Result<void> deleteKey(const std::string& kid) = 0;
    /// Ids of keys that the vault may still hold and nobody needs: notes for clearing away. Noting or forgetting twice is
    /// no error.
    [[nodiscard]] virtual Result<std::vector<std::string>> leftoverKeys() = 0;
    [[nodiscard]] virtual Result<void> noteLeftoverKey(const std::string& kid) = 0;
    [[nodiscard]] virtual Result<void> forgetLeftoverKey(const std::string& kid) = 0;

    /// Those that have not ended by themselves at `now`.
    [[nodiscard]] virtual Result<std::vector<EndedSession>> endedSessions(std::chrono::sys_seconds now) = 0;
    /// Adds it, or moves its end later, and forgets those that have ended by themselves at `now`.
    [[nodiscard]] virtual Result<void> keepEndedSession(const EndedSession& session, std::chrono::sys_seconds now) = 0;

    /// Appends, then drops the oldest rows beyond `keepNewest`.
    [[nodiscard]] virtual Result<void> appendLog(std::span<const LogRow> rows, int keepNewest) = 0;
};

/// Reads for lists, on a read-only connection; several may exist, each opened, used and destroyed on one thread (the reader
/// thread). Sees every commit that returned before the call, and each answer is of one moment.
/// Errors: invalidArgument (a page below 1), damaged, io, unsupported (the schema is of another version).
class Reader {
public:
    /// The store must have been opened before, by this process or another.
    [[nodiscard]] static Result<std::unique_ptr<Reader>> open(const std::string& directory);
    virtual ~Reader() = default;
    [[nodiscard]] virtual Result<Page<access::ServiceToken>> tokens(const TokenFilter& filter) = 0;   ///< Newest first, as Cloudflare lists them.
    [[nodiscard]] virtual Result<std::optional<access::ServiceToken>> token(const access::TokenId& id) = 0;
    [[nodiscard]] virtual Result<Page<access::Application>> applications(int page, int perPage, const std::string& search) = 0;
    [[nodiscard]] virtual Result<std::optional<access::Application>> application(const access::ApplicationId& id) = 0;
    [[nodiscard]] virtual Result<std::vector<LogRow>> log(int limit) = 0;   ///< Newest first.
    [[nodiscard]] virtual Result<Page<AccessRequest>> accessRequests(const LogFilter& filter) = 0;
};

} // namespace latchkey::store
