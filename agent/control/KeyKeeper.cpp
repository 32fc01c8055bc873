// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeyKeeper.h"

#include "KeyMaker.h"
#include "Naming.h"
#include "Startup.h"

#include <QPointer>

#include <algorithm>

namespace latchkey::control {

namespace {

/// Strikes a key out and notes that the vault still has it.
Result<void> strike(store::Store& store, const std::string& kid)
{
    if (auto deleted = store.deleteKey(kid); !deleted)
        return deleted;
    return store.noteLeftoverKey(kid);
}

bool isPast(const store::KeyRecord& record, std::chrono::sys_seconds now)
{
    return record.retiredAt && *record.retiredAt + Startup::previousKeyLife <= now;
}

/// Step 4: the records of a rotation, in one transaction.
Result<void> makeCurrent(Transaction& transaction, std::shared_ptr<const jose::SigningKey> next)
{
    auto& store = transaction.store;
    auto records = store.keys();
    if (!records)
        return std::unexpected(records.error());
    for (auto& record : *records) {
        const bool signedUntilNow = !record.retiredAt;
        if (signedUntilNow)
            record.retiredAt = transaction.now;
        if (auto kept = signedUntilNow ? store.saveKey(record) : strike(store, record.kid); !kept)
            return kept;
    }
    if (auto saved = store.saveKey({next->kid(), next->createdAt(), std::nullopt}); !saved)
        return saved;
    if (auto forgotten = store.forgetLeftoverKey(next->kid()); !forgotten)
        return forgotten;
    auto& candidate = transaction.candidate;
    candidate.state.keys = candidate.state.keys.rotatedTo(std::move(next), transaction.now + Startup::previousKeyLife);
    candidate.concernsEdge = true;
    return {};
}

/// The records of a restoring, in one transaction: see KeyKeeper::restore().
Result<void> putIntoService(Transaction& transaction, const std::vector<KeyBundle::SigningKey>& keys)
{
    using Key = std::shared_ptr<const jose::SigningKey>;
    auto& ring = transaction.candidate.state.keys;
    Key current;
    Key previous;
    std::chrono::sys_seconds retiredAt{};
    for (const auto& each : keys) {
        if (!each.retiredAt) {
            current = each.key;
        } else if (*each.retiredAt + Startup::previousKeyLife > transaction.now && (!previous || *each.retiredAt > retiredAt)) {
            previous = each.key;
            retiredAt = *each.retiredAt;
        }
    }
    if (!previous && ring.current->kid() != current->kid()) {
        previous = ring.current;
        retiredAt = transaction.now;
    } else if (!previous && ring.previousIsPublished(transaction.now)) {
        previous = ring.previous;
        retiredAt = ring.previousUntil - Startup::previousKeyLife;
    }

    auto& store = transaction.store;
    auto records = store.keys();
    if (!records)
        return std::unexpected(records.error());
    for (const auto& record : *records) {
        if (record.kid == current->kid() || (previous && record.kid == previous->kid()))
            continue;
        if (auto struck = strike(store, record.kid); !struck)
            return struck;
    }
    const auto keep = [&](const Key& key, std::optional<std::chrono::sys_seconds> end) -> Result<void> {
        if (auto saved = store.saveKey({key->kid(), key->createdAt(), end}); !saved)
            return saved;
        return store.forgetLeftoverKey(key->kid());
    };
    if (auto kept = keep(current, std::nullopt); !kept)
        return kept;
    if (previous) {
        if (auto kept = keep(previous, retiredAt); !kept)
            return kept;
    }
    ring = {current, previous, previous ? retiredAt + Startup::previousKeyLife : std::chrono::sys_seconds{}};
    transaction.candidate.concernsEdge = true;
    return {};
}

Result<void> retire(Transaction& transaction)
{
    auto& store = transaction.store;
    auto records = store.keys();
    if (!records)
        return std::unexpected(records.error());
    for (const auto& record : *records) {
        if (!isPast(record, transaction.now))
            continue;
        if (auto struck = strike(store, record.kid); !struck)
            return struck;
    }
    auto& keys = transaction.candidate.state.keys;
    if (keys.previous && !keys.previousIsPublished(transaction.now)) {
        keys.previous.reset();
        transaction.candidate.concernsEdge = true;
    }
    return {};
}

} // namespace

KeyKeeper::KeyKeeper(Dependencies dependencies)
    : m_with(std::move(dependencies))
{
    m_watch.setInterval(m_with.watchInterval);
    connect(&m_watch, &QTimer::timeout, this, &KeyKeeper::look);
}

KeyKeeper::~KeyKeeper() = default;

template <typename Handler>
std::move_only_function<void(Result<void>)> KeyKeeper::guarded(Handler handler)
{
    return [self = QPointer<KeyKeeper>(this), handler = std::move(handler)](Result<void> result) mutable {
        if (self && !self->m_stopped)
            handler(std::move(result));
    };
}

void KeyKeeper::begin()
{
    m_watch.start();
    look();
}

void KeyKeeper::stop()
{
    m_stopped = true;
    m_watch.stop();
    for (auto& answer : std::exchange(m_asking, {}))
        answer(fail(ErrorCode::cancelled, "The agent is stopping."));
    if (auto restoring = std::exchange(m_restoring, std::nullopt))
        restoring->answer(fail(ErrorCode::cancelled, "The agent is stopping."));
}

access::KeyRotation KeyKeeper::rotation() const
{
    return {.intervalDays = m_with.intervalDays(), .lastAt = m_with.committer.state().keys.current->createdAt()};
}

void KeyKeeper::rotate(Answer<access::KeyRotation> answer)
{
    if (m_stopped) {
        post(this, [answer = std::move(answer)]() mutable { answer(fail(ErrorCode::cancelled, "The agent is stopping.")); });
        return;
    }
    m_asking.push_back(std::move(answer));
    // What is being restored is to be in service first; endRestore() goes on from here.
    if (m_restoring || std::exchange(m_rotating, true))
        return;
    makeNext();
}

void KeyKeeper::makeNext()
{
    makeSigningKey(m_with.clock.now(), this, [this](Result<Key> made) { keyMade(std::move(made)); });
}

void KeyKeeper::keyMade(Result<Key> made)
{
    if (m_stopped)
        return;
    if (!made)
        return finishWith(std::unexpected(made.error()));
    m_next = std::move(*made);
    m_with.committer.submit<void>(
        [kid = m_next->kid()](Transaction& transaction) { return transaction.store.noteLeftoverKey(kid); },
        guarded([this](Result<void> noted) {
            if (!noted)
                return finishWith(std::move(noted));
            keyNoted();
        }));
}

void KeyKeeper::keyNoted()
{
    auto der = m_next->toPkcs8Der();
    if (!der)
        return finishWith(std::unexpected(der.error()));
    m_with.vault.write(signingKeyKey(m_with.agentId, m_next->kid()), std::move(*der), guarded([this](Result<void> written) {
                           if (!written)
                               return finishWith(std::move(written));
                           keyKept();
                       }));
}

void KeyKeeper::keyKept()
{
    m_with.committer.submit<void>([next = m_next](Transaction& transaction) { return makeCurrent(transaction, next); },
                                  guarded([this](Result<void> result) { finishWith(std::move(result)); }));
}

/// Of a rotation that came to nothing the note is left, and clearLeftovers() takes the key away again.
void KeyKeeper::finishWith(Result<void> result)
{
    m_rotating = false;
    if (result) {
        m_with.log.write(Log::Level::info, "the signing key was rotated", {{"kid", m_next->kid()}});
        m_with.rotated();
    }
    m_next.reset();
    for (auto& answer : std::exchange(m_asking, {})) {
        if (result)
            answer(rotation());
        else
            answer(std::unexpected(result.error()));
    }
    clearLeftovers();
}

void KeyKeeper::look()
{
    retirePast();
    clearLeftovers();
    const bool isResting = m_sinceFailure.isValid() && !m_sinceFailure.hasExpired(std::chrono::milliseconds(retryDelay).count());
    if (m_rotating || m_restoring || isResting || !rotation().isDue(m_with.clock.now()))
        return;
    rotate([this](Result<access::KeyRotation> result) {
        if (result)
            return m_sinceFailure.invalidate();
        m_sinceFailure.start();
        m_with.log.write(Log::Level::warning, "the signing key is due for rotation and could not be rotated",
                         {{"why", result.error().message}, {"detail", result.error().detail}});
    });
}

void KeyKeeper::retirePast()
{
    const auto now = m_with.clock.now();
    const auto& keys = m_with.committer.state().keys;
    bool isDue = keys.previous && !keys.previousIsPublished(now);
    if (const auto records = m_with.store.keys()) {
        for (const auto& record : *records)
            isDue = isDue || isPast(record, now);
    }
    if (isDue)
        m_with.committer.submit<void>(retire, guarded([this](const Result<void>& retired) {
                                          if (retired)
                                              clearLeftovers();
                                      }));
}

KeyBundle KeyKeeper::bundle() const
{
    const auto& ring = m_with.committer.state().keys;
    KeyBundle bundle;
    bundle.signing.push_back({ring.current, std::nullopt});
    if (ring.previousIsPublished(m_with.clock.now()))
        bundle.signing.push_back({ring.previous, ring.previousUntil - Startup::previousKeyLife});
    return bundle;
}

bool KeyKeeper::isInService(const std::vector<KeyBundle::SigningKey>& keys) const
{
    const auto& ring = m_with.committer.state().keys;
    return std::ranges::all_of(keys, [&](const KeyBundle::SigningKey& each) {
        if (!each.retiredAt)
            return each.key->kid() == ring.current->kid();
        const bool isOver = *each.retiredAt + Startup::previousKeyLife <= m_with.clock.now();
        return isOver || (ring.previous && ring.previous->kid() == each.key->kid());
    });
}

void KeyKeeper::restore(std::vector<KeyBundle::SigningKey> keys, AlsoChange also, Answer<void> answer)
{
    if (m_stopped || m_rotating || m_restoring || m_clearing) {
        post(this, [stopped = m_stopped, answer = std::move(answer)]() mutable {
            answer(stopped ? fail(ErrorCode::cancelled, "The agent is stopping.")
                           : fail(ErrorCode::conflict, "The agent's keys are being changed just now. Try again in a moment."));
        });
        return;
    }
    m_restoring.emplace(Restoring{std::move(keys), {}, std::move(also), std::move(answer)});
    const auto records = m_with.store.keys();
    if (!records)
        return post(this, [this, error = records.error()] { endRestore(std::unexpected(error)); });
    std::vector<std::string> kids;
    for (const auto& each : m_restoring->keys) {
        // What the database asks for is in the vault, and must never be noted as a leftover.
        if (std::ranges::find(*records, each.key->kid(), &store::KeyRecord::kid) != records->end())
            continue;
        m_restoring->unwritten.push_back(each.key);
        kids.push_back(each.key->kid());
    }
    m_with.committer.submit<void>(
        [kids = std::move(kids)](Transaction& transaction) -> Result<void> {
            for (const auto& kid : kids) {
                if (auto noted = transaction.store.noteLeftoverKey(kid); !noted)
                    return noted;
            }
            return {};
        },
        guarded([this](Result<void> noted) {
            if (!noted)
                return endRestore(std::move(noted));
            writeRestored();
        }));
}

void KeyKeeper::writeRestored()
{
    if (m_restoring->unwritten.empty())
        return commitRestored();
    const auto key = m_restoring->unwritten.back();
    m_restoring->unwritten.pop_back();
    auto der = key->toPkcs8Der();
    if (!der)
        return endRestore(std::unexpected(der.error()));
    m_with.vault.write(signingKeyKey(m_with.agentId, key->kid()), std::move(*der), guarded([this](Result<void> written) {
                           if (!written)
                               return endRestore(std::move(written));
                           writeRestored();
                       }));
}

void KeyKeeper::commitRestored()
{
    m_with.committer.submit<void>(
        [keys = m_restoring->keys, also = std::move(m_restoring->also)](Transaction& transaction) mutable -> Result<void> {
            if (auto done = also(transaction); !done)
                return done;
            return putIntoService(transaction, keys);
        },
        guarded([this](Result<void> result) { endRestore(std::move(result)); }));
}

/// Of one that came to nothing the notes are left, and clearLeftovers() takes the keys away again.
void KeyKeeper::endRestore(Result<void> result)
{
    auto answer = std::move(m_restoring->answer);
    m_restoring.reset();
    if (result)
        m_with.log.write(Log::Level::info, "the signing keys of a backup are in service",
                         {{"kid", m_with.committer.state().keys.current->kid()}});
    answer(std::move(result));
    if (!m_asking.empty() && !std::exchange(m_rotating, true))
        makeNext();
    clearLeftovers();
}

void KeyKeeper::clearLeftovers()
{
    // While a rotation is under way its own key is noted.
    if (m_stopped || m_rotating || m_restoring || m_clearing)
        return;
    auto kids = m_with.store.leftoverKeys();
    if (!kids)
        return couldNotClear(kids.error());
    if (kids->empty())
        return;
    m_leftovers = std::move(*kids);
    m_clearing = true;
    clearNext();
}

void KeyKeeper::clearNext()
{
    if (m_leftovers.empty()) {
        m_clearing = false;
        m_toldCannotClear = false;
        return;
    }
    const auto kid = m_leftovers.back();
    m_leftovers.pop_back();
    m_with.vault.remove(signingKeyKey(m_with.agentId, kid), guarded([this, kid](const Result<void>& removed) {
        if (!removed)
            return couldNotClear(removed.error());
        m_with.committer.submit<void>([kid](Transaction& transaction) { return transaction.store.forgetLeftoverKey(kid); },
                                      guarded([this](const Result<void>& forgotten) {
                                          if (!forgotten)
                                              return couldNotClear(forgotten.error());
                                          clearNext();
                                      }));
    }));
}

/// A key too many is no danger; it is tried again.
void KeyKeeper::couldNotClear(const Error& error)
{
    m_clearing = false;
    if (!std::exchange(m_toldCannotClear, true))
        m_with.log.write(Log::Level::warning, "a signing key that is not needed any more is still in the vault",
                         {{"why", error.message}, {"detail", error.detail}});
}

} // namespace latchkey::control
