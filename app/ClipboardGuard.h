// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/SecretBytes.h"
#include "agent/base/Sha256.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

namespace latchkey::app {

/// Puts secrets into the clipboard with the marks that keep clipboard managers away, and clears it after a while, but only
/// if it still holds what was put there. Remembers a digest, not the secret. GUI thread only.
class ClipboardGuard final : public QObject {
    Q_OBJECT
public:
    explicit ClipboardGuard(std::chrono::seconds lifetime = std::chrono::seconds(60), QObject* parent = nullptr);
    ~ClipboardGuard() override;   ///< Clears it if it is still ours: nothing survives the app.

    void putSecret(const SecretBytes& text);
    void putPublic(const QString& text);
    void clearIfOurs();

    [[nodiscard]] std::optional<std::chrono::seconds> left() const;

Q_SIGNALS:
    /// Every second while a secret of ours is in the clipboard, and once with nullopt when it is gone.
    void countdown(std::optional<std::chrono::seconds> left);

private:
    void tick();
    [[nodiscard]] bool isOurs() const;
    void forget();

    std::chrono::seconds m_lifetime;
    std::optional<base::Digest> m_digest;
    QElapsedTimer m_since;
    QTimer m_tick;
};

} // namespace latchkey::app
