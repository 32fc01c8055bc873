// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Credentials.h"
#include "DigestMap.h"
#include "SigningPool.h"
#include "Waiter.h"

#include "agent/base/Json.h"
#include "agent/base/Sha256.h"
#include "agent/jose/JwkSet.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::edge {

/// What a JWT of ours says whose signature was proved. Whether it still counts is asked anew with every request.
struct Session {
    std::vector<std::string> audiences;
    std::string issuer;
    std::string kid;
    std::string commonName;   ///< The Client ID; empty: an identity's.
    std::string email;        ///< Empty: a token's.
    std::chrono::sys_seconds issuedAt{};
    std::chrono::sys_seconds expiresAt{};
    Json payload;
    mutable std::chrono::sys_seconds seenAt{}; ///< When its token's last-seen mark was noted; each worker has its own.

    [[nodiscard]] bool isIdentity() const { return !email.empty(); }
};

/// The session of a JWT that these keys signed; null: it is none of ours. Times are left to those who ask. An RSA
/// operation: not for a worker.
[[nodiscard]] std::shared_ptr<const Session> verifySession(const std::string& jwt, const jose::JwkSet& keys);

/// The JWT that a request brings along as its session: the raw header `cf-access-token`, else the `CF_Authorization`
/// cookie. Empty: none. Into the head's bytes.
[[nodiscard]] std::string_view sessionTokenOf(const http::RequestHead& head, const Credentials& credentials);

/// The sessions that one worker has verified, by the JWT's digest. A signature is checked once, on the pool's threads, because
/// a worker does no RSA; those who bring the same JWT meanwhile wait for one check. What was found invalid is checked again
/// when other keys are published. Bounded: the oldest goes, and what is invalid before what is valid, so that rubbish drives
/// out nobody's session. Belongs to one event loop and its thread.
class SessionCache {
public:
    enum class State : std::uint8_t { verifying, valid, invalid };
    struct Found {
        State state = State::verifying;
        std::shared_ptr<const Session> session; ///< With `valid` only.
    };

    SessionCache(boost::asio::io_context& io, SigningPool& pool, std::size_t capacity = 4096)
        : m_io(io)
        , m_pool(pool)
        , m_capacity(capacity)
    {
    }

    /// `verifying`: the waiter is woken when asking again makes sense.
    [[nodiscard]] Found get(std::string_view jwt, const base::Digest& digest, const std::shared_ptr<const jose::JwkSet>& keys,
                            Waiter& waiter);

private:
    struct Entry {
        Found found;
        std::shared_ptr<const jose::JwkSet> keys; // it was checked with
        WaitList waiting;
    };
    void verify(std::string_view jwt, const base::Digest& digest, Entry& entry, const std::shared_ptr<const jose::JwkSet>& keys);
    void verified(const base::Digest& digest, std::shared_ptr<const Session> session);
    void makeRoom();

    boost::asio::io_context& m_io;
    SigningPool& m_pool;
    const std::size_t m_capacity;
    DigestMap<Entry> m_entries;
    // Those that are settled, oldest first; there are no more of the others than connections.
    std::deque<base::Digest> m_valid;
    std::deque<base::Digest> m_invalid;
};

} // namespace latchkey::edge
