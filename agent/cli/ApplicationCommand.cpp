// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"

#include "agent/base/Rfc3339.h"
#include "agent/wire/ApplicationCodec.h"

namespace latchkey::cli {

namespace {

struct ApplicationOptions {
    std::string name;
    std::string domain;
    std::string upstream;
    std::uint16_t port = 0;
    std::string sessionDuration = "24h";
    std::vector<std::string> tokens;
    bool anyToken = false;
    bool yes = false;
};

std::string ownAddress(const AgentSession& session, const access::Application& application)
{
    if (!application.port)
        return session.info().edge;
    const std::string& edge = session.info().edge;
    return edge.substr(0, edge.rfind(':') + 1) + std::to_string(*application.port);
}

void show(const Context& context, const AgentSession& session, const access::Application& application)
{
    const Terminal& terminal = context.terminal;
    if (terminal.isJson()) {
        terminal.json(wire::encode(application));
        return;
    }
    terminal.fields({{"Name", terminal.styled(printable(application.name), Style::bold)},
                     {"Id", application.id.value},
                     {"Audience", application.audience.value},
                     {"Address", ownAddress(session, application)},
                     {"Domain", application.domain.empty() ? "-" : printable(application.domain)},
                     {"Upstream", application.upstream.empty() ? "-" : printable(application.upstream)},
                     {"Session", application.sessionDuration.text()},
                     {"Created", base::formatRfc3339(application.createdAt)}});
    for (const access::Policy& policy : application.policies) {
        terminal.line();
        terminal.line("Policy " + std::to_string(policy.precedence) + ": " + terminal.styled(printable(policy.name), Style::bold)
                      + " (" + std::string(access::code(policy.decision)) + ")");
        const auto rules = [&](const char* word, const std::vector<access::Rule>& list) {
            for (const access::Rule& rule : list)
                terminal.line(std::string("  ") + word + " " + printable(access::describe(rule)));
        };
        rules("include", policy.include);
        rules("require", policy.require);
        rules("exclude", policy.exclude);
    }
}

int createApplication(Context& context, const ApplicationOptions& options)
{
    const Terminal& terminal = context.terminal;
    const auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    access::Application wanted;
    wanted.name = options.name;
    wanted.domain = options.domain;
    wanted.upstream = options.upstream;
    if (options.port != 0)
        wanted.port = options.port;
    const auto duration = access::Duration::parse(options.sessionDuration);
    if (!duration)
        return terminal.fail(duration.error());
    wanted.sessionDuration = *duration;

    access::Policy policy;
    policy.name = "Service tokens";
    policy.decision = access::PolicyDecision::nonIdentity;
    if (options.anyToken)
        policy.include.emplace_back(access::AnyValidServiceTokenRule{});
    for (const std::string& name : options.tokens) {
        const auto token = (*session)->findToken(name);
        if (!token)
            return terminal.fail(token.error());
        policy.include.emplace_back(access::ServiceTokenRule{token->id});
    }
    if (!policy.include.empty())
        wanted.policies.push_back(std::move(policy));

    const auto created = await<access::Application>(
        [&](auto done) { (*session)->client().createApplication(wanted, std::move(done)); });
    if (!created)
        return terminal.fail(created.error());
    show(context, **session, *created);
    return exitDone;
}

int listApplications(Context& context, const ApplicationOptions&)
{
    const Terminal& terminal = context.terminal;
    const auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    const auto applications = await<std::vector<access::Application>>(
        [&](auto done) { (*session)->client().listAllApplications(std::move(done)); });
    if (!applications)
        return terminal.fail(applications.error());
    if (terminal.isJson()) {
        Json array = Json::array();
        for (const auto& application : *applications)
            array.push(wire::encode(application));
        terminal.json(array);
        return exitDone;
    }
    if (applications->empty()) {
        terminal.line("No applications yet. Create one:\n"
                      "  latchkey-agent app create NAME --upstream http://127.0.0.1:3000 --any-token");
        return exitDone;
    }
    std::vector<std::vector<std::string>> rows{{"NAME", "ADDRESS", "UPSTREAM", "POLICIES", "ID"}};
    for (const auto& application : *applications)
        rows.push_back({printable(application.name), ownAddress(**session, application),
                        application.upstream.empty() ? "-" : printable(application.upstream),
                        std::to_string(application.policies.size()), application.id.value});
    terminal.table(rows);
    return exitDone;
}

int withApplication(Context& context, const ApplicationOptions& options,
                    const std::function<int(AgentSession&, const access::Application&)>& run)
{
    const auto session = AgentSession::open(context);
    if (!session)
        return context.terminal.fail(session.error());
    const auto application = (*session)->findApplication(options.name);
    if (!application)
        return context.terminal.fail(application.error());
    return run(**session, *application);
}

int showApplication(Context& context, const ApplicationOptions& options)
{
    return withApplication(context, options, [&](AgentSession& session, const access::Application& application) {
        show(context, session, application);
        return exitDone;
    });
}

int deleteApplication(Context& context, const ApplicationOptions& options)
{
    return withApplication(context, options, [&](AgentSession& session, const access::Application& application) -> int {
        const Terminal& terminal = context.terminal;
        if (!options.yes) {
            if (!terminal.isInteractive())
                return terminal.fail({ErrorCode::invalidArgument, "Say --yes to delete without being asked.", {}});
            if (!terminal.confirm("Delete the application \"" + printable(application.name) + "\" and its policies?"))
                return exitFailed;
        }
        const auto deleted = await<void>([&](auto done) { session.client().deleteApplication(application.id, std::move(done)); });
        if (!deleted)
            return terminal.fail(deleted.error());
        if (terminal.isJson())
            terminal.json(Json::object().set("deleted", application.id.value));
        else
            terminal.line("Deleted \"" + printable(application.name) + "\".");
        return exitDone;
    });
}

int revokeSessions(Context& context, const ApplicationOptions& options)
{
    return withApplication(context, options, [&](AgentSession& session, const access::Application& application) -> int {
        const Terminal& terminal = context.terminal;
        const auto revoked = await<void>([&](auto done) { session.client().revokeSessions(application.id, std::move(done)); });
        if (!revoked)
            return terminal.fail(revoked.error());
        if (terminal.isJson())
            terminal.json(Json::object().set("revoked", application.id.value));
        else
            terminal.line("The sessions of \"" + printable(application.name)
                          + "\" have ended. Clients with a valid token get a new one on their next request.");
        return exitDone;
    });
}

} // namespace

void addApplicationCommands(Command root, Context& context)
{
    Command group = root.subcommand("app", "Create, list, show and delete applications");
    group.needsSubcommand();
    const auto options = std::make_shared<ApplicationOptions>();
    const auto command = [&](const char* name, const char* description, const char* example, int (*run)(Context&, const ApplicationOptions&)) {
        Command added = group.subcommand(name, description);
        added.footer(std::string("Example:\n  latchkey-agent app ") + example);
        added.action([&context, options, run] { return run(context, *options); });
        return added;
    };

    Command create = command("create", "Put a local service behind Access",
                               "create Grafana --upstream http://127.0.0.1:3000 --token ci-deploy", createApplication);
    create.option("name", options->name, "A name for people").required();
    create.option("--upstream", options->upstream, "Where the service listens: http://127.0.0.1:3000");
    create.option("--domain", options->domain, "Host and optional path it has in production");
    create.option("--port", options->port, "Its own port on the edge; the first free from 8410 by default");
    create.option("--session-duration", options->sessionDuration, "How long its JWTs live").showDefault();
    create.option("--token", options->tokens, "A token that may pass (repeatable)");
    create.flag("--any-token", options->anyToken, "Every valid token may pass");

    command("list", "List all applications", "list", listApplications);
    const char* which = "Name, id or audience";
    command("show", "Show one application", "show Grafana", showApplication).option("app", options->name, which).required();
    Command remove = command("delete", "Delete an application and its policies", "delete Grafana --yes", deleteApplication);
    remove.option("app", options->name, which).required();
    remove.flag("--yes", options->yes, "Do not ask");
    command("revoke-sessions", "End the sessions issued so far; access itself stays", "revoke-sessions Grafana", revokeSessions)
        .option("app", options->name, which)
        .required();
}

} // namespace latchkey::cli
