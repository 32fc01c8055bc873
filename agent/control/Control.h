// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "ControlOptions.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <memory>

namespace latchkey::control {

/// The one owner of the agent's state: commands in, snapshots and events out. Lives on the control thread, which is the
/// thread of the Qt event loop that start() was called on; every function is called there.
///
/// Commands run one at a time, in the order they were given; those given in one turn of the event loop share a
/// transaction, in which each has its own savepoint. A failure of that transaction fails every one of them and leaves the
/// state as it was. The store is the truth; in memory are the snapshot and the applications.
class Control final : public QObject, public Commands {
    Q_OBJECT
public:
    /// Opens the data directory, gets the secrets out of the vault, starts the edge. Answers on this thread, once, never
    /// from inside the call; not at all once `context` is gone, which is how a start is called off.
    /// `waiting` is called when the vault is locked or absent and vaultWait lets us wait for it.
    /// Errors: invalidArgument (a setting that was fixed at the first start, or no API token for a memory vault),
    /// vaultLocked, vaultAbsent, vaultMissing (names the `repair` that helps), vaultDenied, timedOut, portTaken (the
    /// edge's own), damaged, io, unsupported (a database of a newer Latchkey).
    static void start(ControlOptions options, Services services, QObject* context, std::function<void()> waiting,
                      Answer<std::unique_ptr<Control>> answer);

    ~Control() override;   ///< Stops without grace if stop() was not called.

    /// Orderly end: what was asked is done and answered, requests under way get `grace`, everything is on disk when it
    /// returns. Commands given later answer ErrorCode::cancelled. Stop what posts commands (the API) first.
    void stop(std::chrono::milliseconds grace);

    [[nodiscard]] std::uint16_t edgePort() const;

    /// Opens the edge's TLS listener, with the local authority, which is made if there is none. Answers its address,
    /// `https://127.0.0.1:8443`. Errors: those of localAuthority(); portTaken.
    void openTls(std::string host, std::uint16_t port, Answer<std::string> answer);

    void listTokens(store::TokenFilter filter, Answer<store::Page<access::ServiceToken>> answer) override;
    void getToken(access::TokenId id, Answer<access::ServiceToken> answer) override;
    void createToken(NewToken wanted, Answer<IssuedToken> answer) override;
    void updateToken(access::TokenId id, TokenChange change, Answer<UpdatedToken> answer) override;
    void rotateToken(access::TokenId id, std::optional<std::chrono::sys_seconds> previousEnd, Answer<IssuedToken> answer) override;
    void refreshToken(access::TokenId id, Answer<access::ServiceToken> answer) override;
    void deleteToken(access::TokenId id, Answer<access::ServiceToken> answer) override;

    void listApplications(int page, int perPage, std::string search, Answer<store::Page<access::Application>> answer) override;
    void getApplication(access::ApplicationId id, Answer<access::Application> answer) override;
    void createApplication(access::Application wanted, Answer<access::Application> answer) override;
    void updateApplication(access::ApplicationId id, access::Application wanted, Answer<access::Application> answer) override;
    void editApplication(access::ApplicationId id, ApplicationEdit edit, Answer<access::Application> answer) override;
    void deleteApplication(access::ApplicationId id, Answer<access::Application> answer) override;
    void revokeSessions(access::ApplicationId id, Answer<void> answer) override;
    void setFaults(access::ApplicationId id, access::Faults faults, Answer<access::Faults> answer) override;

    [[nodiscard]] std::shared_ptr<const access::Organization> organization() const override;
    void editOrganization(OrganizationEdit edit, Answer<access::Organization> answer) override;

    void rotateKeys(Answer<access::KeyRotation> answer) override;
    [[nodiscard]] access::KeyRotation keyRotation() const override;
    [[nodiscard]] std::chrono::sys_seconds now() const override;
    void rehearseInactivity(Answer<InactivityReport> answer) override;
    /// Disables or deletes inactive tokens if the organization says so; runs every hour by itself. Answers how many went.
    void cleanInactive(Answer<int> answer);

    void exportConfiguration(Answer<access::Configuration> answer) override;
    void exportWithKeys(SecretBytes passphrase, Answer<access::Configuration> answer) override;
    void importConfiguration(access::Configuration wanted, ImportOptions options, Answer<ConfigurationChanges> answer) override;

    void listPolicies(int page, int perPage, Answer<store::Page<ReusablePolicy>> answer) override;
    void getPolicy(access::PolicyId id, Answer<ReusablePolicy> answer) override;
    void createPolicy(access::Policy wanted, Answer<ReusablePolicy> answer) override;
    void editPolicy(access::PolicyId id, PolicyEdit edit, Answer<ReusablePolicy> answer) override;
    void deletePolicy(access::PolicyId id, Answer<access::Policy> answer) override;
    void listGroups(store::TokenFilter filter, Answer<store::Page<access::Group>> answer) override;
    void getGroup(access::GroupId id, Answer<access::Group> answer) override;
    void createGroup(access::Group wanted, Answer<access::Group> answer) override;
    void editGroup(access::GroupId id, GroupEdit edit, Answer<access::Group> answer) override;
    void deleteGroup(access::GroupId id, Answer<access::Group> answer) override;
    void explain(ExplainQuery query, Answer<Explanation> answer) override;
    void advise(Answer<std::vector<access::Finding>> answer) override;

    void recentRequests(int limit, Answer<std::vector<store::LogRow>> answer) override;
    void accessRequests(store::LogFilter filter, Answer<store::Page<store::AccessRequest>> answer) override;
    void localAuthority(Answer<LocalAuthority> answer) override;
    [[nodiscard]] Status status() const override;
    [[nodiscard]] const SecretBytes& apiToken() const override;
    void requestShutdown() override;
    void setEventListener(EventListener listener) override;
    /// Tells the listener; for what happens outside of the commands.
    void tell(const AgentEvent& event);

Q_SIGNALS:
    /// Somebody who may has asked the agent to end; comes from the event loop.
    void shutdownRequested();

private:
    struct Parts;
    struct Impl;
    friend class Startup;
    explicit Control(Parts parts);

    std::unique_ptr<Impl> m_impl;
};

} // namespace latchkey::control
