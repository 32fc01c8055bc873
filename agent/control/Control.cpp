// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Control.h"

#include "ApplicationChanges.h"
#include "Authority.h"
#include "Committer.h"
#include "ControlParts.h"
#include "OrganizationChanges.h"
#include "Ports.h"
#include "ReaderThread.h"
#include "Startup.h"
#include "TokenChanges.h"

#include <QTimer>

namespace latchkey::control {

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
        , reader(parts.dataDirectory)
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
        if (committer.state().keys.previous)
            watchPreviousKey();
    }

    /// The previous key leaves the published ones when its time is over. The clock may jump, so it is looked at again and
    /// again instead of waited for.
    void watchPreviousKey()
    {
        previousKeyWatch.setInterval(std::chrono::minutes(1));
        QObject::connect(&previousKeyWatch, &QTimer::timeout, &committer, [this] {
            if (committer.state().keys.previousIsPublished(parts.services.clock.now()))
                return;
            previousKeyWatch.stop();
            committer.submit<void>(
                [](Transaction& transaction) -> Result<void> {
                    transaction.candidate.state.keys.previous.reset();
                    transaction.candidate.concernsEdge = true;
                    return {};
                },
                [](const Result<void>&) {});
        });
        previousKeyWatch.start();
    }

    [[nodiscard]] std::string teamHost() const { return parts.settings.team + ".cloudflareaccess.com"; }

    /// A new host may need a new certificate of the authority.
    void stateChanged(const State& state)
    {
        if (auto renewed = authority.follow(hostsOf(state)))
            parts.edge->setAuthority(std::move(renewed));
    }

    Parts parts;
    Ports ports;
    Committer committer;
    ReaderThread reader;
    Authority authority;
    std::string edgeTls;
    std::chrono::sys_seconds startedAt;
    QTimer previousKeyWatch;
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
        std::move(answer));
}

void Control::updateToken(access::TokenId id, TokenChange change, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id), change = std::move(change)](Transaction& transaction) {
            return control::updateToken(transaction, id, change);
        },
        std::move(answer));
}

void Control::refreshToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::refreshToken(transaction, id); }, std::move(answer));
}

void Control::deleteToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteToken(transaction, id); }, std::move(answer));
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
        std::move(answer));
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
        std::move(answer));
}

void Control::deleteApplication(access::ApplicationId id, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteApplication(transaction, id); },
        std::move(answer));
}

void Control::revokeSessions(access::ApplicationId id, Answer<void> answer)
{
    m_impl->committer.submit<void>(
        [id = std::move(id)](Transaction& transaction) { return control::revokeSessions(transaction, id); },
        std::move(answer));
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
        std::move(answer));
}

void Control::recentRequests(int limit, Answer<std::vector<store::LogRow>> answer)
{
    m_impl->reader.ask<std::vector<store::LogRow>>([limit](store::Reader& reader) { return reader.log(limit); },
                                                  std::move(answer));
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

void Control::requestShutdown()
{
    post(this, [this] { Q_EMIT shutdownRequested(); });
}

} // namespace latchkey::control
