// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ControlImpl.h"

#include "Startup.h"

#include "agent/base/HostAndPort.h"

namespace latchkey::control {

Control::Impl::Impl(Parts given)
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

/// A new host may need a new certificate of the authority.
void Control::Impl::stateChanged(const State& state)
{
    if (auto renewed = authority.follow(hostsOf(state)))
        parts.edge->setAuthority(std::move(renewed));
}

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
    m_impl->upstreams.stop();
    m_impl->parts.edge->stop(grace);
    m_impl->committer.edgeHasStopped();
    m_impl->parts.events->flush();
}

std::uint16_t Control::edgePort() const
{
    return m_impl->parts.edge->port();
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

    Status status;
    status.agentId = parts.settings.agentId;
    status.version = parts.version;
    status.accountId = parts.settings.accountId;
    status.team = parts.settings.team;
    status.vault = parts.settings.vaultKind;
    status.dataDirectory = parts.dataDirectory;
    status.edge = "http://" + base::hostAndPort(parts.edgeHost, edgePort());
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
            m_impl->edgeTls = "https://" + base::hostAndPort(host, *opened);
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
