// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// latchkey: the desktop app. Reads the command line, makes sure it is the only one, and hands over to Desktop.
#include "Desktop.h"
#include "SingleInstance.h"
#include "Version.h"

#include <QApplication>
#include <QCommandLineParser>

#ifndef Q_OS_WIN
#include <sys/resource.h>
#include <sys/stat.h>
#endif
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

namespace {

/// Secrets pass through this process: no core dump, and files that only this user can read.
void harden()
{
#ifndef Q_OS_WIN
    ::umask(077);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#endif
#ifdef Q_OS_LINUX
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

} // namespace

int main(int argc, char** argv)
{
    using namespace latchkey;
    harden();
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("latchkey"));
    QApplication::setApplicationDisplayName(QStringLiteral("Latchkey"));
    QApplication::setOrganizationDomain(QStringLiteral("latchkey.org"));
    QApplication::setDesktopFileName(QStringLiteral("org.latchkey.Latchkey"));
    QApplication::setApplicationVersion(QString::fromLatin1(app::version));
    QApplication::setQuitOnLastWindowClosed(false);   // Desktop ends the agent first

    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main", "Manages Cloudflare Access service tokens."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption dataDirectory(QStringLiteral("data-dir"), QApplication::translate("main", "The agent's data directory, if not the usual one."),
                                           QStringLiteral("DIR"));
    const QCommandLineOption settings(QStringLiteral("settings"), QApplication::translate("main", "The settings file, if not the usual one."),
                                      QStringLiteral("FILE"));
    const QCommandLineOption background(QStringLiteral("background"),
                                        QApplication::translate("main", "Start in the tray, without a window: for starting at login."));
    parser.addOptions({dataDirectory, settings, background});
    parser.process(application);

    app::SingleInstance instance(parser.value(dataDirectory));
    if (!instance.claim())
        return 0;

    SystemClock clock;
    SystemRandom random;
    app::Desktop::Options options;
    options.agent.program = app::bundledAgentProgram();
    options.agent.dataDirectory = parser.value(dataDirectory);
    options.settingsFile = parser.value(settings);
    app::Desktop desktop(application, std::move(options), clock, random);
    QObject::connect(&instance, &app::SingleInstance::activationRequested, &desktop, &app::Desktop::comeForward);
    desktop.start(parser.isSet(background));
    return QApplication::exec();
}
