// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Control.h"

#include "ApplicationChanges.h"
#include "BackupKeeper.h"
#include "Authority.h"
#include "Committer.h"
#include "ConfigurationChanges.h"
#include "ControlParts.h"
#include "KeyKeeper.h"
#include "Inactivity.h"
#include "OrganizationChanges.h"
#include "PolicyChanges.h"
#include "Ports.h"
#include "ReaderThread.h"
#include "Startup.h"
#include "TokenChanges.h"

#include "agent/base/Encoding.h"

namespace latchkey::control {

namespace {

AgentEvent eventOf(AgentEvent::Kind kind, std::string_view action, const auto& subject)
{
    AgentEvent event{.kind = kind, .action = std::string(action), .id = {}, .name = {}};
    if constexpr (requires { subject.token.id.value; }) {
        event.id = subject.token.id.value;
        event.name = subject.token.name;
    } else if constexpr (requires { subject.id.value; }) {
        event.id = subject.id.value;
        event.name = subject.name;
    }
    return event;
}

/// A page of what the state holds, oldest first there and newest first here.
template <typename T, typename Item, typename Make>
store::Page<T> pageOf(const std::vector<Item>& items, int page, int perPage, Make make)
{
    store::Page<T> result{{}, page, perPage, static_cast<int>(items.size())};
    const auto skipped = static_cast<std::size_t>(page - 1) * static_cast<std::size_t>(perPage);
    for (std::size_t i = skipped; i < items.size() && i - skipped < static_cast<std::size_t>(perPage); ++i)
        result.items.push_back(make(items[items.size() - 1 - i]));
    return result;
}

} // namespace

struct Control::Impl {
    explicit Impl(Parts given)
        : parts(std::move(given))
        , ports(*parts.edge, parts.services.log)
        , committer({.store = *parts.store,
                     .edge = *parts.edge,
                     .ports = ports,
                     .clock = parts.services.clock,
                     .random = parts.services.random,
                     .log = parts.services.log,
                     .issuer = parts.issuer,
                     .changed = [this](const State& state) { stateChanged(state); }},
                    std::move(parts.state), parts.revision)
        , keys({.committer = committer,
                .store = *parts.store,
                .vault = parts.services.vault,
                .clock = parts.services.clock,
                .log = parts.services.log,
                .agentId = parts.settings.agentId,
                .intervalDays = [this] { return committer.state().organization->keyRotationIntervalDays; },
                .rotated = [this] {
                    if (listener)
                        listener({.kind = AgentEvent::Kind::keys, .action = "rotated", .id = committer.state().keys.current->kid(), .name = {}});
                },
                .watchInterval = parts.keyWatch})
        , reader(parts.dataDirectory)
        , backups(parts.dataDirectory, reader, parts.services.clock, parts.services.log)
        , authority({.vault = parts.services.vault,
                     .clock = parts.services.clock,
                     .log = parts.services.log,
                     .agentId = parts.settings.agentId,
                     .dataDirectory = parts.dataDirectory,
                     .teamHost = teamHost()})
        , startedAt(parts.services.clock.now())
    {
        parts.events->setTokens([this]() -> const access::TokenMap& { return committer.state().tokens; });
        ports.openAll(committer.state());
        keys.begin();
        backups.begin();
        watchInactivity();
    }

    /// The answer to a change, which the listener is told of first when it came about.
    template <typename T>
    Answer<T> telling(AgentEvent::Kind kind, std::string_view action, Answer<T> answer)
    {
        return [this, kind, action, answer = std::move(answer)](Result<T> result) mutable {
            if (result && listener)
                listener(eventOf(kind, action, *result));
            answer(std::move(result));
        };
    }

    void report(Answer<InactivityReport> answer)
    {
        // What was seen a moment ago counts too.
        parts.events->flush();
        const auto& state = committer.state();
        reader.ask<InactivityReport>(
            [setting = state.organization->inactivity, named = namedTokens(state), now = parts.services.clock.now()](store::Reader& from) {
                return reportInactivity(from, setting, named, now);
            },
            std::move(answer));
    }

    void cleanInactive(Answer<int> answer)
    {
        if (!committer.state().organization->inactivity.enabled)
            return post(&committer, [answer = std::move(answer)]() mutable { answer(0); });
        report([this, answer = std::move(answer)](Result<InactivityReport> found) mutable {
            if (!found)
                return answer(std::unexpected(found.error()));
            std::vector<access::TokenId> suspects;
            for (const auto& entry : found->leaving)
                suspects.push_back(entry.token.id);
            if (suspects.empty())
                return answer(0);
            parts.events->flush();
            committer.submit<int>(
                [suspects = std::move(suspects)](Transaction& transaction) { return control::cleanInactive(transaction, suspects); },
                [this, answer = std::move(answer)](Result<int> gone) mutable {
                    if (gone && *gone > 0)
                        parts.services.log.write(Log::Level::info, "inactive service tokens were disabled or deleted",
                                                 {{"count", std::to_string(*gone)}});
                    answer(std::move(gone));
                });
        });
    }

    void watchInactivity()
    {
        inactivityWatch.setInterval(std::chrono::hours(1));
        QObject::connect(&inactivityWatch, &QTimer::timeout, &committer, [this] {
            cleanInactive([this](Result<int> gone) {
                if (!gone && gone.error().code != ErrorCode::cancelled)
                    parts.services.log.write(Log::Level::warning, "inactive service tokens could not be cleaned up",
                                             {{"why", gone.error().message}});
            });
        });
        inactivityWatch.start();
    }

    [[nodiscard]] std::string teamHost() const { return parts.settings.team + ".cloudflareaccess.com"; }

    /// A new host may need a new certificate of the authority.
    void stateChanged(const State& state)
    {
        if (auto renewed = authority.follow(hostsOf(state)))
            parts.edge->setAuthority(std::move(renewed));
    }

    Parts parts;
    EventListener listener;
    Ports ports;
    Committer committer;
    KeyKeeper keys;
    ReaderThread reader;
    BackupKeeper backups;
    Authority authority;
    std::string edgeTls;
    std::chrono::sys_seconds startedAt;
    QTimer inactivityWatch;
    bool stopped = false;
};

void Control::start(ControlOptions options, Services services, QObject* context, std::function<void()> waiting,
                    Answer<std::unique_ptr<Control>> answer)
{
    auto* startup = new Startup(std::move(options), std::move(services), std::move(waiting), std::move(answer), context);
    startup->begin();
}

Control::Control(Parts parts)
    : m_impl(std::make_unique<Impl>(std::move(parts)))
{
}

Control::~Control()
{
    stop(std::chrono::milliseconds(0));
}

void Control::stop(std::chrono::milliseconds grace)
{
    if (std::exchange(m_impl->stopped, true))
        return;
    m_impl->keys.stop();
    m_impl->backups.stop();
    m_impl->committer.finish();
    m_impl->reader.stop();
    m_impl->parts.edge->stop(grace);
    m_impl->committer.edgeHasStopped();
    m_impl->parts.events->flush();
}

std::uint16_t Control::edgePort() const
{
    return m_impl->parts.edge->port();
}

void Control::listTokens(store::TokenFilter filter, Answer<store::Page<access::ServiceToken>> answer)
{
    m_impl->reader.ask<store::Page<access::ServiceToken>>(
        [filter = std::move(filter)](store::Reader& reader) { return reader.tokens(filter); }, std::move(answer));
}

void Control::getToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->reader.ask<access::ServiceToken>(
        [id = std::move(id)](store::Reader& reader) -> Result<access::ServiceToken> {
            auto token = reader.token(id);
            if (!token)
                return std::unexpected(token.error());
            if (!*token)
                return std::unexpected(noSuchToken(id));
            return std::move(**token);
        },
        std::move(answer));
}

void Control::createToken(NewToken wanted, Answer<IssuedToken> answer)
{
    m_impl->committer.submit<IssuedToken>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createToken(transaction, wanted); },
        m_impl->telling(AgentEvent::Kind::token, "created", std::move(answer)));
}

void Control::rotateToken(access::TokenId id, std::optional<std::chrono::sys_seconds> previousEnd, Answer<IssuedToken> answer)
{
    m_impl->committer.submit<IssuedToken>(
        [id = std::move(id), previousEnd](Transaction& transaction) { return control::rotateToken(transaction, id, previousEnd); },
        std::move(answer));
}

void Control::updateToken(access::TokenId id, TokenChange change, Answer<UpdatedToken> answer)
{
    m_impl->committer.submit<UpdatedToken>(
        [id = std::move(id), change = std::move(change)](Transaction& transaction) {
            return control::updateToken(transaction, id, change);
        },
        m_impl->telling(AgentEvent::Kind::token, "updated", std::move(answer)));
}

void Control::refreshToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::refreshToken(transaction, id); },
        m_impl->telling(AgentEvent::Kind::token, "refreshed", std::move(answer)));
}

void Control::deleteToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteToken(transaction, id); },
        m_impl->telling(AgentEvent::Kind::token, "deleted", std::move(answer)));
}

void Control::listApplications(int page, int perPage, std::string search, Answer<store::Page<access::Application>> answer)
{
    m_impl->reader.ask<store::Page<access::Application>>(
        [page, perPage, search = std::move(search)](store::Reader& reader) {
            return reader.applications(page, perPage, search);
        },
        std::move(answer));
}

void Control::getApplication(access::ApplicationId id, Answer<access::Application> answer)
{
    m_impl->reader.ask<access::Application>(
        [id = std::move(id)](store::Reader& reader) -> Result<access::Application> {
            auto application = reader.application(id);
            if (!application)
                return std::unexpected(application.error());
            if (!*application)
                return std::unexpected(noSuchApplication(id));
            return std::move(**application);
        },
        std::move(answer));
}

void Control::createApplication(access::Application wanted, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createApplication(transaction, wanted); },
        m_impl->telling(AgentEvent::Kind::application, "created", std::move(answer)));
}

void Control::updateApplication(access::ApplicationId id, access::Application wanted, Answer<access::Application> answer)
{
    editApplication(
        std::move(id),
        [wanted = std::move(wanted)](const access::Application&) -> Result<access::Application> { return wanted; },
        std::move(answer));
}

void Control::editApplication(access::ApplicationId id, ApplicationEdit edit, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editApplication(transaction, id, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::application, "updated", std::move(answer)));
}

void Control::deleteApplication(access::ApplicationId id, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteApplication(transaction, id); },
        m_impl->telling(AgentEvent::Kind::application, "deleted", std::move(answer)));
}

void Control::revokeSessions(access::ApplicationId id, Answer<void> answer)
{
    auto told = [this, id, answer = std::move(answer)](Result<void> result) mutable {
        if (result)
            tell({.kind = AgentEvent::Kind::application, .action = "sessions_revoked", .id = id.value, .name = {}});
        answer(std::move(result));
    };
    m_impl->committer.submit<void>(
        [id = std::move(id)](Transaction& transaction) { return control::revokeSessions(transaction, id); }, std::move(told));
}

std::shared_ptr<const access::Organization> Control::organization() const
{
    return m_impl->committer.state().organization;
}

void Control::editOrganization(OrganizationEdit edit, Answer<access::Organization> answer)
{
    m_impl->committer.submit<access::Organization>(
        [edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editOrganization(transaction, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::organization, "updated", std::move(answer)));
}

void Control::rotateKeys(Answer<access::KeyRotation> answer)
{
    m_impl->keys.rotate(std::move(answer));
}

access::KeyRotation Control::keyRotation() const
{
    return m_impl->keys.rotation();
}

std::chrono::sys_seconds Control::now() const
{
    return m_impl->parts.services.clock.now();
}

void Control::rehearseInactivity(Answer<InactivityReport> answer)
{
    m_impl->report(std::move(answer));
}

void Control::cleanInactive(Answer<int> answer)
{
    m_impl->cleanInactive(std::move(answer));
}

void Control::exportConfiguration(Answer<access::Configuration> answer)
{
    m_impl->committer.submit<access::Configuration>(
        [](Transaction& transaction) { return control::exportConfiguration(transaction); }, std::move(answer));
}

void Control::importConfiguration(access::Configuration wanted, ImportOptions options, Answer<ConfigurationChanges> answer)
{
    // A rehearsal does everything, ports included, and is then refused, so that its savepoint takes all of it back.
    auto rehearsed = std::make_shared<std::optional<ConfigurationChanges>>();
    m_impl->committer.submit<ConfigurationChanges>(
        [wanted = std::move(wanted), options, rehearsed](Transaction& transaction) mutable -> Result<ConfigurationChanges> {
            auto changes = control::importConfiguration(transaction, std::move(wanted), options.prune);
            if (!changes || !options.rehearse)
                return changes;
            *rehearsed = std::move(*changes);
            return fail(ErrorCode::cancelled, "This was a rehearsal.");
        },
        [rehearsed, answer = std::move(answer)](Result<ConfigurationChanges> changes) mutable {
            if (*rehearsed)
                return answer(std::move(**rehearsed));
            answer(std::move(changes));
        });
}

void Control::setFaults(access::ApplicationId id, access::Faults faults, Answer<access::Faults> answer)
{
    m_impl->committer.submit<access::Faults>(
        [id = std::move(id), faults](Transaction& transaction) { return control::setFaults(transaction, id, faults); },
        std::move(answer));
}

void Control::listPolicies(int page, int perPage, Answer<store::Page<ReusablePolicy>> answer)
{
    post(this, [this, page, perPage, answer = std::move(answer)]() mutable {
        const State& state = m_impl->committer.state();
        answer(pageOf<ReusablePolicy>(state.policies, page, perPage,
                                      [&](const auto& policy) { return ReusablePolicy{*policy, applicationsUsing(state, policy->id)}; }));
    });
}

void Control::getPolicy(access::PolicyId id, Answer<ReusablePolicy> answer)
{
    post(this, [this, id = std::move(id), answer = std::move(answer)]() mutable {
        const State& state = m_impl->committer.state();
        if (const auto* policy = state.findPolicy(id))
            return answer(ReusablePolicy{*policy, applicationsUsing(state, id)});
        answer(std::unexpected(noSuchPolicy(id)));
    });
}

void Control::createPolicy(access::Policy wanted, Answer<ReusablePolicy> answer)
{
    m_impl->committer.submit<ReusablePolicy>(
        [wanted = std::move(wanted)](Transaction& transaction) -> Result<ReusablePolicy> {
            auto created = control::createPolicy(transaction, wanted);
            if (!created)
                return std::unexpected(created.error());
            return ReusablePolicy{std::move(*created), 0};
        },
        std::move(answer));
}

void Control::editPolicy(access::PolicyId id, PolicyEdit edit, Answer<ReusablePolicy> answer)
{
    m_impl->committer.submit<ReusablePolicy>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editPolicy(transaction, id, std::move(edit));
        },
        std::move(answer));
}

void Control::deletePolicy(access::PolicyId id, Answer<access::Policy> answer)
{
    m_impl->committer.submit<access::Policy>(
        [id = std::move(id)](Transaction& transaction) { return control::deletePolicy(transaction, id); }, std::move(answer));
}

void Control::listGroups(store::TokenFilter filter, Answer<store::Page<access::Group>> answer)
{
    post(this, [this, filter = std::move(filter), answer = std::move(answer)]() mutable {
        std::vector<std::shared_ptr<const access::Group>> found;
        for (const auto& group : m_impl->committer.state().groups) {
            const bool isNamed = filter.name.empty() || group->name == filter.name;
            if (isNamed && base::toLowerAscii(group->name).find(base::toLowerAscii(filter.search)) != std::string::npos)
                found.push_back(group);
        }
        answer(pageOf<access::Group>(found, filter.page, filter.perPage, [](const auto& group) { return *group; }));
    });
}

void Control::getGroup(access::GroupId id, Answer<access::Group> answer)
{
    post(this, [this, id = std::move(id), answer = std::move(answer)]() mutable {
        if (const auto* group = m_impl->committer.state().findGroup(id))
            return answer(*group);
        answer(std::unexpected(noSuchGroup(id)));
    });
}

void Control::createGroup(access::Group wanted, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createGroup(transaction, wanted); }, std::move(answer));
}

void Control::editGroup(access::GroupId id, GroupEdit edit, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editGroup(transaction, id, std::move(edit));
        },
        std::move(answer));
}

void Control::deleteGroup(access::GroupId id, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteGroup(transaction, id); }, std::move(answer));
}

void Control::explain(ExplainQuery query, Answer<Explanation> answer)
{
    post(this, [this, query = std::move(query), answer = std::move(answer)]() mutable {
        if (!query.token.isEmpty()) {
            const auto record = m_impl->parts.store->token(query.token);
            if (!record)
                return answer(std::unexpected(record.error()));
            if (!*record)
                return answer(std::unexpected(noSuchToken(query.token)));
            query.clientId = (*record)->token.clientId.value;
        }
        answer(control::explain(m_impl->committer.state(), query, m_impl->parts.services.clock.now()));
    });
}

void Control::recentRequests(int limit, Answer<std::vector<store::LogRow>> answer)
{
    m_impl->reader.ask<std::vector<store::LogRow>>([limit](store::Reader& reader) { return reader.log(limit); },
                                                  std::move(answer));
}

void Control::accessRequests(store::LogFilter filter, Answer<store::Page<store::AccessRequest>> answer)
{
    // What was answered is in the log before it is read.
    m_impl->parts.events->flush();
    m_impl->reader.ask<store::Page<store::AccessRequest>>(
        [filter = std::move(filter)](store::Reader& reader) { return reader.accessRequests(filter); }, std::move(answer));
}

Status Control::status() const
{
    const auto& parts = m_impl->parts;
    const auto& state = m_impl->committer.state();
    const auto& counters = parts.events->counters();
    const bool isIpv6 = parts.edgeHost.find(':') != std::string::npos;

    Status status;
    status.agentId = parts.settings.agentId;
    status.version = parts.version;
    status.accountId = parts.settings.accountId;
    status.team = parts.settings.team;
    status.vault = parts.settings.vaultKind;
    status.dataDirectory = parts.dataDirectory;
    status.edge = "http://" + (isIpv6 ? '[' + parts.edgeHost + ']' : parts.edgeHost) + ':' + std::to_string(edgePort());
    status.edgeTls = m_impl->edgeTls;
    status.startedAt = m_impl->startedAt;
    status.tokens = state.tokens.size();
    status.applications = state.applications.size();
    status.requestsAllowed = counters.allowed;
    status.requestsRefused = counters.refused;
    status.eventsLost = counters.lost;
    status.degraded.assign(m_impl->ports.degraded().begin(), m_impl->ports.degraded().end());
    for (const auto& [id, faults] : state.faults)
        status.faults.emplace_back(access::ApplicationId{id}, faults);
    for (const auto& application : state.applications) {
        if (!application.compiled)
            status.degraded.emplace_back(application.record->id, application.problem);
    }
    return status;
}

void Control::openTls(std::string host, std::uint16_t port, Answer<std::string> answer)
{
    m_impl->authority.obtain(
        hostsOf(m_impl->committer.state()),
        [this, host = std::move(host), port, answer = std::move(answer)](Result<std::shared_ptr<const jose::LocalCa>> authority) mutable {
            if (!authority)
                return answer(std::unexpected(authority.error()));
            const auto opened = m_impl->parts.edge->openTls(host, port, std::move(*authority));
            if (!opened)
                return answer(std::unexpected(opened.error()));
            const bool isIpv6 = host.find(':') != std::string::npos;
            m_impl->edgeTls = "https://" + (isIpv6 ? '[' + host + ']' : host) + ':' + std::to_string(*opened);
            answer(m_impl->edgeTls);
        });
}

void Control::localAuthority(Answer<LocalAuthority> answer)
{
    m_impl->authority.obtain(
        hostsOf(m_impl->committer.state()),
        [this, answer = std::move(answer)](Result<std::shared_ptr<const jose::LocalCa>> authority) mutable {
            if (!authority)
                return answer(std::unexpected(authority.error()));
            answer(LocalAuthority{.certificatePem = (*authority)->certificatePem(),
                                  .fingerprint = (*authority)->fingerprint(),
                                  .notAfter = (*authority)->notAfter(),
                                  .permittedDns = (*authority)->permittedDns(),
                                  .teamHost = m_impl->teamHost(),
                                  .hosts = hostsOf(m_impl->committer.state()),
                                  .edgeTls = m_impl->edgeTls});
        });
}

const SecretBytes& Control::apiToken() const
{
    return m_impl->parts.apiToken;
}

void Control::setEventListener(EventListener listener)
{
    m_impl->listener = std::move(listener);
    if (!m_impl->listener)
        return m_impl->parts.events->setListener({});
    m_impl->parts.events->setListener(
        [this](const store::LogRow& row) { tell({.kind = AgentEvent::Kind::request, .action = {}, .id = {}, .name = {}, .request = &row}); });
}

void Control::tell(const AgentEvent& event)
{
    if (m_impl->listener)
        m_impl->listener(event);
}

void Control::requestShutdown()
{
    post(this, [this] { Q_EMIT shutdownRequested(); });
}

} // namespace latchkey::control
