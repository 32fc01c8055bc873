// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TlsTerminator.h"

#include "ClientCertificates.h"
#include "Listeners.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace latchkey::edge {

namespace asio = boost::asio;
using asio::ip::tcp;

TlsTerminator::TlsTerminator(std::unique_ptr<TlsHosts> hosts, Log& log, OpenPlain openPlain, TlsTunnel::Timings timings)
    : m_hosts(std::move(hosts))
    , m_log(log)
    , m_openPlain(std::move(openPlain))
    , m_timings(timings)
    , m_work(asio::make_work_guard(m_io))
    , m_acceptor(m_io.get_executor())
    , m_timer(m_io)
{
}

Result<std::unique_ptr<TlsTerminator>> TlsTerminator::start(const std::string& host, std::uint16_t port,
                                                            std::shared_ptr<const jose::LocalCa> authority,
                                                            const std::string& clientRootsPem, const Clock& clock, Log& log,
                                                            OpenPlain openPlain, TlsTunnel::Timings timings)
{
    auto hosts = TlsHosts::create(std::move(authority), clock, clientRootsPem);
    if (!hosts)
        return std::unexpected(hosts.error());
    std::unique_ptr<TlsTerminator> terminator(new TlsTerminator(std::move(*hosts), log, std::move(openPlain), timings));
    auto acceptors = openListeners(host, port, {&terminator->m_io});
    if (!acceptors)
        return std::unexpected(acceptors.error());
    terminator->m_acceptor = std::move(acceptors->front());
    boost::system::error_code ignored;
    terminator->m_port = terminator->m_acceptor.local_endpoint(ignored).port();
    terminator->accept();
    terminator->m_thread = std::thread([self = terminator.get()] {
        for (;;) {
            try {
                self->m_io.run();
                return;
            } catch (const std::exception& error) { // out of memory while a connection was made
                self->m_log.write(Log::Level::error, "The TLS listener met an error and goes on.", {{"error", error.what()}});
            }
        }
    });
    return terminator;
}

TlsTerminator::~TlsTerminator()
{
    stop(std::chrono::milliseconds(0));
}

void TlsTerminator::accept()
{
    m_acceptor.async_accept(m_io.get_executor(), m_peer, [this](const boost::system::error_code& error, http::Socket socket) {
        accepted(error, std::move(socket));
    });
}

void TlsTerminator::accepted(const boost::system::error_code& error, http::Socket socket)
{
    if (m_stopping || !m_acceptor.is_open())
        return;
    if (http::isOutOfDescriptors(error))
        return rest();
    if (!error) {
        if (SslPtr tls = m_hosts->open(m_hosts->context(), static_cast<std::intptr_t>(socket.native_handle()))) {
            auto tunnel = std::make_shared<TlsTunnel>(
                m_io, std::move(socket), std::move(tls), m_timings,
                [this, peer = m_peer](const SSL& connection) {
                    return m_stopping ? http::Socket(m_io.get_executor()) : m_openPlain(m_io, peer, clientCertificateOf(&connection));
                },
                [this](const std::shared_ptr<TlsTunnel>& ended) {
                    m_tunnels.erase(ended);
                    if (m_stopping && m_tunnels.empty())
                        m_timer.cancel();
                });
            m_tunnels.insert(tunnel);
            tunnel->start();
        }
    }
    accept();
}

/// No descriptor is left: the one who waits is shown the door, the others get a moment to finish.
void TlsTerminator::rest()
{
    boost::system::error_code ignored;
    m_acceptor.non_blocking(true, ignored);
    m_spare.turnAway(m_acceptor);
    m_log.write(Log::Level::warning, "No file descriptor is left; TLS connections are refused for a moment.",
                {{"connections", std::to_string(m_tunnels.size())}});
    m_timer.expires_after(acceptPause);
    m_timer.async_wait([this](const boost::system::error_code& error) {
        if (!error && !m_stopping)
            accept();
    });
}

void TlsTerminator::stopAccepting()
{
    asio::post(m_io, [this] {
        boost::system::error_code ignored;
        m_acceptor.close(ignored);
    });
}

void TlsTerminator::stop(std::chrono::milliseconds grace)
{
    if (!m_thread.joinable())
        return;
    asio::post(m_io, [this, grace] {
        m_stopping = true;
        boost::system::error_code ignored;
        m_acceptor.close(ignored);
        const auto closeAll = [this] {
            for (const auto& tunnel : std::exchange(m_tunnels, {}))
                tunnel->close();
        };
        for (const auto& tunnel : std::set(m_tunnels))
            tunnel->finish();
        m_work.reset();
        if (grace == std::chrono::milliseconds(0) || m_tunnels.empty())
            return closeAll();
        m_timer.expires_after(grace);
        m_timer.async_wait([closeAll](const boost::system::error_code&) { closeAll(); });
    });
    m_thread.join();
}

} // namespace latchkey::edge
