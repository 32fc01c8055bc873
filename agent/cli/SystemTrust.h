// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <string>
#include <vector>

namespace latchkey::cli {

/// One program that changes what this machine trusts.
struct TrustStep {
    std::string store;                       ///< For people: "the system's store".
    std::vector<std::string> command;
};

/// How a certificate gets into the stores of this machine, or out of them: the system's (Debian and Ubuntu:
/// update-ca-certificates, with sudo unless we are root; macOS: the login keychain; Windows: the user's Root store) and, where
/// its certutil and a database are there, NSS's, which browsers on Linux use. `certificate`: the PEM file; `name`: the
/// authority's common name, by which it is found again. ErrorCode::unsupported where no store is known.
[[nodiscard]] Result<std::vector<TrustStep>> installSteps(const std::string& certificate, const std::string& name);
[[nodiscard]] Result<std::vector<TrustStep>> removeSteps(const std::string& certificate, const std::string& name);

/// Runs one, with our terminal. ErrorCode::io when it cannot be started or says no.
[[nodiscard]] Result<void> runStep(const TrustStep& step);

} // namespace latchkey::cli
