// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Vault.h"

#include "FileVault.h"
#include "KeychainGate.h"
#include "MemoryVault.h"
#include "OsVault.h"

#include <array>

namespace latchkey::vault {
namespace {

constexpr std::array kKinds{VaultKind::os, VaultKind::file, VaultKind::memory};

} // namespace

std::string_view code(VaultKind kind)
{
    switch (kind) {
    case VaultKind::os:
        return "os";
    case VaultKind::file:
        return "file";
    case VaultKind::memory:
        return "memory";
    }
    return "os";
}

Result<VaultKind> vaultKindFrom(std::string_view text)
{
    for (const VaultKind kind : kKinds) {
        if (code(kind) == text)
            return kind;
    }
    return fail(ErrorCode::invalidArgument, "A vault is one of os, file and memory.");
}

std::unique_ptr<Vault> makeVault(VaultOptions options)
{
    switch (options.kind) {
    case VaultKind::file:
        return std::make_unique<FileVault>(std::move(options.directory));
    case VaultKind::memory:
        return std::make_unique<MemoryVault>();
    case VaultKind::os:
        break;
    }
    auto gate = makeKeychainGate(options.deadline);
    return std::make_unique<OsVault>(std::move(options), std::move(gate));
}

} // namespace latchkey::vault
