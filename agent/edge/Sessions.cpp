// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Sessions.h"

#include "agent/http/Characters.h"
#include "agent/jose/Verify.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace latchkey::edge {

namespace {

std::string textOf(const Json& object, std::string_view name)
{
    const Json* member = object.find(name);
    return member != nullptr && member->asString() != nullptr ? *member->asString() : std::string();
}

std::chrono::sys_seconds timeOf(const Json& object, std::string_view name)
{
    const Json* member = object.find(name);
    return std::chrono::sys_seconds(std::chrono::seconds(member != nullptr ? member->asInteger().value_or(0) : 0));
}

} // namespace

std::shared_ptr<const Session> verifySession(const std::string& jwt, const jose::JwkSet& keys)
{
    auto decoded = jose::decodeJwt(jwt);
    if (!decoded)
        return nullptr;
    // At its own time of issue; what is expired is sound all the same, and becomes a reason of its own later.
    const auto verdict = jose::verify(*decoded, keys, {{}, {}, timeOf(decoded->payload, "iat"), std::chrono::seconds(0)});
    if (!verdict.valid() && verdict.fault != jose::JwtFault::expired)
        return nullptr;
    auto session = std::make_shared<Session>();
    session->payload = std::move(decoded->payload);
    if (const Json* audience = session->payload.find("aud"); audience != nullptr) {
        if (audience->asString() != nullptr)
            session->audiences.push_back(*audience->asString());
        else if (audience->asArray() != nullptr) {
            for (const Json& item : *audience->asArray())
                session->audiences.push_back(item.asString() != nullptr ? *item.asString() : std::string());
        }
    }
    session->issuer = textOf(session->payload, "iss");
    session->kid = textOf(decoded->header, "kid");
    session->commonName = textOf(session->payload, "common_name");
    session->email = textOf(session->payload, "email");
    session->issuedAt = timeOf(session->payload, "iat");
    session->expiresAt = timeOf(session->payload, "exp");
    if (session->commonName.empty() == session->email.empty()) // one of the two, or it is nobody's
        return nullptr;
    return session;
}

std::string_view sessionTokenOf(const http::RequestHead& head, const Credentials& credentials)
{
    if (const http::Field* raw = head.find("cf-access-token"))
        return head.value(*raw);
    for (const std::uint8_t index : credentials.cookies()) {
        std::string_view value = head.value(head.fields()[index]);
        while (const auto pair = takeCookie(value)) {
            if (isAuthorizationCookie(*pair) && pair->find('=') != std::string_view::npos)
                return http::characters::trimBlanks(pair->substr(pair->find('=') + 1));
        }
    }
    return {};
}

SessionCache::Found SessionCache::get(std::string_view jwt, const base::Digest& digest,
                                      const std::shared_ptr<const jose::JwkSet>& keys, Waiter& waiter)
{
    if (const auto known = m_entries.find(digest); known != m_entries.end()) {
        Entry& entry = known->second;
        if (entry.found.state == State::invalid && entry.keys != keys) {
            // Its key may have been published since.
            std::erase(m_invalid, digest);
            verify(jwt, digest, entry, keys);
        }
        if (entry.found.state == State::verifying)
            entry.waiting.join(waiter);
        return entry.found;
    }
    // What cannot be a JWT costs nobody a place.
    if (jwt.size() > jose::maxJwtBytes || std::ranges::count(jwt, '.') != 2)
        return {State::invalid, nullptr};
    makeRoom();
    Entry& entry = m_entries[digest];
    entry.waiting.join(waiter);
    verify(jwt, digest, entry, keys);
    return {};
}

void SessionCache::verify(std::string_view jwt, const base::Digest& digest, Entry& entry, const std::shared_ptr<const jose::JwkSet>& keys)
{
    entry.found = {};
    entry.keys = keys;
    m_pool.run([this, digest, keys, text = std::string(jwt)] {
        boost::asio::post(m_io, [this, digest, session = verifySession(text, *keys)]() mutable { verified(digest, std::move(session)); });
    });
}

void SessionCache::makeRoom()
{
    if (m_entries.size() < m_capacity)
        return;
    auto& settled = m_invalid.empty() ? m_valid : m_invalid;
    if (settled.empty())
        return;
    m_entries.erase(settled.front());
    settled.pop_front();
}

void SessionCache::verified(const base::Digest& digest, std::shared_ptr<const Session> session)
{
    const auto found = m_entries.find(digest);
    if (found == m_entries.end() || found->second.found.state != State::verifying)
        return;
    (session ? m_valid : m_invalid).push_back(digest);
    found->second.found = {session ? State::valid : State::invalid, std::move(session)};
    found->second.waiting.wakeAll();
}

} // namespace latchkey::edge
