// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentSupervisor.h"
#include "ClipboardGuard.h"
#include "LocalRecords.h"
#include "Preferences.h"
#include "Profiles.h"
#include "SystemComfort.h"
#include "SystemScheme.h"
#include "Watching.h"

#include "ui/EnglishPlurals.h"
#include "ui/MainWindow.h"
#include "ui/Theme.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace latchkey::app {

/// The composition root: one window, one agent, the accounts, and what connects them. What it is made of is destroyed in
/// the reverse order of its members.
class Desktop final : public QObject {
    Q_OBJECT
public:
    struct Options {
        AgentSupervisor::Options agent;
        QString settingsFile;                             ///< Empty: the usual place.
        std::chrono::seconds clipboardLifetime{60};
    };

    Desktop(QApplication& application, Options options, Clock& clock, Random& random);
    ~Desktop() override;

    /// Shows the window, unless in the `background`, and looks for an agent.
    void start(bool background = false);
    void comeForward();    ///< Another start asked for it.
    /// Keeps what is to be kept, ends the agent if it is ours, then quits the application. Nothing blocks.
    void quit();

    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] AgentSupervisor& supervisor() { return m_supervisor; }
    [[nodiscard]] Watching& watching() { return *m_watching; }
    [[nodiscard]] Profiles& profiles() { return *m_profiles; }

private:
    void connectWindow();
    void connectSupervisor();
    void agentConnected();
    void unlockAndRetry();
    void act(ui::ProblemAction action);
    void watchKeychain();
    void connectWatching();
    void tellInterrupted();

    Clock& m_clock;
    Random& m_random;
    Preferences m_preferences;
    LocalRecords m_local;
    ui::EnglishPlurals m_plurals;
    SystemScheme m_scheme;   // before the theme, which begins with it
    SystemComfort m_comfort;
    ui::Theme m_theme;
    ClipboardGuard m_clipboard;
    std::unique_ptr<ui::MainWindow> m_window;
    std::unique_ptr<Watching> m_watching;
    AgentSupervisor m_supervisor;
    std::unique_ptr<Profiles> m_profiles;
    std::optional<ui::Problem> m_problem;
    QTimer m_minute;
    bool m_quitting = false;
};

} // namespace latchkey::app
