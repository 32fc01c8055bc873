// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "ControlOptions.h"

#include <string>

class QObject;

namespace latchkey::control {

// The way out when the vault has lost what the database says must be there (`latchkey-agent repair`). For a data directory
// on which no agent runs: the caller holds its lock and has the person's consent. They answer on the calling thread, once,
// never from inside the call, and not at all once `context` is gone.
// Errors: notFound (nothing has been started there yet), invalidArgument (the vault is of another kind than the
// directory's), unsupported (a memory vault has nothing to repair), those of the vault and of the store.

/// Makes a new signing key the current one. A current key that the vault still has stays published for seven days; keys
/// that it lost are forgotten, so JWTs they signed no longer verify. Answers the new kid.
void repairSigningKey(std::string dataDirectory, Services services, QObject* context, Answer<std::string> answer);

/// Makes a new API token and keeps it in the vault; whoever used the old one has to be given the new one.
void repairApiToken(std::string dataDirectory, Services services, QObject* context, Answer<void> answer);

} // namespace latchkey::control
