// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Random.h"
#include "agent/base/SecretBytes.h"

#include <string>
#include <string_view>

namespace latchkey::control {

// Keys in the vault. Source: design, "Files, locks, finding each other".
[[nodiscard]] std::string apiTokenKey(std::string_view agentId);
[[nodiscard]] std::string authorityKey(std::string_view agentId);
[[nodiscard]] std::string signingKeyKey(std::string_view agentId, std::string_view kid);

/// 40 characters of letters and digits, as Cloudflare's API tokens are: 238 bits.
[[nodiscard]] SecretBytes generateApiToken(Random& random);

// What a person or a program may choose; the error (invalidArgument) says what is allowed.
/// 1 to 255 characters, something but white space, no control characters. `what` begins the sentence: "A token".
[[nodiscard]] Result<void> checkName(std::string_view name, std::string_view what);
/// A DNS label: it is the first part of the issuer's host.
[[nodiscard]] Result<void> checkTeam(std::string_view team);
/// 32 lower-case hex digits.
[[nodiscard]] Result<void> checkAccountId(std::string_view id);
/// Visible ASCII, as it travels in a header; 20 characters at least.
[[nodiscard]] Result<void> checkApiToken(const SecretBytes& token);
/// What the edge can forward to; empty is allowed.
[[nodiscard]] Result<void> checkUpstream(std::string_view url);

} // namespace latchkey::control
