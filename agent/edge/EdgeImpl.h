// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Edge.h"
#include "Generation.h"
#include "Logins.h"
#include "SigningPool.h"
#include "Timings.h"
#include "TlsTerminator.h"
#include "Worker.h"

#include "agent/http/Resolver.h"

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <vector>

namespace latchkey::edge {

/// The edge behind its public face: owns the workers and the generations. Lives on the control thread.
class EdgeImpl final : public Edge {
public:
    /// As Edge::start, with other waiting times.
    [[nodiscard]] static Result<std::unique_ptr<Edge>> start(EdgeConfig config, std::shared_ptr<const Snapshot> first,
                                                             EventSink& events, const Clock& clock, Log& log,
                                                             const Timings& timings);
    ~EdgeImpl() override;

    [[nodiscard]] std::uint16_t port() const override { return m_port; }
    void publish(std::shared_ptr<const Snapshot> next, std::move_only_function<void()> adopted) override;
    [[nodiscard]] Result<std::uint16_t> openPort(std::optional<std::uint16_t> wanted) override;
    void closePort(std::uint16_t port) override;
    [[nodiscard]] Result<std::uint16_t> openTls(const std::string& host, std::uint16_t port,
                                                std::shared_ptr<const jose::LocalCa> authority) override;
    void setAuthority(std::shared_ptr<const jose::LocalCa> authority) override;
    void stop(std::chrono::milliseconds grace) override;

private:
    static constexpr std::uint16_t firstOwnPort = 8410;

    EdgeImpl(EdgeConfig config, std::shared_ptr<const Snapshot> first, EventSink& events, const Clock& clock, Log& log,
             const Timings& timings);

    Result<std::uint16_t> listen(std::uint16_t port, bool ownPort);
    Result<std::uint16_t> openFirstFree();
    http::Socket openPlain(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& peer,
                                         ClientCertificate certificate);
    void awaitClosing(std::uint16_t port);
    void dropUnheld();

    const EdgeConfig m_config;
    const Clock& m_clock;
    Log& m_log;
    std::uint16_t m_port = 0;
    std::list<std::unique_ptr<const Generation>> m_generations; // the last one is current
    std::uint64_t m_published = 0;
    http::Resolver m_resolver;
    Logins m_logins;
    std::unique_ptr<SigningPool> m_signers;
    std::vector<std::unique_ptr<Worker>> m_workers;
    std::vector<std::uint16_t> m_ownPorts;
    std::map<std::uint16_t, std::shared_ptr<std::atomic<unsigned>>> m_closing; // listeners still to be closed
    std::unique_ptr<TlsTerminator> m_tls;
    std::atomic<std::uint16_t> m_tlsPort{0};
    std::size_t m_nextWorker = 0; // on the terminator's thread
    bool m_stopped = false;
};

} // namespace latchkey::edge
