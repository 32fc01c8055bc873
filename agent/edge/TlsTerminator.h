// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClientInfo.h"
#include "TlsHosts.h"
#include "TlsTunnel.h"

#include "agent/base/Log.h"
#include "agent/http/SpareDescriptor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

namespace latchkey::edge {

/// The TLS listener: takes connections, does all of TLS on a thread of its own, and hands the plain stream to a worker, which
/// does not know the difference. The process ignores SIGPIPE (cli::hardenProcess), as OpenSSL writes to sockets itself.
class TlsTerminator {
public:
    /// Opens a plain stream to a worker and answers our end of it; called on the terminator's thread.
    using OpenPlain = std::function<http::Socket(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& peer,
                                                 ClientCertificate certificate)>;

    [[nodiscard]] static Result<std::unique_ptr<TlsTerminator>> start(const std::string& host, std::uint16_t port,
                                                                      std::shared_ptr<const jose::LocalCa> authority,
                                                                      const std::string& clientRootsPem, const Clock& clock,
                                                                      Log& log, OpenPlain openPlain,
                                                                      TlsTunnel::Timings timings = {});
    ~TlsTerminator();   ///< Stops without grace.
    TlsTerminator(const TlsTerminator&) = delete;
    TlsTerminator& operator=(const TlsTerminator&) = delete;

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// For handshakes that begin later. Thread-safe.
    void setAuthority(std::shared_ptr<const jose::LocalCa> authority) { m_hosts->setAuthority(std::move(authority)); }

    void stopAccepting();
    /// Passes on what the workers have left behind, for at most `grace`, and ends the thread.
    void stop(std::chrono::milliseconds grace);

private:
    static constexpr std::chrono::milliseconds acceptPause{100};

    TlsTerminator(std::unique_ptr<TlsHosts> hosts, Log& log, OpenPlain openPlain, TlsTunnel::Timings timings);
    void accept();
    void accepted(const boost::system::error_code& error, http::Socket socket);
    void rest();

    std::unique_ptr<TlsHosts> m_hosts;
    Log& m_log;
    OpenPlain m_openPlain;
    const TlsTunnel::Timings m_timings;
    boost::asio::io_context m_io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    http::Acceptor m_acceptor;
    boost::asio::ip::tcp::endpoint m_peer;
    boost::asio::steady_timer m_timer;
    http::SpareDescriptor m_spare;
    std::set<std::shared_ptr<TlsTunnel>> m_tunnels;
    std::uint16_t m_port = 0;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace latchkey::edge
