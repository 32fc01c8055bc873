// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Poster.h"
#include "Vault.h"
#include "VaultFile.h"

namespace latchkey::vault {

/// Secrets in `<directory>/vault.json`, readable by the owner only; for machines without a keychain. Every call reads the
/// file anew, so that another process's change is seen and no secret stays in memory.
/// Errors: vaultMissing, vaultDenied (other people can read the file), damaged, io.
class FileVault final : public Vault {
public:
    explicit FileVault(std::string directory);

    VaultKind kind() const override { return VaultKind::file; }
    std::string backend() const override { return "file"; }
    void state(StateHandler handler) override;
    void read(std::string key, ReadHandler handler) override;
    void write(std::string key, SecretBytes value, DoneHandler handler) override;
    void remove(std::string key, DoneHandler handler) override;
    void unlock(DoneHandler handler) override;

private:
    [[nodiscard]] Result<SecretBytes> readNow(const std::string& key) const;
    [[nodiscard]] Result<void> writeNow(const std::string& key, SecretBytes value) const;
    [[nodiscard]] Result<void> removeNow(const std::string& key) const;

    VaultFile m_file;
    Poster m_poster;
};

} // namespace latchkey::vault
