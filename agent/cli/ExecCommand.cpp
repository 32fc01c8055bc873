// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ConnectProxy.h"
#include "ExecChild.h"
#include "ExecEnvironment.h"
#include "ExitCode.h"
#include "KeptSecret.h"
#include "SecretInput.h"

#include <QUrl>

namespace latchkey::cli {

namespace {

struct ExecOptions {
    std::string token;
    bool secretFromStdin = false;
    std::string secretVariable;
    std::vector<std::string> command;
};

Result<SecretBytes> secretFromVault(AgentSession& session, const access::ServiceToken& token)
{
    auto secret = keptSecret(session, token.id);
    if (secret || secret.error().code != ErrorCode::vaultMissing)
        return secret;
    return fail(ErrorCode::vaultMissing, "The secret of \"" + printable(token.name)
                                             + "\" was not kept. Make a token with `latchkey-agent token create --keep NAME`, or give the "
                                               "secret with --secret-stdin or --secret-env.");
}

/// CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET, for the child only.
Result<void> addCredentials(AgentSession& session, const ExecOptions& options, QProcessEnvironment& variables)
{
    // Whoever runs us may have had other ones.
    variables.remove(QStringLiteral("CF_ACCESS_CLIENT_ID"));
    variables.remove(QStringLiteral("CF_ACCESS_CLIENT_SECRET"));
    if (options.token.empty())
        return {};
    const auto token = session.findToken(options.token);
    if (!token)
        return std::unexpected(token.error());
    const auto secret = options.secretFromStdin               ? secretFromStdin()
                        : !options.secretVariable.empty() ? secretFromVariable(options.secretVariable)
                                                          : secretFromVault(session, *token);
    if (!secret)
        return std::unexpected(secret.error());
    variables.insert(QStringLiteral("CF_ACCESS_CLIENT_ID"), QString::fromStdString(token->clientId.value));
    variables.insert(QStringLiteral("CF_ACCESS_CLIENT_SECRET"),
                     QString::fromUtf8(secret->reveal().data(), static_cast<qsizetype>(secret->size())));
    return {};
}

std::string firstOf(const QProcessEnvironment& variables, std::initializer_list<const char*> names)
{
    for (const char* name : names) {
        if (const QString value = variables.value(QString::fromLatin1(name)); !value.isEmpty())
            return value.toStdString();
    }
    return {};
}

Result<std::unique_ptr<ConnectProxy>> startProxy(const client::LocalAuthority& authority, const ExecEnvironment& environment,
                                                 const QProcessEnvironment& variables, Random& random)
{
    const auto onward = onwardProxy(firstOf(variables, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}));
    if (!onward)
        return std::unexpected(onward.error());
    const QUrl listener(QString::fromStdString(authority.edgeTls));
    return ConnectProxy::start({.hosts = environment.hosts(),
                                .tlsHost = listener.host(),
                                .tlsPort = static_cast<std::uint16_t>(listener.port()),
                                .onward = *onward,
                                .direct = NoProxy(firstOf(variables, {"no_proxy", "NO_PROXY"}))},
                               random);
}

int exec(Context& context, const ExecOptions& options)
{
    const Terminal& terminal = context.terminal;
    const auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    const auto authority = await<client::LocalAuthority>([&](auto done) { (*session)->client().localAuthority(std::move(done)); });
    if (!authority)
        return terminal.fail(authority.error());
    if (authority->edgeTls.empty())
        return terminal.fail({ErrorCode::unsupported,
                              "The agent has no TLS listener. Start it with `latchkey-agent serve --edge-tls 127.0.0.1:8443`.", {}});
    const auto environment = ExecEnvironment::create(*authority);
    if (!environment)
        return terminal.fail(environment.error());

    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    variables.remove(QStringLiteral("LATCHKEY_API_TOKEN"));
    if (!options.secretVariable.empty())
        variables.remove(QString::fromStdString(options.secretVariable));
    if (const auto added = addCredentials(**session, options, variables); !added)
        return terminal.fail(added.error());
    const auto proxy = startProxy(*authority, **environment, variables, context.random);
    if (!proxy)
        return terminal.fail(proxy.error());
    (*environment)->addTo(variables, **proxy);

    const int code = runChild(options.command, variables);
    if (code == 126 || code == 127)
        terminal.errorLine("latchkey-agent: " + printable(options.command.front()) + " ended with " + std::to_string(code)
                           + ": there is no such program, or it cannot be run.");
    return code;
}

} // namespace

void addExecCommand(Command root, Context& context)
{
    const auto options = std::make_shared<ExecOptions>();
    Command command = root.subcommand("exec", "Run a program with a token's credentials and with the agent in Cloudflare's place");
    command.option("--token", options->token, "Its Client ID and secret in CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET");
    const Option standard = command.flag("--secret-stdin", options->secretFromStdin, "The token's secret is the first line of standard input");
    command.option("--secret-env", options->secretVariable, "The token's secret is in this environment variable").excludes(standard);
    command.option("command", options->command, "The program and its arguments, after --").required();
    command.footer("The program reaches the team's host and the applications' hosts on the agent's TLS listener, as if they were\n"
                    "Cloudflare's: proxy and certificate variables are set for it alone. Its exit code is passed on.\n"
                    "Example:\n  latchkey-agent exec --token ci-deploy -- node server.mjs");
    command.action([&context, options] { return exec(context, *options); });
}

} // namespace latchkey::cli
