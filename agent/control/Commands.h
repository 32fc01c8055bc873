// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentEvent.h"
#include "Explain.h"

#include "agent/access/Advice.h"
#include "agent/access/Application.h"
#include "agent/access/KeyRotation.h"
#include "agent/access/Configuration.h"
#include "agent/access/Faults.h"
#include "agent/access/Group.h"
#include "agent/access/Inactivity.h"
#include "agent/access/Organization.h"
#include "agent/access/ServiceToken.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"
#include "agent/store/Store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace latchkey::control {

template <typename T>
using Answer = std::move_only_function<void(Result<T>)>;

/// A token that was just made, with its secret, once.
struct IssuedToken {
    access::ServiceToken token;
    SecretBytes secret;
};

struct NewToken {
    std::string name;
    access::Duration duration = access::Duration::oneYear();
    std::string extra;
    bool enabled = true;
};

/// A token as an update left it; the secret only if the update rotated it.
struct UpdatedToken {
    access::ServiceToken token;
    std::optional<SecretBytes> secret;
};

/// Fields that an update changes; what is nullopt stays.
struct TokenChange {
    std::optional<std::string> name;
    std::optional<access::Duration> duration;
    std::optional<bool> enabled;
    std::optional<std::string> extra;
    /// Above the current one it asks for a rotation; anything else changes nothing.
    std::optional<int> clientSecretVersion = std::nullopt;
    /// The end of the previous secret (of the one that is rotated out, with a rotation); a token without one stays as it is.
    std::optional<std::chrono::sys_seconds> previousSecretEnd = std::nullopt;
};

/// Makes the application that is wanted from the one there is, on the control thread.
using ApplicationEdit = std::move_only_function<Result<access::Application>(const access::Application& current)>;

/// As ApplicationEdit, for the organization's settings.
using OrganizationEdit = std::move_only_function<Result<access::Organization>(const access::Organization& current)>;

/// One token before the inactivity clean-up.
struct InactiveToken {
    access::ServiceToken token;
    access::InactivityFinding finding;
    bool alreadyDone = false;   ///< Inactive, but disabled already.
};

/// What the clean-up would do at a moment.
struct InactivityReport {
    static constexpr std::size_t mostStaying = 1000;

    access::InactivitySetting setting;
    std::chrono::sys_seconds at{};
    std::vector<InactiveToken> leaving;   ///< Newest first.
    std::vector<InactiveToken> staying;   ///< Newest first, at most mostStaying of them.
    int stayingCount = 0;
};

/// What an import did, or would do, to one object.
struct ConfigurationChange {
    enum class Kind { created, changed, removed };
    Kind kind = Kind::changed;
    std::string what;   ///< `service token`, `application`, `organization`
    std::string id;
    std::string name;
};

struct ConfigurationChanges {
    std::vector<ConfigurationChange> changes;
    int unchanged = 0;
};

/// `3 changes, 2 unchanged`, for logs.
[[nodiscard]] std::string describe(const ConfigurationChanges& changes);

struct ImportOptions {
    bool prune = false;      ///< Also remove what the configuration does not name.
    bool rehearse = false;   ///< Only tell what would happen.
    bool withoutKeys = false;                        ///< Leave the keys that it brings alone.
    std::optional<SecretBytes> passphrase = {};      ///< Of the keys that it brings.
};

/// A policy that lives by itself, and in how many applications it stands.
struct ReusablePolicy {
    access::Policy policy;
    int applications = 0;
};

// As ApplicationEdit, for reusable policies and groups.
using PolicyEdit = std::move_only_function<Result<access::Policy>(const access::Policy& current)>;
using GroupEdit = std::move_only_function<Result<access::Group>(const access::Group& current)>;

/// What the agent says of itself.
struct Status {
    std::string agentId, version, accountId, team, vault, dataDirectory;
    std::string edge;                            ///< `http://127.0.0.1:8400`
    std::string edgeTls;                         ///< `https://127.0.0.1:8443`; empty: no TLS listener.
    std::chrono::sys_seconds startedAt{};
    std::uint64_t tokens = 0, applications = 0;
    std::uint64_t requestsAllowed = 0, requestsRefused = 0, eventsLost = 0;
    /// Applications whose port could not be opened, with the reason.
    std::vector<std::pair<access::ApplicationId, std::string>> degraded;
    /// What goes wrong on purpose, and where.
    std::vector<std::pair<access::ApplicationId, access::Faults>> faults;
};

/// The certificate authority of the agent's TLS listener, as it is told to whoever has to trust it.
struct LocalAuthority {
    std::string certificatePem;
    std::string fingerprint;                     ///< SHA-256, `AB:CD:…`.
    std::chrono::sys_seconds notAfter{};
    std::vector<std::string> permittedDns;       ///< Each with everything below it.
    std::string teamHost;                        ///< `<team>.cloudflareaccess.com`
    std::vector<std::string> hosts;              ///< Of the applications; may hold `*`.
    std::string edgeTls;                         ///< `https://127.0.0.1:8443`; empty: no TLS listener.
};

/// What can be asked of the agent. All calls on the control thread (the Qt event loop); answers come on it too, exactly
/// once, never from inside the call. A change's answer comes when it is durable *and* in force on every worker.
class Commands {
public:
    virtual ~Commands() = default;

    virtual void listTokens(store::TokenFilter filter, Answer<store::Page<access::ServiceToken>> answer) = 0;
    virtual void getToken(access::TokenId id, Answer<access::ServiceToken> answer) = 0;
    virtual void createToken(NewToken wanted, Answer<IssuedToken> answer) = 0;
    virtual void updateToken(access::TokenId id, TokenChange change, Answer<UpdatedToken> answer) = 0;
    /// A new secret of the same Client ID. The one there was is accepted until `previousEnd`; nullopt: no longer.
    virtual void rotateToken(access::TokenId id, std::optional<std::chrono::sys_seconds> previousEnd, Answer<IssuedToken> answer) = 0;
    virtual void refreshToken(access::TokenId id, Answer<access::ServiceToken> answer) = 0;
    virtual void deleteToken(access::TokenId id, Answer<access::ServiceToken> answer) = 0;   ///< Answers the token that was.

    virtual void listApplications(int page, int perPage, std::string search, Answer<store::Page<access::Application>> answer) = 0;
    virtual void getApplication(access::ApplicationId id, Answer<access::Application> answer) = 0;
    /// Ids, audience and times of what is passed are ignored and made; a missing port is chosen.
    virtual void createApplication(access::Application wanted, Answer<access::Application> answer) = 0;
    virtual void updateApplication(access::ApplicationId id, access::Application wanted, Answer<access::Application> answer) = 0;
    /// As updateApplication(), but what is wanted is made from what there is, with nothing in between.
    virtual void editApplication(access::ApplicationId id, ApplicationEdit edit, Answer<access::Application> answer) = 0;
    virtual void deleteApplication(access::ApplicationId id, Answer<access::Application> answer) = 0;
    virtual void revokeSessions(access::ApplicationId id, Answer<void> answer) = 0;
    /// In force at once and until the agent ends; none by default. Answers them.
    virtual void setFaults(access::ApplicationId id, access::Faults faults, Answer<access::Faults> answer) = 0;

    /// The settings as they are on disk, never null.
    [[nodiscard]] virtual std::shared_ptr<const access::Organization> organization() const = 0;
    /// Validates what the edit makes; `auth_domain` cannot change.
    virtual void editOrganization(OrganizationEdit edit, Answer<access::Organization> answer) = 0;

    /// Makes a new signing key; the one before it stays published for seven days. Answers when every worker signs with it.
    virtual void rotateKeys(Answer<access::KeyRotation> answer) = 0;
    [[nodiscard]] virtual access::KeyRotation keyRotation() const = 0;
    /// Times of the control plane are of this clock.
    [[nodiscard]] virtual std::chrono::sys_seconds now() const = 0;
    /// What the inactivity clean-up would do now, whether it is on or not.
    virtual void rehearseInactivity(Answer<InactivityReport> answer) = 0;

    virtual void exportConfiguration(Answer<access::Configuration> answer) = 0;
    /// The same with the agent's keys, under the passphrase. Errors: invalidArgument (a passphrase that is too short); those
    /// of the vault.
    virtual void exportWithKeys(SecretBytes passphrase, Answer<access::Configuration> answer) = 0;
    /// All of it or, with an error, nothing. Keys that it brings want their passphrase: invalidArgument without it, or
    /// with another one.
    virtual void importConfiguration(access::Configuration wanted, ImportOptions options, Answer<ConfigurationChanges> answer) = 0;

    virtual void listPolicies(int page, int perPage, Answer<store::Page<ReusablePolicy>> answer) = 0;   ///< Newest first.
    virtual void getPolicy(access::PolicyId id, Answer<ReusablePolicy> answer) = 0;
    virtual void createPolicy(access::Policy wanted, Answer<ReusablePolicy> answer) = 0;
    /// Changes it in every application that uses it, or nowhere.
    virtual void editPolicy(access::PolicyId id, PolicyEdit edit, Answer<ReusablePolicy> answer) = 0;
    virtual void deletePolicy(access::PolicyId id, Answer<access::Policy> answer) = 0;   ///< conflict while it is used.

    /// `name` exact, `search` part of it without case (ASCII); empty: any. Newest first.
    virtual void listGroups(store::TokenFilter filter, Answer<store::Page<access::Group>> answer) = 0;
    virtual void getGroup(access::GroupId id, Answer<access::Group> answer) = 0;
    virtual void createGroup(access::Group wanted, Answer<access::Group> answer) = 0;
    virtual void editGroup(access::GroupId id, GroupEdit edit, Answer<access::Group> answer) = 0;
    virtual void deleteGroup(access::GroupId id, Answer<access::Group> answer) = 0;   ///< conflict while it is used.

    /// What the edge would decide, and why. notFound: no such application or token id.
    virtual void explain(ExplainQuery query, Answer<Explanation> answer) = 0;

    /// What somebody should look at. Upstreams are asked, too, so it may take some seconds.
    virtual void advise(Answer<std::vector<access::Finding>> answer) = 0;

    virtual void recentRequests(int limit, Answer<std::vector<store::LogRow>> answer) = 0;
    virtual void accessRequests(store::LogFilter filter, Answer<store::Page<store::AccessRequest>> answer) = 0;
    /// Made when it is first asked for. Errors of the vault; damaged; io.
    virtual void localAuthority(Answer<LocalAuthority> answer) = 0;
    [[nodiscard]] virtual Status status() const = 0;
    [[nodiscard]] virtual const SecretBytes& apiToken() const = 0;
    virtual void requestShutdown() = 0;
    /// Who is told of everything that happens from now on; there is one. Empty: nobody.
    virtual void setEventListener(EventListener listener) = 0;
};

} // namespace latchkey::control
