// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentProcess.h"

#include "agent/base/Json.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QTimer>

namespace latchkey::app {

namespace {

std::string text(const Json& json, const char* name)
{
    const Json* member = json.find(name);
    const std::string* value = member != nullptr ? member->asString() : nullptr;
    return value != nullptr ? *value : std::string();
}

/// The codes of serve's `failed` line; see agent/cli/ServeCommand.cpp.
ErrorCode errorCode(const std::string& code)
{
    static const std::pair<const char*, ErrorCode> codes[] = {
        {"port_taken", ErrorCode::portTaken},     {"vault_locked", ErrorCode::vaultLocked},
        {"vault_absent", ErrorCode::vaultAbsent}, {"vault_missing", ErrorCode::vaultMissing},
        {"vault_denied", ErrorCode::vaultDenied}, {"timed_out", ErrorCode::timedOut},
        {"data_directory_in_use", ErrorCode::inUse}, {"damaged", ErrorCode::damaged},
        {"io", ErrorCode::io},
    };
    for (const auto& [name, value] : codes) {
        if (code == name)
            return value;
    }
    return ErrorCode::internal;
}

} // namespace

QString bundledAgentProgram()
{
#ifdef Q_OS_WIN
    const QString name = QStringLiteral("latchkey-agent.exe");
#else
    const QString name = QStringLiteral("latchkey-agent");
#endif
    const QString beside = QDir(QCoreApplication::applicationDirPath()).filePath(name);
    if (QFileInfo(beside).isExecutable())
        return beside;
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? beside : found;
}

AgentProcess::AgentProcess(QObject* parent)
    : QObject(parent)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &AgentProcess::readLines);
    // Its log lines are for a terminal; here they go where ours go.
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_process, &QProcess::finished, this, &AgentProcess::finished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            Q_EMIT failedToStart({ErrorCode::notFound, "The agent program could not be started.",
                                  m_process.program().toStdString() + ": " + m_process.errorString().toStdString()});
    });
}

AgentProcess::~AgentProcess()
{
    m_process.disconnect(this);
    if (isRunning()) {
        m_process.closeWriteChannel();
        m_process.terminate();
        if (!m_process.waitForFinished(1000))   // the app has left its event loop: nobody sees this wait
            m_process.kill();
        m_process.waitForFinished(1000);
    }
}

void AgentProcess::start(const Options& options)
{
    m_failure.reset();
    m_ready = false;
    m_stopping = false;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("LATCHKEY_API_TOKEN"));
    if (options.apiToken != nullptr)
        environment.insert(QStringLiteral("LATCHKEY_API_TOKEN"),
                           QString::fromUtf8(options.apiToken->reveal().data(), static_cast<qsizetype>(options.apiToken->size())));
    m_process.setProcessEnvironment(environment);
    m_process.setProgram(options.program);
    m_process.setArguments(QStringList{QStringLiteral("serve"), QStringLiteral("--stop-with-stdin")} + options.arguments);
    m_process.start();
    m_process.setProcessEnvironment({});
}

void AgentProcess::stop()
{
    if (!isRunning()) {
        QMetaObject::invokeMethod(this, &AgentProcess::stopped, Qt::QueuedConnection);
        return;
    }
    m_stopping = true;
    m_process.closeWriteChannel();
    QTimer::singleShot(5000, this, [this] {
        if (m_stopping && isRunning())
            m_process.kill();
    });
}

void AgentProcess::readLines()
{
    while (m_process.canReadLine())
        readLine(m_process.readLine());
}

void AgentProcess::readLine(const QByteArray& line)
{
    const auto json = parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
    if (!json)
        return;
    const std::string event = text(*json, "event");
    if (event == "waiting") {
        Q_EMIT waitingForKeychain();
    } else if (event == "failed") {
        m_failure = Error{errorCode(text(*json, "code")), text(*json, "message"), {}};
    } else if (event == "ready") {
        m_ready = true;
        profiles::AgentInfo info;
        info.agentId = text(*json, "agent_id");
        info.version = text(*json, "version");
        info.pid = m_process.processId();
        info.api = text(*json, "api");
        info.edge = text(*json, "edge");
        info.edgeTls = text(*json, "edge_tls");
        info.dataDirectory = text(*json, "data_dir");
        Q_EMIT ready(info);
    }
}

void AgentProcess::finished(int exitCode, QProcess::ExitStatus status)
{
    readLines();
    if (m_stopping) {
        m_stopping = false;
        Q_EMIT stopped();
    } else if (m_ready) {
        Q_EMIT died(status == QProcess::CrashExit ? tr("The agent crashed.") : tr("The agent ended with code %1.").arg(exitCode));
    } else if (m_failure) {
        Q_EMIT failedToStart(*m_failure);
    } else {
        Q_EMIT failedToStart({ErrorCode::internal, tr("The agent ended before it was ready (code %1).").arg(exitCode).toStdString(), {}});
    }
}

} // namespace latchkey::app
