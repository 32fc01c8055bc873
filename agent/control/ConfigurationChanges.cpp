// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConfigurationChanges.h"

#include "ApplicationChanges.h"
#include "OrganizationChanges.h"
#include "PolicyChanges.h"
#include "TokenChanges.h"

#include <algorithm>
#include <map>
#include <set>

namespace latchkey::control {

namespace {

using Kind = ConfigurationChange::Kind;

/// One import: what is there, and what becomes of it.
class Import {
public:
    Import(Transaction& transaction, access::Configuration wanted)
        : m_transaction(transaction)
        , m_wanted(std::move(wanted))
    {
    }

    Result<ConfigurationChanges> run(bool prune)
    {
        if (auto read = readTokens(); !read)
            return std::unexpected(read.error());
        // First of all what goes, so that its ports and host names are free.
        if (prune) {
            if (auto done = removeOthers(); !done)
                return std::unexpected(done.error());
        }
        if (auto done = importOrganization(); !done)
            return std::unexpected(done.error());
        for (auto& record : m_wanted.tokens) {
            const std::string name = record.token.name;
            if (auto done = importOne(std::move(record)); !done)
                return std::unexpected(inContext("The service token “" + name + "”", done.error()));
        }
        if (auto done = importRules(); !done)
            return std::unexpected(done.error());
        std::set<access::ApplicationId> seen;
        for (auto& application : m_wanted.applications) {
            const std::string name = application.name;
            if (!application.id.isEmpty() && !seen.insert(application.id).second)
                return fail(ErrorCode::invalidArgument, "The application " + application.id.value + " is there twice.");
            if (auto done = importOne(std::move(application)); !done)
                return std::unexpected(inContext("The application “" + name + "”", done.error()));
        }
        // Last, when nothing uses them any more.
        if (prune) {
            if (auto done = removeOtherRules(); !done)
                return std::unexpected(done.error());
        }
        return std::move(m_changes);
    }

private:
    static Error inContext(const std::string& what, Error error)
    {
        error.message = what + ": " + error.message;
        return error;
    }

    void note(Kind kind, std::string what, std::string id, std::string name)
    {
        m_changes.changes.push_back({kind, std::move(what), std::move(id), std::move(name)});
    }

    Result<void> readTokens()
    {
        auto records = m_transaction.store.allTokens();
        if (!records)
            return std::unexpected(records.error());
        for (auto& record : *records) {
            m_idOfClient.emplace(record.token.clientId, record.token.id);
            const auto id = record.token.id;
            m_there.emplace(id, std::move(record));
        }
        return {};
    }

    Result<void> removeOthers()
    {
        std::set<access::ApplicationId> applications;
        for (const auto& application : m_wanted.applications)
            applications.insert(application.id);
        const auto before = m_transaction.candidate.state.applications;
        for (const auto& application : before) {
            const auto& record = *application.record;
            if (applications.contains(record.id))
                continue;
            if (auto deleted = deleteApplication(m_transaction, record.id); !deleted)
                return std::unexpected(deleted.error());
            note(Kind::removed, "application", record.id.value, record.name);
        }
        std::set<access::TokenId> tokens;
        std::set<access::ClientId> clients;
        for (const auto& record : m_wanted.tokens) {
            tokens.insert(record.token.id);
            clients.insert(record.token.clientId);
        }
        for (auto entry = m_there.begin(); entry != m_there.end();) {
            const auto& token = entry->second.token;
            if (tokens.contains(token.id) || clients.contains(token.clientId)) {
                ++entry;
                continue;
            }
            if (auto deleted = deleteToken(m_transaction, token.id); !deleted)
                return std::unexpected(deleted.error());
            note(Kind::removed, "service token", token.id.value, token.name);
            m_idOfClient.erase(token.clientId);
            entry = m_there.erase(entry);
        }
        return {};
    }

    void note(const char* what, ImportedObject object)
    {
        m_kept.insert(object.id);
        if (object.how == ImportedObject::How::unchanged)
            ++m_changes.unchanged;
        else
            note(object.how == ImportedObject::How::created ? Kind::created : Kind::changed, what, std::move(object.id), std::move(object.name));
    }

    /// Groups before the policies that name them, policies before the applications that list them.
    Result<void> importRules()
    {
        auto groups = importGroups(m_transaction, std::move(m_wanted.groups));
        if (!groups)
            return std::unexpected(groups.error());
        for (auto& group : *groups)
            note("group", std::move(group));
        for (auto& policy : m_wanted.policies) {
            const std::string name = policy.name;
            auto imported = importPolicy(m_transaction, std::move(policy));
            if (!imported)
                return std::unexpected(inContext("The policy “" + name + "”", imported.error()));
            if (m_kept.contains(imported->id))
                return fail(ErrorCode::invalidArgument, "The policy " + imported->id + " is there twice.");
            note("policy", std::move(*imported));
        }
        return {};
    }

    Result<void> removeOtherRules()
    {
        const auto policies = m_transaction.candidate.state.policies;
        for (const auto& policy : policies) {
            if (m_kept.contains(policy->id.value))
                continue;
            if (auto deleted = deletePolicy(m_transaction, policy->id); !deleted)
                return std::unexpected(deleted.error());
            note(Kind::removed, "policy", policy->id.value, policy->name);
        }
        auto left = m_transaction.candidate.state.groups;
        std::erase_if(left, [this](const auto& group) { return m_kept.contains(group->id.value); });
        // One that another names goes after that one.
        while (!left.empty()) {
            const std::size_t before = left.size();
            std::optional<Error> inTheWay;
            std::erase_if(left, [&](const auto& group) {
                if (auto deleted = deleteGroup(m_transaction, group->id); !deleted) {
                    inTheWay = deleted.error();
                    return false;
                }
                note(Kind::removed, "group", group->id.value, group->name);
                return true;
            });
            if (left.size() == before)
                return std::unexpected(*inTheWay);
        }
        return {};
    }

    Result<void> importOrganization()
    {
        if (!m_wanted.organization)
            return {};
        const auto before = m_transaction.candidate.state.organization;
        auto edited = editOrganization(m_transaction, [this](const access::Organization& current) -> Result<access::Organization> {
            auto wanted = *m_wanted.organization;
            wanted.authDomain = current.authDomain;
            if (wanted.name.empty())
                wanted.name = current.name;
            return wanted;
        });
        if (!edited)
            return std::unexpected(inContext("The organization", edited.error()));
        if (*edited == *before)
            ++m_changes.unchanged;
        else
            note(Kind::changed, "organization", {}, edited->name);
        return {};
    }

    Result<void> importOne(access::TokenRecord wanted)
    {
        auto& token = wanted.token;
        if (token.id.isEmpty()) {
            if (const auto known = m_idOfClient.find(token.clientId); known != m_idOfClient.end())
                token.id = known->second;
        }
        const auto there = m_there.find(token.id);
        if (there == m_there.end())
            return add(std::move(wanted));

        const auto& before = there->second;
        if (token.clientId.isEmpty())
            token.clientId = before.token.clientId;
        if (token.clientId != before.token.clientId)
            return fail(ErrorCode::conflict, "its Client ID is " + before.token.clientId.value + " here; that of a token never changes.");
        if (!m_done.insert(token.id).second)
            return fail(ErrorCode::invalidArgument, "it is there twice.");
        fillFrom(before, wanted);
        if (wanted == before) {
            ++m_changes.unchanged;
            return {};
        }
        if (auto replaced = replaceToken(m_transaction, before, wanted); !replaced)
            return replaced;
        note(Kind::changed, "service token", token.id.value, token.name);
        return {};
    }

    /// What the file leaves out stays as it is, so that a file without times can be imported at every start.
    static void fillFrom(const access::TokenRecord& before, access::TokenRecord& wanted)
    {
        auto& token = wanted.token;
        const bool hasUpdate = token.updatedAt != std::chrono::sys_seconds{};
        if (token.createdAt == std::chrono::sys_seconds{})
            token.createdAt = before.token.createdAt;
        if (!token.expiresAt && token.duration == before.token.duration)
            token.expiresAt = before.token.expiresAt;
        if (wanted.secrets.current == before.secrets.current) {
            token.clientSecretVersion = std::max(token.clientSecretVersion, before.token.clientSecretVersion);
            if (!wanted.secrets.previous) {
                wanted.secrets.previous = before.secrets.previous;
                token.previousClientSecretExpiresAt = before.token.previousClientSecretExpiresAt;
            }
        }
        if (wanted.activeFrom == std::chrono::sys_seconds{})
            wanted.activeFrom = before.activeFrom;
        token.lastSeenAt = std::max(token.lastSeenAt, before.token.lastSeenAt);
        if (!hasUpdate)
            token.updatedAt = before.token.updatedAt;
    }

    Result<void> add(access::TokenRecord wanted)
    {
        auto added = insertToken(m_transaction, std::move(wanted));
        if (!added)
            return std::unexpected(added.error());
        m_done.insert(added->token.id);
        const auto& token = added->token;
        m_idOfClient.emplace(token.clientId, token.id);
        note(Kind::created, "service token", token.id.value, token.name);
        m_there.emplace(token.id, std::move(*added));
        return {};
    }

    Result<void> importOne(access::Application wanted)
    {
        const auto* there = wanted.id.isEmpty() ? nullptr : m_transaction.candidate.state.find(wanted.id);
        const auto before = there ? there->record : nullptr;
        auto put = importApplication(m_transaction, std::move(wanted));
        if (!put)
            return std::unexpected(put.error());
        if (!before)
            note(Kind::created, "application", put->id.value, put->name);
        else if (*put == *before)
            ++m_changes.unchanged;
        else
            note(Kind::changed, "application", put->id.value, put->name);
        return {};
    }

    Transaction& m_transaction;
    access::Configuration m_wanted;
    std::map<access::TokenId, access::TokenRecord> m_there;
    std::map<access::ClientId, access::TokenId> m_idOfClient;
    std::set<access::TokenId> m_done;
    std::set<std::string> m_kept;   ///< Ids of groups and policies that the file has.
    ConfigurationChanges m_changes;
};

} // namespace

std::string describe(const ConfigurationChanges& changes)
{
    return std::to_string(changes.changes.size()) + " changes, " + std::to_string(changes.unchanged) + " unchanged";
}

Result<access::Configuration> exportConfiguration(Transaction& transaction)
{
    auto tokens = transaction.store.allTokens();
    if (!tokens)
        return std::unexpected(tokens.error());
    access::Configuration configuration{.organization = *transaction.candidate.state.organization,
                                        .tokens = std::move(*tokens),
                                        .applications = {},
                                        .groups = {},
                                        .policies = {}};
    for (const auto& group : transaction.candidate.state.groups)
        configuration.groups.push_back(*group);
    for (const auto& policy : transaction.candidate.state.policies)
        configuration.policies.push_back(*policy);
    for (const auto& application : transaction.candidate.state.applications)
        configuration.applications.push_back(*application.record);
    return configuration;
}

Result<ConfigurationChanges> importConfiguration(Transaction& transaction, access::Configuration wanted, bool prune)
{
    return Import(transaction, std::move(wanted)).run(prune);
}

} // namespace latchkey::control
