// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Explain.h"

#include "ApplicationChanges.h"
#include "State.h"

#include "agent/access/ClientSecret.h"
#include "agent/edge/FindApplication.h"

namespace latchkey::control {

namespace {

/// Null: none answers there.
Result<std::shared_ptr<const access::CompiledApplication>> findApplication(const State& state, const ExplainQuery& query)
{
    const auto compiledOf = [](const ApplicationState& found) -> Result<std::shared_ptr<const access::CompiledApplication>> {
        if (found.compiled == nullptr)
            return fail(ErrorCode::conflict, "The application cannot be evaluated: " + found.problem);
        return found.compiled;
    };
    if (!query.application.isEmpty()) {
        const auto* found = state.find(query.application);
        if (found == nullptr)
            return std::unexpected(noSuchApplication(query.application));
        return compiledOf(*found);
    }
    if (query.port) {
        const auto* found = state.findPort(*query.port);
        if (found == nullptr)
            return nullptr;
        return compiledOf(*found);
    }
    if (query.host.empty())
        return fail(ErrorCode::invalidArgument, "Which application? Name its id (application_id), its port, or a host and path.");
    return edge::findApplication(*makeSnapshot(state, 0, {}, {}, {}), query.host, query.path.empty() ? "/" : query.path);
}

/// The session that a request brings along, where nothing before it has settled the matter: as the edge's gate asks for it.
Result<void> askSession(const State& state, const edge::Snapshot& snapshot, const SecretBytes& jwt, bool hasCredentials,
                        const IsEnded& isEnded, access::Subject subject, Explanation& explanation)
{
    using enum Explanation::Session;
    const access::CompiledApplication& application = *explanation.application;
    access::Decision& decision = explanation.trace.decision;
    explanation.session = unasked;
    const bool settled = decision.outcome == access::Outcome::allow || decision.outcome == access::Outcome::bypass;
    const bool isStrict = explanation.mode == access::Mode::strict;
    if (settled || (isStrict && (hasCredentials || !application.hasIdentityPolicy())))
        return {};
    const auto ended = isEnded(base::sha256(jwt.reveal()), explanation.at);
    if (!ended)
        return std::unexpected(ended.error());
    const edge::ReadSession session = edge::readSession(snapshot, application, jwt.reveal(), *ended, explanation.at);
    explanation.session = refused;
    explanation.sessionReason = session.reason;
    if (session.reason != access::Reason::allowed) {
        if (!hasCredentials && decision.outcome == access::Outcome::unauthenticated)
            decision.reason = session.reason;
        return {};
    }
    if (session.identity) {
        subject.identity = &*session.identity;
        explanation.sessionEmail = session.identity->email;
    } else if (isStrict) {
        explanation.session = unasked;   // In strict mode only a person's session counts.
        return {};
    } else {
        // By the state's own entry: the snapshot goes.
        subject.token = state.tokens.find(session.token->clientId);
        subject.refused = access::Reason::allowed;
        explanation.clientId = subject.token->clientId;
    }
    explanation.session = counts;
    explanation.trace = application.explain(subject, explanation.mode, explanation.at);
    return {};
}

/// Who asks by a Client ID, and by a secret or with the right one.
void askToken(const State& state, const std::string& clientId, const SecretBytes* secret, access::Subject& subject, Explanation& explanation)
{
    const access::TokenEntry* const token = state.tokens.find(clientId);
    base::Digest presented{};
    if (secret != nullptr)
        presented = access::hashClientSecret(secret->reveal());
    else if (token != nullptr)
        presented = token->current;
    subject.refused = access::authenticate(token, presented, explanation.at);
    if (subject.refused == access::Reason::allowed)
        subject.token = token;
    if (token != nullptr)
        explanation.clientId = token->clientId;
}

} // namespace

Result<Explanation> explain(const State& state, const ExplainQuery& query, const std::string& issuer, std::chrono::sys_seconds now,
                            const IsEnded& isEnded)
{
    Explanation explanation;
    explanation.mode = state.organization->strict ? access::Mode::strict : access::Mode::legacy;
    explanation.at = query.at.value_or(now);
    auto application = findApplication(state, query);
    if (!application)
        return std::unexpected(application.error());
    explanation.application = std::move(*application);

    access::Subject subject;
    subject.peer = query.address;
    subject.identity = query.identity ? &*query.identity : nullptr;
    subject.country = query.country;
    subject.hasCertificate = query.hasCertificate;
    subject.commonName = query.commonName;
    if (query.isIncomplete)
        subject.refused = access::Reason::incompleteCredentials;
    else if (!query.clientId.empty())
        askToken(state, query.clientId, query.clientSecret ? &*query.clientSecret : nullptr, subject, explanation);
    if (explanation.application == nullptr) {
        explanation.trace.decision.reason = access::Reason::unknownApplication;
        return explanation;
    }
    if (query.headers.empty()) {
        explanation.trace = explanation.application->explain(subject, explanation.mode, explanation.at);
        return explanation;
    }

    const auto snapshot = makeSnapshot(state, 0, issuer, explanation.at, {});
    const auto asked = edge::readRequest(*snapshot, *explanation.application, query.headers);
    if (!asked)
        return std::unexpected(asked.error());
    if (subject.country.empty())
        subject.country = asked->country;
    if (asked->credentials == access::Reason::allowed)
        askToken(state, asked->clientId, &asked->secret, subject, explanation);
    else if (asked->hasCredentials())
        subject.refused = asked->credentials;
    explanation.trace = explanation.application->explain(subject, explanation.mode, explanation.at);
    if (asked->session && subject.identity == nullptr) {
        if (auto done = askSession(state, *snapshot, *asked->session, asked->hasCredentials(), isEnded, subject, explanation); !done)
            return std::unexpected(done.error());
    }
    return explanation;
}

} // namespace latchkey::control
