// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Reason.h"
#include "agent/base/Sha256.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace latchkey::edge {

/// What happened to one request. Holds no secret, no query string and no header but the host.
struct RequestEvent {
    std::chrono::sys_time<std::chrono::microseconds> at;
    std::string rayId;                       ///< 16 hex, as `Cf-Ray` shows it.
    std::string method;
    std::string host;
    std::string path;                        ///< Without the query.
    std::string peer;                        ///< The client's address.
    std::string applicationId;               ///< Empty: no application matched.
    std::string clientId;                    ///< Empty when unknown or malformed.
    std::string userEmail;                   ///< Who had logged in; empty: nobody, or a service token.
    std::string policyId;
    access::Reason reason = access::Reason::allowed;
    bool allowed = false;
    int status = 0;                          ///< What the client was answered; 0: it left before.
    std::chrono::microseconds duration{};
};

/// Token (binary UUID) → the last second it authenticated.
struct SeenMark {
    std::array<std::uint8_t, 16> tokenId{};
    std::chrono::sys_seconds at{};
};

/// A session that was ended by logging out before its time. The digest, not the JWT: it lets nobody in.
struct EndedSession {
    base::Digest session{};                  ///< SHA-256 of the JWT's text.
    std::chrono::sys_seconds expiresAt{};    ///< When the JWT ends by itself: from then on nobody has to remember it.
    bool operator==(const EndedSession&) const = default;
};

/// A bundle that one worker hands over about once a second.
struct EventBatch {
    std::vector<RequestEvent> requests;
    std::vector<SeenMark> seen;
    std::uint64_t lost = 0;                  ///< Events that did not fit the worker's ring since the last batch.
    std::uint64_t allowed = 0;               ///< Counters are complete even when events were lost.
    std::uint64_t refused = 0;
};

/// Where workers put what happened.
class EventSink {
public:
    virtual ~EventSink() = default;
    /// Called on a worker's thread: must not block (post it elsewhere and return).
    virtual void deliver(EventBatch batch) = 0;
    /// Somebody logged out; no worker takes this session any more. To outlive a restart it has to be kept (see
    /// EdgeConfig::endedSessions), and the client is answered when `kept` is called: with true once it is on disk, with false
    /// when that failed. Any thread, once, also after the edge has stopped; dropped uncalled, the client gets a time-out.
    /// Called on a worker's thread: must not block. As it stands nothing is kept.
    virtual void sessionEnded(const EndedSession& ended, std::move_only_function<void(bool kept)> kept)
    {
        static_cast<void>(ended);
        kept(true);
    }
};

} // namespace latchkey::edge
