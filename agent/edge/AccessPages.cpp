// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AccessPages.h"

#include "IdentityToken.h"
#include "LocalAnswer.h"
#include "Sessions.h"

#include "agent/http/Query.h"

#include <algorithm>

namespace latchkey::edge {

namespace {

void appendChoice(std::string& html, const access::TestIdentity& identity, std::string_view action, std::string_view query,
                  std::string_view nonce)
{
    html += "<li><button formaction=\"";
    std::string target(action);
    target += "?identity=" + http::percentEncode(identity.email) + "&nonce=" + std::string(nonce);
    if (!query.empty())
        target += '&' + std::string(query);
    appendEscaped(html, target);
    html += "\">";
    appendEscaped(html, identity.name.empty() ? identity.email : identity.name);
    std::string details = identity.name.empty() ? std::string() : identity.email;
    const auto add = [&details](const std::string& detail) { details += (details.empty() ? "" : " · ") + detail; };
    std::ranges::for_each(identity.groups, add);
    if (!identity.country.empty())
        add(identity.country);
    if (!details.empty()) {
        html += "<small>";
        appendEscaped(html, details);
        html += "</small>";
    }
    html += "</button></li>\n";
}

} // namespace

std::string pageHeaders()
{
    return "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
           "frame-ancestors 'none'\r\nReferrer-Policy: same-origin\r\nX-Content-Type-Options: nosniff\r\n";
}

std::string loginPage(std::string_view application, const access::Organization& organization, std::string_view action,
                      std::string_view query, std::string_view nonce)
{
    std::string html = beginPage("Log in");
    html += "<p>Who asks for <strong>";
    appendEscaped(html, application);
    html += "</strong>? These are test identities of Latchkey; no password is asked.</p>\n";
    if (organization.testIdentities.empty()) {
        html += "<p>There is nobody yet. Add people with <code>PATCH /client/v4/accounts/…/access/organizations</code> and "
                "<code>{\"latchkey\":{\"test_identities\":[{\"email\":\"ada@example.com\",\"name\":\"Ada\"}]}}</code>, then reload "
                "this page.</p>\n";
        html += pageEnd;
        return html;
    }
    html += "<form method=\"post\"><ul>\n";
    for (const access::TestIdentity& identity : organization.testIdentities)
        appendChoice(html, identity, action, query, nonce);
    html += "</ul></form>";
    html += pageEnd;
    return html;
}

std::string messagePage(std::string_view title, std::string_view text)
{
    std::string html = beginPage(title);
    html += "<p>";
    appendEscaped(html, text);
    html += "</p>\n";
    html += pageEnd;
    return html;
}

Json identityDocument(const Session& session, const IdentityFacts& facts)
{
    const auto member = [&](std::string_view name) {
        const Json* value = session.payload.find(name);
        return value != nullptr ? *value : Json();
    };
    Json document = Json::object();
    if (session.isIdentity()) {
        Json groups = Json::array();
        for (const std::string& group : facts.groups)
            groups.push(Json::object().set("id", group).set("name", group).set("email", group));
        document.set("id", member("sub"))
            .set("name", facts.name)
            .set("email", session.email)
            .set("user_uuid", member("sub"))
            .set("groups", std::move(groups))
            .set("idp", Json::object().set("id", "latchkey").set("type", "latchkey"))
            .set("geo", Json::object().set("country", member("country")))
            .set("identity_nonce", member("identity_nonce"));
    }
    document.set("account_id", facts.accountId)
        .set("common_name", session.commonName)
        .set("service_token_id", facts.tokenId)
        .set("service_token_status", facts.tokenIsGood)
        .set("auth_status", "NONE")
        .set("is_warp", false)
        .set("is_gateway", false)
        .set("iat", static_cast<std::int64_t>(session.issuedAt.time_since_epoch().count()))
        .set("ip", facts.ip)
        .set("version", 2);
    return document;
}

} // namespace latchkey::edge
