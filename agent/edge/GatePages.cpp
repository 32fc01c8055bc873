// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The places below /cdn-cgi/access/ that the edge keeps for itself, on every host.
#include "Gate.h"

#include "AccessPages.h"
#include "Generation.h"
#include "IdentityToken.h"
#include "LoginNonce.h"
#include "SessionStanding.h"
#include "Worker.h"

#include "agent/base/Random.h"
#include "agent/http/Authority.h"
#include "agent/http/Characters.h"
#include "agent/http/Query.h"
#include "agent/http/Target.h"
#include "agent/jose/Mint.h"

#include <algorithm>

namespace latchkey::edge {

using access::Reason;
using http::characters::equalsIgnoreCase;

namespace {

constexpr std::string_view root = "/cdn-cgi/access/";
constexpr std::chrono::seconds ticketLife{60};

std::string_view queryOf(std::string_view resource)
{
    const std::size_t mark = resource.find('?');
    return mark == std::string_view::npos ? std::string_view{} : resource.substr(mark + 1);
}

std::string valueOf(const http::QueryItems& items, std::string_view name)
{
    const std::string* found = http::find(items, name);
    return found != nullptr ? *found : std::string();
}

/// A name that DNS can point here tells a browser that the page is the name owner's; an address cannot be such a name.
bool isAddressOrThisMachine(const http::Authority& authority)
{
    return authority.isThisMachine() || authority.isIpv6() || http::isIpv4Address(authority.host);
}

Refusal simple(int status, std::string_view code, std::string_view sentence)
{
    return {status, code, sentence, {}, {}, {}, {}};
}

Ruling refusing(int status, std::string_view code, std::string_view sentence)
{
    Ruling ruling;
    ruling.refusal = simple(status, code, sentence);
    return ruling;
}

Ruling notAllowed(std::string_view sentence, std::string_view methods)
{
    Ruling ruling = refusing(405, "method_not_allowed", sentence);
    ruling.refusal.lines.append("Allow: ").append(methods).append("\r\n");
    return ruling;
}

} // namespace

/// Where somebody who logs in goes on: an application's address, and whether that is the host he is at.
struct Gate::Destination {
    const Route* route = nullptr;
    bool ownPort = false;    ///< The application's own port led there.
    std::string origin;      ///< `http://host:port`; empty: the host that was asked.
    std::string authority;   ///< Its host, as a Host header says it.
    std::string target;      ///< Path and query.
};

Ruling Gate::reserved(const Generation& generation)
{
    x.unlogged = true;
    const auto is = [this](std::string_view name) { return x.path.size() == root.size() + name.size() && x.path.ends_with(name); };
    const bool reads = x.head.method() == http::Method::get || x.isHead;
    if (!x.path.starts_with(root))
        return refusing(404, "reserved_path", "The edge keeps /cdn-cgi/access/ and /cdn-cgi/latchkey/ for itself, and nothing is here.");
    if (is("certs"))
        return certs(generation);
    if (is("login") || x.path.starts_with("/cdn-cgi/access/login/")) {
        if (!reads && x.head.method() != http::Method::post)
            return notAllowed("The login page is read with GET and answered with POST.", "GET, HEAD, POST");
        return login(generation);
    }
    if (is("authorized")) // HEAD would use up the ticket, and programs that preview links send it
        return x.head.method() == http::Method::get ? authorized() : notAllowed("A login is taken up with GET.", "GET");
    if (is("get-identity") && reads)
        return getIdentity(generation);
    if (is("logout"))
        return logout(generation);
    return refusing(404, "reserved_path", "The edge keeps /cdn-cgi/access/ and /cdn-cgi/latchkey/ for itself, and nothing is here.");
}

/// Only an application's own address is a destination, so that the page is no open redirect.
Result<Gate::Destination> Gate::destinationOf(const Generation& generation, std::string_view host, std::string_view redirect,
                                              std::string_view audience) const
{
    const auto bad = [](const char* why) { return fail(ErrorCode::invalidArgument, why); };
    Destination destination;
    destination.authority = host.empty() ? x.head.host() : host;
    std::string scheme = m_client.https ? "https" : "http";
    if (redirect.starts_with("http://") || redirect.starts_with("https://")) {
        scheme = redirect.substr(0, redirect.find(':'));
        redirect.remove_prefix(scheme.size() + 3);
        const std::size_t end = std::min(redirect.find_first_of("/?#"), redirect.size());
        destination.authority = redirect.substr(0, end);
        redirect.remove_prefix(end);
    }
    destination.target = redirect.starts_with('/') ? redirect : std::string_view("/");
    // A wildcard application takes any label: only what a Host header may hold goes into an address. HTTP/1.0 has none.
    if (!std::ranges::all_of(destination.authority, [](char c) {
            return http::characters::isUnreserved(c) || c == ':' || c == '[' || c == ']';
        }))
        return bad("redirect_url names no host.");
    // In its normal form and without control characters: `//elsewhere` and `/\\elsewhere` are none.
    const auto target = http::Target::split(destination.target);
    if (!target)
        return bad("redirect_url is no path of an application.");
    const bool here = equalsIgnoreCase(destination.authority, x.head.host());
    const auto authority = http::Authority::parse(destination.authority);
    if (here && m_client.ownPort)
        destination.route = generation.router.byPort(m_client.port);
    else if (authority && authority->port && authority->isThisMachine())
        destination.route = generation.router.byPort(*authority->port);
    destination.ownPort = destination.route != nullptr;
    if (destination.route == nullptr)
        destination.route = generation.router.byHostAndPath(destination.authority, target->path).route;
    if (destination.route == nullptr)
        return bad("No application answers to the address that redirect_url and the path name.");
    if (!audience.empty() && destination.route->application->audience().value != audience)
        return bad("kid names another application than redirect_url.");
    if (!here)
        destination.origin = scheme + "://" + destination.authority;
    return destination;
}

/// Test identities have no password. So who logs in has to be at this machine, and has to mean this agent: a page elsewhere
/// can have its own name resolve to 127.0.0.1 and would then read and send the login form like a page of the agent's.
bool Gate::mayLogInHere(const Generation& generation, Ruling& ruling) const
{
    const auto refused = [this, &ruling](std::string_view code, std::string_view sentence) {
        ruling = refusing(403, code, sentence);
        if (!m_client.isLoopback) { // nothing else is told to strangers, and this gives nothing away
            ruling.refusal.note = sentence;
            ruling.refusal.lines.append("Latchkey-Reason: ").append(code).append("\r\n");
        }
        return false;
    };
    if (!m_client.isLoopback && !m_worker.exposeLogins())
        return refused("login_is_local", "Test identities have no password, so they log in from the agent's own machine only. "
                                         "To let other machines in, start the agent with --expose-logins.");
    const std::string_view host = x.head.host();
    const auto authority = http::Authority::parse(host);
    const Route* const only = m_client.ownPort ? generation.router.byPort(m_client.port) : nullptr;
    const std::string_view issuerHost = std::string_view(generation.snapshot->issuer).substr(generation.snapshot->issuer.find("://") + 3);
    if (host.empty() || (authority && (isAddressOrThisMachine(*authority) || equalsIgnoreCase(authority->host, issuerHost)))
        || ((!m_client.ownPort || only != nullptr) && generation.router.hasHost(host, only)))
        return true;
    return refused("login_host_unknown", "No application has this host name. Open the login page under the application's own address.");
}

Ruling Gate::login(const Generation& generation)
{
    if (Ruling ruling; !mayLogInHere(generation, ruling))
        return ruling;
    constexpr std::string_view prefix = "/cdn-cgi/access/login/";
    const auto query = http::parseQuery(queryOf(x.head.resource()));
    if (!query)
        return refusing(400, "bad_query", "The query of the login page cannot be read.");
    const std::string host = x.path.starts_with(prefix) ? std::string(x.path.substr(prefix.size())) : std::string();
    const std::string audience = valueOf(*query, "kid");
    const std::string redirect = valueOf(*query, "redirect_url");
    const auto destination = destinationOf(generation, host, redirect, audience);
    if (!destination) {
        Ruling ruling = refusing(400, "bad_login", "There is nowhere to log in to; start at the application's own address.");
        ruling.refusal.detail = destination.error().message;
        return ruling;
    }
    const std::string state = valueOf(*query, "state");
    if (!destination->origin.empty() && !isState(state)) {
        // Nothing could carry the session over there; the application itself begins the login anew.
        return page({302, "text/plain; charset=utf-8", pageHeaders() + "Location: " + destination->origin + destination->target + "\r\n", {}});
    }
    if (x.head.method() == http::Method::post) {
        const access::Identity* const identity = generation.router.identity(valueOf(*query, "identity"));
        // Double submit: another site can send this request, but neither read nor set the cookie.
        const std::string nonce = valueOf(*query, "nonce");
        const std::string_view expected = cookieValue(x.head, formCookie);
        if (nonce.size() != 32 || !base::equalDigests(base::sha256(nonce), base::sha256(expected)))
            return refusing(403, "bad_login_nonce", "The login form is too old, or of another browser. Open the login page again.");
        if (identity == nullptr)
            return refusing(400, "unknown_identity", "Nobody among the test identities has this address. Open the login page again.");
        return logIn(generation, *destination, *identity, state);
    }
    const std::string nonce = nonceOf(x.head, formCookie);
    std::string kept = "kid=" + destination->route->application->audience().value + "&redirect_url=" + http::percentEncode(redirect);
    if (!destination->origin.empty())
        kept += "&state=" + state;
    LocalPage made;
    made.body = loginPage(destination->route->application->name(), *generation.snapshot->organization, x.path, kept, nonce);
    made.headers = pageHeaders() + nonceLine(formCookie, nonce, "Strict", m_client.https);
    return page(std::move(made));
}

Ruling Gate::logIn(const Generation& generation, const Destination& destination, const access::Identity& identity,
                   const std::string& state)
{
    const Route& route = *destination.route;
    const auto now = m_worker.now();
    access::Subject subject{nullptr, m_client.address};
    subject.identity = &identity;
    const auto decision = route.application->decide(subject, access::Mode::strict, now);
    const auto lifetime = decision.outcome == access::Outcome::allow ? decision.session : std::chrono::seconds(24 * 3600);
    if (!x.pending) {
        const auto issuedAt = std::max(now, route.assertions->notBefore);
        base::SystemRandom random;
        const Json payload = identityPayload({route.assertions->audience, generation.snapshot->issuer,
                                              {identity.email, identity.name, identity.groups, identity.country}, random.hex(8),
                                              issuedAt, issuedAt + lifetime});
        x.pending = makeOnPool(m_worker.signers(), m_worker.io(), m_waiter.waker(),
                               [key = route.assertions->key, payload] { return jose::signPayload(*key, payload.dump()); });
    }
    if (!x.pending->done)
        return waiting();
    if (!x.pending->text)
        return refusing(500, "signing_failed", "The JWT could not be signed; the agent's log says why.");
    const bool https = destination.origin.empty() ? m_client.https : destination.origin.starts_with("https:");
    std::string cookie;
    (destination.ownPort ? route.portCookie : route.cookie).append(cookie, *x.pending->text, lifetime, https);
    std::string location = destination.target;
    std::string headers = pageHeaders();
    if (destination.origin.empty()) {
        headers += cookie;
    } else {
        // The cookie belongs to the application's host: a ticket that is good once, there, carries it over.
        base::SystemRandom random;
        const std::string code = random.hex(16);
        m_worker.logins().deposit(code, {destination.authority, state, cookie, destination.target, now + ticketLife}, now);
        location = destination.origin + "/cdn-cgi/access/authorized?code=" + code;
    }
    // 303: the next request is a GET, whatever the client makes of a 302 to a POST.
    return page({303, "text/plain; charset=utf-8", headers + "Location: " + location + "\r\n", {}});
}

Ruling Gate::authorized()
{
    const auto query = http::parseQuery(queryOf(x.head.resource()));
    const std::string code = query ? valueOf(*query, "code") : std::string();
    const auto ticket = m_worker.logins().collect(code, m_worker.now());
    if (!ticket || !equalsIgnoreCase(ticket->host, x.head.host()) || ticket->state != stateOf(cookieValue(x.head, returnCookie)))
        return refusing(400, "bad_login", "This login was used already, or took too long. Start at the application's own address.");
    return page({302, "text/plain; charset=utf-8", pageHeaders() + ticket->cookie + "Location: " + ticket->path + "\r\n", {}});
}

Ruling Gate::getIdentity(const Generation& generation)
{
    const auto refused = [](int status, Reason reason) { return refusing(status, access::code(reason), access::explain(reason)); };
    SessionFound found = lookUpSession(generation);
    if (const http::Field* const assertion = x.head.find("cf-access-jwt-assertion"); found.jwt.empty() && assertion != nullptr)
        found = lookUpSession(generation, x.head.value(*assertion));
    if (found.jwt.empty())
        return refused(401, Reason::missingCredentials);
    if (found.waits)
        return waiting();
    if (!found.session)
        return refused(401, Reason::invalidJwt);
    const Session& session = *found.session;
    const Route* const route = session.audiences.empty() ? nullptr : generation.router.byAudience(session.audiences.front());
    if (route == nullptr)
        return refused(401, Reason::wrongAudience);
    const SessionOwner judgement = judge(generation, *route, session, found.digest, m_worker.now());
    if (judgement.reason != Reason::allowed)
        return refused(401, judgement.reason);
    IdentityFacts facts{m_worker.accountId(), m_client.text, {}, false, {}, {}};
    if (judgement.identity != nullptr) {
        facts.name = judgement.identity->name;
        facts.groups = judgement.identity->groups;
    } else {
        facts.tokenId = access::uuidText(judgement.token->id);
        facts.tokenIsGood = true;
    }
    return page({200, "application/json", "Cache-Control: no-store\r\n", identityDocument(session, facts).dump() + '\n'});
}

Ruling Gate::logout(const Generation& generation, const SessionCookie* cookie)
{
    const SessionFound found = lookUpSession(generation);
    if (found.waits)
        return waiting();
    const auto now = m_worker.now();
    if (found.session && found.session->expiresAt > now && !x.pending) {
        const EndedSession ended{found.digest, found.session->expiresAt};
        if (m_worker.logins().end(ended, now))
            m_worker.cutSessionEverywhere(found.digest);
        x.pending = m_worker.keepEnded(ended, m_waiter.waker());
    }
    if (x.pending && !x.pending->done)
        return waiting();
    if (x.pending && !x.pending->text)
        return refusing(500, "logout_not_kept", "You are logged out, but that could not be written down: once the agent starts anew, the "
                                                "session would count again until it expires. Log out again; the agent's log says what failed.");
    return page({200, "text/html; charset=utf-8",
                 pageHeaders() + (cookie != nullptr ? cookie->clearingLine() : "Set-Cookie: CF_Authorization=; Path=/; Max-Age=0; HttpOnly\r\n"),
                 messagePage("Logged out", "Your session at this application has ended.")});
}

} // namespace latchkey::edge
