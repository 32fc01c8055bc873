// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Api.h"

#include "EventHub.h"
#include "Gate.h"
#include "RateLimiter.h"

#include "agent/base/HostAndPort.h"
#include "agent/control/Post.h"
#include "agent/http/Server.h"

#include <QEventLoop>
#include <QObject>
#include <QTimer>

namespace latchkey::api {

namespace {

std::string_view headerOnce(const http::ServerRequest& request, std::string_view name)
{
    const auto* value = request.count(name) == 1 ? request.header(name) : nullptr;
    return value ? std::string_view(*value) : std::string_view();
}

/// Sent twice it must not count as missing: a joined value is nobody's origin.
std::string originOf(const http::ServerRequest& request)
{
    return request.count("Origin") > 1 ? "null" : std::string(headerOnce(request, "Origin"));
}

http::ServerResponse toResponse(Reply reply)
{
    http::ServerResponse response;
    response.status = reply.status;
    response.headers = {{"Content-Type", std::move(reply.contentType)},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"}};
    if (!reply.allow.empty())
        response.headers.emplace_back("Allow", std::move(reply.allow));
    if (!reply.etag.empty())
        response.headers.emplace_back("ETag", std::move(reply.etag));
    if (reply.retryAfter)
        response.headers.emplace_back("Retry-After", std::to_string(reply.retryAfter->count()));
    response.body = std::move(reply.body);
    response.stream = std::move(reply.stream);
    response.wipe = reply.holdsSecret;
    return response;
}

/// Refusals of the listener itself, in the API's envelope.
http::ServerResponse refusal(int status, std::string_view code, std::string_view message)
{
    return toResponse(failure(status, 12130, "access.api.error.invalid_request: " + std::string(message) + " (" + std::string(code) + ')'));
}

class ApiServer final : public Api {
public:
    ApiServer(std::string host, Gate gate, control::Commands& commands, Log& log)
        : m_host(std::move(host))
        , m_gate(std::move(gate))
        , m_commands(commands)
        , m_log(log)
    {
        m_commands.setEventListener([this](const control::AgentEvent& event) { m_events.tell(event, m_commands.now()); });
    }

    ~ApiServer() override
    {
        m_commands.setEventListener({});
        m_events.endAll();
        // The listener's thread posts to m_home until it has ended.
        m_server.reset();
    }

    Result<void> listen(std::uint16_t port)
    {
        http::Server::Config config;
        config.host = m_host;
        config.port = port;
        config.refusal = refusal;
        config.bodyLimit = [this](const http::ServerRequest& head) {
            return m_gate.largestBody(head.method, head.path, headerOnce(head, "Authorization"));
        };
        auto server = http::Server::start(std::move(config), [this](http::ServerRequest request, http::Server::Reply reply) {
            handle(std::move(request), std::move(reply));
        });
        if (!server)
            return std::unexpected(server.error());
        m_server = std::move(*server);
        m_port = m_server->port();
        return {};
    }

    std::uint16_t port() const override { return m_port; }

    std::string baseUrl() const override
    {
        return "http://" + base::hostAndPort(m_host, m_port) + "/client/v4";
    }

    void stop(std::chrono::milliseconds grace) override
    {
        if (!m_server)
            return;
        // Replies under way are made by this thread, so it cannot just wait.
        m_events.endAll();
        QEventLoop loop;
        m_server->drain([&loop] { control::post(&loop, [&loop] { loop.quit(); }); });
        QTimer::singleShot(grace, &loop, &QEventLoop::quit);
        loop.exec();
        m_server->stop();
        m_server.reset();
    }

private:
    /// On the listener's thread.
    void handle(http::ServerRequest request, http::Server::Reply reply)
    {
        const auto origin = originOf(request);
        // The listener leaves a HEAD's body away by itself.
        const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
        auto outcome = m_gate.admit({.method = method,
                                     .host = headerOnce(request, "Host"),
                                     .path = request.path,
                                     .query = request.query,
                                     .authorization = headerOnce(request, "Authorization"),
                                     .origin = origin,
                                     .contentType = headerOnce(request, "Content-Type"),
                                     .body = request.body});
        if (auto* refused = std::get_if<Reply>(&outcome)) {
            reply(toResponse(std::move(*refused)));
            return;
        }
        control::post(&m_home, [this, admitted = std::move(std::get<Admitted>(outcome)), body = std::move(request.body),
                                known = std::string(headerOnce(request, "If-None-Match")), line = request.method + ' ' + request.path, reply = std::move(reply)]() mutable {
            ask(std::move(admitted), std::move(body), std::move(known), std::move(line), std::move(reply));
        });
    }

    /// On the control thread.
    void ask(Admitted admitted, std::string body, std::string known, std::string line, http::Server::Reply reply)
    {
        const Route& route = *admitted.route;
        if (auto refused = refuseByRate(route)) {
            reply(toResponse(std::move(*refused)));
            return;
        }
        route.run({.commands = m_commands, .ids = std::move(admitted.ids), .query = std::move(admitted.query), .body = std::move(body), .events = &m_events},
            [&log = m_log, &route, known = std::move(known), line = std::move(line), reply = std::move(reply)](Reply answer) mutable {
                // What was refused may hold anything where an id should be, also a secret pasted into the wrong place.
                const std::string request = answer.status < 400 ? line : std::string(route.method) + ' ' + std::string(route.pattern);
                log.write(Log::Level::debug, "management API", {{"request", request}, {"status", std::to_string(answer.status)}});
                reply(toResponse(unlessKnown(std::move(answer), known)));
            });
    }

    /// The agent's own routes are not limited: what switches the limit off must be reachable, and so must the events.
    std::optional<Reply> refuseByRate(const Route& route)
    {
        if (route.pattern.starts_with("/latchkey/"))
            return std::nullopt;
        const auto wait = m_rate.refuse(m_commands.organization()->rateLimit, m_commands.now());
        if (!wait)
            return std::nullopt;
        auto refusal = failure(Error{ErrorCode::rateLimited, {}, {}});
        refusal.retryAfter = *wait;
        return refusal;
    }

    const std::string m_host;
    const Gate m_gate;
    control::Commands& m_commands;
    Log& m_log;
    EventHub m_events;
    RateLimiter m_rate;
    QObject m_home;   ///< Lives on the control thread.
    std::uint16_t m_port = 0;
    std::unique_ptr<http::Server> m_server;
};

} // namespace

Result<std::unique_ptr<Api>> Api::start(ApiOptions options, control::Commands& commands, Log& log)
{
    const auto status = commands.status();
    auto server = std::make_unique<ApiServer>(options.host,
                                              Gate(Guard(std::move(options.hostNames), commands.apiToken().clone()),
                                                   {status.agentId, status.version, status.accountId}),
                                              commands, log);
    if (auto listening = server->listen(options.port); !listening)
        return std::unexpected(listening.error());
    return server;
}

} // namespace latchkey::api
