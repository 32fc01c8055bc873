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
    x.answerLines.clear();
    if (!splitTarget(ruling))
        return ruling;
    if (isReserved(x.path))
        return reserved(generation);
    const Route* const route = findRoute(generation, ruling);
    if (route == nullptr)
        return ruling;
    x.event.applicationId = route->application->id().value;

    const auto now = m_worker.now();
    access::Faults faults;
    if (route->faults && !readFaults(*route, faults, ruling))
        return ruling;
    if (route->options && applyOptions(*route, ruling))
        return ruling;
    const auto mode = generation.snapshot->organization->strict ? access::Mode::strict : access::Mode::legacy;
    const Answer answer = decide(generation, *route, now);
    if (answer.waits) {
        ruling.kind = Ruling::Kind::wait;
        return ruling;
    }
    const access::Decision& decision = answer.decision;
    x.event.reason = decision.reason;
    x.event.policyId = decision.policyId;
    x.event.allowed = decision.outcome == Outcome::allow || decision.outcome == Outcome::bypass;
    return x.event.allowed ? admit(*route, answer, mode, now, faults) : deny(generation, *route, answer, mode);
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

/// What an application's options do before anybody is asked who he is. True: `ruling` is the answer.
bool Gate::applyOptions(const Route& route, Ruling& ruling)
{
    const RouteOptions& options = *route.options;
    if (!options.tokenHeader.empty())
        x.credentials.readSingle(x.head, options.tokenHeader);
    if ((!options.preflightBypass && !options.cors) || !isPreflight(x.head))
        return false;
    // A browser sends a preflight without credentials, so no policy could ever let it in.
    x.event.reason = Reason::bypassed;
    x.event.allowed = true;
    if (options.preflightBypass)
        ruling = forward(route, {});
    else
        ruling = page({200, "text/plain; charset=utf-8", preflightLines(*options.cors, x.head), {}});
    return true;
}

Ruling Gate::admit(const Route& route, const Answer& answer, access::Mode mode, std::chrono::sys_seconds now,
                   const access::Faults& faults)
{
    const access::Decision& decision = answer.decision;
    RequestAdditions additions;
    std::string sessionLine;
    if (faults.any() && !access::describe(faults).empty()) // seen by everybody who looks
        x.answerLines = "Latchkey-Fault: " + access::describe(faults) + "\r\n";
    if (decision.outcome != Outcome::allow)
        return forward(route, additions);
    if (answer.session) {
        // The session's own JWT goes on, and the cookie it came in: as long as that is good, so is this.
        sessionLine = "Cf-Access-Jwt-Assertion: " + std::string(answer.jwt) + "\r\n";
        additions.assertionLine = sessionLine;
        x.credentials.keepCookies();
    } else if (answer.token != nullptr) {
        const auto found = m_worker.assertions().get(route.assertions, *answer.token, decision.session, now,
                                                     x.waitedForAssertion, m_waker);
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
            m_worker.events().seen(answer.token->id, now);
        }
        if (mode == access::Mode::legacy) {
            std::string_view jwt = additions.assertionLine;
            jwt.remove_prefix(jwt.find(' ') + 1);
            jwt.remove_suffix(2);
            x.answerLines += "Set-Cookie: CF_Authorization=" + std::string(jwt)
                          + cookieAttributes(route.application->options(), route.application->hostAndPath().path, decision.session,
                                             m_client.https)
                          + "\r\n";
        }
    }
    if (faults.changesJwt()) {
        sessionLine = additions.assertionLine;
        Ruling ruling;
        if (!spoil(route, faults, sessionLine, ruling))
            return ruling;
        additions.assertionLine = sessionLine;
    }
    return forward(route, additions);
}

Ruling Gate::forward(const Route& route, RequestAdditions additions)
{
    if (!route.upstream)
        return refuse(502, Reason::upstreamMissing, route.upstreamProblem);
    const std::string fallbackHost = x.head.host().empty() ? route.upstream->text() : std::string();
    additions.clientLines = m_client.forwardedLines;
    additions.rayId = x.rayId();
    additions.fallbackHost = fallbackHost;
    additions.upgrade = x.upgrade;
    writeRequestHead(x.out, x.head, x.credentials, additions);
    x.origin = &m_worker.upstreams().originAt(*route.upstream);
    Ruling ruling;
    ruling.kind = Ruling::Kind::forward;
    return ruling;
}

Ruling Gate::page(LocalPage made) const
{
    Ruling ruling;
    ruling.kind = Ruling::Kind::page;
    ruling.page = std::make_unique<LocalPage>(std::move(made));
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
