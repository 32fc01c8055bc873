// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What somebody who is not let in gets: 401, 403, the login page, or the page that the application's owner names.
#include "Gate.h"

#include "Generation.h"
#include "LoginNonce.h"
#include "Worker.h"

#include "agent/http/Query.h"

namespace latchkey::edge {

using access::Outcome;
using access::Reason;

Ruling Gate::deny(const Generation& generation, const Route& route, const Answer& answer, access::Mode mode)
{
    const access::Decision& decision = answer.decision;
    Ruling ruling = refuse(decision.outcome == Outcome::forbidden ? 403 : 401, decision.reason);
    ruling.refusal.policyId = decision.policyId;
    ruling.refusal.policyName = decision.policyName;
    ruling.refusal.rule = decision.rule;
    const RouteOptions* const options = route.options.get();
    if (options != nullptr)
        ruling.refusal.note = options->denyMessage;

    const auto redirect = [&ruling](std::string location) {
        ruling.refusal.status = 302;
        ruling.refusal.location = std::move(location);
    };
    const bool hasCredentials = x.credentials.form() != Credentials::Form::none;
    if (mode == access::Mode::strict && hasCredentials)
        return ruling;
    if (answer.session && answer.session->isIdentity()) {
        if (options != nullptr && !options->denyUrl.empty())
            redirect(options->denyUrl);
        return ruling;
    }
    // Legacy: a token that does not get in is as good as none, so a login is offered. One that a Block policy names stays
    // blocked, whoever logs in (our choice).
    const bool askable = decision.outcome == Outcome::unauthenticated
                         || (mode == access::Mode::legacy && decision.reason != Reason::deniedByPolicy);
    if (!askable)
        return ruling;
    const http::Field* const requestedWith = x.head.find("x-requested-with");
    const bool isScript = requestedWith != nullptr && x.head.value(*requestedWith) == "XMLHttpRequest";
    if (isScript || (options != nullptr && options->answers401)) {
        ruling.refusal.status = 401;
        return ruling;
    }
    if (!route.application->hasIdentityPolicy()) {
        if (options != nullptr && !options->nonIdentityDenyUrl.empty()) {
            redirect(options->nonIdentityDenyUrl);
            return ruling;
        }
        if (mode == access::Mode::strict || !hasCredentials)
            return ruling;
    }
    redirectToLogin(generation, route, ruling.refusal);
    return ruling;
}

/// Cloudflare's page stands on the team's host. A client that speaks TLS with us has its names pointed here, and reaches that;
/// any other could not, so it is sent to the same page on the host it asked.
void Gate::redirectToLogin(const Generation& generation, const Route& route, Refusal& refusal) const
{
    const std::string_view host = x.head.host();
    const std::string shown = host.empty() ? route.application->hostAndPath().host : std::string(host);
    const std::string_view resource = x.head.resource();
    std::string location;
    if (m_client.https)
        location = generation.snapshot->issuer;
    else if (!host.empty())
        location = "http://" + std::string(host);
    location += "/cdn-cgi/access/login/" + shown + "?kid=" + route.application->audience().value + "&redirect_url="
                + http::percentEncode(resource.starts_with('/') ? resource : std::string_view("/"));
    if (m_client.https) {
        // It comes back from another host with a ticket, which only the browser that was sent away may use.
        const std::string nonce = nonceOf(x.head, returnCookie);
        location += "&state=" + stateOf(nonce);
        refusal.lines = nonceLine(returnCookie, nonce, "Lax", true);
    }
    refusal.status = 302;
    refusal.location = std::move(location);
}

} // namespace latchkey::edge
