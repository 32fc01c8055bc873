// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FileVault.h"

namespace latchkey::vault {

FileVault::FileVault(std::string directory) : m_file(std::move(directory)) { }

void FileVault::state(StateHandler handler)
{
    m_poster.post([handler = std::move(handler)]() mutable { handler(VaultState::open); });
}

void FileVault::read(std::string key, ReadHandler handler)
{
    m_poster.post([this, key = std::move(key), handler = std::move(handler)]() mutable { handler(readNow(key)); });
}

void FileVault::write(std::string key, SecretBytes value, DoneHandler handler)
{
    m_poster.post([this, key = std::move(key), value = std::move(value), handler = std::move(handler)]() mutable {
        handler(writeNow(key, std::move(value)));
    });
}

void FileVault::remove(std::string key, DoneHandler handler)
{
    m_poster.post([this, key = std::move(key), handler = std::move(handler)]() mutable { handler(removeNow(key)); });
}

void FileVault::unlock(DoneHandler handler)
{
    m_poster.post([handler = std::move(handler)]() mutable { handler({}); });
}

Result<SecretBytes> FileVault::readNow(const std::string& key) const
{
    auto entries = m_file.load();
    if (!entries)
        return std::unexpected(entries.error());
    const auto found = entries->find(key);
    if (found == entries->end())
        return fail(ErrorCode::vaultMissing, "The file " + m_file.path() + " has no entry " + key + ".");
    return std::move(found->second);
}

Result<void> FileVault::writeNow(const std::string& key, SecretBytes value) const
{
    const SecretBytes expected = value.clone();
    const auto changed = m_file.change([&](VaultFile::Entries& entries) {
        entries.insert_or_assign(key, std::move(value));
        return true;
    });
    if (!changed)
        return changed;
    const auto kept = readNow(key);
    if (!kept)
        return std::unexpected(kept.error());
    if (!kept->equals(expected))
        return fail(ErrorCode::vaultDenied, "The file " + m_file.path() + " did not keep what was written. Check the disk.");
    return {};
}

Result<void> FileVault::removeNow(const std::string& key) const
{
    return m_file.change([&](VaultFile::Entries& entries) { return entries.erase(key) != 0; });
}

} // namespace latchkey::vault
