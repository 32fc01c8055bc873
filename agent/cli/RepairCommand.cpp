// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "StderrLog.h"
#include "VaultChoice.h"

#include "agent/control/Repair.h"
#include "agent/profiles/DataDirectory.h"
#include "agent/store/Backup.h"

namespace latchkey::cli {

namespace {

struct RepairOptions {
    bool signingKey = false;
    bool apiToken = false;
    bool restore = false;
    std::string backupDay;   ///< Empty: the newest.
    bool yes = false;
};

/// Before anything else: without a sound database nothing is known of the vault.
int restoreBackup(Context& context, const RepairOptions& options, const std::string& directory)
{
    const Terminal& terminal = context.terminal;
    std::optional<std::chrono::year_month_day> day;
    if (!options.backupDay.empty()) {
        day = store::dayFrom(options.backupDay);
        if (!day)
            return terminal.fail({ErrorCode::invalidArgument, "A backup is named by its day, as 2026-11-25.", {}});
    }
    if (!options.yes) {
        terminal.errorLine("The database goes back to the backup; what was changed since is kept aside and not in force any more.");
        if (!terminal.isInteractive())
            return terminal.fail({ErrorCode::invalidArgument, "Say --yes to repair without being asked.", {}});
        if (!terminal.confirm("Go on?"))
            return exitFailed;
    }
    const auto restored = store::restoreBackup(directory, day, context.clock.now());
    if (!restored)
        return terminal.fail(restored.error());
    if (terminal.isJson()) {
        terminal.json(Json::object().set("restored", store::dayText(restored->day)).set("kept_aside", restored->keptAside));
        return exitDone;
    }
    terminal.line("The database is that of the backup of " + store::dayText(restored->day) + '.');
    if (!restored->keptAside.empty())
        terminal.line("What was there before is in " + restored->keptAside + '.');
    return exitDone;
}

int repair(Context& context, const RepairOptions& options)
{
    const Terminal& terminal = context.terminal;
    const auto directory = profiles::DataDirectory::lock(profiles::dataDirectoryPath(context.dataDirectory));
    if (!directory)
        return terminal.fail(directory.error());
    if (options.restore)
        return restoreBackup(context, options, directory->path());
    const auto kind = chooseVaultKind({}, directory->path());
    if (!kind)
        return terminal.fail(kind.error());
    if (!options.yes) {
        terminal.errorLine(options.signingKey
                               ? "A new signing key is made. JWTs signed with a key that is lost can no longer be verified."
                               : "A new API token is made. Programs that use the old one must be given the new one.");
        if (!terminal.isInteractive())
            return terminal.fail({ErrorCode::invalidArgument, "Say --yes to repair without being asked.", {}});
        if (!terminal.confirm("Go on?"))
            return exitFailed;
    }

    StderrLog log(StderrLog::Format::text, context.clock);
    const auto vault = vault::makeVault({.kind = *kind, .directory = directory->path(), .mayPrompt = false});
    const control::Services services = control::realServices(*vault, context.clock, context.random, log);
    QObject owner;
    Json done = Json::object();
    if (options.signingKey) {
        const auto kid = await<std::string>([&](auto answer) {
            control::repairSigningKey(directory->path(), services, &owner, std::move(answer));
        });
        if (!kid)
            return terminal.fail(kid.error());
        done.set("signing_key", *kid);
        if (!terminal.isJson())
            terminal.line("The new signing key is " + *kid + ".");
    }
    if (options.apiToken) {
        const auto made = await<void>([&](auto answer) {
            control::repairApiToken(directory->path(), services, &owner, std::move(answer));
        });
        if (!made)
            return terminal.fail(made.error());
        done.set("api_token", "new");
        if (!terminal.isJson())
            terminal.line("A new API token is in the vault.");
    }
    if (terminal.isJson())
        terminal.json(done);
    return exitDone;
}

} // namespace

void addRepairCommand(Command root, Context& context)
{
    const auto options = std::make_shared<RepairOptions>();
    Command command = root.subcommand("repair", "Make anew what the keychain has lost; the agent must not be running");
    const Option signingKey = command.flag("--new-signing-key", options->signingKey, "Make a new signing key");
    const Option apiToken = command.flag("--new-api-token", options->apiToken, "Make a new API token");
    const Option restore = command.option("--restore-backup", options->backupDay,
                                          "Go back to an automatic backup: the newest, or that of a day (2026-11-25)");
    restore.valueOptional().excludes(signingKey).excludes(apiToken);
    command.flag("--yes", options->yes, "Do not ask");
    command.footer("Example:\n  latchkey-agent repair --new-signing-key");
    command.action([&context, options] { return repair(context, *options); },
                   [options, restore] {
                       options->restore = restore.isGiven();
                       const bool some = options->signingKey || options->apiToken || options->restore;
                       return std::string(some ? "" : "say what to repair: --new-signing-key, --new-api-token or --restore-backup");
                   });
}

} // namespace latchkey::cli
