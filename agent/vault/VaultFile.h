// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <functional>
#include <map>
#include <string>

namespace latchkey::vault {

/// The file of the `file` vault: `{"version":1,"entries":{"<key>":"<base64url>"}}`. Not thread-safe; several processes may
/// use one file at a time.
class VaultFile {
public:
    using Entries = std::map<std::string, SecretBytes>;

    explicit VaultFile(std::string directory);

    [[nodiscard]] const std::string& path() const { return m_path; }

    /// No file: no entries. Errors: vaultDenied (other people can read or replace it), damaged, io.
    [[nodiscard]] Result<Entries> load() const;

    /// Loads, lets `edit` change the entries, and replaces the file in one step if it answers true, alone among processes.
    /// When it returns, the new file would survive a power cut; after an error the old one is there unchanged.
    [[nodiscard]] Result<void> change(const std::function<bool(Entries&)>& edit) const;

private:
    std::string m_directory;
    std::string m_path;
};

} // namespace latchkey::vault
