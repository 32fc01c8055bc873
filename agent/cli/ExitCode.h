// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

namespace latchkey::cli {

/// What scripts rely on. Source: design, "Command line".
enum ExitCode : int {
    exitDone = 0,
    exitFailed = 1,
    exitUsage = 2,        ///< Usage or configuration.
    exitPortTaken = 3,
    exitVault = 4,        ///< Vault unavailable.
    exitDataDirectory = 5,   ///< In use or damaged.
    exitNoAgent = 6,      ///< No agent reachable.
};

/// The exit code of an error that ended a command.
[[nodiscard]] inline ExitCode exitCodeFor(const Error& error)
{
    switch (error.code) {
    case ErrorCode::invalidArgument:
    case ErrorCode::unsupported: return exitUsage;
    case ErrorCode::portTaken: return exitPortTaken;
    case ErrorCode::vaultLocked:
    case ErrorCode::vaultAbsent:
    case ErrorCode::vaultMissing:
    case ErrorCode::vaultDenied: return exitVault;
    case ErrorCode::inUse:
    case ErrorCode::damaged: return exitDataDirectory;
    case ErrorCode::network: return exitNoAgent;
    default: return exitFailed;
    }
}

} // namespace latchkey::cli
