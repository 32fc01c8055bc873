// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DemoUpstream.h"

#include "agent/base/Json.h"

#include <utility>

namespace latchkey::cli {

Result<std::unique_ptr<DemoUpstream>> DemoUpstream::start()
{
    std::unique_ptr<DemoUpstream> upstream(new DemoUpstream);
    http::Server::Config config;
    config.host = "127.0.0.1";
    config.port = 0;
    auto server = http::Server::start(config, [self = upstream.get()](http::ServerRequest request, http::Server::Reply reply) {
        http::ServerResponse response;
        response.headers.emplace_back("Content-Type", "application/json");
        response.body = Json::object().set("greeting", "Hello from the service behind Access").set("path", request.path).dump() + '\n';
        {
            const std::scoped_lock lock(self->m_mutex);
            self->m_last = std::move(request);
        }
        reply(std::move(response));
    });
    if (!server)
        return std::unexpected(server.error());
    upstream->m_server = std::move(*server);
    return upstream;
}

DemoUpstream::~DemoUpstream()
{
    if (m_server)
        m_server->stop();
}

std::string DemoUpstream::url() const
{
    return "http://127.0.0.1:" + std::to_string(m_server->port());
}

std::optional<http::ServerRequest> DemoUpstream::takeLast()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_last, std::nullopt);
}

} // namespace latchkey::cli
