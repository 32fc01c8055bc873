// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "KeptSecret.h"
#include "TokenCommands.h"

#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"
#include "agent/wire/ServiceTokenCodec.h"

#include <algorithm>

namespace latchkey::cli {

namespace {

std::string stateWord(const access::ServiceToken& token, std::chrono::sys_seconds now)
{
    switch (access::stateAt(token, now)) {
    case access::TokenState::active: return "active";
    case access::TokenState::expiresSoon: return "expires soon";
    case access::TokenState::expired: return "expired";
    case access::TokenState::disabled: return "disabled";
    }
    return "active";
}

Style stateStyle(const access::ServiceToken& token, std::chrono::sys_seconds now)
{
    switch (access::stateAt(token, now)) {
    case access::TokenState::active: return Style::green;
    case access::TokenState::expiresSoon: return Style::yellow;
    case access::TokenState::expired: return Style::red;
    case access::TokenState::disabled: return Style::dim;
    }
    return Style::plain;
}

std::string endText(const access::ServiceToken& token, std::chrono::sys_seconds now)
{
    if (!token.expiresAt)
        return "never";
    return base::formatRfc3339(*token.expiresAt) + " (" + relativeTime(*token.expiresAt, now) + ")";
}

std::string seenText(const access::ServiceToken& token, std::chrono::sys_seconds now)
{
    return token.lastSeenAt ? relativeTime(*token.lastSeenAt, now) : "never";
}

} // namespace

void showToken(const Context& context, const access::ServiceToken& token)
{
    const auto now = context.clock.now();
    const Terminal& terminal = context.terminal;
    if (terminal.isJson()) {
        terminal.json(wire::encode(token));
        return;
    }
    terminal.fields({{"Name", terminal.styled(printable(token.name), Style::bold)},
                     {"State", terminal.styled(stateWord(token, now), stateStyle(token, now))},
                     {"Id", token.id.value},
                     {"Client ID", token.clientId.value},
                     {"Duration", token.duration.text()},
                     {"Created", base::formatRfc3339(token.createdAt)},
                     {"Expires", endText(token, now)},
                     {"Last seen", seenText(token, now)}});
}

namespace {

int createToken(Context& context, const TokenOptions& options)
{
    const auto duration = access::Duration::parse(options.duration.empty() ? "8760h" : options.duration);
    if (!duration)
        return context.terminal.fail(duration.error());
    auto session = AgentSession::open(context);
    if (!session)
        return context.terminal.fail(session.error());
    if (options.keep) {
        if (const auto able = canKeep(**session); !able)
            return context.terminal.fail(able.error());
    }
    auto issued = await<client::IssuedToken>(
        [&](auto done) { (*session)->client().createToken(options.name, *duration, std::move(done)); });
    if (!issued)
        return context.terminal.fail(issued.error());
    return tellIssued(context, **session, *issued, options.keep);
}

int listTokens(Context& context, const TokenOptions& options)
{
    auto session = AgentSession::open(context);
    if (!session)
        return context.terminal.fail(session.error());
    auto tokens = await<std::vector<access::ServiceToken>>(
        [&](auto done) { (*session)->client().listAllTokens(std::move(done)); });
    if (!tokens)
        return context.terminal.fail(tokens.error());
    if (!options.search.empty())
        std::erase_if(*tokens, [&](const access::ServiceToken& token) {
            return base::toLowerAscii(token.name).find(base::toLowerAscii(options.search)) == std::string::npos
                && token.clientId.value.find(base::toLowerAscii(options.search)) == std::string::npos;
        });

    const Terminal& terminal = context.terminal;
    const auto now = context.clock.now();
    if (terminal.isJson()) {
        Json array = Json::array();
        for (const auto& token : *tokens)
            array.push(wire::encode(token));
        terminal.json(array);
        return exitDone;
    }
    if (tokens->empty()) {
        terminal.line(options.search.empty() ? "No service tokens yet. Create one: latchkey-agent token create NAME"
                                             : "No service token matches.");
        return exitDone;
    }
    std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "CLIENT ID", "EXPIRES", "LAST SEEN"}};
    for (const auto& token : *tokens)
        rows.push_back({printable(token.name), stateWord(token, now), token.clientId.value,
                        token.expiresAt ? relativeTime(*token.expiresAt, now) : "never", seenText(token, now)});
    terminal.table(rows);
    return exitDone;
}

int showOne(Context& context, const TokenOptions& options)
{
    auto session = AgentSession::open(context);
    if (!session)
        return context.terminal.fail(session.error());
    const auto token = (*session)->findToken(options.name);
    if (!token)
        return context.terminal.fail(token.error());
    showToken(context, *token);
    return exitDone;
}

int refreshToken(Context& context, const TokenOptions& options)
{
    auto session = AgentSession::open(context);
    if (!session)
        return context.terminal.fail(session.error());
    const auto token = (*session)->findToken(options.name);
    if (!token)
        return context.terminal.fail(token.error());
    const auto refreshed = await<access::ServiceToken>(
        [&](auto done) { (*session)->client().refreshToken(token->id, std::move(done)); });
    if (!refreshed)
        return context.terminal.fail(refreshed.error());
    const Terminal& terminal = context.terminal;
    if (terminal.isJson()) {
        terminal.json(wire::encode(*refreshed));
    } else if (!refreshed->expiresAt) {
        terminal.line("\"" + printable(refreshed->name) + "\" never expires; refreshing it changes nothing.");
    } else {
        const auto now = context.clock.now();
        terminal.fields({{"Token", printable(refreshed->name)},
                         {"Expired before", endText(*token, now)},
                         {"Expires now", endText(*refreshed, now)}});
    }
    return exitDone;
}

int deleteToken(Context& context, const TokenOptions& options)
{
    const Terminal& terminal = context.terminal;
    auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    const auto token = (*session)->findToken(options.name);
    if (!token)
        return terminal.fail(token.error());
    if (!options.yes) {
        terminal.errorLine("Deleting \"" + printable(token->name) + "\" revokes it at once (last seen: "
                           + seenText(*token, context.clock.now()) + ").");
        if (!terminal.isInteractive())
            return terminal.fail({ErrorCode::invalidArgument, "Say --yes to delete without being asked.", {}});
        if (!terminal.confirm("Delete it?"))
            return exitFailed;
    }
    const auto deleted = await<void>([&](auto done) { (*session)->client().deleteToken(token->id, std::move(done)); });
    if (!deleted)
        return terminal.fail(deleted.error());
    forgetSecret(**session, token->id);
    if (terminal.isJson())
        terminal.json(Json::object().set("deleted", token->id.value));
    else
        terminal.line("Deleted \"" + printable(token->name) + "\" (" + token->clientId.value + ").");
    return exitDone;
}

} // namespace

void addTokenCommands(Command root, Context& context)
{
    Command group = root.subcommand("token", "Create, list, show, change, rotate and delete service tokens");
    group.needsSubcommand();
    const auto options = std::make_shared<TokenOptions>();

    Command create = group.subcommand("create", "Create a token; its secret is printed once");
    create.option("name", options->name, "A name for people").required();
    create.option("--duration", options->duration, "How long it stays valid: 8760h (the default), 2h45m, forever");
    create.flag("--keep", options->keep, "Put the secret into the keychain instead of printing it");
    create.footer("Example:\n  latchkey-agent token create ci-deploy --duration 2160h");
    create.action([&context, options] { return createToken(context, *options); });

    Command list = group.subcommand("list", "List all tokens");
    list.option("--search", options->search, "Only those whose name or Client ID holds this text");
    list.footer("Example:\n  latchkey-agent token list --search ci");
    list.action([&context, options] { return listTokens(context, *options); });

    const auto one = [&](const char* name, const char* description, int (*run)(Context&, const TokenOptions&)) {
        Command command = group.subcommand(name, description);
        command.option("token", options->name, "Name, id or Client ID").required();
        command.footer(std::string("Example:\n  latchkey-agent token ") + name + " ci-deploy");
        command.action([&context, options, run] { return run(context, *options); });
        return command;
    };
    one("show", "Show one token", showOne);
    one("refresh", "Make a token valid for a year from now; the secret stays", refreshToken);
    one("delete", "Delete a token; clients that use it are refused at once", deleteToken)
        .flag("--yes", options->yes, "Do not ask");
    addTokenSecretCommands(group, context);
}

} // namespace latchkey::cli
