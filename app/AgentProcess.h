// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"
#include "agent/profiles/Discovery.h"

#include <QObject>
#include <QProcess>
#include <QStringList>

#include <optional>

namespace latchkey::app {

/// The bundled agent as a child process. It ends with us, however we end, because its standard input does. GUI thread;
/// nothing here waits.
class AgentProcess final : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString program;                        ///< Path of latchkey-agent.
        QStringList arguments;                  ///< After `serve`.
        const SecretBytes* apiToken = nullptr;  ///< Given to a memory agent through its environment.
    };

    explicit AgentProcess(QObject* parent = nullptr);
    ~AgentProcess() override;   ///< Kills what still runs.

    void start(const Options& options);
    void stop();   ///< Asks it to end; stopped() follows, after a kill if need be.
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

Q_SIGNALS:
    void ready(const latchkey::profiles::AgentInfo& info);
    void waitingForKeychain();
    /// It ended before it was ready, and said why.
    void failedToStart(const latchkey::Error& error);
    /// It ended without being asked, after it had been ready.
    void died(const QString& reason);
    void stopped();   ///< It ended because stop() asked it to.

private:
    void readLines();
    void readLine(const QByteArray& line);
    void finished(int exitCode, QProcess::ExitStatus status);

    QProcess m_process;
    std::optional<Error> m_failure;
    bool m_ready = false;
    bool m_stopping = false;
};

/// Where the bundled agent is: beside this program, else found by the system.
[[nodiscard]] QString bundledAgentProgram();

} // namespace latchkey::app
