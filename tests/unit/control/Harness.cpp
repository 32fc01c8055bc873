// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/Post.h"

namespace latchkey::control::test {

namespace {

class ProbedEdge final : public edge::Edge {
public:
    explicit ProbedEdge(EdgeProbe& probe) : m_probe(probe) { }
    ~ProbedEdge() override { m_probe.open.clear(); }

    std::uint16_t port() const override { return 8400; }

    void publish(std::shared_ptr<const edge::Snapshot> next, std::move_only_function<void()> adopted) override
    {
        m_probe.snapshots.push_back(std::move(next));
        if (m_probe.holdAdoption)
            m_probe.held.push_back(std::move(adopted));
        else
            adopted();
    }

    Result<std::uint16_t> openPort(std::optional<std::uint16_t> wanted) override
    {
        const std::uint16_t port = wanted.value_or(8410);
        if (m_probe.takenByOthers.contains(port))
            return fail(ErrorCode::portTaken, "Port " + std::to_string(port) + " is taken.");
        m_probe.open.insert(port);
        return port;
    }

    void closePort(std::uint16_t port) override { m_probe.open.erase(port); }

    Result<std::uint16_t> openTls(const std::string&, std::uint16_t port, std::shared_ptr<const jose::LocalCa> authority) override
    {
        m_probe.authorities.push_back(std::move(authority));
        return port;
    }
    void setAuthority(std::shared_ptr<const jose::LocalCa> authority) override { m_probe.authorities.push_back(std::move(authority)); }

    void stop(std::chrono::milliseconds) override
    {
        for (auto& batch : std::exchange(m_probe.lastEvents, {}))
            m_probe.events->deliver(std::move(batch));
        m_probe.held.clear();
    }

private:
    EdgeProbe& m_probe;
};

class ProbedStore final : public store::Store {
public:
    ProbedStore(std::unique_ptr<store::Store> real, StoreProbe& probe) : m_real(std::move(real)), m_probe(probe) { }

    Result<void> begin() override
    {
        if (m_probe.failBegin)
            return fail(ErrorCode::io, "The disk refuses to begin.");
        ++m_probe.begins;
        return m_real->begin();
    }
    Result<void> commit() override
    {
        if (m_probe.failCommit) {
            m_real->rollback();
            return fail(ErrorCode::io, "The disk is full.");
        }
        ++m_probe.commits;
        auto committed = m_real->commit();
        if (m_probe.afterCommit)
            m_probe.afterCommit();
        return committed;
    }
    void rollback() override { m_real->rollback(); }
    Result<void> savepoint() override { return m_real->savepoint(); }
    Result<void> releaseSavepoint() override { return m_real->releaseSavepoint(); }
    void rollbackToSavepoint() override { m_real->rollbackToSavepoint(); }
    Result<std::optional<store::Settings>> settings() override { return m_real->settings(); }
    Result<void> saveSettings(const store::Settings& settings) override { return m_real->saveSettings(settings); }
    Result<std::optional<access::Organization>> organization() override { return m_real->organization(); }
    Result<void> saveOrganization(const access::Organization& organization) override { return m_real->saveOrganization(organization); }
    Result<std::vector<access::TokenRecord>> allTokens() override { return m_real->allTokens(); }
    Result<std::optional<access::TokenRecord>> token(const access::TokenId& id) override { return m_real->token(id); }
    Result<void> insertToken(const access::TokenRecord& record) override
    {
        if (m_probe.failInsertToken)
            return fail(ErrorCode::io, "The disk is full.");
        return m_real->insertToken(record);
    }
    Result<void> updateToken(const access::TokenRecord& record) override { return m_real->updateToken(record); }
    Result<void> deleteToken(const access::TokenId& id) override { return m_real->deleteToken(id); }
    Result<void> markSeen(std::span<const std::pair<access::TokenId, std::chrono::sys_seconds>> marks) override
    {
        return m_real->markSeen(marks);
    }
    Result<std::vector<access::Application>> allApplications() override { return m_real->allApplications(); }
    Result<void> insertApplication(const access::Application& application) override { return m_real->insertApplication(application); }
    Result<void> updateApplication(const access::Application& application) override { return m_real->updateApplication(application); }
    Result<void> deleteApplication(const access::ApplicationId& id) override { return m_real->deleteApplication(id); }
    Result<std::vector<access::Policy>> allPolicies() override { return m_real->allPolicies(); }
    Result<void> insertPolicy(const access::Policy& policy) override { return m_real->insertPolicy(policy); }
    Result<void> updatePolicy(const access::Policy& policy) override { return m_real->updatePolicy(policy); }
    Result<void> deletePolicy(const access::PolicyId& id) override { return m_real->deletePolicy(id); }
    Result<std::vector<access::Group>> allGroups() override { return m_real->allGroups(); }
    Result<void> insertGroup(const access::Group& group) override { return m_real->insertGroup(group); }
    Result<void> updateGroup(const access::Group& group) override { return m_real->updateGroup(group); }
    Result<void> deleteGroup(const access::GroupId& id) override { return m_real->deleteGroup(id); }
    Result<std::vector<store::KeyRecord>> keys() override { return m_real->keys(); }
    Result<void> saveKey(const store::KeyRecord& key) override { return m_real->saveKey(key); }
    Result<void> deleteKey(const std::string& kid) override { return m_real->deleteKey(kid); }
    Result<std::vector<std::string>> leftoverKeys() override { return m_real->leftoverKeys(); }
    Result<void> noteLeftoverKey(const std::string& kid) override { return m_real->noteLeftoverKey(kid); }
    Result<void> forgetLeftoverKey(const std::string& kid) override { return m_real->forgetLeftoverKey(kid); }
    Result<std::vector<store::EndedSession>> endedSessions(std::chrono::sys_seconds now) override { return m_real->endedSessions(now); }
    Result<void> keepEndedSession(const store::EndedSession& session, std::chrono::sys_seconds now) override
    {
        return m_real->keepEndedSession(session, now);
    }
    Result<void> appendLog(std::span<const store::LogRow> rows, int keepNewest) override { return m_real->appendLog(rows, keepNewest); }

private:
    std::unique_ptr<store::Store> m_real;
    StoreProbe& m_probe;
};

} // namespace

void QuietLog::write(Level, std::string_view message, std::initializer_list<Field> fields)
{
    const std::scoped_lock lock(m_mutex);
    m_text += message;
    for (const auto& [name, value] : fields)
        m_text.append(" ").append(name).append("=").append(value);
    m_text += '\n';
}

std::string QuietLog::text() const
{
    const std::scoped_lock lock(m_mutex);
    return m_text;
}

void EdgeProbe::adoptAll()
{
    for (auto& adopted : std::exchange(held, {}))
        adopted();
}

void StagedVault::later(std::move_only_function<void()> work)
{
    post(&m_context, std::move(work));
}

void StagedVault::state(StateHandler handler)
{
    ++asked;
    const auto state = m_states.front();
    if (m_states.size() > 1)
        m_states.erase(m_states.begin());
    later([handler = std::move(handler), state]() mutable { handler(state); });
}

void StagedVault::read(std::string key, ReadHandler handler)
{
    later([this, key = std::move(key), handler = std::move(handler)]() mutable {
        const auto found = entries.find(key);
        if (found == entries.end())
            handler(fail(ErrorCode::vaultMissing, "There is no such entry."));
        else
            handler(SecretBytes(found->second));
    });
}

void StagedVault::write(std::string key, SecretBytes value, DoneHandler handler)
{
    if (!writeError)
        entries[std::move(key)] = std::string(value.reveal());
    if (afterChange)
        afterChange();
    later([handler = std::move(handler), error = writeError]() mutable {
        if (error)
            handler(std::unexpected(*error));
        else
            handler({});
    });
}

void StagedVault::remove(std::string key, DoneHandler handler)
{
    if (!removeError)
        entries.erase(key);
    if (afterChange)
        afterChange();
    later([handler = std::move(handler), error = removeError]() mutable {
        if (error)
            handler(std::unexpected(*error));
        else
            handler({});
    });
}

void StagedVault::unlock(DoneHandler handler)
{
    later([handler = std::move(handler)]() mutable { handler({}); });
}

Agent::Agent(std::string directory, vault::VaultKind kind)
    : m_vault(vault::makeVault({.kind = kind, .directory = directory}))
{
    options.dataDirectory = std::move(directory);
    options.version = "1.2.3";
}

Agent::~Agent() = default;

Services Agent::services()
{
    return {.vault = vault(),
            .clock = clock,
            .random = random,
            .log = log,
            .openStore = [this](const std::string& directory) -> Result<std::unique_ptr<store::Store>> {
                auto real = store::Store::open(directory);
                if (!real)
                    return real;
                return std::make_unique<ProbedStore>(std::move(*real), store);
            },
            .startEdge = [this](edge::EdgeConfig config, std::shared_ptr<const edge::Snapshot> first, edge::EventSink& events,
                                const Clock& edgeClock, Log& edgeLog) -> Result<std::unique_ptr<edge::Edge>> {
                if (realEdge) {
                    config.port = 0;
                    return edge::Edge::start(config, std::move(first), events, edgeClock, edgeLog);
                }
                if (edge.startError)
                    return std::unexpected(*edge.startError);
                edge.snapshots = {std::move(first)};
                edge.endedSessions = config.endedSessions;
                edge.events = &events;
                return std::make_unique<ProbedEdge>(edge);
            }};
}

Result<void> Agent::start()
{
    ControlOptions given;
    given.dataDirectory = options.dataDirectory;
    given.version = options.version;
    given.team = options.team;
    given.accountId = options.accountId;
    given.teamGiven = options.teamGiven;
    given.accountGiven = options.accountGiven;
    if (options.apiTokenPreset)
        given.apiTokenPreset = options.apiTokenPreset->clone();
    given.vaultWait = options.vaultWait;
    given.edge = options.edge;
    given.keyWatch = options.keyWatch;
    given.logKeep = options.logKeep;

    QObject context;
    bool returned = false;
    bool early = false;
    auto control = answerOf<std::unique_ptr<Control>>([&](Answer<std::unique_ptr<Control>> answer) {
        Control::start(std::move(given), services(), &context, [this] { ++waitingTold; },
                       [&, answer = std::move(answer)](Result<std::unique_ptr<Control>> result) mutable {
                           early = !returned;
                           answer(std::move(result));
                       });
        returned = true;
    });
    if (early)
        return fail(ErrorCode::internal, "answered from inside the call");
    if (!control)
        return std::unexpected(control.error());
    m_control = std::move(*control);
    return {};
}

void Agent::stop()
{
    m_control->stop(std::chrono::milliseconds(0));
    m_control.reset();
}

Result<IssuedToken> Agent::createToken(const std::string& name, access::Duration duration)
{
    return answerOf<IssuedToken>([&](Answer<IssuedToken> answer) {
        control().createToken({.name = name, .duration = duration, .extra = {}}, std::move(answer));
    });
}

Result<access::ServiceToken> Agent::token(const access::TokenId& id)
{
    return answerOf<access::ServiceToken>([&](auto answer) { control().getToken(id, std::move(answer)); });
}

Result<access::Application> Agent::createApplication(access::Application application)
{
    return answerOf<access::Application>(
        [&](auto answer) { control().createApplication(std::move(application), std::move(answer)); });
}

Result<std::vector<access::ServiceToken>> Agent::tokens()
{
    auto page = answerOf<store::Page<access::ServiceToken>>([&](auto answer) { control().listTokens({}, std::move(answer)); });
    if (!page)
        return std::unexpected(page.error());
    return std::move(page->items);
}

Result<SecretBytes> Agent::readVault(const std::string& key)
{
    return answerOf<SecretBytes>([&](auto answer) { vault().read(key, std::move(answer)); });
}

access::Application sampleApplication(const std::string& name, const std::string& domain)
{
    access::Policy policy;
    policy.name = "Machines";
    policy.decision = access::PolicyDecision::nonIdentity;
    policy.include = {access::AnyValidServiceTokenRule{}};

    access::Application application;
    application.name = name;
    application.domain = domain;
    application.upstream = "http://127.0.0.1:3000";
    application.policies = {policy};
    return application;
}

} // namespace latchkey::control::test
