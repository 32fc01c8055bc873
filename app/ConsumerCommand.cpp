// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConsumerCommand.h"

#include <utility>

namespace latchkey::app {

ConsumerCommand::ConsumerCommand(QObject* parent)
    : QObject(parent)
{
    m_process.setStandardOutputFile(QProcess::nullDevice());
    m_process.setStandardErrorFile(QProcess::nullDevice());
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        m_process.kill();
        finish(fail(ErrorCode::timedOut, tr("The command did not end within %n second(s) and was stopped.", nullptr, static_cast<int>(m_limit.count() / 1000)).toStdString()));
    });
    connect(&m_process, &QProcess::started, this, [this] {
        // The channel copies it; our own copy goes at once.
        m_process.write(m_secret.reveal().data(), static_cast<qint64>(m_secret.size()));
        m_secret.clear();
        m_process.closeWriteChannel();
    });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            finish(fail(ErrorCode::io, tr("The command could not be started: %1").arg(m_process.errorString()).toStdString()));
    });
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            finish(fail(ErrorCode::io, tr("The command was ended by a signal.").toStdString()));
        else if (code != 0)
            finish(fail(ErrorCode::io, tr("The command failed with exit code %1. Run it in a terminal to see what it says.").arg(code).toStdString()));
        else
            finish({});
    });
}

ConsumerCommand::~ConsumerCommand()
{
    m_done = {};
    m_process.disconnect(this);
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(1000);
    }
}

void ConsumerCommand::run(const QString& command, const access::ClientId& clientId, SecretBytes secret, Done done)
{
    m_secret = std::move(secret);
    m_done = std::move(done);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("CF_ACCESS_CLIENT_SECRET"));
    environment.insert(QStringLiteral("CF_ACCESS_CLIENT_ID"), QString::fromStdString(clientId.value));
    m_process.setProcessEnvironment(environment);
#ifdef Q_OS_WIN
    m_process.setProgram(QStringLiteral("cmd.exe"));
    m_process.setNativeArguments(QStringLiteral("/d /s /c \"%1\"").arg(command));
#else
    m_process.setProgram(QStringLiteral("/bin/sh"));
    m_process.setArguments({QStringLiteral("-c"), command});
#endif
    m_deadline.start(m_limit);
    m_process.start();
}

void ConsumerCommand::finish(Result<void> outcome)
{
    m_deadline.stop();
    m_secret.clear();
    if (const Done done = std::exchange(m_done, {}))
        done(std::move(outcome));
}

} // namespace latchkey::app
