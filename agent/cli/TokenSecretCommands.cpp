// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenCommands.h"

#include "Await.h"
#include "ExitCode.h"
#include "KeptSecret.h"

#include "agent/base/Rfc3339.h"
#include "agent/wire/ServiceTokenCodec.h"

namespace latchkey::cli {

namespace {

/// The command's session and the token it names.
struct NamedToken {
    std::unique_ptr<AgentSession> session;
    access::ServiceToken token;
};

Result<NamedToken> open(Context& context, const TokenOptions& options)
{
    auto session = AgentSession::open(context);
    if (!session)
        return std::unexpected(session.error());
    auto token = (*session)->findToken(options.name);
    if (!token)
        return std::unexpected(token.error());
    return NamedToken{std::move(*session), std::move(*token)};
}

/// A moment: RFC 3339, `now`, or a duration from now.
Result<std::chrono::sys_seconds> momentFrom(const std::string& text, std::chrono::sys_seconds now)
{
    if (text == "now")
        return now;
    if (auto moment = base::parseRfc3339(text))
        return *moment;
    const auto duration = access::Duration::parse(text);
    if (!duration)
        return fail(ErrorCode::invalidArgument, "Write a time like 2027-01-31T12:00:00Z, a duration from now like 24h, or now.");
    const auto end = duration->endFrom(now);
    if (!end)
        return fail(ErrorCode::invalidArgument, "A previous secret's time has to end; write a duration like 24h.");
    return *end;
}

int rotateToken(Context& context, const TokenOptions& options)
{
    const Terminal& terminal = context.terminal;
    std::optional<std::chrono::sys_seconds> previousEnd;
    if (!options.grace.empty()) {
        const auto moment = momentFrom(options.grace, context.clock.now());
        if (!moment)
            return terminal.fail(moment.error());
        previousEnd = *moment;
    }
    auto target = open(context, options);
    if (!target)
        return terminal.fail(target.error());
    if (options.keep) {
        if (const auto able = canKeep(*target->session); !able)
            return terminal.fail(able.error());
    }
    auto issued = await<client::IssuedToken>(
        [&](auto done) { target->session->client().rotateToken(target->token.id, previousEnd, std::move(done)); });
    if (!issued)
        return terminal.fail(issued.error());
    // A secret that was kept before would now be a dead one.
    if (!options.keep && target->session->vault().kind() != vault::VaultKind::memory && keptSecret(*target->session, issued->token.id)) {
        if (const auto kept = keepSecret(*target->session, issued->token.id, issued->secret); !kept)
            terminal.errorLine("The keychain still holds the old secret: " + kept.error().message);
    }
    if (!terminal.isJson() && issued->token.previousClientSecretExpiresAt)
        terminal.line(previousEnd ? "The previous secret is accepted until "
                                        + base::formatRfc3339(*issued->token.previousClientSecretExpiresAt) + '.'
                                  : "The previous secret no longer works.");
    return tellIssued(context, *target->session, *issued, options.keep);
}

int change(Context& context, const TokenOptions& options, const client::TokenChange& wanted)
{
    auto target = open(context, options);
    if (!target)
        return context.terminal.fail(target.error());
    const auto changed = await<access::ServiceToken>(
        [&](auto done) { target->session->client().updateToken(target->token.id, wanted, std::move(done)); });
    if (!changed)
        return context.terminal.fail(changed.error());
    showToken(context, *changed);
    return exitDone;
}

int enableToken(Context& context, const TokenOptions& options)
{
    return change(context, options, {.name = {}, .duration = {}, .enabled = true});
}

int disableToken(Context& context, const TokenOptions& options)
{
    return change(context, options, {.name = {}, .duration = {}, .enabled = false});
}

int updateToken(Context& context, const TokenOptions& options)
{
    client::TokenChange wanted;
    if (!options.newName.empty())
        wanted.name = options.newName;
    if (!options.duration.empty()) {
        auto duration = access::Duration::parse(options.duration);
        if (!duration)
            return context.terminal.fail(duration.error());
        wanted.duration = std::move(*duration);
    }
    if (!options.previousEnd.empty()) {
        const auto moment = momentFrom(options.previousEnd, context.clock.now());
        if (!moment)
            return context.terminal.fail(moment.error());
        wanted.previousSecretEnd = *moment;
    }
    if (!wanted.name && !wanted.duration && !wanted.previousSecretEnd)
        return context.terminal.fail({ErrorCode::invalidArgument, "Say what to change: --name, --duration or --previous-until.", {}});
    return change(context, options, wanted);
}

} // namespace

int tellIssued(const Context& context, AgentSession& session, const client::IssuedToken& issued, bool keep)
{
    const Terminal& terminal = context.terminal;
    Result<void> kept;
    if (keep) {
        kept = keepSecret(session, issued.token.id, issued.secret);
        if (kept) {
            showToken(context, issued.token);
            if (!terminal.isJson())
                terminal.line("The Client Secret is in the keychain (" + session.vault().backend() + ").");
            return exitDone;
        }
        // It exists nowhere else, so it is shown after all.
        terminal.errorLine("The secret could not be kept: " + kept.error().message);
    }
    if (terminal.isJson()) {
        Json json = wire::encodeIssued(issued.token, issued.secret.reveal());
        std::string text = json.dump(2);
        terminal.line(text);
        base::wipe(text);
    } else {
        showToken(context, issued.token);
        std::string secret(issued.secret.reveal());
        terminal.line();
        terminal.line(terminal.styled("Client Secret (shown this once; store it now):", Style::yellow));
        terminal.line(secret);
        base::wipe(secret);
    }
    return kept ? exitDone : exitVault;
}

void addTokenSecretCommands(Command group, Context& context)
{
    const auto add = [&](const char* name, const char* description, const char* example, int (*run)(Context&, const TokenOptions&)) {
        const auto options = std::make_shared<TokenOptions>();
        Command command = group.subcommand(name, description);
        command.option("token", options->name, "Name, id or Client ID").required();
        command.footer(std::string("Example:\n  latchkey-agent token ") + example);
        command.action([&context, options, run] { return run(context, *options); });
        return std::pair(command, options);
    };

    const auto [rotate, rotateOptions] = add("rotate", "Give a token a new secret; it is printed once", "rotate ci-deploy --grace 24h", rotateToken);
    rotate.option("--grace", rotateOptions->grace, "How long the old secret is still accepted (default: not at all)");
    rotate.flag("--keep", rotateOptions->keep, "Put the secret into the keychain instead of printing it");

    add("enable", "Let a disabled token in again", "enable ci-deploy", enableToken);
    add("disable", "Refuse a token at once, until it is enabled again", "disable ci-deploy", disableToken);

    const auto [update, updateOptions] = add("update", "Rename a token, or change how long it or its previous secret is valid",
                                             "update ci-deploy --duration 2160h", updateToken);
    update.option("--name", updateOptions->newName, "Its new name");
    update.option("--duration", updateOptions->duration, "How long it stays valid from now: 8760h, 2h45m, forever");
    update.option("--previous-until", updateOptions->previousEnd, "The previous secret's end: a time, a duration from now, or now");
}

} // namespace latchkey::cli
