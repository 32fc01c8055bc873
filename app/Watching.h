// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AutoRefresh.h"
#include "AutoStart.h"
#include "CloseBehaviour.h"
#include "ExpiryNotices.h"
#include "Notifier.h"
#include "Preferences.h"
#include "StateFile.h"
#include "Tray.h"
#include "Watcher.h"

#include "ui/MainWindow.h"
#include "ui/RefreshRulesPanel.h"
#include "ui/WatchDialog.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace latchkey::app {

/// Everything that goes on while nobody looks: the watcher and its notices, the tray, what closing the window means,
/// starting at login, and the dialog with their settings. GUI thread. The window, the theme and the clock outlive it.
class Watching final : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString settingsFile;                    ///< Empty: the usual one. What was told is kept beside it.
        std::unique_ptr<Notifier> notifier;      ///< nullptr: the desktop's.
        std::unique_ptr<AutoStart> autoStart;    ///< nullptr: the platform's.
    };
    Watching(ui::MainWindow& window, const ui::Theme& theme, const Clock& clock, Options options, QObject* parent = nullptr);
    ~Watching() override;

    /// `background`: started at login, when the desktop's tray may come later than we do.
    void start(bool background);
    void setAgentStatus(const ui::AgentStatus& status);
    void watch(std::unique_ptr<WatchedSource> source);
    void unwatch(const std::string& profileId);
    void openSettings();

    [[nodiscard]] Watcher& watcher() { return m_watcher; }
    [[nodiscard]] AutoRefresh& autoRefresh() { return m_autoRefresh; }
    [[nodiscard]] Tray& tray() { return m_tray; }

Q_SIGNALS:
    void comeForwardRequested();
    /// The person wants this profile's list, and this token in it.
    void profileRequested(const std::string& profileId);
    void quitRequested();

private:
    /// What the person chose, and what was said once.
    struct Choices {
        explicit Choices(const QString& file);
        QSettings settings;   // before what refers to it
        Preference<bool> notifications, hideToTray, saidTray, saidNoTray;
    };

    void tell();
    void deliver(const Notification& notification, std::vector<ExpiryNotice> notices);
    void activated(const QString& target, const QString& action);
    void showToken(const WatchedToken& token, bool refresh);
    void showState();
    void showTray();
    void awaitTray();
    void chosen(const ui::WatchOptions& options);
    void addRules(ui::WatchDialog& dialog);
    void showDryRun(ui::RefreshRuleDialog& dialog, const ui::RefreshRule& rule) const;
    [[nodiscard]] std::vector<ui::RefreshLogLine> refreshLog() const;
    [[nodiscard]] QString nameAmongAccounts(const QString& token, const std::string& profileId) const;
    [[nodiscard]] ui::WatchOptions optionsNow() const;

    ui::MainWindow& m_window;
    const ui::Theme& m_theme;
    const Clock& m_clock;
    Choices m_choices;
    StateFile m_toldFile;
    ExpiryNotices m_notices;
    QJsonObject m_saved;
    Watcher m_watcher;
    AutoRefresh m_autoRefresh;
    std::unique_ptr<Notifier> m_notifier;
    TrayNotifier m_trayNotifier;
    std::unique_ptr<AutoStart> m_autoStart;
    Tray m_tray;
    std::unique_ptr<CloseBehaviour> m_close;
    ui::AgentStatus m_agent;
    QString m_autoStartProblem;
    QPointer<ui::WatchDialog> m_dialog;
};

} // namespace latchkey::app
