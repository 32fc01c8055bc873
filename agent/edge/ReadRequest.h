// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Snapshot.h"

#include "agent/access/Reason.h"
#include "agent/access/Subject.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::edge {

// What the edge makes of a request that nobody makes, by its own code: for explaining.

struct HeaderLine {
    std::string name;
    SecretBytes value;
};

/// Who is asking, by the header lines.
struct AskedBy {
    /// `allowed`: a Client ID and a secret that look like such; `missingCredentials`: neither.
    access::Reason credentials = access::Reason::missingCredentials;
    std::string clientId;                ///< With `allowed` only.
    SecretBytes secret;                  ///< With `allowed` only.
    std::optional<SecretBytes> session;  ///< The JWT of a `CF_Authorization` cookie, or the raw `cf-access-token`.
    std::string country;                 ///< By the header that the organization names.

    [[nodiscard]] bool hasCredentials() const { return credentials != access::Reason::missingCredentials; }
};

/// Errors: invalidArgument, when the edge would refuse the head; never with a value in it.
[[nodiscard]] Result<AskedBy> readRequest(const Snapshot& snapshot, const access::CompiledApplication& application,
                                          std::span<const HeaderLine> headers);

/// Whether a session counts, and whose it is.
struct ReadSession {
    access::Reason reason = access::Reason::allowed;
    std::optional<access::Identity> identity;
    const access::TokenEntry* token = nullptr;   ///< Of the snapshot.
};

/// `isEnded`: somebody logged out of it. Checks a signature, so not for a worker.
[[nodiscard]] ReadSession readSession(const Snapshot& snapshot, const access::CompiledApplication& application, std::string_view jwt,
                                      bool isEnded, std::chrono::sys_seconds now);

} // namespace latchkey::edge
