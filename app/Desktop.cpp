// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Desktop.h"

#include "ClientSource.h"

#include "ui/ConfirmDialog.h"
#include "ui/TokenModel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QUrl>

namespace latchkey::app {

/// What lives as long as one connection to one profile; the controllers go before what they use.
struct Desktop::Connection {
    SecretKeeper secrets;
    Session session;
    TokenListController list;
    CreateController create;
    RotateController rotate;
    TokenActions actions;
    GuidedController guided;
    LocalController localThings;

    Connection(Desktop& desktop, client::ManagementClient& client, const profiles::AgentInfo& agent)
        : secrets(desktop.m_supervisor.vault(), desktop.m_preferences, agent.agentId)
        , session{client,
                  secrets,
                  !desktop.m_supervisor.isMemorySession(),
                  QString::fromStdString(agent.edge),
                  *desktop.m_window,
                  desktop.m_theme,
                  desktop.m_clipboard,
                  desktop.m_clock,
                  0,
                  &desktop.m_local}
        , list(session)
        , create(session)
        , rotate(session)
        , actions(session, rotate)
        , guided(session)
        , localThings(session)
    {
    }
};

Desktop::Desktop(QApplication& application, Options options, Clock& clock, Random& random)
    : m_clock(clock)
    , m_random(random)
    , m_preferences(options.settingsFile)
    , m_local(LocalRecords::folderFor(options.settingsFile))
    , m_theme(m_scheme.scheme())
    , m_clipboard(options.clipboardLifetime)
    , m_supervisor(std::move(options.agent), random)
{
    application.installTranslator(&m_plurals);
    m_theme.applyTo(application);
    connect(&m_scheme, &SystemScheme::changed, &m_theme, &ui::Theme::setScheme);
    connect(&m_comfort, &SystemComfort::highContrastChanged, &m_theme, &ui::Theme::setHighContrast);
    connect(&m_comfort, &SystemComfort::motionReducedChanged, &m_theme, &ui::Theme::setMotionReduced);
    m_theme.setHighContrast(m_comfort.highContrast());
    m_theme.setMotionReduced(m_comfort.motionReduced());
    m_window = std::make_unique<ui::MainWindow>(m_theme, m_clock.now());
    m_window->restoreLayout(m_preferences.windowLayout.get());
    m_window->setAccountsOffered(false);   // only the agent can be connected to yet
    m_watching = std::make_unique<Watching>(*m_window, m_theme, m_clock, Watching::Options{.settingsFile = options.settingsFile, .notifier = nullptr, .autoStart = nullptr});
    connectWindow();
    connectWatching();
    connectSupervisor();
    m_minute.setInterval(30'000);
    connect(&m_minute, &QTimer::timeout, this, [this] {
        if (m_window->isVisible())
            m_window->setNow(m_clock.now());
    });
    m_minute.start();
}

Desktop::~Desktop() = default;

void Desktop::connectWindow()
{
    connect(m_window.get(), &ui::MainWindow::problemActionRequested, this, &Desktop::act);
    connect(m_window.get(), &ui::MainWindow::copyTextRequested, &m_clipboard, &ClipboardGuard::putPublic);
    connect(m_window.get(), &ui::MainWindow::quitRequested, this, &Desktop::quit);
    connect(m_window.get(), &ui::MainWindow::closing, this, &Desktop::quit);
    connect(&m_clipboard, &ClipboardGuard::countdown, m_window.get(), &ui::MainWindow::setClipboardCountdown);
}

void Desktop::connectSupervisor()
{
    connect(&m_supervisor, &AgentSupervisor::statusChanged, m_window.get(), &ui::MainWindow::setAgentStatus);
    connect(&m_supervisor, &AgentSupervisor::problemChanged, this, [this](const std::optional<ui::Problem>& problem) {
        m_problem = problem;
        if (problem)
            m_window->setProblem(*problem);
        else
            m_window->clearProblem();
    });
    connect(&m_supervisor, &AgentSupervisor::connected, this, &Desktop::connected);
    connect(&m_supervisor, &AgentSupervisor::disconnected, this, &Desktop::disconnected);
    connect(&m_supervisor, &AgentSupervisor::otherVersionFound, this,
            [this](const QString& version) { m_window->setBanner(ui::BannerKind::otherVersion, version); });
    connect(&m_supervisor, &AgentSupervisor::stopped, this, [this] {
        if (m_quitting)
            QApplication::quit();
    });
}

void Desktop::connectWatching()
{
    connect(m_watching.get(), &Watching::comeForwardRequested, this, &Desktop::comeForward);
    connect(m_window.get(), &ui::MainWindow::settingsRequested, m_watching.get(), &Watching::openSettings);
    connect(m_watching.get(), &Watching::quitRequested, this, &Desktop::quit);
    connect(&m_supervisor, &AgentSupervisor::statusChanged, m_watching.get(), &Watching::setAgentStatus);
    // What is done here changes what is watched; waiting for its turn would tell of ends that are none any more.
    connect(&m_window->tokenModel(), &ui::TokenModel::countsChanged, this, [this] {
        if (!m_watchedAgent.empty())
            m_watching->watcher().lookSoon(m_watchedAgent);
    });
}

/// What the run before was in the middle of when it ended.
void Desktop::tellInterrupted()
{
    const QString sentence = m_local.work.sentence();
    if (sentence.isEmpty())
        return;
    auto* dialog = new ui::ConfirmDialog(m_theme, {.title = tr("Interrupted last time"), .text = sentence, .yes = tr("Show the history"), .no = tr("Close")}, m_window.get());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this] { Q_EMIT m_window->tokensIntended(ui::TokenIntent::history, {}); });
    m_local.work.setTold();
    dialog->open();
}

void Desktop::start(bool background)
{
    if (!background)
        m_window->show();
    m_watching->start(background);
    // Once the window is on screen: what comes next may take its time.
    QMetaObject::invokeMethod(&m_supervisor, &AgentSupervisor::start, Qt::QueuedConnection);
}

void Desktop::comeForward()
{
    if (!m_window->isVisible()) {
        m_window->setNow(m_clock.now());
        if (m_connection)
            m_connection->list.reload();   // it stood still while nobody saw it
        if (m_connection)
            QMetaObject::invokeMethod(this, &Desktop::tellInterrupted, Qt::QueuedConnection);   // over the window, once it is there
    }
    m_window->setWindowState(m_window->windowState() & ~Qt::WindowMinimized);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
}

void Desktop::connected()
{
    m_window->clearBanner(ui::BannerKind::otherVersion);
    if (m_supervisor.isMemorySession())
        m_window->setBanner(ui::BannerKind::memorySession);
    m_connection = std::make_unique<Connection>(*this, *m_supervisor.client(), *m_supervisor.agent());
    watchKeychain();
    if (m_window->isVisible())
        tellInterrupted();
    m_watchedAgent = m_supervisor.agent()->agentId;
    m_watching->watch(std::make_unique<ClientSource>(m_watchedAgent, tr("Local agent"), *m_supervisor.client(), std::chrono::minutes(5)));
}

void Desktop::disconnected()
{
    m_watching->unwatch(std::exchange(m_watchedAgent, {}));
    m_connection.reset();
}

/// The agent runs, but are the app's own entries within reach?
void Desktop::watchKeychain()
{
    m_supervisor.vault().state([self = QPointer(this)](vault::VaultState state) {
        if (!self)
            return;
        for (const auto kind : {ui::BannerKind::keychainLocked, ui::BannerKind::keychainAbsent})
            self->m_window->clearBanner(kind);
        if (state == vault::VaultState::locked)
            self->m_window->setBanner(ui::BannerKind::keychainLocked);
        else if (state == vault::VaultState::absent)
            self->m_window->setBanner(ui::BannerKind::keychainAbsent);
    });
}

void Desktop::act(ui::ProblemAction action)
{
    switch (action) {
    case ui::ProblemAction::unlockAndRetry: m_supervisor.unlockAndRetry(); break;
    case ui::ProblemAction::useWithoutKeychain: m_supervisor.useWithoutKeychain(); break;
    case ui::ProblemAction::repair:
        if (m_problem)
            m_supervisor.repair(m_problem->kind);
        break;
    case ui::ProblemAction::retry: m_supervisor.retry(); break;
    case ui::ProblemAction::restartNow: m_supervisor.restart(); break;
    case ui::ProblemAction::openDataDirectory:
        QDesktopServices::openUrl(QUrl::fromLocalFile(m_supervisor.dataDirectory()));
        break;
    case ui::ProblemAction::editProfile:
    case ui::ProblemAction::addProfile: break;
    case ui::ProblemAction::quit: quit(); break;
    }
}

void Desktop::quit()
{
    if (std::exchange(m_quitting, true))
        return;
    m_preferences.windowLayout.set(m_window->saveLayout());
    m_clipboard.clearIfOurs();
    m_watching->unwatch(std::exchange(m_watchedAgent, {}));
    m_connection.reset();
    m_window->hide();
    m_supervisor.stop();
}

} // namespace latchkey::app
