// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace latchkey::ui {

/// Why there is no working agent. Shown as a full page; `agentDied` becomes a banner above the last known tokens when
/// there are any.
struct Problem {
    enum class Kind {
        starting,             ///< Not a fault: nothing to show yet. Told after a moment only.
        waitingForKeychain,   ///< The agent waits for the person to unlock it.
        keychainLocked,
        keychainAbsent,
        keychainRefused,      ///< It is open and will not read or write.
        signingKeyMissing,    ///< The keychain was reset: the entry that must exist is gone. Repair makes a new one.
        apiTokenMissing,
        portTaken,            ///< `where` is the address.
        dataDirectoryInUse,   ///< `where` is the path.
        databaseDamaged,      ///< `where` is the path of the database.
        agentDied,            ///< `restartIn` is what is left of the back-off; nullopt: it is not tried any more.
        agentNotFound,        ///< The program is missing; `where` is where it was looked for.
        agentFailed,          ///< Anything else; `reason` says it.
    };
    Kind kind = Kind::starting;
    QString where;
    QString reason;           ///< What the agent or the keychain said, one sentence, or empty.
    std::optional<std::chrono::seconds> restartIn;

    bool operator==(const Problem&) const = default;
};

/// What the person chose on a problem's page or on a banner.
enum class ProblemAction {
    unlockAndRetry,
    useWithoutKeychain,   ///< For this session, in a throw-away data directory.
    repair,               ///< Confirmed by the person; which entry is told by the problem's kind.
    retry,
    restartNow,
    openDataDirectory,
    quit,
    editProfile,          ///< The one that the window shows.
    addProfile,           ///< With what the environment holds.
};

/// Lasting conditions told above the page while work goes on. Several may stand at once.
enum class BannerKind {
    memorySession,       ///< Nothing survives quitting.
    keychainLocked,      ///< The agent runs, but the app's own entries cannot be read.
    keychainAbsent,
    keychainRefused,
    agentDied,           ///< Set by MainWindow itself, see Problem.
    otherVersion,        ///< The adopted agent is of another version; offers a restart.
    paused,              ///< The server asked for a pause; the reason is what is left of it.
    apiTokenRejected,    ///< The profile's API token does not work (any more), or is not in the keychain.
    tokensForbidden,     ///< The API token works, and may not read service tokens.
    applicationsForbidden,   ///< The API token may not read applications: where tokens are used is not known.
    environmentToken,    ///< The environment holds an API token that no profile uses; offers to make one of it.
};

} // namespace latchkey::ui
