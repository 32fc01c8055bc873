// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SessionStanding.h"

#include <algorithm>

namespace latchkey::edge {

using access::Reason;

Reason standingOf(const Session& session, const Snapshot& snapshot, const Router& router, const Route& route,
                  std::chrono::sys_seconds now)
{
    // For clocks that disagree, as validators allow it: a JWT of a moment ago is not from the future.
    constexpr std::chrono::seconds leeway{30};
    if (session.issuer != snapshot.issuer || session.issuedAt > now + leeway || router.keySet()->find(session.kid) == nullptr)
        return Reason::invalidJwt;
    if (std::ranges::find(session.audiences, route.application->audience().value) == session.audiences.end())
        return Reason::wrongAudience;
    if (session.expiresAt <= now)
        return Reason::sessionExpired;
    return session.issuedAt < route.assertions->notBefore ? Reason::sessionRevoked : Reason::allowed;
}

SessionOwner ownerOf(const Session& session, const Snapshot& snapshot, const Router& router)
{
    if (session.isIdentity()) {
        const access::Identity* const identity = router.identity(session.email);
        return {identity != nullptr ? Reason::allowed : Reason::sessionRevoked, identity, nullptr};
    }
    const access::TokenEntry* const token = snapshot.tokens.find(session.commonName);
    if (token == nullptr)
        return {Reason::sessionRevoked, nullptr, nullptr};
    return {token->enabled ? Reason::allowed : Reason::tokenDisabled, nullptr, token};
}

} // namespace latchkey::edge
