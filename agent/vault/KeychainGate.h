// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace latchkey::vault {

/// An entry as QtKeychain names it.
struct KeychainEntry {
    std::string service;
    std::string key;
};

/// Knows whether the operating system's keychain can be used. QtKeychain alone cannot tell a
/// locked keychain from a missing entry, so on Linux this asks the keychain's service itself. Lives on one thread with an
/// event loop; handlers come on it, exactly once, possibly from inside the call, and never after the gate is gone.
class KeychainGate {
public:
    using Handler = std::move_only_function<void(Result<void>)>;

    virtual ~KeychainGate() = default;

    [[nodiscard]] virtual std::string backend() const = 0;   ///< For people.

    /// Never raises a prompt. With an entry, also whether that entry could be reached without one: it may lie in a keyring
    /// that is locked while the default one is open. Errors: vaultLocked, vaultAbsent, timedOut.
    virtual void check(std::optional<KeychainEntry> entry, Handler handler) = 0;

    /// Raises the keychain's own prompt if it is locked, and waits for the person without limit. Calls while a prompt is up
    /// wait for the same one. Errors: vaultDenied (they declined), vaultAbsent, timedOut (the service, not the person).
    virtual void unlock(Handler handler) = 0;
};

/// The gate of this operating system; `deadline` bounds a check.
[[nodiscard]] std::unique_ptr<KeychainGate> makeKeychainGate(std::chrono::milliseconds deadline);

} // namespace latchkey::vault
