// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Gate.h"

#include "ForwardedHead.h"
#include "Generation.h"
#include "Worker.h"

#include "agent/base/SecretBytes.h"
#include "agent/http/Characters.h"
#include "agent/http/Target.h"

namespace latchkey::edge {

using access::Outcome;
using access::Reason;

namespace {

constexpr std::string_view certsPath = "/cdn-cgi/access/certs";

bool isReserved(std::string_view path)
{
    for (const std::string_view place : {"/cdn-cgi/access", "/cdn-cgi/latchkey"}) {
        if (path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/'))
            return true;
    }
    return false;
}

// An upgrade to HTTP/2 would carry requests past this gate.
bool isForwardableUpgrade(const http::RequestHead& head)
{
    if (!head.upgrade() || head.framing() != http::Framing::none)
        return false;
    std::string_view protocols = head.value(*head.find(http::KnownHeader::upgrade));
    while (!protocols.empty()) {
        const std::string_view name = http::characters::takeElement(protocols);
        if (http::characters::equalsLower(name.substr(0, 3), "h2c") || http::characters::equalsLower(name.substr(0, 5), "http/"))
            return false;
    }
    return true;
}

} // namespace

Ruling Gate::rule()
{
    const Generation& generation = m_worker.generation();
    x.generation = generation.number;
    Ruling ruling;
    if (!splitTarget(ruling) || reserved(generation, ruling))
        return ruling;
    const Route* const route = findRoute(generation, ruling);
    if (route == nullptr)
        return ruling;
    x.event.applicationId = route->application->id().value;

    const auto now = m_worker.now();
    const access::TokenEntry* token = nullptr;
    const access::Decision decision = decide(generation, *route, token, now);
    x.event.reason = decision.reason;
    x.event.policyId = decision.policyId;
    x.event.allowed = decision.outcome == Outcome::allow || decision.outcome == Outcome::bypass;
    if (x.event.allowed)
        return admit(*route, decision, token, now);
    ruling = refuse(decision.outcome == Outcome::forbidden ? 403 : 401, decision.reason);
    ruling.refusal.policyId = decision.policyId;
    ruling.refusal.policyName = decision.policyName;
    ruling.refusal.rule = decision.rule;
    return ruling;
}

Ruling Gate::refuse(int status, Reason reason, std::string detail)
{
    x.event.reason = reason;
    Ruling ruling;
    ruling.refusal = {status, access::code(reason), access::explain(reason), std::move(detail), {}, {}, {}};
    return ruling;
}

/// The path is split off once, and what is there of a body is looked at, so that a malformed one reaches nobody.
bool Gate::splitTarget(Ruling& ruling)
{
    if (x.targetIsSplit)
        return true;
    x.targetIsSplit = true;
    x.isHead = x.head.method() == http::Method::head;
    x.upgrade = isForwardableUpgrade(x.head);
    x.credentials.read(x.head);
    x.requestBody.start(x.head, mayForwardTrailer);
    const auto taken = x.requestBody.take(x.in.view().substr(x.head.length()));
    x.bodyReady = taken.bytes;
    if (taken.malformed) {
        x.unlogged = true;
        ruling.malformed = true;
        ruling.refusal = {400, http::code(x.requestBody.chunkError()), "The request's body is malformed.", {}, {}, {}, {}};
        return false;
    }
    const bool wholeServer = x.head.targetForm() == http::TargetForm::asterisk
                             || (x.head.resource().empty() && x.head.method() == http::Method::options);
    if (wholeServer) {
        x.path = "/";
        x.event.path.assign(1, '*');
        return true;
    }
    const auto target = http::Target::split(x.head.resource());
    if (!target) {
        x.event.path = x.head.resource().substr(0, x.head.resource().find('?'));
        ruling = refuse(400, Reason::ambiguousPath, std::string(http::describe(target.error())));
        return false;
    }
    x.path = target->path;
    x.event.path = target->path;
    return true;
}

bool Gate::reserved(const Generation& generation, Ruling& ruling)
{
    if (!isReserved(x.path))
        return false;
    x.unlogged = true;
    if (x.path != certsPath) {
        ruling.refusal = {404, "reserved_path", "The edge keeps /cdn-cgi/access/ and /cdn-cgi/latchkey/ for itself, and nothing is here.",
                          {}, {}, {}, {}};
    } else if (x.head.method() != http::Method::get && !x.isHead) {
        ruling.refusal = {405, "method_not_allowed", "The certs document is read with GET or HEAD.", {}, {}, {}, {}};
    } else {
        ruling.kind = Ruling::Kind::document;
        ruling.document = generation.snapshot->certsDocument;
    }
    return true;
}

const Route* Gate::findRoute(const Generation& generation, Ruling& ruling)
{
    const Route* route = nullptr;
    if (m_client.ownPort) {
        route = generation.router.byPort(m_client.port);
    } else {
        const Router::Match match = generation.router.byHostAndPath(x.head.host(), x.path);
        if (match.ambiguous) {
            ruling = refuse(400, Reason::ambiguousPath,
                            "With and without its parameters (;) the path belongs to different applications.");
            return nullptr;
        }
        route = match.route;
    }
    if (route == nullptr)
        ruling = refuse(404, Reason::unknownApplication);
    return route;
}

access::Decision Gate::decide(const Generation& generation, const Route& route, const access::TokenEntry*& token,
                              std::chrono::sys_seconds now)
{
    Reason reason = x.credentials.reason();
    x.hasToken = false;
    if (x.credentials.form() == Credentials::Form::complete) {
        if (!x.hashed) {
            x.digest = m_worker.sha256().hash(x.credentials.secret());
            x.hashed = true;
            // The buffer is used again; the digest is all that is needed from here on.
            const std::string_view secret = x.credentials.secret();
            base::wipe(x.in.data() + (secret.data() - x.in.view().data()), secret.size());
        }
        const access::TokenEntry* const found = generation.snapshot->tokens.find(x.credentials.clientId());
        reason = access::authenticate(found, x.digest, now);
        if (found != nullptr)
            x.event.clientId = found->clientId;
        if (reason == Reason::allowed)
            token = found;
    }
    const bool hasCredentials = x.credentials.form() != Credentials::Form::none;
    if (token != nullptr) {
        x.hasToken = true;
        x.tokenId = token->id;
    }
    access::Subject subject{token, m_client.address};
    subject.refused = hasCredentials ? reason : Reason::allowed;
    return route.application->decide(subject, access::Mode::strict, now);
}

Ruling Gate::admit(const Route& route, const access::Decision& decision, const access::TokenEntry* token,
                   std::chrono::sys_seconds now)
{
    RequestAdditions additions;
    if (decision.outcome == Outcome::allow && token != nullptr) {
        const auto found = m_worker.assertions().get(route.assertions, *token, decision.session, now, x.waitedForAssertion,
                                                     m_waker);
        Ruling ruling;
        switch (found.state) {
        case AssertionCache::State::signing:
            ruling.kind = Ruling::Kind::wait;
            x.waitedForAssertion = true;
            return ruling;
        case AssertionCache::State::failed:
            ruling.refusal = {500, "signing_failed", "The JWT could not be signed; the agent's log says why.", {}, {}, {}, {}};
            return ruling;
        case AssertionCache::State::ready:
            break;
        }
        additions.assertionLine = found.entry->line;
        if (found.entry->seenAt != now) {
            found.entry->seenAt = now;
            m_worker.events().seen(token->id, now);
        }
    }
    if (!route.upstream)
        return refuse(502, Reason::upstreamMissing, route.upstreamProblem);

    const std::string fallbackHost = x.head.host().empty() ? route.upstream->text() : std::string();
    additions.clientLines = m_client.forwardedLines;
    additions.rayId = x.rayId();
    additions.fallbackHost = fallbackHost;
    additions.upgrade = x.upgrade;
    writeRequestHead(x.out, x.head, x.credentials, additions);
    x.origin = &m_worker.upstreams().origin(*route.upstream);
    Ruling ruling;
    ruling.kind = Ruling::Kind::forward;
    return ruling;
}

Refusal Gate::refusalAfterCut()
{
    const access::TokenEntry* const token = m_worker.generation().snapshot->tokens.find(x.event.clientId);
    Reason reason = access::authenticate(token, x.digest, m_worker.now());
    const bool authenticates = reason == Reason::allowed;
    if (authenticates) // the token itself is fine: a policy let it fall
        reason = Reason::noMatchingPolicy;
    Ruling ruling = refuse(authenticates ? 403 : 401, reason);
    return ruling.refusal;
}

} // namespace latchkey::edge
