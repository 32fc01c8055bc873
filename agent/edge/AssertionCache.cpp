// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AssertionCache.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey::edge {

using namespace std::chrono_literals;

AssertionCache::AssertionCache(boost::asio::io_context& io, SigningPool& signers, std::size_t capacity)
    : m_io(io)
    , m_signers(signers)
    , m_capacity(capacity)
{
}

AssertionCache::~AssertionCache() = default;

std::size_t AssertionCache::KeyHash::operator()(const Key& key) const
{
    // Token ids are random, so any of their bytes spread well.
    std::uint64_t id = 0;
    std::memcpy(&id, key.tokenId.data(), sizeof id);
    return id ^ (reinterpret_cast<std::uintptr_t>(key.context) >> 4U) ^ (std::uint64_t{key.revision} << 32U);
}

AssertionCache::Key AssertionCache::keyOf(const Entry& entry)
{
    return {entry.context.get(), entry.tokenId, entry.revision, entry.session.count()};
}

bool AssertionCache::usable(const Entry& entry, std::chrono::sys_seconds now, bool hasWaited) const
{
    if (entry.state != State::ready)
        return false;
    // A clock that was set back must not leave JWTs of the future in use.
    const bool fromThePast = entry.issuedAt <= std::max(now, entry.context->notBefore);
    return fromThePast && (now < entry.freshUntil || (hasWaited && now < entry.issuedAt + std::max(entry.session, 2s)));
}

AssertionCache::Found AssertionCache::get(const std::shared_ptr<const AssertionContext>& context,
                                          const access::TokenEntry& token, std::chrono::seconds session,
                                          std::chrono::sys_seconds now, bool hasWaited, Waiter& waiter)
{
    const Key key{context.get(), token.id, token.revision, session.count()};
    const auto found = m_entries.find(key);
    if (found != m_entries.end() && found->second->clientId == token.clientId) {
        Entry& entry = *found->second;
        entry.used = true;
        if (usable(entry, now, hasWaited))
            return {State::ready, &entry};
        if (entry.state == State::failed && hasWaited)
            return {State::failed};
        if (entry.state != State::signing)
            sign(entry, now);
        entry.waiting.join(waiter);
        return {State::signing};
    }
    if (found != m_entries.end())
        erase(*found->second); // the id was given to another token
    Entry& entry = insert(key, context, token);
    sign(entry, now);
    entry.waiting.join(waiter);
    return {State::signing};
}

AssertionCache::Entry& AssertionCache::insert(const Key& key, const std::shared_ptr<const AssertionContext>& context,
                                              const access::TokenEntry& token)
{
    makeRoom();
    auto made = std::make_unique<Entry>();
    Entry& entry = *made;
    entry.context = context;
    entry.tokenId = token.id;
    entry.revision = token.revision;
    entry.session = std::chrono::seconds(key.session);
    entry.clientId = token.clientId;
    entry.position = m_clock.size();
    m_clock.push_back(&entry);
    m_entries.emplace(key, std::move(made));
    return entry;
}

// Entries that somebody waits for stay: there are no more of them than connections.
void AssertionCache::makeRoom()
{
    for (std::size_t looked = 0; m_clock.size() >= m_capacity && looked < 2 * m_capacity; ++looked) {
        m_hand = m_hand < m_clock.size() ? m_hand : 0;
        Entry& entry = *m_clock[m_hand];
        if (entry.state != State::signing && !std::exchange(entry.used, false))
            erase(entry);
        else
            ++m_hand;
    }
}

void AssertionCache::erase(Entry& entry)
{
    m_clock[entry.position] = m_clock.back();
    m_clock[entry.position]->position = entry.position;
    m_clock.pop_back();
    m_entries.erase(keyOf(entry));
}

void AssertionCache::sign(Entry& entry, std::chrono::sys_seconds now)
{
    entry.state = State::signing;
    entry.serial = ++m_serial;
    entry.issuedAt = std::max(now, entry.context->notBefore);
    entry.freshUntil = entry.issuedAt + std::clamp(entry.session / 2, 1s, 60s);
    SigningPool::Job job;
    job.context = entry.context;
    job.clientId = entry.clientId;
    job.issuedAt = entry.issuedAt;
    job.expiresAt = entry.issuedAt + entry.session;
    job.done = [this, key = keyOf(entry), serial = entry.serial](Result<std::string> jwt) {
        boost::asio::post(m_io, [this, key, serial, jwt = std::move(jwt)]() mutable { signedAs(key, serial, std::move(jwt)); });
    };
    m_signers.sign(std::move(job));
}

void AssertionCache::signedAs(const Key& key, std::uint64_t serial, Result<std::string> jwt)
{
    const auto found = m_entries.find(key);
    if (found == m_entries.end() || found->second->serial != serial)
        return;
    Entry& entry = *found->second;
    entry.state = jwt ? State::ready : State::failed;
    if (jwt)
        entry.line = "Cf-Access-Jwt-Assertion: " + *jwt + "\r\n";
    entry.waiting.wakeAll();
}

} // namespace latchkey::edge
