// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

/// The tokens that policies of this state name.
[[nodiscard]] access::NamedTokens namedTokens(const State& state);

/// Every token with its finding, on the reader's thread. `setting.enabled` does not matter here: a rehearsal tells what
/// would go if it were on.
[[nodiscard]] Result<InactivityReport> reportInactivity(store::Reader& reader, access::InactivitySetting setting,
                                                        const access::NamedTokens& named, std::chrono::sys_seconds now);

/// What the clean-up did.
struct CleanedTokens {
    bool deleted = false;                       ///< Deleted, or else disabled.
    std::vector<access::ServiceToken> tokens;   ///< As they are now, or were.
};

/// Does to those of `suspects` what the setting says, if it is still on and they are still inactive: they may have been used
/// since they were found.
[[nodiscard]] Result<CleanedTokens> cleanInactive(Transaction& transaction, const std::vector<access::TokenId>& suspects);

} // namespace latchkey::control
