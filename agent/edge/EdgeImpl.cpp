// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeImpl.h"

#include "Listeners.h"
#include "SocketPair.h"

#include "agent/http/SpareDescriptor.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace latchkey::edge {

namespace {

/// How long clients of the TLS listener may take for what the workers have written, once those have ended.
constexpr std::chrono::milliseconds lastBytes{1000};

unsigned workerCount(const EdgeConfig& config)
{
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return config.threads != 0 ? config.threads : std::min(cores, 4U);
}

} // namespace

Result<std::unique_ptr<Edge>> Edge::start(EdgeConfig config, std::shared_ptr<const Snapshot> first, EventSink& events,
                                          const Clock& clock, Log& log)
{
    return EdgeImpl::start(std::move(config), std::move(first), events, clock, log, {});
}

Result<std::unique_ptr<Edge>> EdgeImpl::start(EdgeConfig config, std::shared_ptr<const Snapshot> first, EventSink& events,
                                              const Clock& clock, Log& log, const Timings& timings)
{
    http::raiseDescriptorLimit();
    const std::uint16_t port = config.port;
    auto edge = std::unique_ptr<EdgeImpl>(new EdgeImpl(std::move(config), std::move(first), events, clock, log, timings));
    const auto listening = edge->listen(port, false);
    if (!listening)
        return std::unexpected(listening.error());
    edge->m_port = *listening;
    for (const auto& worker : edge->m_workers)
        worker->start();
    return edge;
}

EdgeImpl::EdgeImpl(EdgeConfig config, std::shared_ptr<const Snapshot> first, EventSink& events, const Clock& clock,
                   Log& log, const Timings& timings)
    : m_config(std::move(config))
    , m_clock(clock)
    , m_log(log)
    , m_logins(m_config.endedSessions, clock.now())
{
    const unsigned workers = workerCount(m_config);
    m_generations.push_back(std::make_unique<const Generation>(++m_published, std::move(first), nullptr, workers, clock.now()));
    m_signers = std::make_unique<SigningPool>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
    const Worker::Shared shared{clock, log, events, *m_signers, m_resolver, timings, m_logins, m_config.accountId,
                                m_config.exposeLogins, [this](const base::Digest& session) {
                                    for (const auto& worker : m_workers)
                                        worker->cutSession(session);
                                }};
    for (unsigned i = 0; i < workers; ++i)
        m_workers.push_back(std::make_unique<Worker>(shared, *m_generations.back()));
}

EdgeImpl::~EdgeImpl()
{
    stop(std::chrono::milliseconds(0));
}

void EdgeImpl::publish(std::shared_ptr<const Snapshot> next, std::move_only_function<void()> adopted)
{
    dropUnheld();
    if (m_stopped) {
        adopted();
        return;
    }
    m_generations.push_back(std::make_unique<const Generation>(++m_published, std::move(next), &m_generations.back()->router,
                                                               static_cast<unsigned>(m_workers.size()), m_clock.now()));
    struct Adoption {
        std::atomic<std::size_t> missing{0};
        std::move_only_function<void()> adopted;
    };
    auto adoption = std::make_shared<Adoption>();
    adoption->missing = m_workers.size();
    adoption->adopted = std::move(adopted);
    for (const auto& worker : m_workers) {
        worker->adopt(*m_generations.back(), [adoption] {
            if (adoption->missing.fetch_sub(1, std::memory_order_acq_rel) == 1 && adoption->adopted)
                adoption->adopted();
        });
    }
}

void EdgeImpl::dropUnheld()
{
    // In order, because a later router was made with the one before; the current one is never among them.
    while (m_generations.size() > 1 && m_generations.front()->holders.load(std::memory_order_acquire) == 0)
        m_generations.pop_front();
}

Result<std::uint16_t> EdgeImpl::listen(std::uint16_t port, bool ownPort)
{
    std::vector<boost::asio::io_context*> loops;
    std::vector<Worker*> all;
    for (const auto& worker : m_workers) {
        loops.push_back(&worker->io());
        all.push_back(worker.get());
    }
    auto acceptors = openListeners(m_config.host, port, loops);
    if (!acceptors)
        return std::unexpected(acceptors.error());
    boost::system::error_code ignored;
    const std::uint16_t bound = acceptors->front().local_endpoint(ignored).port();
    for (std::size_t i = 0; i < acceptors->size(); ++i)
        m_workers[i]->listen(std::move((*acceptors)[i]), ownPort, listenersBalance ? std::vector{all[i]} : all);
    return bound;
}

Result<std::uint16_t> EdgeImpl::openPort(std::optional<std::uint16_t> wanted)
{
    dropUnheld();
    if (m_stopped)
        return fail(ErrorCode::cancelled, "The edge has stopped.");
    if (!wanted)
        return openFirstFree();
    if (std::ranges::find(m_ownPorts, *wanted) != m_ownPorts.end())
        return *wanted;
    if (*wanted == m_port)
        return fail(ErrorCode::portTaken, "Port " + std::to_string(m_port) + " is the edge's own; choose another port for the application.");
    awaitClosing(*wanted);
    auto opened = listen(*wanted, true);
    if (opened)
        m_ownPorts.push_back(*opened);
    return opened;
}

Result<std::uint16_t> EdgeImpl::openFirstFree()
{
    for (std::uint32_t port = firstOwnPort; port <= 65535; ++port) {
        const auto candidate = static_cast<std::uint16_t>(port);
        if (candidate == m_port || std::ranges::find(m_ownPorts, candidate) != m_ownPorts.end())
            continue;
        auto opened = openPort(candidate);
        if (opened || opened.error().code != ErrorCode::portTaken)
            return opened;
    }
    std::string message = "No port from ";
    message.append(std::to_string(firstOwnPort)).append(" upwards is free on ").append(m_config.host).append(1, '.');
    return fail(ErrorCode::portTaken, std::move(message));
}

void EdgeImpl::closePort(std::uint16_t port)
{
    if (m_stopped || std::erase(m_ownPorts, port) == 0)
        return;
    auto open = std::make_shared<std::atomic<unsigned>>(static_cast<unsigned>(m_workers.size()));
    m_closing[port] = open;
    for (const auto& worker : m_workers)
        worker->closePort(port, [open] { open->fetch_sub(1, std::memory_order_release); });
}

/// A port that was closed a moment ago is free as soon as the workers come round to it, which takes microseconds.
void EdgeImpl::awaitClosing(std::uint16_t port)
{
    const auto closing = m_closing.find(port);
    if (closing == m_closing.end())
        return;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (closing->second->load(std::memory_order_acquire) != 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    m_closing.erase(closing);
}

Result<std::uint16_t> EdgeImpl::openTls(const std::string& host, std::uint16_t port,
                                       std::shared_ptr<const jose::LocalCa> authority)
{
    if (m_stopped)
        return fail(ErrorCode::cancelled, "The edge has stopped.");
    if (m_tls)
        return fail(ErrorCode::conflict, "The edge has a TLS listener already.");
    auto terminator = TlsTerminator::start(host, port, std::move(authority), m_config.clientRootsPem, m_clock, m_log,
                                           [this](boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& peer, ClientCertificate certificate) {
                                               return openPlain(io, peer, std::move(certificate));
                                           });
    if (!terminator)
        return std::unexpected(terminator.error());
    m_tls = std::move(*terminator);
    m_tlsPort = m_tls->port();
    return m_tls->port();
}

void EdgeImpl::setAuthority(std::shared_ptr<const jose::LocalCa> authority)
{
    if (m_tls)
        m_tls->setAuthority(std::move(authority));
}

/// On the terminator's thread: gives one end of a plain stream to a worker, in turn.
http::Socket EdgeImpl::openPlain(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& peer,
                                 ClientCertificate certificate)
{
    Worker& worker = *m_workers[m_nextWorker++ % m_workers.size()];
    boost::system::error_code error;
    auto [ours, theirs] = makeSocketPair(io, worker.io(), error);
    if (error)
        return http::Socket(io.get_executor());
    worker.takeDecrypted(std::move(theirs), peer, m_tlsPort, std::move(certificate));
    return std::move(ours);
}

void EdgeImpl::stop(std::chrono::milliseconds grace)
{
    if (std::exchange(m_stopped, true))
        return;
    if (m_tls)
        m_tls->stopAccepting();
    struct Ending {
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t missing;
    };
    auto ending = std::make_shared<Ending>();
    ending->missing = m_workers.size();
    for (const auto& worker : m_workers) {
        worker->start(); // one that never ran ends like the others
        worker->stop([ending] {
            {
                const std::lock_guard lock(ending->mutex);
                --ending->missing;
            }
            ending->changed.notify_one();
        });
    }
    {
        std::unique_lock lock(ending->mutex);
        ending->changed.wait_for(lock, grace, [&] { return ending->missing == 0; });
    }
    for (const auto& worker : m_workers)
        worker->abort();
    for (const auto& worker : m_workers)
        worker->join();
    if (m_tls)
        m_tls->stop(lastBytes); // hands nothing to a worker any more
    m_tls.reset();
    m_signers.reset(); // before the workers whose loops its answers go to
    m_workers.clear();
    m_generations.clear();
}

} // namespace latchkey::edge
