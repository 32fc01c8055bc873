// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The places below /cdn-cgi/access/ that the edge keeps for itself, on every host.
#include "Gate.h"

#include "AccessPages.h"
#include "Generation.h"
#include "IdentityToken.h"
#include "Worker.h"

#include "agent/base/Random.h"
#include "agent/http/Authority.h"
#include "agent/http/Characters.h"
#include "agent/http/Query.h"
#include "agent/http/Target.h"
#include "agent/jose/Mint.h"

#include <algorithm>
#include <charconv>

namespace latchkey::edge {

using access::Reason;
using http::characters::equalsIgnoreCase;

namespace {

constexpr std::string_view root = "/cdn-cgi/access/";
constexpr std::string_view nonceCookie = "CF_Latchkey_Login";
constexpr std::chrono::seconds ticketLife{60};

std::string_view queryOf(std::string_view resource)
{
    const std::size_t mark = resource.find('?');
    return mark == std::string_view::npos ? std::string_view{} : resource.substr(mark + 1);
}

/// A cookie's value among all Cookie fields; empty: not there.
std::string_view cookieValue(const http::RequestHead& head, std::string_view wanted)
{
    for (const http::Field& field : head.fields()) {
        if (!http::characters::equalsLower(head.name(field), "cookie"))
            continue;
        std::string_view value = head.value(field);
        while (const auto pair = takeCookie(value)) {
            if (pair->size() > wanted.size() && pair->starts_with(wanted) && (*pair)[wanted.size()] == '=')
                return pair->substr(wanted.size() + 1);
        }
    }
    return {};
}

std::string valueOf(const http::QueryItems& items, std::string_view name)
{
    const std::string* found = http::find(items, name);
    return found != nullptr ? *found : std::string();
}

/// The port at the end of `host:port`, or 0.
std::uint16_t portOf(std::string_view authority)
{
    const std::size_t colon = authority.rfind(':');
    std::uint16_t port = 0;
    if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos)
        std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), port);
    return port;
}

bool isThisMachine(std::string_view authority)
{
    const std::string_view host = authority.substr(0, authority.starts_with('[') ? authority.find(']') + 1 : authority.rfind(':'));
    return equalsIgnoreCase(host, "localhost") || host == "127.0.0.1" || host == "[::1]"
           || (host.size() > 10 && equalsIgnoreCase(host.substr(host.size() - 10), ".localhost"));
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

} // namespace

/// Where somebody who logs in goes on: an application's address, and whether that is the host he is at.
struct Gate::Destination {
    const Route* route = nullptr;
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
            return refusing(405, "method_not_allowed", "The login page is read with GET and answered with POST.");
        return login(generation);
    }
    if (is("authorized") && reads)
        return authorized();
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
    // A wildcard application takes any label: only what a Host header may hold goes into an address.
    if (!std::ranges::all_of(destination.authority, [](char c) {
            return http::characters::isUnreserved(c) || c == ':' || c == '[' || c == ']';
        }))
        return bad("redirect_url names no host.");
    // In its normal form and without control characters: `//elsewhere` and `/\\elsewhere` are none.
    const auto target = http::Target::split(destination.target);
    if (!target)
        return bad("redirect_url is no path of an application.");
    const bool here = equalsIgnoreCase(destination.authority, x.head.host());
    const std::uint16_t port = portOf(destination.authority);
    if (here && m_client.ownPort)
        destination.route = generation.router.byPort(m_client.port);
    else if (isThisMachine(destination.authority) && port != 0)
        destination.route = generation.router.byPort(port);
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

Ruling Gate::login(const Generation& generation)
{
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
    if (x.head.method() == http::Method::post) {
        const access::Identity* const identity = generation.router.identity(valueOf(*query, "identity"));
        // Double submit: another site can send this request, but neither read nor set the cookie.
        const std::string nonce = valueOf(*query, "nonce");
        const std::string_view expected = cookieValue(x.head, nonceCookie);
        if (nonce.size() != 32 || !base::equalDigests(base::sha256(nonce), base::sha256(expected)))
            return refusing(403, "bad_login_nonce", "The login form is too old, or of another browser. Open the login page again.");
        if (identity == nullptr)
            return refusing(400, "unknown_identity", "Nobody among the test identities has this address. Open the login page again.");
        return logIn(generation, *destination, *identity);
    }
    base::SystemRandom random;
    const std::string nonce = random.hex(16);
    std::string kept = "kid=" + destination->route->application->audience().value + "&redirect_url=" + http::percentEncode(redirect);
    LocalPage made;
    made.body = loginPage(destination->route->application->name(), *generation.snapshot->organization, x.path, kept, nonce);
    made.headers = pageHeaders() + "Set-Cookie: " + std::string(nonceCookie) + '=' + nonce
                   + "; Path=/cdn-cgi/access/; Max-Age=3600; HttpOnly; SameSite=Strict" + (m_client.https ? "; Secure" : "") + "\r\n";
    return page(std::move(made));
}

Ruling Gate::logIn(const Generation& generation, const Destination& destination, const access::Identity& identity)
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
        x.pending = makeOnPool(m_worker.signers(), m_worker.io(), m_waker,
                               [key = route.assertions->key, payload] { return jose::signPayload(*key, payload.dump()); });
    }
    Ruling ruling;
    ruling.kind = Ruling::Kind::wait;
    if (!x.pending->done)
        return ruling;
    if (!x.pending->text)
        return refusing(500, "signing_failed", "The JWT could not be signed; the agent's log says why.");
    const bool https = destination.origin.empty() ? m_client.https : destination.origin.starts_with("https:");
    const std::string cookie = "Set-Cookie: CF_Authorization=" + *x.pending->text
                               + cookieAttributes(route.application->options(), route.application->hostAndPath().path, lifetime, https)
                               + "\r\n";
    std::string location = destination.target;
    std::string headers = pageHeaders();
    if (destination.origin.empty()) {
        headers += cookie;
    } else {
        // The cookie belongs to the application's host: a ticket that is good once, there, carries it over.
        base::SystemRandom random;
        const std::string code = random.hex(16);
        m_worker.logins().deposit(code, {destination.authority, cookie, destination.target, now + ticketLife}, now);
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
    if (!ticket || !equalsIgnoreCase(ticket->host, x.head.host()))
        return refusing(400, "bad_login", "This login was used already, or took too long. Start at the application's own address.");
    return page({302, "text/plain; charset=utf-8", pageHeaders() + ticket->cookie + "Location: " + ticket->path + "\r\n", {}});
}

Ruling Gate::getIdentity(const Generation& generation)
{
    std::string_view jwt = sessionTokenOf(x.head, x.credentials);
    if (const http::Field* const assertion = x.head.find("cf-access-jwt-assertion"); jwt.empty() && assertion != nullptr)
        jwt = x.head.value(*assertion);
    const auto refused = [](int status, Reason reason) { return refusing(status, access::code(reason), access::explain(reason)); };
    if (jwt.empty())
        return refused(401, Reason::missingCredentials);
    const base::Digest digest = m_worker.sha256().hash(jwt);
    const auto found = m_worker.sessions().get(jwt, digest, generation.router.keySet(), m_waker);
    if (found.state == SessionCache::State::verifying) {
        Ruling ruling;
        ruling.kind = Ruling::Kind::wait;
        return ruling;
    }
    if (found.state == SessionCache::State::invalid)
        return refused(401, Reason::invalidJwt);
    const Session& session = *found.session;
    const Route* const route = session.audiences.empty() ? nullptr : generation.router.byAudience(session.audiences.front());
    if (route == nullptr)
        return refused(401, Reason::wrongAudience);
    if (const Reason reason = judge(generation, *route, session, digest, m_worker.now()); reason != Reason::allowed)
        return refused(401, reason);
    IdentityFacts facts{m_worker.accountId(), m_client.text, {}, false, {}, {}};
    if (session.isIdentity()) {
        const access::Identity* const identity = generation.router.identity(session.email);
        facts.name = identity->name;
        facts.groups = identity->groups;
    } else {
        const access::TokenEntry* const token = generation.snapshot->tokens.find(session.commonName);
        facts.tokenId = access::uuidText(token->id);
        facts.tokenIsGood = true;
    }
    return page({200, "application/json", "Cache-Control: no-store\r\n", identityDocument(session, facts).dump() + '\n'});
}

Ruling Gate::logout(const Generation& generation)
{
    const std::string_view jwt = sessionTokenOf(x.head, x.credentials);
    if (!jwt.empty()) {
        const base::Digest digest = m_worker.sha256().hash(jwt);
        const auto found = m_worker.sessions().get(jwt, digest, generation.router.keySet(), m_waker);
        if (found.state == SessionCache::State::verifying) {
            Ruling ruling;
            ruling.kind = Ruling::Kind::wait;
            return ruling;
        }
        if (found.state == SessionCache::State::valid)
            m_worker.logins().end(digest, found.session->expiresAt, m_worker.now());
    }
    return page({200, "text/html; charset=utf-8",
                 pageHeaders() + "Set-Cookie: CF_Authorization=; Path=/; Max-Age=0; HttpOnly\r\n",
                 messagePage("Logged out", "Your session at this application has ended.")});
}

} // namespace latchkey::edge
