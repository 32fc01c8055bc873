// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Commands.h"
#include "ConfigurationFile.h"
#include "Endpoint.h"
#include "ExitCode.h"
#include "Process.h"
#include "StderrLog.h"
#include "VaultChoice.h"
#include "Version.h"

#include "agent/access/Duration.h"
#include "agent/api/Api.h"
#include "agent/base/Rfc3339.h"
#include "agent/control/Control.h"
#include "agent/edge/ClientCertificates.h"
#include "agent/profiles/DataDirectory.h"
#include "agent/profiles/Discovery.h"
#include "agent/wire/ConfigurationCodec.h"

#include <QCoreApplication>
#include <QFile>

namespace latchkey::cli {

namespace {

struct ServeOptions {
    std::string api = "127.0.0.1:8401";
    std::string edge = "127.0.0.1:8400";
    std::string edgeTls;
    std::string clientCa;
    std::string vault;
    std::string vaultWait = "0s";
    std::string team;
    std::string accountId;
    std::string logFormat = "text";
    std::string expose;
    std::string config;
    std::vector<std::string> apiHosts;
    unsigned threads = 0;
    bool exposeLogins = false;
    bool stopWithStdin = false;
    bool verbose = false;
};

constexpr std::chrono::milliseconds grace{3000};
constexpr std::size_t kLargestConfiguration = 1U << 30U;   // of a file, which nobody sends through the API

/// LATCHKEY_API_TOKEN, taken out of this process's environment so that nothing started later inherits it.
std::optional<SecretBytes> presetApiToken()
{
    QByteArray preset = qgetenv("LATCHKEY_API_TOKEN");
    if (preset.isEmpty())
        return std::nullopt;
    SecretBytes token(std::string_view(preset.constData(), static_cast<std::size_t>(preset.size())));
    base::wipe(preset);
    qunsetenv("LATCHKEY_API_TOKEN");
    return token;
}

/// Composes the agent, runs it until it is asked to stop, and takes it down in order.
class Serve final : public QObject {
public:
    Serve(Context& context, const ServeOptions& options)
        : m_context(context)
        , m_options(options)
        , m_log(options.logFormat == "json" ? StderrLog::Format::json : StderrLog::Format::text, context.clock,
                options.verbose ? Log::Level::debug : Log::Level::info)
    {
    }

    int run()
    {
        const StopSignals signals(m_options.stopWithStdin, [this] { stop(exitDone); });
        if (const auto prepared = prepare(); !prepared)
            return failed(prepared.error());
        startControl();
        const int code = QCoreApplication::exec();
        tearDown();
        return code;
    }

private:
    Result<void> prepare()
    {
        const auto api = parseListenAddress(m_options.api);
        if (!api)
            return std::unexpected(api.error());
        const auto edge = parseListenAddress(m_options.edge);
        if (!edge)
            return std::unexpected(edge.error());
        std::vector<ListenAddress> addresses{*api, *edge};
        if (!m_options.edgeTls.empty()) {
            const auto edgeTls = parseListenAddress(m_options.edgeTls);
            if (!edgeTls)
                return std::unexpected(edgeTls.error());
            m_edgeTls = *edgeTls;
            addresses.push_back(*edgeTls);
        }
        if (auto read = readClientRoots(); !read)
            return read;
        for (const ListenAddress& address : addresses) {
            if (!address.isLoopback() && address.host != m_options.expose)
                return fail(ErrorCode::invalidArgument,
                            address.host + " can be reached from other machines. If that is meant, say --expose " + address.host + ".");
        }
        const auto wait = m_options.vaultWait == "0s" || m_options.vaultWait == "0"
                            ? Result<access::Duration>(access::Duration::forever())
                            : access::Duration::parse(m_options.vaultWait);
        if (!wait)
            return std::unexpected(wait.error());
        if (wait->length())
            m_vaultWait = std::chrono::duration_cast<std::chrono::milliseconds>(*wait->length());
        m_api = *api;
        m_edge = *edge;
        if (auto read = readConfiguration(); !read)
            return read;

        auto directory = profiles::DataDirectory::lock(profiles::dataDirectoryPath(m_context.dataDirectory));
        if (!directory)
            return std::unexpected(directory.error());
        m_directory.emplace(std::move(*directory));
        const auto kind = chooseVaultKind(m_options.vault, m_directory->path());
        if (!kind)
            return std::unexpected(kind.error());
        m_vault = vault::makeVault({.kind = *kind, .directory = m_directory->path(), .mayPrompt = false});
        return {};
    }

    Result<void> readClientRoots()
    {
        if (m_options.clientCa.empty())
            return {};
        if (m_options.edgeTls.empty())
            return fail(ErrorCode::invalidArgument, "--client-ca needs --edge-tls: only there a client can show a certificate.");
        QFile file(QString::fromStdString(m_options.clientCa));
        constexpr qint64 largest = 1 << 20;
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorCode::invalidArgument, "The file " + m_options.clientCa + " cannot be read: " + file.errorString().toStdString() + '.');
        m_clientRoots = file.read(largest).toStdString();
        if (auto checked = edge::checkClientRoots(m_clientRoots); !checked)
            return fail(ErrorCode::invalidArgument, m_options.clientCa + ": " + checked.error().message);
        return {};
    }

    /// Before anything is made: a file that is wrong leaves no half-filled data directory behind.
    Result<void> readConfiguration()
    {
        if (m_options.config.empty())
            return {};
        auto text = readConfigurationFile(m_options.config, kLargestConfiguration);
        if (!text)
            return std::unexpected(text.error());
        auto json = parseJson(*text, {.bytes = text->size()});
        base::wipe(*text);
        if (!json)
            return std::unexpected(json.error());
        auto configuration = wire::decodeConfiguration(std::move(*json));
        if (!configuration)
            return fail(ErrorCode::invalidArgument, m_options.config + ": " + configuration.error().message);
        m_configuration = std::move(*configuration);
        return {};
    }

    void startControl()
    {
        control::ControlOptions options;
        options.dataDirectory = m_directory->path();
        options.version = version;
        if (!m_options.team.empty())
            options.team = m_options.team;
        options.teamGiven = !m_options.team.empty();
        options.accountId = m_options.accountId;
        options.accountGiven = !m_options.accountId.empty();
        options.apiTokenPreset = presetApiToken();
        options.vaultWait = m_vaultWait;
        options.edge.host = m_edge.host;
        options.edge.port = m_edge.port;
        options.edge.threads = m_options.threads;
        options.edge.exposeLogins = m_options.exposeLogins;
        options.edge.clientRootsPem = m_clientRoots;
        control::Control::start(
            std::move(options), control::realServices(*m_vault, m_context.clock, m_context.random, m_log), this,
            [this] { m_context.terminal.line(R"({"event":"waiting","for":"keychain"})"); },
            [this](Result<std::unique_ptr<control::Control>> started) {
                if (!started)
                    return QCoreApplication::exit(failed(started.error()));
                m_control = std::move(*started);
                if (m_configuration)
                    importThenOpenTls();
                else
                    openTls();
            });
    }

    void importThenOpenTls()
    {
        // Keys stay what they are: brought back at every start they would undo each rotation. `config import` brings them.
        m_control->importConfiguration(std::move(*m_configuration), {.withoutKeys = true}, [this](Result<control::ConfigurationChanges> changes) {
            if (!changes) {
                auto error = changes.error();
                if (error.code == ErrorCode::conflict || error.code == ErrorCode::notFound)
                    error.code = ErrorCode::invalidArgument;
                error.message = m_options.config + ": " + error.message;
                return QCoreApplication::exit(failed(error));
            }
            m_log.write(Log::Level::info, "the configuration was imported", {{"result", describe(*changes)}});
            openTls();
        });
    }

    void openTls()
    {
        const auto next = [this](const Result<std::string>& address) {
            const auto ready = address ? becomeReady(*address) : Result<void>(std::unexpected(address.error()));
            if (!ready)
                QCoreApplication::exit(failed(ready.error()));
        };
        if (!m_edgeTls)
            return next(std::string());
        m_control->openTls(m_edgeTls->host, m_edgeTls->port, next);
    }

    Result<void> becomeReady(const std::string& edgeTls)
    {
        connect(m_control.get(), &control::Control::shutdownRequested, this, [this] { stop(exitDone); });
        auto api = api::Api::start({.host = m_api.host, .port = m_api.port, .hostNames = m_options.apiHosts}, *m_control, m_log);
        if (!api)
            return std::unexpected(api.error());
        m_server = std::move(*api);

        m_edge.port = m_control->edgePort();
        const control::Status status = m_control->status();
        profiles::AgentInfo info;
        info.agentId = status.agentId;
        info.version = version;
        info.pid = QCoreApplication::applicationPid();
        info.startedAt = base::formatRfc3339(m_context.clock.now());
        info.api = m_server->baseUrl();
        info.edge = m_edge.url();
        info.edgeTls = edgeTls;
        info.dataDirectory = m_directory->path();
        info.vault = vault::code(m_vault->kind());
        auto file = profiles::DiscoveryFile::publish(info);
        if (!file)
            return std::unexpected(file.error());
        m_discovery.emplace(std::move(*file));

        Json ready = Json::object();
        ready.set("event", "ready").set("api", info.api).set("edge", info.edge).set("edge_tls", edgeTls.empty() ? Json() : Json(edgeTls))
            .set("account_id", status.accountId).set("agent_id", info.agentId).set("version", version)
            .set("data_dir", info.dataDirectory).set("pid", info.pid);
        m_context.terminal.line(ready.dump());
        m_log.write(Log::Level::info, "ready", {{"edge", info.edge}, {"api", info.api}, {"data_dir", info.dataDirectory}});
        for (const auto& [application, why] : status.degraded)
            m_log.write(Log::Level::warning, "an application's port could not be opened", {{"application", application.value}, {"reason", why}});
        return {};
    }

    /// For programs that started us: the same in one line on standard output, with a code to tell reasons apart.
    int failed(const Error& error)
    {
        Json line = Json::object();
        line.set("event", "failed").set("code", code(error.code)).set("message", error.message);
        m_context.terminal.line(line.dump());
        m_context.terminal.errorLine("latchkey-agent: " + error.message);
        if (!error.detail.empty())
            m_context.terminal.errorLine("  (" + printable(error.detail) + ")");
        return exitCodeFor(error);
    }

    void stop(int code)
    {
        m_log.write(Log::Level::info, "stopping");
        QCoreApplication::exit(code);
    }

    void tearDown()
    {
        m_discovery.reset();
        if (m_server)
            m_server->stop(grace);
        if (m_control)
            m_control->stop(grace);
        m_server.reset();
        m_control.reset();
    }

    static std::string_view code(ErrorCode code)
    {
        switch (code) {
        case ErrorCode::portTaken: return "port_taken";
        case ErrorCode::vaultLocked: return "vault_locked";
        case ErrorCode::vaultAbsent: return "vault_absent";
        case ErrorCode::vaultMissing: return "vault_missing";
        case ErrorCode::vaultDenied: return "vault_denied";
        case ErrorCode::timedOut: return "timed_out";
        case ErrorCode::inUse: return "data_directory_in_use";
        case ErrorCode::damaged: return "damaged";
        case ErrorCode::invalidArgument: return "invalid_argument";
        case ErrorCode::unsupported: return "unsupported";
        case ErrorCode::io: return "io";
        default: return "failed";
        }
    }

    Context& m_context;
    const ServeOptions& m_options;
    StderrLog m_log;
    ListenAddress m_api, m_edge;
    std::optional<ListenAddress> m_edgeTls;
    std::chrono::milliseconds m_vaultWait{0};
    std::optional<access::Configuration> m_configuration;
    std::string m_clientRoots;
    std::optional<profiles::DataDirectory> m_directory;
    std::unique_ptr<vault::Vault> m_vault;
    std::unique_ptr<control::Control> m_control;
    std::unique_ptr<api::Api> m_server;
    std::optional<profiles::DiscoveryFile> m_discovery;
};

} // namespace

void addServeCommand(Command root, Context& context)
{
    const auto options = std::make_shared<ServeOptions>();
    Command serve = root.subcommand("serve", "Run the agent: the edge and the management API");
    serve.option("--edge", options->edge, "Where clients knock").showDefault();
    serve.option("--edge-tls", options->edgeTls, "Where clients knock with TLS, e.g. 127.0.0.1:8443; with certificates of a local authority");
    serve.option("--client-ca", options->clientCa,
                 "With --edge-tls: a PEM file of the authorities that vouch for client certificates (rules certificate and common_name)");
    serve.option("--api", options->api, "Where the management API listens").showDefault();
    serve.option("--vault", options->vault, "Where secrets are kept: os, file or memory; fixed at the first start (then os by default)");
    serve.option("--vault-wait", options->vaultWait, "How long a locked keychain is waited for, e.g. 60s").showDefault();
    serve.option("--team", options->team, "Team name of the issuer, at the first start (local by default)");
    serve.option("--account-id", options->accountId, "Account id (32 hex digits), at the first start");
    serve.option("--threads", options->threads, "Workers of the edge; 0 chooses").showDefault();
    serve.option("--config", options->config, "A configuration to import at start, as config export writes it");
    serve.option("--log-format", options->logFormat, "text or json").oneOf({"text", "json"}).showDefault();
    serve.flag("--verbose", options->verbose, "Log every call of the management API too");
    serve.option("--expose", options->expose, "Allow listening on this address, which other machines can reach");
    serve.flag("--expose-logins", options->exposeLogins, "Let test identities, who have no password, log in from other machines, too");
    serve.option("--api-host", options->apiHosts, "A name by which the management API may be addressed (repeatable)");
    serve.flag("--stop-with-stdin", options->stopWithStdin, "Stop when standard input ends");
    serve.footer("Prints one JSON line when ready. Example:\n  latchkey-agent serve --edge 127.0.0.1:8400");
    serve.action([&context, options] { return Serve(context, *options).run(); });
}

} // namespace latchkey::cli
