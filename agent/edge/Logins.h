// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Sha256.h"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace latchkey::edge {

/// What logging in and out has to tell all workers at once: sessions that were ended, and JWTs on their way from the host of
/// the login page to the application's. In memory only: what logged out before a restart is valid again until it expires
/// (our choice; Cloudflare's documentation does not say how long it remembers). Thread-safe; a request without a session
/// never comes here, and one with a session takes no lock as long as nobody has logged out.
class Logins {
public:
    void end(const base::Digest& session, std::chrono::sys_seconds expiresAt, std::chrono::sys_seconds now);
    [[nodiscard]] bool isEnded(const base::Digest& session) const;

    struct Ticket {
        std::string host;     ///< Only there it can be used.
        std::string cookie;   ///< The whole Set-Cookie line.
        std::string path;     ///< Where to go on.
        std::chrono::sys_seconds until{};
    };
    void deposit(const std::string& code, Ticket ticket, std::chrono::sys_seconds now);
    /// Once, and not after its time.
    [[nodiscard]] std::optional<Ticket> collect(const std::string& code, std::chrono::sys_seconds now);

private:
    static constexpr std::size_t mostTickets = 1000;
    static constexpr std::size_t mostEnded = 100'000;

    mutable std::mutex m_mutex;
    std::atomic<std::size_t> m_count{0}; // of m_ended
    std::map<base::Digest, std::chrono::sys_seconds> m_ended;
    std::map<std::string, Ticket> m_tickets;
};

} // namespace latchkey::edge
