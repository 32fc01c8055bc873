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

class QObject;

namespace latchkey::vault {

enum class VaultKind { os, file, memory };

[[nodiscard]] std::string_view code(VaultKind kind);                       ///< `os`, `file`, `memory`
[[nodiscard]] Result<VaultKind> vaultKindFrom(std::string_view code);

/// Whether secrets can be had, told before anything is read.
enum class VaultState { open, locked, absent };

/// Keeps small secrets by key: the OS keychain, a 0600 file, or memory. Asynchronous; lives on one thread with a Qt event
/// loop, and every callback comes on that thread, exactly once, never from inside the call.
/// Errors: vaultLocked, vaultAbsent, vaultMissing (open, but no such entry), vaultDenied, timedOut.
class Vault {
public:
    using ReadHandler = std::move_only_function<void(Result<SecretBytes>)>;
    using DoneHandler = std::move_only_function<void(Result<void>)>;
    using StateHandler = std::move_only_function<void(VaultState)>;

    virtual ~Vault() = default;   ///< Pending calls answer with ErrorCode::cancelled… or not at all once it is gone.

    [[nodiscard]] virtual VaultKind kind() const = 0;
    [[nodiscard]] virtual std::string backend() const = 0;   ///< For people: "Secret Service", "Keychain", "file".

    virtual void state(StateHandler handler) = 0;
    virtual void read(std::string key, ReadHandler handler) = 0;
    /// Answers after the entry has been read back and compared: "kept" is then the truth.
    virtual void write(std::string key, SecretBytes value, DoneHandler handler) = 0;
    virtual void remove(std::string key, DoneHandler handler) = 0;   ///< Removing what is not there is no error.
    /// Asks the person to unlock (a prompt may come up); answers when it is open or they declined. Only the app calls it.
    virtual void unlock(DoneHandler handler) = 0;
};

struct VaultOptions {
    VaultKind kind = VaultKind::os;
    std::string service = "org.latchkey.Latchkey";     ///< The keychain's service name.
    std::string directory;                             ///< For `file`: where vault.json lies (the data directory).
    std::chrono::milliseconds deadline{5000};          ///< Of a single job.
    bool mayPrompt = false;                            ///< The app may; a background agent never does.
};
[[nodiscard]] std::unique_ptr<Vault> makeVault(VaultOptions options);

} // namespace latchkey::vault
