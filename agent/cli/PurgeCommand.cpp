// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "StderrLog.h"
#include "VaultChoice.h"

#include "agent/control/Leftovers.h"
#include "agent/profiles/DataDirectory.h"

#include <QDir>
#include <QFile>

namespace latchkey::cli {

namespace {

struct PurgeOptions {
    bool yes = false;
};

/// Every entry, or the first that would not go: the database, which tells what there is, must then stay.
Result<void> emptyVault(vault::Vault& vault, const std::vector<std::string>& entries)
{
    if (vault.kind() == vault::VaultKind::memory)
        return {};
    const auto state = await<vault::VaultState>([&](auto done) {
        vault.state([done = std::move(done)](vault::VaultState found) mutable { done(found); });
    });
    if (!state)
        return std::unexpected(state.error());
    if (*state == vault::VaultState::locked)
        return fail(ErrorCode::vaultLocked, "The keychain (" + vault.backend() + ") is locked. Unlock it, so that nothing is left in it.");
    if (*state == vault::VaultState::absent)
        return fail(ErrorCode::vaultAbsent, "No keychain (" + vault.backend() + ") answers on this machine. Start it, so that nothing is left in it.");
    for (const auto& entry : entries) {
        if (auto removed = await<void>([&](auto done) { vault.remove(entry, std::move(done)); }); !removed)
            return removed;
    }
    return {};
}

/// Only what an agent puts there: somebody may have pointed it at a directory with other things in it. The database goes
/// last, so that what was interrupted can be done again.
Result<void> removeFiles(const std::string& path)
{
    QDir directory(QString::fromStdString(path));
    QDir backups(directory.filePath(QStringLiteral("backups")));
    if (backups.exists() && !backups.removeRecursively())
        return fail(ErrorCode::io, "The backups in " + path + " cannot be removed.");
    auto names = directory.entryList({QStringLiteral("vault.json*"), QStringLiteral("run.json*"), QStringLiteral("latchkey.db?*"), QStringLiteral("lock"),
                                      QStringLiteral("ca.pem"), QStringLiteral("ca-installed")},
                                     QDir::Files | QDir::Hidden);
    names.append(QStringLiteral("latchkey.db"));
    for (const QString& name : names) {
        if (directory.exists(name) && !directory.remove(name))
            return fail(ErrorCode::io, "The file " + directory.filePath(name).toStdString() + " cannot be removed.");
    }
    directory.rmdir(directory.absolutePath());   // Stays where something else is in it.
    return {};
}

int purge(Context& context, const PurgeOptions& options)
{
    const Terminal& terminal = context.terminal;
    const std::string path = profiles::dataDirectoryPath(context.dataDirectory);
    if (!QFile::exists(QString::fromStdString(path + "/latchkey.db")))
        return terminal.fail({ErrorCode::notFound, "There is no agent's data in " + path + '.', {}});
    const auto directory = profiles::DataDirectory::lock(path);
    if (!directory)
        return terminal.fail(directory.error());
    const auto kind = chooseVaultKind({}, directory->path());
    if (!kind)
        return terminal.fail(kind.error());
    if (!options.yes) {
        terminal.errorLine("All tokens, applications, keys and logs in " + path + " are removed, and what the keychain holds of them.");
        if (!terminal.isInteractive())
            return terminal.fail({ErrorCode::invalidArgument, "Say --yes to remove them without being asked.", {}});
        if (!terminal.confirm("Remove all of it?"))
            return exitFailed;
    }

    StderrLog log(StderrLog::Format::text, context.clock);
    const auto vault = vault::makeVault({.kind = *kind, .directory = directory->path(), .mayPrompt = false});
    const auto entries = control::vaultEntriesOf(directory->path(), control::realServices(*vault, context.clock, context.random, log));
    if (!entries)
        return terminal.fail(entries.error());
    if (const auto emptied = emptyVault(*vault, *entries); !emptied)
        return terminal.fail(emptied.error());
    if (const auto removed = removeFiles(directory->path()); !removed)
        return terminal.fail(removed.error());
    if (terminal.isJson())
        terminal.json(Json::object().set("removed", path));
    else
        terminal.line("Removed " + path + '.');
    return exitDone;
}

} // namespace

void addPurgeCommand(Command root, Context& context)
{
    const auto options = std::make_shared<PurgeOptions>();
    Command command = root.subcommand("purge", "Remove the agent's data and its keychain entries; the agent must not be running");
    command.flag("--yes", options->yes, "Do not ask");
    command.footer("Example:\n  latchkey-agent purge --data-dir ~/scratch/agent");
    command.action([&context, options] { return purge(context, *options); });
}

} // namespace latchkey::cli
