// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Router.h"
#include "Sessions.h"
#include "Snapshot.h"

#include "agent/access/Decision.h"
#include "agent/access/Reason.h"

#include <chrono>

namespace latchkey::edge {

/// Whether a session counts at an application now, as far as its JWT and the publication tell: `allowed`, or why not. A
/// session that somebody logged out of is known to others; see Logins and the store.
[[nodiscard]] access::Reason standingOf(const Session& session, const Snapshot& snapshot, const Router& router, const Route& route,
                                        std::chrono::sys_seconds now);

/// Whose a session is that counts, if who it is still has access.
struct SessionOwner {
    access::Reason reason = access::Reason::allowed;
    const access::Identity* identity = nullptr;
    const access::TokenEntry* token = nullptr;
};
[[nodiscard]] SessionOwner ownerOf(const Session& session, const Snapshot& snapshot, const Router& router);

} // namespace latchkey::edge
