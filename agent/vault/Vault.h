// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace latchkey::vault {

enum class VaultKind { os, file, memory };

[[nodiscard]] std::string_view code(VaultKind kind);                       ///< `os`, `file`, `memory`
[[nodiscard]] Result<VaultKind> vaultKindFrom(std::string_view code);

/// Whether secrets can be had, told before anything is read.
enum class VaultState { open, locked, absent };

/// Keeps small secrets by key: the OS keychain, a 0600 file, or memory. Asynchronous; lives on one thread with a Qt event
/// loop, and every callback comes on that thread, exactly once, never from inside the call, and never after the vault is
/// gone. A callback may destroy the vault. All vaults of kind `os` of a process belong on one thread (QtKeychain has one
/// queue a process).
/// Errors: vaultLocked, vaultAbsent, vaultMissing (open, but no such entry), vaultDenied, timedOut; of the file also damaged
/// and io. A write that timed out may still arrive in the keychain later.
class Vault {
public:
    using ReadHandler = std::move_only_function<void(Result<SecretBytes>)>;
    using DoneHandler = std::move_only_function<void(Result<void>)>;
    using StateHandler = std::move_only_function<void(VaultState)>;

    virtual ~Vault() = default;

    [[nodiscard]] virtual VaultKind kind() const = 0;
    [[nodiscard]] virtual std::string backend() const = 0;   ///< For people: "Secret Service", "Keychain", "file".

    /// Never raises a prompt. A service that does not answer within the deadline counts as absent.
    virtual void state(StateHandler handler) = 0;
    virtual void read(std::string key, ReadHandler handler) = 0;
    /// Answers after the entry has been read back and compared: "kept" is then the truth.
    virtual void write(std::string key, SecretBytes value, DoneHandler handler) = 0;
    virtual void remove(std::string key, DoneHandler handler) = 0;   ///< Removing what is not there is no error.
    /// Asks the person to unlock (a prompt comes up whatever VaultOptions::mayPrompt says) and waits for them without limit;
    /// answers when it is open or they declined (vaultDenied). Where Secret Service has no default keyring yet, which counts
    /// as locked, this makes one. Only the app calls it.
    virtual void unlock(DoneHandler handler) = 0;
};

struct VaultOptions {
    VaultKind kind = VaultKind::os;
    std::string service = "org.latchkey.Latchkey";     ///< The keychain's service name.
    std::string directory;                             ///< For `file`: where vault.json lies (the data directory).
    std::chrono::milliseconds deadline{5000};          ///< Of a single call, the time a person takes at a prompt apart.
    /// Whether read, write and remove may unlock() a locked keychain first; if not they answer vaultLocked at once. For the
    /// app; a background agent never does.
    bool mayPrompt = false;
};
[[nodiscard]] std::unique_ptr<Vault> makeVault(VaultOptions options);

} // namespace latchkey::vault
