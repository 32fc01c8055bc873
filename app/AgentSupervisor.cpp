// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSupervisor.h"

#include "agent/client/Health.h"
#include "agent/profiles/DataDirectory.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QNetworkProxy>
#include <QPointer>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>
#include <array>

namespace latchkey::app {

namespace {

using Phase = ui::AgentStatus::Phase;
using Kind = ui::Problem::Kind;

constexpr std::array backOff{1, 2, 5, 10, 30};   // seconds
constexpr int deathsUntilGivingUp = 5;

/// Which page tells this error.
Kind kindOf(const Error& error)
{
    switch (error.code) {
    case ErrorCode::vaultLocked: return Kind::keychainLocked;
    case ErrorCode::vaultAbsent: return Kind::keychainAbsent;
    case ErrorCode::vaultDenied:
    case ErrorCode::timedOut: return Kind::keychainRefused;
    case ErrorCode::vaultMissing:
        return error.message.find("--new-signing-key") != std::string::npos ? Kind::signingKeyMissing : Kind::apiTokenMissing;
    case ErrorCode::portTaken: return Kind::portTaken;
    case ErrorCode::inUse: return Kind::dataDirectoryInUse;
    case ErrorCode::damaged: return Kind::databaseDamaged;
    case ErrorCode::notFound: return Kind::agentNotFound;
    default: return Kind::agentFailed;
    }
}

/// The first `host:port` in a sentence, for the page of a taken port.
QString addressIn(const std::string& message)
{
    static const QRegularExpression pattern(QStringLiteral("[\\w.:\\[\\]]+:\\d{1,5}"));
    return pattern.match(QString::fromStdString(message)).captured();
}

} // namespace

AgentSupervisor::AgentSupervisor(Options options, Random& random, QObject* parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_random(random)
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    makeVault();
    connect(&m_process, &AgentProcess::ready, this, [this](profiles::AgentInfo info) {
        info.vault = m_session ? "memory" : "os";
        reach(std::move(info), true);
    });
    connect(&m_process, &AgentProcess::waitingForKeychain, this, [this] {
        setStatus(Phase::waitingForKeychain);
        setProblem(ui::Problem{.kind = Kind::waitingForKeychain, .where = {}, .reason = {}, .restartIn = {}});
    });
    connect(&m_process, &AgentProcess::failedToStart, this, &AgentSupervisor::failed);
    connect(&m_process, &AgentProcess::died, this, &AgentSupervisor::agentDied);
    connect(&m_process, &AgentProcess::stopped, this, [this] {
        if (std::exchange(m_launchAfterStop, false))
            seek();
        else
            Q_EMIT stopped();
    });
    connect(&m_repair, &QProcess::finished, this, [this](int code) {
        if (code == 0)
            retry();
        else
            failed({ErrorCode::internal, m_repair.readAllStandardError().trimmed().toStdString(), {}});
    });
    m_backOff.setInterval(1000);
    connect(&m_backOff, &QTimer::timeout, this, &AgentSupervisor::countDown);
    m_watch.setInterval(3000);
    connect(&m_watch, &QTimer::timeout, this, &AgentSupervisor::watchAdopted);
}

AgentSupervisor::~AgentSupervisor()
{
    // What they call back must not reach a half-destroyed object.
    m_process.disconnect(this);
    m_repair.disconnect(this);
}

QString AgentSupervisor::dataDirectory() const
{
    if (m_session)
        return m_session->directory.path();
    return QString::fromStdString(profiles::dataDirectoryPath(m_options.dataDirectory.toStdString()));
}

void AgentSupervisor::makeVault()
{
    vault::VaultOptions options;
    options.kind = m_session ? vault::VaultKind::memory : vault::VaultKind::os;
    if (!m_options.keychainService.isEmpty())
        options.service = m_options.keychainService.toStdString();
    m_connector.reset();
    m_quietVault = vault::makeVault(options);
    m_connector = std::make_unique<profiles::AgentConnector>(*m_quietVault, m_random);
    options.mayPrompt = true;
    m_vault = vault::makeVault(std::move(options));
}

void AgentSupervisor::start()
{
    seek();
}

void AgentSupervisor::retry()
{
    m_deaths = 0;
    m_backOff.stop();
    if (m_process.isRunning()) {
        m_launchAfterStop = true;
        m_process.stop();
        return;
    }
    seek();
}

void AgentSupervisor::restart()
{
    m_backOff.stop();
    if (m_agent && !m_ours) {
        // An adopted agent ends by the API; ours takes its place once it is gone.
        setStatus(Phase::stopping);
        m_agent->client->shutdownAgent([self = QPointer(this)](Result<void>) {
            if (self)
                QTimer::singleShot(1500, self, [self] {
                    self->lose();
                    self->seek();
                });
        });
        return;
    }
    lose();
    retry();
}

void AgentSupervisor::unlockAndRetry()
{
    m_quietVault->unlock([this](Result<void> unlocked) {
        if (unlocked)
            retry();
        else
            failed(unlocked.error());
    });
}

void AgentSupervisor::useWithoutKeychain()
{
    m_session.emplace();
    m_session->apiToken = SecretBytes(m_random.hex(32));
    lose();
    Q_EMIT vaultChanging();
    makeVault();
    Q_EMIT vaultChanged();
    retry();
}

void AgentSupervisor::repair(Kind kind)
{
    if (m_repair.state() != QProcess::NotRunning)
        return;
    setStatus(Phase::starting);
    setProblem(ui::Problem{.kind = Kind::starting, .where = {}, .reason = {}, .restartIn = {}});
    m_repair.start(m_options.program, {QStringLiteral("repair"),
                                       kind == Kind::signingKeyMissing ? QStringLiteral("--new-signing-key") : QStringLiteral("--new-api-token"),
                                       QStringLiteral("--yes"), QStringLiteral("--data-dir"), dataDirectory()});
}

void AgentSupervisor::stop()
{
    m_backOff.stop();
    m_watch.stop();
    m_launchAfterStop = false;
    setStatus(Phase::stopping);
    m_process.stop();   // answers stopped() also when nothing of ours runs
}

void AgentSupervisor::seek()
{
    setStatus(Phase::starting);
    setProblem(ui::Problem{.kind = Kind::starting, .where = {}, .reason = {}, .restartIn = {}});
    if (!m_session) {
        if (const auto info = profiles::findAgent(dataDirectory().toStdString())) {
            adopt(*info);
            return;
        }
    }
    launch();
}

void AgentSupervisor::adopt(const profiles::AgentInfo& info)
{
    // Nobody may answer there any more: ask before the keychain is troubled.
    client::askHealth(m_network, QUrl(QString::fromStdString(info.api)), m_random.hex(16), this,
                      [this, info](Result<client::Health> health) {
                          if (health && health->agentId == info.agentId)
                              reach(info, false);
                          else
                              launch();
                      });
}

void AgentSupervisor::launch()
{
    if (!QFileInfo(m_options.program).isExecutable()) {
        setStatus(Phase::failed);
        setProblem(ui::Problem{.kind = Kind::agentNotFound, .where = m_options.program, .reason = {}, .restartIn = {}});
        return;
    }
    AgentProcess::Options options;
    options.program = m_options.program;
    options.arguments = QStringList{QStringLiteral("--data-dir"), dataDirectory()} + m_options.serveArguments;
    if (m_session) {
        options.arguments << QStringLiteral("--vault") << QStringLiteral("memory");
        options.apiToken = &m_session->apiToken;
    }
    m_process.start(options);
}

void AgentSupervisor::reach(profiles::AgentInfo info, bool ours)
{
    if (!ours && info.vault == "memory") {
        failed({ErrorCode::inUse, "An agent that keeps its API token to itself runs on this data directory.", {}});
        return;
    }
    std::optional<SecretBytes> known;
    if (m_session)
        known = m_session->apiToken.clone();
    m_connector->connectTo(std::move(info), std::move(known), [this, ours](Result<profiles::ConnectedAgent> agent) {
        reached(std::move(agent), ours);
    });
}

void AgentSupervisor::reached(Result<profiles::ConnectedAgent> agent, bool ours)
{
    if (!agent) {
        failed(agent.error());
        return;
    }
    m_agent = std::move(*agent);
    m_ours = ours;
    m_upSince.start();
    m_edgeAddress = QUrl(QString::fromStdString(m_agent->info.edge)).authority();
    if (!ours)
        m_watch.start();
    setProblem(std::nullopt);
    setStatus(Phase::running);
    Q_EMIT connected();
    if (!ours && QString::fromStdString(m_agent->version) != QCoreApplication::applicationVersion())
        Q_EMIT otherVersionFound(QString::fromStdString(m_agent->version));
}

void AgentSupervisor::failed(const Error& error)
{
    lose();
    setStatus(Phase::failed);
    ui::Problem problem;
    problem.kind = kindOf(error);
    problem.reason = QString::fromStdString(error.message);
    switch (problem.kind) {
    case Kind::portTaken: problem.where = addressIn(error.message); break;
    case Kind::dataDirectoryInUse: problem.where = dataDirectory(); break;
    case Kind::databaseDamaged: problem.where = dataDirectory() + QStringLiteral("/latchkey.db"); break;
    case Kind::agentNotFound: problem.where = m_options.program; break;
    default: break;
    }
    setProblem(problem);
}

void AgentSupervisor::agentDied(const QString& reason)
{
    lose();
    if (m_upSince.isValid() && m_upSince.elapsed() > 60'000)
        m_deaths = 0;
    ++m_deaths;
    m_deathReason = reason;
    ui::Problem problem{.kind = Kind::agentDied, .where = {}, .reason = reason, .restartIn = {}};
    if (m_deaths > deathsUntilGivingUp) {
        setStatus(Phase::stopped);
        setProblem(problem);
        return;
    }
    const auto step = std::min(static_cast<std::size_t>(m_deaths - 1), backOff.size() - 1);
    m_restartIn = std::chrono::seconds(backOff[step]);
    problem.restartIn = m_restartIn;
    setStatus(Phase::restarting);
    setProblem(problem);
    m_backOff.start();
}

void AgentSupervisor::countDown()
{
    m_restartIn -= std::chrono::seconds(1);
    if (m_restartIn.count() <= 0) {
        m_backOff.stop();
        seek();
        return;
    }
    setStatus(Phase::restarting);
    setProblem(ui::Problem{.kind = Kind::agentDied, .where = {}, .reason = m_deathReason, .restartIn = m_restartIn});
}

void AgentSupervisor::watchAdopted()
{
    if (!m_agent || m_ours)
        return;
    client::askHealth(m_network, QUrl(QString::fromStdString(m_agent->info.api)), m_random.hex(16), this,
                      [this, id = m_agent->info.agentId](Result<client::Health> health) {
                          const bool gone = !health || health->agentId != id;
                          if (gone && m_agent && !m_ours && m_agent->info.agentId == id)
                              agentDied(tr("The agent stopped."));
                      });
}

void AgentSupervisor::lose()
{
    m_watch.stop();
    if (!m_agent)
        return;
    m_agent.reset();
    m_ours = false;
    Q_EMIT disconnected();
}

void AgentSupervisor::setStatus(Phase phase)
{
    ui::AgentStatus status;
    status.phase = phase;
    status.edgeAddress = m_edgeAddress;
    if (phase == Phase::restarting)
        status.restartIn = m_restartIn;
    Q_EMIT statusChanged(status);
}

void AgentSupervisor::setProblem(std::optional<ui::Problem> problem)
{
    Q_EMIT problemChanged(problem);
}

} // namespace latchkey::app
