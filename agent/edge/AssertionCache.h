// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Router.h"
#include "SigningPool.h"
#include "Waiter.h"

#include "agent/access/Decision.h"

#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace latchkey::edge {

/// The JWTs that one worker hands to upstreams, each a ready header line, kept for a minute or half its session, whichever
/// is shorter. Those who need one that is not there wait for one signature. Bounded: what was not used for longest goes
/// (CLOCK). Belongs to one event loop and its thread.
class AssertionCache {
public:
    enum class State : std::uint8_t { signing, ready, failed };

    struct Entry {
        std::string line;                   ///< `Cf-Access-Jwt-Assertion: …` with its CRLF.
        std::chrono::sys_seconds seenAt{};  ///< For the caller: when the token's last-seen mark was noted.

    private:
        friend class AssertionCache;
        std::shared_ptr<const AssertionContext> context;
        std::array<std::uint8_t, 16> tokenId{};
        std::uint32_t revision = 0;
        std::chrono::seconds session{};
        std::string clientId;
        State state = State::signing;
        bool used = true;
        std::uint64_t serial = 0; // of the signature it waits for
        std::chrono::sys_seconds issuedAt{};
        std::chrono::sys_seconds freshUntil{};
        WaitList waiting;
        std::size_t position = 0; // in m_clock
    };

    AssertionCache(boost::asio::io_context& io, SigningPool& signers, std::size_t capacity = 16'384);
    ~AssertionCache();
    AssertionCache(const AssertionCache&) = delete;
    AssertionCache& operator=(const AssertionCache&) = delete;

    struct Found {
        State state = State::signing;
        Entry* entry = nullptr; ///< With `ready` only; good until the next call.
    };

    /// The JWT for this token and application. `signing`: there is none yet, `waiter` is woken when asking again makes
    /// sense. `hasWaited` takes one that was just signed even if it is stale already (a session of a second).
    [[nodiscard]] Found get(const std::shared_ptr<const AssertionContext>& context, const access::TokenEntry& token,
                            std::chrono::seconds session, std::chrono::sys_seconds now, bool hasWaited,
                            Waiter& waiter);

    [[nodiscard]] std::size_t size() const { return m_clock.size(); }

private:
    struct Key {
        const AssertionContext* context;
        std::array<std::uint8_t, 16> tokenId;
        std::uint32_t revision;
        std::int64_t session;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };

    static Key keyOf(const Entry& entry);
    [[nodiscard]] bool usable(const Entry& entry, std::chrono::sys_seconds now, bool hasWaited) const;
    Entry& insert(const Key& key, const std::shared_ptr<const AssertionContext>& context, const access::TokenEntry& token);
    void makeRoom();
    void erase(Entry& entry);
    void sign(Entry& entry, std::chrono::sys_seconds now);
    void signedAs(const Key& key, std::uint64_t serial, Result<std::string> jwt);

    boost::asio::io_context& m_io;
    SigningPool& m_signers;
    const std::size_t m_capacity;
    std::unordered_map<Key, std::unique_ptr<Entry>, KeyHash> m_entries;
    std::vector<Entry*> m_clock;
    std::size_t m_hand = 0;
    std::uint64_t m_serial = 0;
};

} // namespace latchkey::edge
