// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "InstalledAuthority.h"

#include "agent/control/Leftovers.h"
#include "agent/profiles/DataDirectory.h"
#include "agent/profiles/Discovery.h"
#include "agent/store/Backup.h"
#include "agent/vault/Vault.h"

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

/// Whether an agent has been at home here. Not told by names that others use too: the directory may be anybody's.
bool holdsAgent(const std::string& path)
{
    return QFile::exists(QString::fromStdString(path + "/latchkey.db")) || !store::backups(path).empty();
}

/// What there is to remove, with what a running agent told of itself where the database tells nothing.
Result<control::Leftovers> findLeftovers(const std::string& directory)
{
    auto leftovers = control::leftoversIn(directory);
    if (!leftovers || !leftovers->damage || !leftovers->agentId.empty())
        return leftovers;
    if (const auto told = profiles::findAgent(directory)) {
        auto damage = leftovers->damage;
        *leftovers = control::leftoversOf(told->agentId, told->vault);
        leftovers->damage = std::move(damage);
    }
    return leftovers;
}

/// One run of `purge`: asks, then removes from the outside in, so that what goes wrong leaves behind what tells the rest.
class Purge {
public:
    Purge(const Terminal& terminal, std::string directory, control::Leftovers leftovers)
        : m_terminal(terminal)
        , m_directory(std::move(directory))
        , m_leftovers(std::move(leftovers))
    {
        if (!installedAuthority(m_directory).empty())
            m_authority = authorityName(m_directory);
    }

    /// False: no.
    Result<bool> ask()
    {
        m_terminal.errorLine("All tokens, applications, keys and logs in " + m_directory + " are removed, and what the keychain holds of them.");
        if (m_leftovers.damage)
            m_terminal.errorLine("Its database cannot be read, so " + whatIsKnown() + '.');
        if (!m_terminal.isInteractive())
            return fail(ErrorCode::invalidArgument, "Say --yes to remove them without being asked.");
        if (!m_terminal.confirm("Remove all of it?"))
            return false;
        if (m_authority.empty())
            return true;
        const auto steps = removeSteps(authorityFile(m_directory), m_authority);
        if (!steps)
            return true;   // told by distrust()
        m_terminal.errorLine("This machine trusts its certificate authority, \"" + printable(m_authority) + "\", since `trust install`.");
        tellSteps(m_terminal, *steps);
        m_keepsTrust = !m_terminal.confirm("Take it out of this machine's stores?");
        return true;
    }

    Result<void> run()
    {
        if (auto done = distrust(); !done)
            return done;
        if (auto done = emptyKeychain(); !done)
            return done;
        if (auto done = removeFiles(m_directory); !done)
            return done;
        if (!m_leftovers.agentId.empty() && !profiles::runtimeDirectoryPath().empty())
            QFile::remove(QString::fromStdString(profiles::runtimeDirectoryPath() + '/' + m_leftovers.agentId + ".json"));   // of one that was killed
        return {};
    }

    void tell() const
    {
        if (m_terminal.isJson()) {
            m_terminal.json(Json::object()
                                .set("removed", m_directory)
                                .set("keychain_entries", static_cast<std::int64_t>(m_emptied))
                                .set("keychain_complete", !m_leftovers.damage.has_value())
                                .set("trust_removed", m_distrusted.empty() ? Json() : Json(m_distrusted)));
            return;
        }
        if (!m_distrusted.empty())
            m_terminal.line("Took the certificate authority \"" + printable(m_distrusted) + "\" out of this machine's stores.");
        m_terminal.line("Removed " + m_directory + '.');
        if (!m_leftovers.damage || m_leftovers.vaultKind == "file" || m_leftovers.vaultKind == "memory")
            return;
        m_terminal.line("The database could not be read: the keychain may hold more of it. Look there for org.latchkey.Latchkey, entries "
                        + (m_leftovers.agentId.empty() ? std::string("agent/… and profile/…")
                                                       : "agent/" + m_leftovers.agentId + "/… and profile/" + m_leftovers.agentId + "/…")
                        + '.');
    }

private:
    [[nodiscard]] std::string whatIsKnown() const
    {
        if (m_leftovers.agentId.empty())
            return "what the keychain holds of it is not known";
        return "of the keychain's entries only those go that a backup or the agent's last run tells of";
    }

    Result<void> distrust()
    {
        if (m_authority.empty())
            return {};
        const auto steps = removeSteps(authorityFile(m_directory), m_authority);
        if (!steps || m_keepsTrust) {
            m_terminal.errorLine("The certificate authority \"" + printable(m_authority) + "\" stays in this machine's stores. Its key goes now, "
                                 "so nothing new can be signed with it.");
            if (steps)
                tellSteps(m_terminal, *steps, "To take it out later:");
            return {};
        }
        for (const TrustStep& step : *steps) {
            if (auto done = runStep(step); !done)
                return done;
        }
        m_distrusted = m_authority;
        return setInstalledAuthority(m_directory, {});
    }

    Result<void> emptyKeychain()
    {
        if (m_leftovers.entries.empty())
            return {};
        const auto kind = vault::vaultKindFrom(m_leftovers.vaultKind);
        if (!kind)
            return std::unexpected(kind.error());
        if (*kind != vault::VaultKind::os)
            return {};   // a file goes with the directory
        const auto vault = vault::makeVault({.kind = *kind, .directory = m_directory, .mayPrompt = false});
        if (auto emptied = emptyVault(*vault, m_leftovers.entries); !emptied)
            return emptied;
        m_emptied = m_leftovers.entries.size();
        return {};
    }

    const Terminal& m_terminal;
    const std::string m_directory;
    const control::Leftovers m_leftovers;
    std::string m_authority;    // that this machine trusts; empty: it does not
    std::string m_distrusted;
    bool m_keepsTrust = false;
    std::size_t m_emptied = 0;
};

int purge(Context& context, const PurgeOptions& options)
{
    const Terminal& terminal = context.terminal;
    const std::string path = profiles::dataDirectoryPath(context.dataDirectory);
    if (!holdsAgent(path))
        return terminal.fail({ErrorCode::notFound, "There is no agent's data in " + path + '.', {}});
    const auto directory = profiles::DataDirectory::lock(path);
    if (!directory)
        return terminal.fail(directory.error());
    auto leftovers = findLeftovers(directory->path());
    if (!leftovers)
        return terminal.fail(leftovers.error());
    Purge run(terminal, directory->path(), std::move(*leftovers));
    if (!options.yes) {
        const auto agreed = run.ask();
        if (!agreed)
            return terminal.fail(agreed.error());
        if (!*agreed)
            return exitFailed;
    }
    if (const auto done = run.run(); !done)
        return terminal.fail(done.error());
    run.tell();
    return exitDone;
}

} // namespace

void addPurgeCommand(Command root, Context& context)
{
    const auto options = std::make_shared<PurgeOptions>();
    Command command = root.subcommand("purge", "Remove the agent's data and its keychain entries; the agent must not be running");
    command.flag("--yes", options->yes, "Do not ask");
    command.footer("Also undoes what `trust install` did, and goes through with a damaged database as far as can be known.\n"
                   "Example:\n  latchkey-agent purge --data-dir ~/scratch/agent");
    command.action([&context, options] { return purge(context, *options); });
}

} // namespace latchkey::cli
