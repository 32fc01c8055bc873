// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Poster.h"
#include "Vault.h"

#include <map>

namespace latchkey::vault {

/// Secrets that end with the process: for tests, tours and "without keychain for this session".
class MemoryVault final : public Vault {
public:
    VaultKind kind() const override { return VaultKind::memory; }
    std::string backend() const override { return "memory"; }
    void state(StateHandler handler) override;
    void read(std::string key, ReadHandler handler) override;
    void write(std::string key, SecretBytes value, DoneHandler handler) override;
    void remove(std::string key, DoneHandler handler) override;
    void unlock(DoneHandler handler) override;

private:
    std::map<std::string, SecretBytes> m_entries;
    Poster m_poster;
};

} // namespace latchkey::vault
