// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Accounts.h"
#include "AgentSupervisor.h"
#include "ClipboardGuard.h"
#include "LocalRecords.h"
#include "Preferences.h"
#include "ProfileController.h"
#include "Watching.h"

#include "ui/MainWindow.h"
#include "ui/Theme.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace latchkey::app {

/// Which profile the window shows, the local agent or an account, and the connection to it. A switch ends the one
/// connection with everything that waits for an answer on it and begins another: nothing of one profile can reach the
/// other. What each profile last showed stays in memory, so that a switch shows it at once, marked with its age. GUI thread.
class Profiles final : public QObject {
    Q_OBJECT
public:
    /// What it works with; all of it outlives it.
    struct Parts {
        ui::MainWindow& window;
        const ui::Theme& theme;
        ClipboardGuard& clipboard;
        const Clock& clock;
        Preferences& preferences;
        LocalRecords& local;
        AgentSupervisor& supervisor;
        Watching& watching;
        QString settingsFile;
    };
    explicit Profiles(Parts parts, QObject* parent = nullptr);
    ~Profiles() override;

    void start();   ///< Opens what the keychain gives without asking, and shows what was shown last.
    /// `id` as the window has it: the account's, or empty for the agent.
    void show(const std::string& id);
    void setAgentProblem(const std::optional<ui::Problem>& problem);
    void reload();
    void keychainOpened();
    void close();   ///< The app quits: nothing goes on.
    [[nodiscard]] bool isConnected() const { return m_connection != nullptr; }
    [[nodiscard]] bool showsAgent() const { return m_shown.empty(); }
    [[nodiscard]] Accounts& accounts() { return m_accounts; }

    void editShown() { m_dialogs.edit(m_shown); }
    void addWithEnvironment() { m_dialogs.add(true); }

Q_SIGNALS:
    void connected();   ///< The window's profile can be worked with.

private:
    struct Connection;
    struct Known {
        std::vector<access::ServiceToken> tokens;
        std::vector<access::Application> applications;
        std::optional<std::chrono::sys_seconds> loadedAt;
    };

    void connectWindow();
    void agentConnected();
    void agentDisconnected();
    void accountOpened(const std::string& id);
    void accountClosing(const std::string& id);
    void listChanged();
    void tellWindow();
    void remember();
    [[nodiscard]] Known known(const std::string& id) const;
    void connectShown(bool mayAsk);
    void cannotOpen(const std::string& id, const Error& error);
    void makeConnection(client::ManagementClient& client, const std::string& profileId, const QString& edge);
    [[nodiscard]] std::string watchedId() const;   ///< Under which the watcher knows the profile that is shown; empty: not.

    Parts m_parts;
    Accounts m_accounts;
    ProfileController m_dialogs;
    std::string m_shown;            ///< Empty: the agent.
    std::string m_agentId;          ///< Of the agent that was connected last.
    std::map<std::string, Known> m_known;
    std::optional<ui::Problem> m_agentProblem;
    std::unique_ptr<Connection> m_connection;
    bool m_closed = false;
};

} // namespace latchkey::app
