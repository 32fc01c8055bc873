// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Accounts.h"
#include "AllProfiles.h"
#include "ProfileController.h"
#include "ProfileHands.h"
#include "Watching.h"

#include "ui/MainWindow.h"
#include "ui/Theme.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace latchkey::app {

/// Which profile the window shows, the local agent, an account, or all of them, and the connection to it. A switch ends the one
/// connection with everything that waits for an answer on it and begins another: nothing of one profile can reach the
/// other. What each profile last showed stays in memory, so that a switch shows it at once, marked with its age. GUI thread.
class Profiles final : public QObject {
    Q_OBJECT
public:
    Profiles(const Parts& parts, Watching& watching, const QString& settingsFile, QObject* parent = nullptr);
    ~Profiles() override;

    void start();   ///< Opens what the keychain gives without asking, and shows what was shown last.
    /// `id` as the window has it: the account's, empty for the agent, or `all`.
    void show(const std::string& id);
    void setAgentProblem(const std::optional<ui::Problem>& problem);
    void reload();
    void keychainOpened();
    void close();   ///< The app quits: nothing goes on.
    [[nodiscard]] bool isConnected() const { return m_connection || m_all; }
    [[nodiscard]] bool showsAgent() const { return m_shown.empty(); }
    static constexpr std::string_view all = "all";
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
    void disconnectShown();
    void showAll();
    void somethingChanged(const std::string& id);
    [[nodiscard]] bool showsAll() const { return m_shown == all; }
    [[nodiscard]] std::vector<ui::ProfileView> views() const;
    [[nodiscard]] std::string watchedId() const;   ///< Under which the watcher knows the profile that is shown; empty: not.

    Parts m_parts;
    Watching& m_watching;
    Accounts m_accounts;
    ProfileController m_dialogs;
    std::string m_shown;            ///< Empty: the agent; `all`: all.
    std::string m_agentId;          ///< Of the agent that was connected last.
    std::map<std::string, Known> m_known;
    std::optional<ui::Problem> m_agentProblem;
    std::map<std::string, Error> m_cannotOpen;   ///< Why an account has no client.
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<AllProfiles> m_all;
    bool m_closed = false;
};

} // namespace latchkey::app
