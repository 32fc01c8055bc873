// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ExitCode.h"
#include "InstalledAuthority.h"

namespace latchkey::cli {

namespace {

struct TrustOptions {
    bool yes = false;
};

std::string joined(const std::vector<std::string>& texts)
{
    std::string all;
    for (const std::string& text : texts)
        all += (all.empty() ? "" : ", ") + printable(text);
    return all;
}

struct Found {
    profiles::AgentInfo info;
    client::LocalAuthority authority;
    std::string installed;

    [[nodiscard]] std::string state() const
    {
        if (installed.empty())
            return "no";
        return installed == authority.fingerprint ? "yes" : "an earlier certificate: new hosts are not trusted; run `latchkey-agent trust install` again";
    }
    [[nodiscard]] std::string certificate() const { return authorityFile(info.dataDirectory); }
    [[nodiscard]] std::string name() const { return "Latchkey local CA " + info.agentId.substr(0, 8); }
};

Result<Found> find(Context& context)
{
    const auto session = AgentSession::open(context);
    if (!session)
        return std::unexpected(session.error());
    auto authority = await<client::LocalAuthority>([&](auto done) { (*session)->client().localAuthority(std::move(done)); });
    if (!authority)
        return std::unexpected(authority.error());
    return Found{(*session)->info(), std::move(*authority), installedAuthority((*session)->info().dataDirectory)};
}

int show(Context& context, const TrustOptions&)
{
    const Terminal& terminal = context.terminal;
    const auto found = find(context);
    if (!found)
        return terminal.fail(found.error());
    const client::LocalAuthority& authority = found->authority;
    if (terminal.isJson()) {
        Json dns = Json::array();
        for (const std::string& name : authority.permittedDns)
            dns.push(name);
        Json addresses = Json::array();
        for (const std::string& network : authority.permittedIp)
            addresses.push(network);
        terminal.json(Json::object()
                          .set("certificate", authority.certificatePem)
                          .set("file", found->certificate())
                          .set("sha256", authority.fingerprint)
                          .set("not_after", authority.notAfter)
                          .set("permitted_dns", std::move(dns))
                          .set("permitted_ip", std::move(addresses))
                          .set("edge_tls", authority.edgeTls.empty() ? Json() : Json(authority.edgeTls))
                          .set("installed", !found->installed.empty())
                          .set("must_be_installed_again", !found->installed.empty() && found->installed != authority.fingerprint));
        return exitDone;
    }
    terminal.line(authority.certificatePem);
    terminal.fields({{"SHA-256", authority.fingerprint},
                     {"Valid until", authority.notAfter},
                     {"Vouches for", joined(authority.permittedDns) + " and what is below them; " + joined(authority.permittedIp)},
                     {"File", found->certificate()},
                     {"TLS listener", authority.edgeTls.empty() ? "none; start the agent with --edge-tls" : authority.edgeTls},
                     {"Installed", found->state()}});
    return exitDone;
}

/// Asks, runs the steps, and says what was done.
int change(Context& context, const TrustOptions& options, bool install)
{
    const Terminal& terminal = context.terminal;
    const auto found = find(context);
    if (!found)
        return terminal.fail(found.error());
    const auto steps = install ? installSteps(found->certificate(), found->name()) : removeSteps(found->certificate(), found->name());
    if (!steps)
        return terminal.fail(steps.error());
    if (!options.yes) {
        if (install)
            terminal.errorLine("Programs of this machine will trust the agent " + found->info.agentId.substr(0, 8) + " as "
                               + joined(found->authority.permittedDns) + ", names below these and loopback addresses; for nothing else.");
        tellSteps(terminal, *steps);
        if (!terminal.isInteractive())
            return terminal.fail({ErrorCode::invalidArgument, "Say --yes to do that without being asked.", {}});
        if (!terminal.confirm(install ? "Install it?" : "Remove it?"))
            return exitFailed;
    }
    for (const TrustStep& step : *steps) {
        if (const auto done = runStep(step); !done)
            return terminal.fail(done.error());
    }
    if (const auto marked = setInstalledAuthority(found->info.dataDirectory, install ? found->authority.fingerprint : std::string()); !marked)
        return terminal.fail(marked.error());
    if (terminal.isJson())
        terminal.json(Json::object().set("installed", install).set("sha256", found->authority.fingerprint));
    else
        terminal.line(install ? "Installed. Running programs notice it when they start again." : "Removed.");
    return exitDone;
}

} // namespace

void addTrustCommands(Command root, Context& context)
{
    Command group = root.subcommand("trust", "Show, install and remove the local certificate authority of the TLS listener");
    group.needsSubcommand();
    group.footer("Example:\n  latchkey-agent trust show\nFor one program alone, `latchkey-agent exec` needs no installation.");
    const auto options = std::make_shared<TrustOptions>();
    Command showing = group.subcommand("show", "Print the certificate, its fingerprint and what it is limited to");
    showing.footer("Example:\n  latchkey-agent trust show");
    showing.action([&context, options] { return show(context, *options); });
    Command install = group.subcommand("install", "Let this machine's programs trust it");
    install.flag("--yes", options->yes, "Do not ask");
    install.footer("Example:\n  latchkey-agent trust install");
    install.action([&context, options] { return change(context, *options, true); });
    Command remove = group.subcommand("remove", "Undo `trust install`");
    remove.flag("--yes", options->yes, "Do not ask");
    remove.footer("Example:\n  latchkey-agent trust remove");
    remove.action([&context, options] { return change(context, *options, false); });
}

} // namespace latchkey::cli
