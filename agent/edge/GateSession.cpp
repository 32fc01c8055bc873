// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Who asks: by a token's credentials, and, where those do not settle it, by the session that the request brings along.
#include "Gate.h"

#include "Generation.h"
#include "SessionStanding.h"
#include "Worker.h"

#include "agent/base/SecretBytes.h"
#include "agent/jose/Mint.h"

#include <algorithm>

namespace latchkey::edge {

using access::Outcome;
using access::Reason;

Gate::Answer Gate::decide(const Generation& generation, const Route& route, std::chrono::sys_seconds now)
{
    Answer answer;
    Reason reason = x.credentials.reason();
    x.hasToken = x.hasSession = false;
    x.event.clientId.clear();
    x.event.userEmail.clear();
    if (x.credentials.form() == Credentials::Form::complete) {
        if (!x.hashed) {
            x.digest = m_worker.sha256().hash(x.credentials.secret());
            x.hashed = true;
            // The buffer is used again; the digest is all that is needed from here on.
            const std::string_view secret = x.credentials.secretBytes();
            base::wipe(x.in.data() + (secret.data() - x.in.view().data()), secret.size());
            x.credentials.forgetSecret();
            x.secretInBuffer = false;
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
    subject.hasCertificate = m_client.certificate.isVerified;
    subject.commonName = m_client.certificate.commonName;
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

Gate::SessionFound Gate::lookUpSession(const Generation& generation, std::string_view jwt)
{
    SessionFound found;
    found.jwt = jwt.empty() ? sessionTokenOf(x.head, x.credentials) : jwt;
    if (found.jwt.empty())
        return found;
    found.digest = m_worker.sha256().hash(found.jwt);
    auto known = m_worker.sessions().get(found.jwt, found.digest, generation.router.keySet(), m_waiter);
    found.waits = known.state == SessionCache::State::verifying;
    found.session = std::move(known.session);
    return found;
}

void Gate::useSession(const Generation& generation, const Route& route, access::Subject subject, access::Mode mode,
                      std::chrono::sys_seconds now, Answer& answer)
{
    SessionFound found = lookUpSession(generation);
    if (found.jwt.empty())
        return;
    if (found.waits) {
        answer.waits = true;
        return;
    }
    SessionOwner judgement{Reason::invalidJwt, nullptr, nullptr};
    if (found.session)
        judgement = judge(generation, route, *found.session, found.digest, now);
    if (judgement.reason != Reason::allowed) {
        if (x.credentials.form() == Credentials::Form::none && answer.decision.outcome == Outcome::unauthenticated)
            answer.decision.reason = judgement.reason;
        return;
    }
    if (judgement.identity != nullptr) {
        subject.identity = judgement.identity;
        x.event.userEmail = judgement.identity->email;
    } else {
        if (mode == access::Mode::strict)
            return;
        subject.token = judgement.token;
        subject.refused = Reason::allowed;
        answer.token = subject.token;
        x.hasToken = true;
        x.tokenId = subject.token->id;
        x.event.clientId = subject.token->clientId;
    }
    x.hasSession = true;
    x.session = found.digest;
    answer.decision = route.application->decide(subject, mode, now);
    answer.session = std::move(found.session);
    answer.jwt = found.jwt;
}

SessionOwner Gate::judge(const Generation& generation, const Route& route, const Session& session, const base::Digest& digest,
                         std::chrono::sys_seconds now) const
{
    Reason standing = standingOf(session, *generation.snapshot, generation.router, route, now);
    if (standing == Reason::allowed && m_worker.logins().isEnded(digest, now))
        standing = Reason::sessionRevoked;
    if (standing != Reason::allowed)
        return {standing, nullptr, nullptr};
    return ownerOf(session, *generation.snapshot, generation.router);
}

/// The facts say that a certificate can stand for a token and nothing of what the upstream is told. Our choice: the JWT of a
/// token, with the certificate's common name where a token's has its Client ID, so that validators work unchanged and see
/// who it is. It lives as long, and is signed for this request alone; no cookie is set, as the certificate comes with every
/// connection, and get-identity knows nobody by it.
bool Gate::vouchForCertificate(const Route& route, const access::Decision& decision, std::chrono::sys_seconds now, std::string& line,
                               Ruling& ruling)
{
    if (x.pending == nullptr || x.pendingFor != route.assertions) {   // Meanwhile another publication may have come.
        const AssertionContext& context = *route.assertions;
        const auto issuedAt = std::max(now, context.notBefore);
        x.pendingFor = route.assertions;
        x.pending = makeOnPool(m_worker.signers(), m_worker.io(), m_waiter.waker(),
                               [key = context.key, claims = jose::Claims{context.audience, context.issuer, m_client.certificate.commonName,
                                                                         issuedAt, issuedAt + decision.session, {}}] {
                                   return jose::mint(*key, claims);
                               });
    }
    if (!x.pending->done) {
        ruling = waiting();
        return false;
    }
    if (!x.pending->text) {
        ruling.refusal = {500, "signing_failed", "The JWT could not be signed; the agent's log says why.", {}, {}, {}, {}};
        return false;
    }
    line = "Cf-Access-Jwt-Assertion: " + *x.pending->text + "\r\n";
    return true;
}

} // namespace latchkey::edge
