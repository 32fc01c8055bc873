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

} // namespace

Result<Explanation> explain(const State& state, const ExplainQuery& query, std::chrono::sys_seconds now)
{
    Explanation explanation;
    explanation.mode = state.organization->strict ? access::Mode::strict : access::Mode::legacy;
    explanation.at = query.at.value_or(now);
    auto application = findApplication(state, query);
    if (!application)
        return std::unexpected(application.error());
    const access::TokenEntry* const token = query.clientId.empty() ? nullptr : state.tokens.find(query.clientId);
    if (token != nullptr)
        explanation.clientId = token->clientId;
    explanation.application = std::move(*application);
    if (explanation.application == nullptr) {
        explanation.trace.decision.reason = access::Reason::unknownApplication;
        return explanation;
    }

    access::Subject subject;
    subject.peer = query.address;
    subject.identity = query.identity ? &*query.identity : nullptr;
    subject.country = query.country;
    subject.hasCertificate = query.hasCertificate;
    subject.commonName = query.commonName;
    if (query.isIncomplete) {
        subject.refused = access::Reason::incompleteCredentials;
    } else if (!query.clientId.empty()) {
        base::Digest presented{};
        if (query.clientSecret)
            presented = access::hashClientSecret(query.clientSecret->reveal());
        else if (token != nullptr)
            presented = token->current;
        subject.refused = access::authenticate(token, presented, explanation.at);
        if (subject.refused == access::Reason::allowed)
            subject.token = token;
    }
    explanation.trace = explanation.application->explain(subject, explanation.mode, explanation.at);
    return explanation;
}

} // namespace latchkey::control
