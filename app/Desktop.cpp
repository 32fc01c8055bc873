// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Desktop.h"

#include "ui/SavedSearchMenu.h"
#include "ui/ConfirmDialog.h"

#include <QApplication>
#include <QDesktopServices>
#include <QUrl>

namespace latchkey::app {

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
    ui::SavedSearchMenu& saved = m_window->savedSearches();
    saved.setSearches(ui::SavedSearchMenu::fromStrings(m_preferences.savedSearches.get()));
    connect(&saved, &ui::SavedSearchMenu::searchesChanged, this, [this, &saved] {
        m_preferences.savedSearches.set(ui::SavedSearchMenu::toStrings(saved.searches()));
    });
    m_watching = std::make_unique<Watching>(*m_window, m_theme, m_clock, Watching::Options{.settingsFile = options.settingsFile, .notifier = nullptr, .autoStart = nullptr});
    m_profiles = std::make_unique<Profiles>(Parts{.window = *m_window,
                                                  .theme = m_theme,
                                                  .clipboard = m_clipboard,
                                                  .clock = m_clock,
                                                  .preferences = m_preferences,
                                                  .local = m_local,
                                                  .supervisor = m_supervisor},
                                            *m_watching, options.settingsFile);
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
    connect(m_profiles.get(), &Profiles::connected, this, [this] {
        if (m_window->isVisible())
            tellInterrupted();
    });
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
        m_profiles->setAgentProblem(problem);
    });
    connect(&m_supervisor, &AgentSupervisor::connected, this, &Desktop::agentConnected);
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
    m_profiles->start();
    // Once the window is on screen: what comes next may take its time.
    QMetaObject::invokeMethod(&m_supervisor, &AgentSupervisor::start, Qt::QueuedConnection);
}

void Desktop::comeForward()
{
    if (!m_window->isVisible()) {
        m_window->setNow(m_clock.now());
        m_profiles->reload();   // it stood still while nobody saw it
        if (m_profiles->isConnected())
            QMetaObject::invokeMethod(this, &Desktop::tellInterrupted, Qt::QueuedConnection);   // over the window, once it is there
    }
    m_window->setWindowState(m_window->windowState() & ~Qt::WindowMinimized);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
}

void Desktop::agentConnected()
{
    m_window->clearBanner(ui::BannerKind::otherVersion);
    if (m_supervisor.isMemorySession())
        m_window->setBanner(ui::BannerKind::memorySession);
    watchKeychain();
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
    case ui::ProblemAction::unlockAndRetry: unlockAndRetry(); break;
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
    case ui::ProblemAction::editProfile: m_profiles->editShown(); break;
    case ui::ProblemAction::addProfile: m_profiles->addWithEnvironment(); break;
    case ui::ProblemAction::quit: quit(); break;
    }
}

void Desktop::unlockAndRetry()
{
    if (!m_supervisor.client())
        return m_supervisor.unlockAndRetry();
    // The agent has what it needs; it is the app's own entries that are out of reach.
    m_supervisor.vault().unlock([self = QPointer(this)](const Result<void>& unlocked) {
        if (!self)
            return;
        if (unlocked)
            self->m_profiles->keychainOpened();
        else
            self->m_window->showNotice(QString::fromStdString(unlocked.error().message));
        self->watchKeychain();
    });
}

void Desktop::quit()
{
    if (std::exchange(m_quitting, true))
        return;
    m_preferences.windowLayout.set(m_window->saveLayout());
    m_clipboard.clearIfOurs();
    m_profiles->close();
    m_window->hide();
    m_supervisor.stop();
}

} // namespace latchkey::app
