// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Process.h"

#include <QMetaObject>
#include <QSocketNotifier>

#ifdef Q_OS_WIN
#include <thread>
#include <windows.h>
#else
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#endif
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace latchkey::cli {

#ifdef Q_OS_WIN

void hardenProcess()
{
    // No error boxes and no crash reports with our memory in them.
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
}

void softenChild() { }

struct StopSignals::Platform {
    // SetConsoleCtrlHandler takes no context, so the one watcher of the process is named here.
    static inline std::function<void()>* request = nullptr;
    static BOOL WINAPI handler(DWORD)
    {
        if (request != nullptr)
            (*request)();
        return TRUE;
    }
    std::function<void()> post;
};

StopSignals::StopSignals(bool watchStdin, std::function<void()> stop, QObject* parent)
    : QObject(parent)
    , m_platform(std::make_unique<Platform>())
{
    m_platform->post = [this, stop] { QMetaObject::invokeMethod(this, stop, Qt::QueuedConnection); };
    Platform::request = &m_platform->post;
    SetConsoleCtrlHandler(&Platform::handler, TRUE);
    if (watchStdin) {
        std::thread([post = m_platform->post] {
            char byte = 0;
            DWORD count = 0;
            while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &count, nullptr) && count != 0) { }
            post();
        }).detach();
    }
}

StopSignals::~StopSignals()
{
    SetConsoleCtrlHandler(&Platform::handler, FALSE);
    Platform::request = nullptr;
}

#else

namespace {

mode_t formerUmask = 022;
rlimit formerCoreLimit{};

} // namespace

void hardenProcess()
{
    formerUmask = ::umask(077);
    ::getrlimit(RLIMIT_CORE, &formerCoreLimit);
    const rlimit none{0, formerCoreLimit.rlim_max};   // a child may have its own back
    ::setrlimit(RLIMIT_CORE, &none);
#ifdef Q_OS_LINUX
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    std::signal(SIGPIPE, SIG_IGN);
}

void softenChild()
{
    ::umask(formerUmask);
    ::setrlimit(RLIMIT_CORE, &formerCoreLimit);
    std::signal(SIGPIPE, SIG_DFL);
}

struct StopSignals::Platform {
    // A signal handler reaches nothing but a global; it writes one byte to this pipe.
    static inline volatile int writeEnd = -1;
    static void handler(int)
    {
        const char byte = 0;
        [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    }
    int ends[2] = {-1, -1};
};

StopSignals::StopSignals(bool watchStdin, std::function<void()> stop, QObject* parent)
    : QObject(parent)
    , m_platform(std::make_unique<Platform>())
{
    if (::pipe(m_platform->ends) == 0) {
        for (const int end : m_platform->ends) {
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
            ::fcntl(end, F_SETFL, O_NONBLOCK);
        }
        Platform::writeEnd = m_platform->ends[1];
        auto* notifier = new QSocketNotifier(m_platform->ends[0], QSocketNotifier::Read, this);
        connect(notifier, &QSocketNotifier::activated, this, [notifier, stop] {
            notifier->setEnabled(false);
            stop();
        });
        for (const int number : {SIGTERM, SIGINT, SIGHUP})
            std::signal(number, &Platform::handler);
    }
    if (watchStdin) {
        auto* input = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
        connect(input, &QSocketNotifier::activated, this, [input, stop] {
            char bytes[256];
            if (::read(STDIN_FILENO, bytes, sizeof bytes) <= 0) {
                input->setEnabled(false);
                stop();
            }
        });
    }
}

StopSignals::~StopSignals()
{
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        std::signal(number, SIG_DFL);
    Platform::writeEnd = -1;
    for (const int end : m_platform->ends)
        ::close(end);
}

#endif

} // namespace latchkey::cli
