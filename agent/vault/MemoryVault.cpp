// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "MemoryVault.h"

namespace latchkey::vault {

void MemoryVault::state(StateHandler handler)
{
    m_poster.post([handler = std::move(handler)]() mutable { handler(VaultState::open); });
}

void MemoryVault::read(std::string key, ReadHandler handler)
{
    m_poster.post([this, key = std::move(key), handler = std::move(handler)]() mutable {
        const auto found = m_entries.find(key);
        if (found == m_entries.end())
            handler(fail(ErrorCode::vaultMissing, "The vault in memory has no entry " + key + "."));
        else
            handler(found->second.clone());
    });
}

void MemoryVault::write(std::string key, SecretBytes value, DoneHandler handler)
{
    m_poster.post([this, key = std::move(key), value = std::move(value), handler = std::move(handler)]() mutable {
        m_entries.insert_or_assign(std::move(key), std::move(value));
        handler({});
    });
}

void MemoryVault::remove(std::string key, DoneHandler handler)
{
    m_poster.post([this, key = std::move(key), handler = std::move(handler)]() mutable {
        m_entries.erase(key);
        handler({});
    });
}

void MemoryVault::unlock(DoneHandler handler)
{
    m_poster.post([handler = std::move(handler)]() mutable { handler({}); });
}

} // namespace latchkey::vault
