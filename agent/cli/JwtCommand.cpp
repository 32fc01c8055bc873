// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Commands.h"
#include "ExitCode.h"
#include "Fetch.h"

#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"
#include "agent/jose/Verify.h"
#include "agent/profiles/DataDirectory.h"
#include "agent/profiles/Discovery.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

namespace latchkey::cli {

namespace {

struct JwtOptions {
    std::string jwt;
    std::string certs;
    std::string audience;
    std::string issuer;
    std::string at;
};

/// The JWT given as argument or on standard input, without the white space around it.
std::string input(const JwtOptions& options)
{
    std::string text = options.jwt;
    if (text.empty() || text == "-")
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos)
        return {};
    text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    // Whoever pastes a header line means its value.
    static constexpr std::string_view header = "cf-access-jwt-assertion:";
    if (base::equalsIgnoreCaseAscii(text.substr(0, header.size()), header))
        text.erase(0, std::min(text.find_first_not_of(" \t", header.size()), text.size()));
    return text;
}

std::string when(const Json& payload, const char* claim, std::chrono::sys_seconds now)
{
    const Json* member = payload.find(claim);
    const auto seconds = member != nullptr ? member->asInteger() : std::nullopt;
    if (!seconds)
        return {};
    const std::chrono::sys_seconds time{std::chrono::seconds(*seconds)};
    return base::formatRfc3339(time) + " (" + relativeTime(time, now) + ")";
}

int decode(Context& context, const JwtOptions& options)
{
    const Terminal& terminal = context.terminal;
    const auto jwt = jose::decodeJwt(input(options));
    if (!jwt) {
        terminal.fail(jwt.error());
        return exitFailed;
    }
    if (terminal.isJson()) {
        terminal.json(Json::object().set("header", jwt->header).set("payload", jwt->payload));
        return exitDone;
    }
    terminal.line(terminal.styled("Header", Style::bold));
    terminal.line(printable(jwt->header.dump()));
    terminal.line();
    terminal.line(terminal.styled("Payload", Style::bold));
    terminal.line(jwt->payload.dump(2));
    std::vector<std::pair<std::string, std::string>> times;
    for (const auto& [claim, label] : {std::pair{"iat", "Issued"}, {"nbf", "Not before"}, {"exp", "Expires"}}) {
        if (std::string text = when(jwt->payload, claim, context.clock.now()); !text.empty())
            times.emplace_back(label, text);
    }
    if (!times.empty()) {
        terminal.line();
        terminal.fields(times);
    }
    terminal.line();
    terminal.line(terminal.styled("The signature was not checked; `latchkey-agent jwt verify` does.", Style::dim));
    return exitDone;
}

Result<std::string> certsText(const Context& context, std::string source)
{
    if (source.empty()) {
        const auto agent = profiles::findAgent(profiles::dataDirectoryPath(context.dataDirectory));
        if (!agent)
            return fail(ErrorCode::network, "No agent is running to ask for its certs. Name them with --certs URL or FILE.");
        source = agent->edge + "/cdn-cgi/access/certs";
    }
    if (source.starts_with("http://") || source.starts_with("https://")) {
        auto reply = fetch({.method = "GET", .url = source, .headers = {}, .body = {}});
        if (!reply)
            return std::unexpected(reply.error());
        if (reply->status != 200)
            return fail(ErrorCode::protocol, source + " answered " + std::to_string(reply->status) + ".");
        return std::move(reply->body);
    }
    std::ifstream file(source, std::ios::binary);
    if (!file)
        return fail(ErrorCode::invalidArgument, "The file " + source + " cannot be read.");
    return std::string(std::istreambuf_iterator<char>(file), {});
}

int verify(Context& context, const JwtOptions& options)
{
    const Terminal& terminal = context.terminal;
    jose::Expectations expected;
    expected.now = context.clock.now();
    if (!options.at.empty()) {
        const auto at = base::parseRfc3339(options.at);
        if (!at)
            return terminal.fail(at.error());
        expected.now = *at;
    }
    if (!options.audience.empty())
        expected.audience = options.audience;
    if (!options.issuer.empty())
        expected.issuer = options.issuer;
    const std::string jwt = input(options);
    const auto text = certsText(context, options.certs);
    if (!text)
        return terminal.fail(text.error());
    const auto keys = jose::JwkSet::parse(*text);
    if (!keys)
        return terminal.fail(keys.error());

    const jose::Verdict verdict = jose::verify(jwt, *keys, expected);
    if (terminal.isJson()) {
        Json json = Json::object();
        json.set("valid", verdict.valid()).set("reason", verdict.code()).set("message", verdict.message);
        terminal.json(json);
    } else if (verdict.valid()) {
        terminal.line(terminal.styled(printable(verdict.message), Style::green));
    } else {
        terminal.line(terminal.styled("Not valid", Style::red) + " (" + std::string(verdict.code()) + "): " + printable(verdict.message));
    }
    return verdict.valid() ? exitDone : exitFailed;
}

} // namespace

void addJwtCommands(Command root, Context& context)
{
    Command group = root.subcommand("jwt", "Read and check the JWT that a service behind Access receives");
    group.needsSubcommand();
    const auto options = std::make_shared<JwtOptions>();

    Command read = group.subcommand("decode", "Show what a JWT says, without checking it");
    read.option("jwt", options->jwt, "The JWT; from standard input when left out");
    read.footer("Example:\n  latchkey-agent jwt decode < assertion.txt");
    read.action([&context, options] { return decode(context, *options); });

    Command check = group.subcommand("verify", "Check signature, times, issuer and audience; exit 0 if valid, 1 if not");
    check.option("jwt", options->jwt, "The JWT; from standard input when left out");
    check.option("--certs", options->certs, "URL or file of the certs document; the running agent's by default");
    check.option("--aud", options->audience, "The audience it must have");
    check.option("--iss", options->issuer, "The issuer it must have");
    check.option("--at", options->at, "Judge as if it were this time (RFC 3339)");
    check.footer("Example:\n  latchkey-agent jwt verify --aud 32eafc76… < assertion.txt");
    check.action([&context, options] { return verify(context, *options); });
}

} // namespace latchkey::cli
