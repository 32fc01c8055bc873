// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "ChildAgent.h"
#include "Commands.h"
#include "ExitCode.h"
#include "Process.h"

#include <QUrl>

#include <algorithm>

namespace latchkey::cli {

namespace {

struct ProtectOptions {
    std::string target;
    std::string name;
    bool keep = false;
};

/// A token of a protection that ends with Ctrl-C needs no year; one that a kill left behind dies by itself.
constexpr const char* passingDuration = "24h";

/// `3000` → `http://127.0.0.1:3000`, `localhost:3000` → `http://localhost:3000`
std::string upstreamOf(const std::string& target)
{
    if (std::ranges::all_of(target, [](char c) { return c >= '0' && c <= '9'; }))
        return "http://127.0.0.1:" + target;
    return target.find("://") == std::string::npos ? "http://" + target : target;
}

/// The running agent, or one of our own for as long as we run.
class Agent {
public:
    static Result<std::unique_ptr<Agent>> find(Context& context)
    {
        std::unique_ptr<Agent> agent(new Agent);
        auto session = AgentSession::open(context);
        if (session) {
            agent->m_session = std::move(*session);
            agent->m_edge = agent->m_session->info().edge;
            return agent;
        }
        if (session.error().code != ErrorCode::network || !context.dataDirectory.empty())
            return std::unexpected(session.error());
        auto child = ChildAgent::start(SecretBytes(context.random.hex(20)));
        if (!child)
            return std::unexpected(child.error());
        agent->m_child = std::move(*child);
        agent->m_edge = agent->m_child->edge();
        agent->m_client = std::make_unique<client::ManagementClient>(
            client::Endpoint{QUrl(QString::fromStdString(agent->m_child->api())), agent->m_child->accountId()},
            agent->m_child->apiToken().clone());
        return agent;
    }

    [[nodiscard]] client::ManagementClient& client() { return m_session ? m_session->client() : *m_client; }
    [[nodiscard]] const std::string& edge() const { return m_edge; }
    [[nodiscard]] bool isOurs() const { return m_child != nullptr; }

private:
    Agent() = default;
    std::unique_ptr<AgentSession> m_session;
    std::unique_ptr<ChildAgent> m_child;
    std::unique_ptr<client::ManagementClient> m_client;
    std::string m_edge;
};

/// The token and the application that were made, until they are kept or removed.
struct Protection {
    client::IssuedToken issued;
    access::Application application;
};

Result<Protection> protect(Agent& agent, const ProtectOptions& options)
{
    const std::string upstream = upstreamOf(options.target);
    const std::string name = options.name.empty() ? "protect " + upstream : options.name;
    const auto duration = options.keep ? access::Duration::oneYear() : *access::Duration::parse(passingDuration);
    auto issued = await<client::IssuedToken>([&](auto done) { agent.client().createToken(name, duration, std::move(done)); });
    if (!issued)
        return std::unexpected(issued.error());
    access::Application wanted;
    wanted.name = name;
    wanted.upstream = upstream;
    access::Policy policy;
    policy.name = "Service token";
    policy.decision = access::PolicyDecision::nonIdentity;
    policy.include.emplace_back(access::ServiceTokenRule{issued->token.id});
    wanted.policies.push_back(std::move(policy));
    auto application = await<access::Application>([&](auto done) { agent.client().createApplication(wanted, std::move(done)); });
    if (!application) {
        // All or nothing; the reason is the first error's.
        [[maybe_unused]] const auto removed =
            await<void>([&](auto done) { agent.client().deleteToken(issued->token.id, std::move(done)); });
        return std::unexpected(application.error());
    }
    return Protection{std::move(*issued), std::move(*application)};
}

Result<void> remove(Agent& agent, const Protection& made)
{
    const auto application = await<void>([&](auto done) { agent.client().deleteApplication(made.application.id, std::move(done)); });
    const auto token = await<void>([&](auto done) { agent.client().deleteToken(made.issued.token.id, std::move(done)); });
    const auto isGone = [](const Result<void>& result) { return result || result.error().code == ErrorCode::notFound; };
    if (!isGone(application))
        return application;
    if (!isGone(token))
        return token;
    return {};
}

void tell(const Terminal& terminal, const std::string& address, const Protection& made, const ProtectOptions& options)
{
    std::string secret(made.issued.secret.reveal());
    const std::string& clientId = made.issued.token.clientId.value;
    if (terminal.isJson()) {
        Json line = Json::object();
        line.set("event", "protected").set("address", address).set("upstream", made.application.upstream)
            .set("application_id", made.application.id.value).set("aud", made.application.audience.value)
            .set("token_id", made.issued.token.id.value).set("client_id", clientId).set("client_secret", secret);
        std::string text = line.dump();
        terminal.line(text);
        base::wipe(text);
    } else {
        terminal.fields({{"Protected", printable(made.application.upstream)},
                         {"Address", terminal.styled(address, Style::bold)},
                         {"Audience", made.application.audience.value}});
        terminal.line();
        terminal.line(terminal.styled("Headers (the secret is shown this once):", Style::yellow));
        std::string header = "CF-Access-Client-Secret: " + secret;
        terminal.line("CF-Access-Client-Id: " + clientId);
        terminal.line(header);
        terminal.line();
        std::string curl = "curl -H 'CF-Access-Client-Id: " + clientId + "' -H '" + header + "' " + address + "/";
        terminal.line(curl);
        base::wipe(curl);
        base::wipe(header);
        if (!options.keep) {
            terminal.line();
            terminal.line(terminal.styled("Ctrl-C removes the application and the token.", Style::dim));
        }
    }
    base::wipe(secret);
}

int run(Context& context, const ProtectOptions& options)
{
    const Terminal& terminal = context.terminal;
    QEventLoop loop;
    bool asked = false;
    const StopSignals signals(false, [&] {
        asked = true;
        loop.quit();
    });
    const auto agent = Agent::find(context);
    if (!agent)
        return terminal.fail(agent.error());
    if (options.keep && (*agent)->isOurs())
        return terminal.fail({ErrorCode::invalidArgument,
                              "Nothing can be kept, as no agent is running: start one with `latchkey-agent serve`, or leave --keep out.", {}});
    const auto made = protect(**agent, options);
    if (!made)
        return terminal.fail(made.error());
    const std::string& edge = (*agent)->edge();
    tell(terminal, edge.substr(0, edge.rfind(':') + 1) + std::to_string(made->application.port.value_or(0)), *made, options);
    if (options.keep)
        return exitDone;
    if (!asked)
        loop.exec();
    // An agent of our own goes with everything in it; on a terminal Ctrl-C has reached it already.
    const auto removed = (*agent)->isOurs() ? Result<void>() : remove(**agent, *made);
    if (!removed)
        return terminal.fail(removed.error());
    if (!terminal.isJson())
        terminal.line("Removed.");
    return exitDone;
}

} // namespace

void addProtectCommand(Command root, Context& context)
{
    const auto options = std::make_shared<ProtectOptions>();
    Command command = root.subcommand("protect", "Put a service behind Access until Ctrl-C: an application, a token, headers to paste");
    command.option("target", options->target, "The service: a URL, host:port, or a port of this machine").required();
    command.option("--name", options->name, "What the application and the token are called");
    command.flag("--keep", options->keep, "Leave both in the running agent and return at once");
    command.footer("Uses the running agent, or one of its own. Example:\n  latchkey-agent protect 3000");
    command.action([&context, options] { return run(context, *options); });
}

} // namespace latchkey::cli
