// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExecChild.h"

#include "Process.h"

#include <QEventLoop>
#include <QFileInfo>
#include <QProcess>
#include <QSocketNotifier>
#include <QStandardPaths>

#ifdef Q_OS_WIN
#include <windows.h>
#else
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#endif

namespace latchkey::cli {

namespace {

constexpr int cannotRun = 126;
constexpr int notFound = 127;
constexpr int endedBySignal = 128;

#ifdef Q_OS_WIN

/// The console sends its events to the child too; we only have to outlive them.
class SignalRelay {
public:
    explicit SignalRelay(QProcess&) { SetConsoleCtrlHandler(&ignore, TRUE); }
    ~SignalRelay() { SetConsoleCtrlHandler(&ignore, FALSE); }

private:
    static BOOL WINAPI ignore(DWORD) { return TRUE; }
};

#else

constexpr int relayed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

/// Passes signals on to the child, from a handler through a pipe to the event loop.
class SignalRelay {
public:
    explicit SignalRelay(QProcess& child)
    {
        if (::pipe(m_ends) != 0)
            return;
        for (const int end : m_ends) {
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
            ::fcntl(end, F_SETFL, O_NONBLOCK);
        }
        writeEnd = m_ends[1];
        m_notifier = std::make_unique<QSocketNotifier>(m_ends[0], QSocketNotifier::Read);
        QObject::connect(m_notifier.get(), &QSocketNotifier::activated, &child, [this, &child] {
            unsigned char number = 0;
            while (::read(m_ends[0], &number, 1) == 1) {
                if (child.processId() > 0)
                    ::kill(static_cast<pid_t>(child.processId()), number);
            }
        });
        struct sigaction action {};
        action.sa_sigaction = &SignalRelay::handler;
        action.sa_flags = SA_SIGINFO | SA_RESTART;
        for (const int number : relayed)
            ::sigaction(number, &action, nullptr);
    }

    ~SignalRelay()
    {
        for (const int number : relayed)
            std::signal(number, SIG_DFL);
        writeEnd = -1;
        m_notifier.reset();
        for (const int end : m_ends)
            ::close(end);
    }

private:
    static inline volatile int writeEnd = -1;

    static void handler(int number, siginfo_t* info, void*)
    {
        // What the terminal sends (si_code above 0: the kernel), it sends to the child as well.
        if (info->si_code > 0)
            return;
        const int saved = errno;
        const auto byte = static_cast<unsigned char>(number);
        [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
        errno = saved;
    }

    int m_ends[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

#endif

} // namespace

int runChild(const std::vector<std::string>& command, const QProcessEnvironment& environment)
{
    QStringList arguments;
    for (const std::string& word : command)
        arguments.append(QString::fromLocal8Bit(word.data(), static_cast<qsizetype>(word.size())));
    const QString program = arguments.takeFirst();

    QProcess child;
    child.setProcessEnvironment(environment);
    child.setInputChannelMode(QProcess::ForwardedInputChannel);
    child.setProcessChannelMode(QProcess::ForwardedChannels);
#ifndef Q_OS_WIN
    child.setChildProcessModifier([] { softenChild(); });
#endif
    QEventLoop loop;
    bool failed = false;
    QObject::connect(&child, &QProcess::finished, &loop, [&loop] { loop.quit(); });
    QObject::connect(&child, &QProcess::errorOccurred, &loop, [&](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return;
        failed = true;
        loop.quit();
    });
    const SignalRelay relay(child);
    child.start(program, arguments);
    if (!failed)
        loop.exec();
    if (failed) {
        const bool exists = program.contains(QLatin1Char('/')) ? QFileInfo::exists(program) : !QStandardPaths::findExecutable(program).isEmpty();
        return exists ? cannotRun : notFound;
    }
    return child.exitStatus() == QProcess::NormalExit ? child.exitCode() : endedBySignal + child.exitCode();
}

} // namespace latchkey::cli
