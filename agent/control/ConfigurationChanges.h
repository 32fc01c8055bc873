// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

/// Everything as it is, tokens with their digests.
[[nodiscard]] Result<access::Configuration> exportConfiguration(Transaction& transaction);

/// Makes what the configuration names what it says: what has the same id (a token also: the same Client ID) is changed,
/// what is not there is made with its id. `prune` removes what it does not name. The team is the data directory's: an
/// organization's `auth_domain` is not taken over. Any error refuses all of it.
[[nodiscard]] Result<ConfigurationChanges> importConfiguration(Transaction& transaction, access::Configuration wanted, bool prune);

} // namespace latchkey::control
