// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentProcess.h"

#include "agent/base/Random.h"
#include "agent/profiles/AgentConnector.h"
#include "agent/vault/Vault.h"
#include "ui/AgentStatus.h"
#include "ui/Problem.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QObject>
#include <QTemporaryDir>
#include <QTimer>

#include <memory>
#include <optional>

namespace latchkey::app {

/// Sees to it that there is an agent: adopts the one that runs on our data directory, else starts the bundled one; starts
/// it again with growing pauses when it dies; ends only the one it started. Lives on the GUI thread and waits for nothing.
class AgentSupervisor final : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString program;              ///< Of the agent.
        QString dataDirectory;        ///< Empty: the usual one.
        QStringList serveArguments;   ///< Further ones, such as addresses in tests.
        QString keychainService;      ///< Empty: the usual one.
    };

    AgentSupervisor(Options options, Random& random, QObject* parent = nullptr);
    ~AgentSupervisor() override;

    void start();
    void retry();                 ///< Tries again now, from the beginning.
    void restart();               ///< Ends the agent (also an adopted one) and starts ours.
    void unlockAndRetry();
    /// A throw-away data directory and a memory vault: nothing survives quitting.
    void useWithoutKeychain();
    /// Runs `latchkey-agent repair` for what is missing, then retries.
    void repair(ui::Problem::Kind kind);
    /// Ends the agent if we started it; stopped() follows, also when there is nothing to end.
    void stop();

    [[nodiscard]] client::ManagementClient* client() const { return m_agent ? m_agent->client.get() : nullptr; }
    [[nodiscard]] const profiles::AgentInfo* agent() const { return m_agent ? &m_agent->info : nullptr; }
    /// Of this session: the keychain, or memory. Asks the person to unlock it when it is used: for what they asked for.
    [[nodiscard]] vault::Vault& vault() { return *m_vault; }
    /// The same, and never asks.
    [[nodiscard]] vault::Vault& quietVault() { return *m_quietVault; }
    [[nodiscard]] bool isMemorySession() const { return m_session.has_value(); }
    [[nodiscard]] QString dataDirectory() const;

Q_SIGNALS:
    void statusChanged(const latchkey::ui::AgentStatus& status);
    void problemChanged(const std::optional<latchkey::ui::Problem>& problem);
    void connected();      ///< client() and agent() are set.
    void disconnected();   ///< client() is gone.
    void vaultChanging();  ///< The vaults are about to go: nothing may use them any more.
    void vaultChanged();
    void otherVersionFound(const QString& version);
    void stopped();

private:
    void setStatus(ui::AgentStatus::Phase phase);
    void setProblem(std::optional<ui::Problem> problem);
    void seek();
    void adopt(const profiles::AgentInfo& info);
    void launch();
    void reach(profiles::AgentInfo info, bool ours);
    void reached(Result<profiles::ConnectedAgent> agent, bool ours);
    void failed(const Error& error);
    void agentDied(const QString& reason);
    void countDown();
    void watchAdopted();
    void lose();
    void makeVault();

    struct MemorySession {
        QTemporaryDir directory;
        SecretBytes apiToken;
    };

    Options m_options;
    Random& m_random;
    std::unique_ptr<vault::Vault> m_vault;
    std::unique_ptr<vault::Vault> m_quietVault;   ///< Never prompts: for what nobody asked for, such as a start.
    std::unique_ptr<profiles::AgentConnector> m_connector;
    QNetworkAccessManager m_network;
    AgentProcess m_process;
    QProcess m_repair;
    std::optional<MemorySession> m_session;
    std::optional<profiles::ConnectedAgent> m_agent;
    bool m_ours = false;
    bool m_launchAfterStop = false;
    int m_deaths = 0;                  ///< In a row, without a good minute between them.
    QElapsedTimer m_upSince;
    QTimer m_backOff;
    QTimer m_watch;
    std::chrono::seconds m_restartIn{0};
    QString m_deathReason;
    QString m_edgeAddress;
};

} // namespace latchkey::app
