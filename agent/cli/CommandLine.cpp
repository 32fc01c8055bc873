// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CommandLine.h"

#include "Commands.h"
#include "Process.h"
#include "Version.h"

#include <QCoreApplication>

namespace latchkey::cli {

int run(int argc, char** argv)
{
    hardenProcess();
    QCoreApplication::setOrganizationDomain(QStringLiteral("latchkey.org"));
    QCoreApplication::setApplicationName(QStringLiteral("latchkey-agent"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(version));
    QCoreApplication application(argc, argv);

    Context context;
    CommandLineParser parser("latchkey-agent", "Plays the Cloudflare Access edge on this machine, and manages its service tokens.", version);
    const Command root = parser.root();
    root.needsSubcommand();
    bool json = false;
    root.flag("--json", json, "Machine-readable output");
    root.option("--data-dir", context.dataDirectory, "The agent's data directory, if not the usual one");
    root.footer("Start here:\n  latchkey-agent tour");

    addServeCommand(root, context);
    addTokenCommands(root, context);
    addApplicationCommands(root, context);
    addExplainCommand(root, context);
    addJwtCommands(root, context);
    addConfigCommands(root, context);
    addRepairCommand(root, context);
    addPurgeCommand(root, context);
    addTrustCommands(root, context);
    addExecCommand(root, context);
    addProtectCommand(root, context);
    addTourCommand(root, context);
    const auto outcome = parser.parse(argc, argv);
    if (!outcome.action)
        return outcome.exitCode;
    context.terminal.setJson(json);
    return outcome.action();
}

} // namespace latchkey::cli
