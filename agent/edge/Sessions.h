// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Credentials.h"
#include "SigningPool.h"

#include "agent/base/Json.h"
#include "agent/base/Sha256.h"
#include "agent/http/Awaiter.h"
#include "agent/jose/JwkSet.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <deque>
#include <map>
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

    [[nodiscard]] bool isIdentity() const { return !email.empty(); }
};

/// The JWT that a request brings along as its session: the raw header `cf-access-token`, else the `CF_Authorization`
/// cookie. Empty: none. Into the head's bytes.
[[nodiscard]] std::string_view sessionTokenOf(const http::RequestHead& head, const Credentials& credentials);

/// The sessions that one worker has verified, by the JWT's digest. A signature is checked once, on the pool's threads, because
/// a worker does no RSA; those who bring the same JWT meanwhile wait for one check. Bounded: the oldest goes. Belongs to one
/// event loop and its thread.
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
                            http::Waker& waiter);
    void forget(http::Waker& waiter); ///< The waiter waits no more.

private:
    struct Entry {
        Found found;
        std::vector<http::Waker*> waiting;
    };
    void verified(const base::Digest& digest, std::shared_ptr<const Session> session);

    boost::asio::io_context& m_io;
    SigningPool& m_pool;
    const std::size_t m_capacity;
    std::map<base::Digest, Entry> m_entries;
    std::deque<base::Digest> m_order; // oldest first
    std::size_t m_verifying = 0;
};

} // namespace latchkey::edge
