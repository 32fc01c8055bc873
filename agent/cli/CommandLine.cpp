// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CommandLine.h"

#include "Commands.h"
#include "ExitCode.h"
#include "Process.h"
#include "Version.h"

#include <QCoreApplication>

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace latchkey::cli {

int run(int argc, char** argv)
{
    hardenProcess();
    QCoreApplication::setOrganizationDomain(QStringLiteral("latchkey.org"));
    QCoreApplication::setApplicationName(QStringLiteral("latchkey-agent"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(version));
    QCoreApplication application(argc, argv);

    Context context;
    CLI::App root("Plays the Cloudflare Access edge on this machine, and manages its service tokens.", "latchkey-agent");
    root.set_version_flag("--version", std::string("latchkey-agent ") + version);
    root.require_subcommand(1);
    root.fallthrough();
    bool json = false;
    root.add_flag("--json", json, "Machine-readable output");
    root.add_option("--data-dir", context.dataDirectory, "The agent's data directory, if not the usual one");
    root.footer("Start here:\n  latchkey-agent tour");

    addServeCommand(root, context);
    addTokenCommands(root, context);
    addApplicationCommands(root, context);
    addJwtCommands(root, context);
    addConfigCommands(root, context);
    addRepairCommand(root, context);
    addPurgeCommand(root, context);
    addTrustCommands(root, context);
    addExecCommand(root, context);
    addProtectCommand(root, context);
    addTourCommand(root, context);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return root.exit(error) == 0 ? exitDone : exitUsage;
    }
    context.terminal.setJson(json);
    return context.action();
}

} // namespace latchkey::cli
