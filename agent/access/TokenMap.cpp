// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenMap.h"

#include "ServiceToken.h"

#include <algorithm>
#include <array>
#include <functional>

namespace latchkey::access {

namespace {

// Two levels of 64: a change copies one shard's table and two directories of 64 pointers, whatever the number of tokens.
constexpr std::size_t fanOut = 64;

std::size_t hashOf(std::string_view clientId)
{
    return std::hash<std::string_view>()(clientId);
}

} // namespace

using Entry = std::shared_ptr<const TokenEntry>;

/// An open-addressing table; `slots` is a power of two and at most three quarters full.
struct TokenMap::Shard {
    std::vector<Entry> slots;
    std::size_t count = 0;

    [[nodiscard]] std::size_t slotOf(std::string_view clientId, std::size_t hash) const
    {
        std::size_t slot = (hash >> 12U) & (slots.size() - 1);
        while (slots[slot] && slots[slot]->clientId != clientId)
            slot = (slot + 1) & (slots.size() - 1);
        return slot;
    }

    void resize(std::size_t wanted)
    {
        std::size_t size = 4;
        while (size * 3 < wanted * 4)
            size *= 2;
        std::vector<Entry> old(size);
        old.swap(slots);
        count = 0;
        for (Entry& entry : old) {
            if (entry)
                put(std::move(entry));
        }
    }

    /// true: a new one.
    bool put(Entry entry)
    {
        if (slots.empty())
            slots.resize(4);
        const std::size_t hash = hashOf(entry->clientId);
        std::size_t slot = slotOf(entry->clientId, hash);
        const bool isNew = !slots[slot];
        if (isNew && (count + 1) * 4 > slots.size() * 3) {
            resize((count + 1) * 3 / 2);
            slot = slotOf(entry->clientId, hash);
        }
        slots[slot] = std::move(entry);
        count += isNew ? 1 : 0;
        return isNew;
    }

    void removeAt(std::size_t slot)
    {
        slots[slot].reset();
        --count;
        // What was pushed on by the removed one moves back, so that no search ends early.
        for (std::size_t next = (slot + 1) & (slots.size() - 1); slots[next]; next = (next + 1) & (slots.size() - 1)) {
            Entry entry = std::move(slots[next]);
            const std::size_t better = slotOf(entry->clientId, hashOf(entry->clientId));
            slots[better] = std::move(entry);
        }
    }
};

struct TokenMap::Directory {
    using Branch = std::array<std::shared_ptr<const Shard>, fanOut>;
    std::array<std::shared_ptr<const Branch>, fanOut> branches;
    std::size_t size = 0;

    [[nodiscard]] const Shard* shard(std::size_t hash) const
    {
        const auto& branch = branches[hash % fanOut];
        return branch ? (*branch)[hash / fanOut % fanOut].get() : nullptr;
    }

    void setShard(std::size_t hash, std::shared_ptr<const Shard> shard)
    {
        auto& branch = branches[hash % fanOut];
        auto copy = branch ? std::make_shared<Branch>(*branch) : std::make_shared<Branch>();
        (*copy)[hash / fanOut % fanOut] = std::move(shard);
        branch = std::move(copy);
    }
};

TokenMap::TokenMap()
    : m_directory(std::make_shared<const Directory>())
{
}

TokenMap TokenMap::build(std::vector<std::shared_ptr<const TokenEntry>> entries)
{
    std::vector<std::shared_ptr<Shard>> shards(fanOut * fanOut);
    std::vector<std::size_t> sizes(shards.size());
    const auto place = [](const Entry& entry) { return hashOf(entry->clientId) % (fanOut * fanOut); };
    for (const Entry& entry : entries)
        ++sizes[place(entry)];
    auto directory = std::make_shared<Directory>();
    for (Entry& entry : entries) {
        const std::size_t index = place(entry);
        auto& shard = shards[index];
        if (!shard) {
            shard = std::make_shared<Shard>();
            shard->resize(sizes[index]);
        }
        directory->size += shard->put(std::move(entry)) ? 1 : 0;
    }
    for (std::size_t low = 0; low < fanOut; ++low) {
        auto branch = std::make_shared<Directory::Branch>();
        for (std::size_t high = 0; high < fanOut; ++high)
            (*branch)[high] = std::move(shards[low + high * fanOut]);
        directory->branches[low] = std::move(branch);
    }
    TokenMap map;
    map.m_directory = std::move(directory);
    return map;
}

const TokenEntry* TokenMap::find(std::string_view clientId) const
{
    const std::size_t hash = hashOf(clientId);
    const Shard* shard = m_directory->shard(hash);
    return shard != nullptr && !shard->slots.empty() ? shard->slots[shard->slotOf(clientId, hash)].get() : nullptr;
}

TokenMap TokenMap::with(std::shared_ptr<const TokenEntry> entry) const
{
    const std::size_t hash = hashOf(entry->clientId);
    const Shard* old = m_directory->shard(hash);
    auto shard = old != nullptr ? std::make_shared<Shard>(*old) : std::make_shared<Shard>();
    auto directory = std::make_shared<Directory>(*m_directory);
    directory->size += shard->put(std::move(entry)) ? 1 : 0;
    directory->setShard(hash, std::move(shard));
    TokenMap map;
    map.m_directory = std::move(directory);
    return map;
}

TokenMap TokenMap::without(std::string_view clientId) const
{
    if (find(clientId) == nullptr)
        return *this;
    const std::size_t hash = hashOf(clientId);
    auto shard = std::make_shared<Shard>(*m_directory->shard(hash));
    shard->removeAt(shard->slotOf(clientId, hash));
    if (shard->count * 8 < shard->slots.size())
        shard->resize(shard->count);
    auto directory = std::make_shared<Directory>(*m_directory);
    --directory->size;
    directory->setShard(hash, shard->count != 0 ? std::move(shard) : nullptr);
    TokenMap map;
    map.m_directory = std::move(directory);
    return map;
}

std::size_t TokenMap::size() const
{
    return m_directory->size;
}

TokenEntry entryFor(const TokenRecord& record, std::uint32_t revision)
{
    const auto seconds = [](const std::optional<std::chrono::sys_seconds>& time) {
        // 0 says "none": a moment at the epoch must not become that, and before it all are equally long past.
        return time ? std::max<std::int64_t>(time->time_since_epoch().count(), 1) : 0;
    };
    TokenEntry entry;
    entry.clientId = record.token.clientId.value;
    entry.id = uuidBytes(record.token.id.value).value_or(std::array<std::uint8_t, 16>{});
    entry.current = record.secrets.current;
    if (record.secrets.previous) {
        entry.previous = *record.secrets.previous;
        entry.previousUntil = seconds(record.token.previousClientSecretExpiresAt);
    }
    entry.expiresAt = seconds(record.token.expiresAt);
    entry.activeFrom = record.activeFrom.time_since_epoch().count();
    entry.revision = revision;
    entry.enabled = record.token.enabled;
    return entry;
}

} // namespace latchkey::access
