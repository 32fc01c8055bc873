// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DBus.h"
#include "KeychainGate.h"

#include <QObject>

#include <vector>

namespace latchkey::vault {

/// Whether QtKeychain 0.13 would use KWallet's own interface here, which it does under Plasma 5 and nowhere else.
[[nodiscard]] bool isPlasma5Session();

/// The gate of KWallet under Plasma 5. A wallet that is not open counts as locked: opening it may raise a prompt. Where
/// kwalletd does not answer, QtKeychain falls back to Secret Service, and so does this.
class KWalletGate final : public KeychainGate {
public:
    KWalletGate(std::chrono::milliseconds deadline, std::unique_ptr<KeychainGate> fallback);

    std::string backend() const override { return "KWallet"; }
    void check(std::optional<KeychainEntry> entry, Handler handler) override;
    void unlock(Handler handler) override;

private:
    std::chrono::milliseconds m_deadline;
    std::unique_ptr<KeychainGate> m_fallback;
    SessionBus m_bus;
    std::vector<Handler> m_waiting;   ///< For the prompt that is up.
    QObject m_calls;                  ///< Context of what is under way.

    void unlocked(Result<void> result);
    void openWallet(const QString& wallet);
};

} // namespace latchkey::vault
