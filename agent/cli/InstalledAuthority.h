// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SystemTrust.h"
#include "Terminal.h"

#include <string>
#include <vector>

namespace latchkey::cli {

// What `trust install` did for an agent, remembered in its data directory (`ca-installed`).

/// The fingerprint of the certificate that is in this machine's stores; empty: none is.
[[nodiscard]] std::string installedAuthority(const std::string& dataDirectory);
/// Empty: none is any more. ErrorCode::io.
[[nodiscard]] Result<void> setInstalledAuthority(const std::string& dataDirectory, const std::string& fingerprint);

/// `<data directory>/ca.pem`
[[nodiscard]] std::string authorityFile(const std::string& dataDirectory);
/// The common name in that file, by which stores know the authority; empty when it cannot be read.
[[nodiscard]] std::string authorityName(const std::string& dataDirectory);

/// Tells a person which commands these are.
void tellSteps(const Terminal& terminal, const std::vector<TrustStep>& steps, std::string_view before = "This runs:");

} // namespace latchkey::cli
