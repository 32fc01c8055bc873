// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DigestMap.h"
#include "Events.h"

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace latchkey::edge {

/// What logging in and out has to tell all workers at once: sessions that were ended, and JWTs on their way from the host of
/// the login page to the application's. Thread-safe; a request without a session never comes here, and one with a session
/// takes a lock only when somebody of its shard has logged out and that session would not have expired yet.
class Logins {
public:
    /// `ended`: those of earlier runs.
    explicit Logins(std::span<const EndedSession> ended = {}, std::chrono::sys_seconds now = {});

    /// False: it was ended already. What is remembered is bounded; when there is no room, the session that would expire
    /// soonest is forgotten, never the one that is ended now.
    bool end(const EndedSession& ended, std::chrono::sys_seconds now);
    [[nodiscard]] bool isEnded(const base::Digest& session, std::chrono::sys_seconds now);

    struct Ticket {
        std::string host;     ///< Only there it can be used.
        std::string state;    ///< And only by the browser that was sent away from there with it.
        std::string cookie;   ///< The whole Set-Cookie line.
        std::string path;     ///< Where to go on.
        std::chrono::sys_seconds until{};
    };
    void deposit(const std::string& code, Ticket ticket, std::chrono::sys_seconds now);
    /// Once, and not after its time.
    [[nodiscard]] std::optional<Ticket> collect(const std::string& code, std::chrono::sys_seconds now);

    static constexpr std::size_t mostEnded = 100'000;

private:
    static constexpr std::size_t mostTickets = 1000;
    static constexpr std::size_t shards = 16;

    struct Shard {
        std::mutex mutex;
        std::atomic<std::size_t> count{0}; // of `ended`
        DigestMap<std::chrono::sys_seconds> ended;
        std::set<std::pair<std::chrono::sys_seconds, base::Digest>> byEnd;

        void forgetFirst();
        void purge(std::chrono::sys_seconds now);
    };
    Shard& shardOf(const base::Digest& session) { return m_shards[session[0] % shards]; }

    std::array<Shard, shards> m_shards;
    std::mutex m_mutex;
    std::map<std::string, Ticket> m_tickets;
};

} // namespace latchkey::edge
