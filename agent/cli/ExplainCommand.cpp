// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "SecretInput.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::cli {

namespace {

struct ExplainOptions {
    std::string application;
    std::string token;
    std::string clientId;
    bool secretFromStdin = false;
    std::string path;
    std::string address;
    std::string country;
    std::string at;
};

/// The host of an application's domain, for asking with a path.
Result<std::string> hostOf(const access::Application& application)
{
    const std::string host = application.domain.substr(0, application.domain.find('/'));
    if (host.empty() || host.find('*') != std::string::npos)
        return fail(ErrorCode::invalidArgument, "--path needs an application with a domain of one host; "
                                                    + base::inQuotes(printable(application.name)) + " has none.");
    return host;
}

Result<Json> queryOf(AgentSession& session, const ExplainOptions& options)
{
    const auto application = session.findApplication(options.application);
    if (!application)
        return std::unexpected(application.error());
    Json query = Json::object();
    if (options.path.empty()) {
        query.set("application_id", application->id.value);
    } else {
        const auto host = hostOf(*application);
        if (!host)
            return std::unexpected(host.error());
        query.set("host", *host).set("path", options.path);
    }
    if (!options.token.empty()) {
        const auto token = session.findToken(options.token);
        if (!token)
            return std::unexpected(token.error());
        query.set("token_id", token->id.value);
    }
    const auto setIfGiven = [&query](const char* name, const std::string& value) {
        if (!value.empty())
            query.set(name, value);
    };
    setIfGiven("client_id", options.clientId);
    setIfGiven("address", options.address);
    setIfGiven("country", options.country);
    setIfGiven("time", options.at);
    return query;
}

/// The query's text, which is wiped by whoever sends it; with the secret, in a buffer that never grows.
Result<std::string> bodyOf(const Json& query, const std::optional<SecretBytes>& secret)
{
    std::string body = query.dump();
    if (!secret)
        return body;
    const auto isPlain = [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (!std::ranges::all_of(secret->reveal(), isPlain))
        return fail(ErrorCode::invalidArgument, "The first line of standard input is no client secret.");
    body.reserve(body.size() + secret->size() + 32);
    body.pop_back();
    body += R"(,"client_secret":")";
    body += secret->reveal();
    body += "\"}";
    return body;
}

std::string textOf(const Json& object, const char* name)
{
    const Json* member = object.find(name);
    const std::string* text = member != nullptr ? member->asString() : nullptr;
    return text != nullptr ? *text : std::string();
}

bool flagOf(const Json& object, const char* name)
{
    const Json* member = object.find(name);
    return member != nullptr && member->asBool().value_or(false);
}

std::string numberOf(const Json& object, const char* name)
{
    const Json* member = object.find(name);
    const auto number = member != nullptr ? member->asInteger() : std::nullopt;
    return number ? std::to_string(*number) : std::string();
}

const JsonArray& listOf(const Json& object, const char* name)
{
    static const JsonArray none;
    const Json* member = object.find(name);
    const JsonArray* list = member != nullptr ? member->asArray() : nullptr;
    return list != nullptr ? *list : none;
}

void tellDecision(const Terminal& terminal, const Json& explanation)
{
    const Json* decision = explanation.find("decision");
    const Json nothing = Json::object();
    const Json& decided = decision != nullptr ? *decision : nothing;
    const bool allowed = flagOf(decided, "allowed");
    terminal.line(terminal.styled(allowed ? "Let in" : "Refused", allowed ? Style::green : Style::red) + ": "
                  + printable(textOf(decided, "explanation")));
    terminal.line();
    std::vector<std::pair<std::string, std::string>> fields{{"Reason", textOf(decided, "reason")}};
    const auto add = [&fields](const char* label, const std::string& value, const char* unit = "") {
        if (!value.empty())
            fields.emplace_back(label, printable(value) + unit);
    };
    const Json* application = explanation.find("application");
    add("Application", application != nullptr && application->isObject() ? textOf(*application, "name") : std::string("none answers there"));
    add("Policy", textOf(decided, "policy_name"));
    add("Rule", textOf(decided, "rule"));
    add("Client ID", textOf(explanation, "client_id"));
    add("Session", numberOf(decided, "session_seconds"), " s");
    add("Mode", textOf(explanation, "mode"));
    add("At", textOf(explanation, "time"));
    terminal.fields(fields);
}

/// Each policy in the order in which it is asked, its rules below it.
void tellPolicies(const Terminal& terminal, const Json& explanation)
{
    const JsonArray& policies = listOf(explanation, "policies");
    if (policies.empty())
        return;
    std::vector<std::vector<std::string>> rows{{"POLICY", "DECISION", "VERDICT"}};
    for (const Json& policy : policies) {
        rows.push_back({numberOf(policy, "precedence") + ' ' + printable(textOf(policy, "name")), textOf(policy, "decision"),
                        textOf(policy, "verdict")});
        for (const Json& rule : listOf(policy, "rules"))
            rows.push_back({"    " + textOf(rule, "part") + ' ' + printable(textOf(rule, "rule")), "",
                            !flagOf(rule, "emulated") ? "not emulated"
                            : flagOf(rule, "matched") ? "matches"
                                                      : "does not match"});
    }
    terminal.line();
    terminal.table(rows);
}

int explain(Context& context, const ExplainOptions& options)
{
    const Terminal& terminal = context.terminal;
    std::optional<SecretBytes> secret;
    if (options.secretFromStdin) {
        auto given = secretFromStdin();
        if (!given)
            return terminal.fail(given.error());
        secret = std::move(*given);
    }
    const auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    const auto query = queryOf(**session, options);
    if (!query)
        return terminal.fail(query.error());
    auto body = bodyOf(*query, secret);
    if (!body)
        return terminal.fail(body.error());
    const auto explanation = await<Json>([&](auto done) { (*session)->client().explain(std::move(*body), std::move(done)); });
    if (!explanation)
        return terminal.fail(explanation.error());
    if (terminal.isJson()) {
        terminal.json(*explanation);
        return exitDone;
    }
    tellDecision(terminal, *explanation);
    tellPolicies(terminal, *explanation);
    return exitDone;
}

} // namespace

void addExplainCommand(Command root, Context& context)
{
    const auto options = std::make_shared<ExplainOptions>();
    const Command command = root.subcommand("explain", "Tell what the edge would decide about a request, policy by policy, and why");
    command.option("app", options->application, "The application: name, id or audience").required();
    const Option token = command.option("--token", options->token, "A token with its right secret: name, id or Client ID");
    const Option clientId = command.option("--client-id", options->clientId, "A Client ID as it would be sent, known or not");
    clientId.excludes(token);
    const Option standard = command.flag("--secret-stdin", options->secretFromStdin,
                                         "With --client-id: the secret is the first line of standard input; else the right one is taken");
    standard.excludes(token);
    command.option("--path", options->path, "The request's path; another application may be responsible for it");
    command.option("--ip", options->address, "The client's address (127.0.0.1 by default)");
    command.option("--country", options->country, "The client's country, as CF-IPCountry says it: DE");
    command.option("--at", options->at, "Judge as if it were this time (RFC 3339)");
    command.footer("Nothing is sent to the service, and nothing is logged. Example:\n  latchkey-agent explain Grafana --token ci-deploy --country DE");
    command.action([&context, options] { return explain(context, *options); },
                   [options] {
                       return std::string(options->secretFromStdin && options->clientId.empty() ? "--secret-stdin needs --client-id" : "");
                   });
}

} // namespace latchkey::cli
