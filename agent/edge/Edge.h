// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Events.h"
#include "Snapshot.h"

#include "agent/base/Clock.h"
#include "agent/base/Error.h"
#include "agent/base/Log.h"
#include "agent/jose/LocalCa.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::edge {

struct EdgeConfig {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8400;      ///< 0 picks a free one.
    unsigned threads = 0;           ///< Workers; 0: one a core, at most 4.
    std::string accountId;          ///< `get-identity` tells it.
    bool exposeLogins = false;      ///< Test identities, who have no password, may log in from other machines, too.
    /// PEM of the authorities that vouch for clients of the TLS listener; empty: it asks nobody for a certificate.
    std::string clientRootsPem = {};
    std::vector<EndedSession> endedSessions; ///< What EventSink::sessionEnded was told in earlier runs; expired ones do no harm.
};

/// The data plane: plays the Access edge on this machine. N workers, each with its own event loop; nothing shared, nothing
/// locked on a request's path. All functions are called on the control thread.
class Edge {
public:
    /// Binds the listener and starts the workers with `first` adopted. ErrorCode::portTaken names the address.
    [[nodiscard]] static Result<std::unique_ptr<Edge>> start(EdgeConfig config, std::shared_ptr<const Snapshot> first,
                                                             EventSink& events, const Clock& clock, Log& log);
    virtual ~Edge() = default;   ///< Stops without grace if stop() was not called.

    [[nodiscard]] virtual std::uint16_t port() const = 0;

    /// Hands every worker the snapshot. `adopted` is called once, on a worker's thread, when all work with it: from then on
    /// no request whose head arrives later is decided by an older one. Never fails; publications adopt in order. The edge
    /// keeps the last references to old snapshots and drops them on the thread that calls publish() or stop().
    virtual void publish(std::shared_ptr<const Snapshot> next, std::move_only_function<void()> adopted) = 0;

    /// Opens a listener of its own for an application on the edge's host; requests that reach it belong to the application
    /// of the current snapshot whose port() it is. nullopt picks the first free one from 8410 upwards. Answers the port;
    /// ErrorCode::portTaken otherwise. Opening a port twice is no error.
    [[nodiscard]] virtual Result<std::uint16_t> openPort(std::optional<std::uint16_t> wanted) = 0;
    virtual void closePort(std::uint16_t port) = 0;

    /// Opens the TLS listener, at most one: TLS ends on a thread of its own, and the workers serve what comes out like any
    /// request to the edge's port, by Host, with https as the client's scheme. Answers the port; ErrorCode::portTaken.
    [[nodiscard]] virtual Result<std::uint16_t> openTls(const std::string& host, std::uint16_t port,
                                                        std::shared_ptr<const jose::LocalCa> authority) = 0;
    /// Of the TLS listener: handshakes that begin later use certificates of this one.
    virtual void setAuthority(std::shared_ptr<const jose::LocalCa> authority) = 0;

    /// Stops accepting, lets requests under way finish for at most `grace`, then ends all threads. Events are delivered.
    virtual void stop(std::chrono::milliseconds grace) = 0;
};

} // namespace latchkey::edge
