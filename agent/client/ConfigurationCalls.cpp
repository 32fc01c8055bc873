// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// ManagementClient's calls on the agent's whole configuration, and on what is wrong with it.
#include "Decoding.h"

#include "agent/base/Json.h"
#include "agent/wire/AdviceCodec.h"

namespace latchkey::client {

namespace {

/// `"name":"secret"`, in a buffer that has not grown while it held it.
std::string secretMember(std::string_view name, const SecretBytes& secret)
{
    constexpr std::size_t longestEscape = 6;   // \u0000
    std::string text;
    text.reserve(name.size() + secret.size() * longestEscape + 8);
    base::appendJsonString(text, name);
    text += ':';
    base::appendJsonString(text, secret.reveal());
    return text;
}

/// The object with one more member, its first; `body` and `member` are wiped.
std::string withMember(std::string body, std::string member)
{
    const auto brace = body.find('{');
    std::string whole;
    whole.reserve(body.size() + member.size() + 1);
    if (brace == std::string::npos)   // no object, which the agent will say
        whole.append(body);
    else
        whole.append(body, 0, brace + 1).append(member).append(1, ',').append(body, brace + 1);
    base::wipe(body);
    base::wipe(member);
    return whole;
}

} // namespace

CallHandle ManagementClient::exportConfiguration(Handler<Json> handler)
{
    return send({.url = ownUrl("/latchkey/v1/config", {}), .body = {}},
                decoding([](Json json) -> Result<Json> { return json; }, std::move(handler)));
}

CallHandle ManagementClient::exportConfiguration(const SecretBytes& passphrase, Handler<Json> handler)
{
    std::string member = secretMember("passphrase", passphrase);
    std::string body;
    body.reserve(member.size() + 2);
    body.append(1, '{').append(member).append(1, '}');
    base::wipe(member);
    return send({.verb = Verb::post, .url = ownUrl("/latchkey/v1/config/export", {}), .body = std::move(body)},
                decoding([](Json json) -> Result<Json> { return json; }, std::move(handler)));
}

CallHandle ManagementClient::importConfiguration(std::string body, ConfigurationImport how, Handler<Json> handler)
{
    std::string query = how.prune ? "prune=true" : "";
    if (how.withoutKeys)
        query.append(query.empty() ? "" : "&").append("keys=false");
    if (how.passphrase)
        body = withMember(std::move(body), secretMember("keys_passphrase", *how.passphrase));
    return send({.verb = how.rehearse ? Verb::post : Verb::put,
                 .url = ownUrl(how.rehearse ? "/latchkey/v1/config/check" : "/latchkey/v1/config", query),
                 .body = std::move(body)},
                decoding([](Json json) -> Result<Json> { return json; }, std::move(handler)));
}

CallHandle ManagementClient::advice(Handler<std::vector<access::Finding>> handler)
{
    return send({.url = ownUrl("/latchkey/v1/advice", {}), .body = {}},
                decoding([](Json json) { return itemsFrom<access::Finding>(json, wire::decodeFinding); }, std::move(handler)));
}

} // namespace latchkey::client
