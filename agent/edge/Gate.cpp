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

// A browser sends a cookie of a narrower path there and no further up, so that is where such a session is ended.
bool isLogoutOf(std::string_view cookiePath, std::string_view path)
{
    constexpr std::string_view place = "/cdn-cgi/access/logout";
    return cookiePath.size() > 1 && path.size() == cookiePath.size() + place.size() && path.starts_with(cookiePath)
           && path.ends_with(place);
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
    if (isLogoutOf(cookieOf(*route).path(), x.path)) {
        x.unlogged = true;
        return logout(generation, &cookieOf(*route));
    }
    x.event.applicationId = route->application->id().value;

    const auto now = m_worker.now();
    access::Faults faults;
    if (route->faults && !readFaults(*route, faults, ruling))
        return ruling;
    if (route->options && applyOptions(*route, ruling))
        return ruling;
    const auto mode = generation.snapshot->organization->strict ? access::Mode::strict : access::Mode::legacy;
    const Answer answer = decide(generation, *route, now);
    if (answer.waits)
        return waiting();
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
    x.secretInBuffer = x.credentials.form() != Credentials::Form::none;
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
    x.secretInBuffer = x.secretInBuffer || x.credentials.form() != Credentials::Form::none;
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
    std::string spoiltLine;
    if (faults.any() && !access::describe(faults).empty()) // seen by everybody who looks
        x.answerLines = "Latchkey-Fault: " + access::describe(faults) + "\r\n";
    if (decision.outcome != Outcome::allow)
        return forward(route, additions);
    if (answer.session) {
        // The session's own JWT goes on: as long as that is good, so is this.
        additions.sessionJwt = answer.jwt;
        additions.sessionCookie = true;
        if (answer.token != nullptr && answer.session->seenAt != now) {
            answer.session->seenAt = now;
            m_worker.events().seen(answer.token->id, now);
        }
    } else if (answer.token != nullptr) {
        const auto found = m_worker.assertions().get(route.assertions, *answer.token, decision.session, now,
                                                     x.waitedForAssertion, m_waiter);
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
            cookieOf(route).append(x.answerLines, jwt, decision.session, m_client.https);
        }
    }
    std::string certificateLine;
    if (decision.principal == access::Principal::certificate) {
        if (Ruling ruling; !vouchForCertificate(route, decision, now, certificateLine, ruling))
            return ruling;
        additions.assertionLine = certificateLine;
    }
    if (faults.changesJwt()) {
        spoiltLine = additions.assertionLine;
        if (!additions.sessionJwt.empty())
            spoiltLine = "Cf-Access-Jwt-Assertion: " + std::string(additions.sessionJwt) + "\r\n";
        Ruling ruling;
        if (!spoil(route, faults, spoiltLine, ruling))
            return ruling;
        additions.assertionLine = spoiltLine;
        additions.sessionJwt = {};   // nor as a cookie: a validator that looks there would see nothing wrong
        additions.sessionCookie = false;
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

Ruling Gate::waiting()
{
    Ruling ruling;
    ruling.kind = Ruling::Kind::wait;
    return ruling;
}

Ruling Gate::page(LocalPage made) const
{
    Ruling ruling;
    ruling.kind = Ruling::Kind::page;
    ruling.page = std::make_unique<LocalPage>(std::move(made));
    return ruling;
}

/// An application's own port has no other below it, so the cookie is good for all of it.
const SessionCookie& Gate::cookieOf(const Route& route) const
{
    return m_client.ownPort ? route.portCookie : route.cookie;
}

Refusal Gate::refusalAfterCut()
{
    const Generation& generation = m_worker.generation();
    if (!generation.router.hasApplication(x.event.applicationId))
        return refuse(404, Reason::unknownApplication).refusal;
    const access::TokenEntry* const token = generation.snapshot->tokens.find(x.event.clientId);
    Reason reason = Reason::sessionRevoked;
    if (!x.hasSession)
        reason = access::authenticate(token, x.digest, m_worker.now());
    else if (token != nullptr && !token->enabled)
        reason = Reason::tokenDisabled;
    // A token that is fine again, or only its JWT was revoked: asking again tells.
    return refuse(401, reason == Reason::allowed ? Reason::sessionRevoked : reason).refusal;
}

} // namespace latchkey::edge
