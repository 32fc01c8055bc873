// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Organization.h"
#include "agent/base/Json.h"

#include <chrono>
#include <string>

namespace latchkey::edge {

/// The claims of a JWT for somebody who logged in. Source: Cloudflare's "Application token" page, payload of an identity.
struct IdentityClaims {
    std::string audience;
    std::string issuer;
    access::TestIdentity identity;
    std::string nonce;
    std::chrono::sys_seconds issuedAt;
    std::chrono::sys_seconds expiresAt;
};

[[nodiscard]] Json identityPayload(const IdentityClaims& claims);

/// A stable UUID for an address: the person's `sub`.
[[nodiscard]] std::string subjectOf(std::string_view email);

} // namespace latchkey::edge
