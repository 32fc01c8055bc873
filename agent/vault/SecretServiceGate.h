// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DBus.h"
#include "KeychainGate.h"

#include <QObject>

#include <vector>

namespace latchkey::vault {

/// The gate of GNOME Keyring, KeePassXC, KWallet from Plasma 6 on and whatever else speaks Secret Service.
class SecretServiceGate final : public KeychainGate {
public:
    explicit SecretServiceGate(std::chrono::milliseconds deadline);

    std::string backend() const override { return "Secret Service"; }
    void check(std::optional<KeychainEntry> entry, Handler handler) override;
    void unlock(Handler handler) override;

private:
    [[nodiscard]] Result<QDBusConnection> connection();
    void unlocked(Result<void> result);

    std::chrono::milliseconds m_deadline;
    SessionBus m_bus;
    std::vector<Handler> m_waiting;   ///< For the prompt that is up.
    QObject m_calls;                  ///< Parent of what is under way.
};

} // namespace latchkey::vault
