// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Who asks: by a token's credentials, and, where those do not settle it, by the session that the request brings along.
#include "Gate.h"

#include "Generation.h"
#include "Worker.h"

#include "agent/base/SecretBytes.h"

#include <algorithm>

namespace latchkey::edge {

using access::Outcome;
using access::Reason;

namespace {

/// For clocks that disagree, as validators allow it: a JWT of a moment ago is not from the future.
constexpr std::chrono::seconds leeway{30};

} // namespace

Gate::Answer Gate::decide(const Generation& generation, const Route& route, std::chrono::sys_seconds now)
{
    Answer answer;
    Reason reason = x.credentials.reason();
    x.hasToken = false;
    if (x.credentials.form() == Credentials::Form::complete) {
        if (!x.hashed) {
            x.digest = m_worker.sha256().hash(x.credentials.secret());
            x.hashed = true;
            // The buffer is used again; the digest is all that is needed from here on.
            const std::string_view secret = x.credentials.secretBytes();
            base::wipe(x.in.data() + (secret.data() - x.in.view().data()), secret.size());
            x.credentials.forgetSecret();
        }
        const access::TokenEntry* const found = generation.snapshot->tokens.find(x.credentials.clientId());
        reason = access::authenticate(found, x.digest, now);
        if (found != nullptr)
            x.event.clientId = found->clientId;
        if (reason == Reason::allowed)
            answer.token = found;
    }
    const access::Organization& organization = *generation.snapshot->organization;
    const auto mode = organization.strict ? access::Mode::strict : access::Mode::legacy;
    const bool hasCredentials = x.credentials.form() != Credentials::Form::none;
    if (answer.token != nullptr) {
        x.hasToken = true;
        x.tokenId = answer.token->id;
    }
    access::Subject subject{answer.token, m_client.address};
    subject.refused = hasCredentials ? reason : Reason::allowed;
    if (!organization.countryHeader.empty()) {
        if (const http::Field* const country = x.head.find(organization.countryHeader))
            subject.country = x.head.value(*country);
    }
    answer.decision = route.application->decide(subject, mode, now);
    const bool settled = answer.decision.outcome == Outcome::allow || answer.decision.outcome == Outcome::bypass;
    // In strict mode a request with a token's credentials is the token's alone, and only a person's session counts.
    if (settled || (mode == access::Mode::strict && (hasCredentials || !route.application->hasIdentityPolicy())))
        return answer;
    useSession(generation, route, subject, mode, now, answer);
    return answer;
}

void Gate::useSession(const Generation& generation, const Route& route, access::Subject subject, access::Mode mode,
                      std::chrono::sys_seconds now, Answer& answer)
{
    const std::string_view jwt = sessionTokenOf(x.head, x.credentials);
    if (jwt.empty())
        return;
    const base::Digest digest = m_worker.sha256().hash(jwt);
    const auto found = m_worker.sessions().get(jwt, digest, generation.router.keySet(), m_waker);
    if (found.state == SessionCache::State::verifying) {
        answer.waits = true;
        return;
    }
    Reason reason = Reason::invalidJwt;
    if (found.state == SessionCache::State::valid)
        reason = judge(generation, route, *found.session, digest, now);
    if (reason == Reason::allowed && mode == access::Mode::strict && !found.session->isIdentity())
        return;
    if (reason != Reason::allowed) {
        if (x.credentials.form() == Credentials::Form::none && answer.decision.outcome == Outcome::unauthenticated)
            answer.decision.reason = reason;
        return;
    }
    if (found.session->isIdentity()) {
        subject.identity = generation.router.identity(found.session->email);
    } else {
        subject.token = generation.snapshot->tokens.find(found.session->commonName);
        subject.refused = Reason::allowed;
        answer.token = subject.token;
        x.hasToken = true;
        x.tokenId = subject.token->id;
        x.event.clientId = subject.token->clientId;
    }
    answer.decision = route.application->decide(subject, mode, now);
    answer.session = found.session;
    answer.jwt = jwt;
}

Reason Gate::judge(const Generation& generation, const Route& route, const Session& session, const base::Digest& digest,
                   std::chrono::sys_seconds now) const
{
    const Snapshot& snapshot = *generation.snapshot;
    if (session.issuer != snapshot.issuer || session.issuedAt > now + leeway || generation.router.keySet()->find(session.kid) == nullptr)
        return Reason::invalidJwt;
    if (std::ranges::find(session.audiences, route.application->audience().value) == session.audiences.end())
        return Reason::wrongAudience;
    if (session.expiresAt <= now)
        return Reason::sessionExpired;
    if (session.issuedAt < route.assertions->notBefore || m_worker.logins().isEnded(digest))
        return Reason::sessionRevoked;
    if (session.isIdentity())
        return generation.router.identity(session.email) != nullptr ? Reason::allowed : Reason::sessionRevoked;
    const access::TokenEntry* const token = snapshot.tokens.find(session.commonName);
    if (token == nullptr)
        return Reason::sessionRevoked;
    return token->enabled ? Reason::allowed : Reason::tokenDisabled;
}

} // namespace latchkey::edge
