// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DBus.h"
#include "KeychainGate.h"

#include <QTimer>

namespace latchkey::vault {

namespace secret_service {
// Source: the freedesktop.org Secret Service API, 0.2.
[[nodiscard]] inline QString name() { return QStringLiteral("org.freedesktop.secrets"); }
[[nodiscard]] inline QString path() { return QStringLiteral("/org/freedesktop/secrets"); }
[[nodiscard]] inline QString serviceInterface() { return QStringLiteral("org.freedesktop.Secret.Service"); }
[[nodiscard]] inline QString collectionInterface() { return QStringLiteral("org.freedesktop.Secret.Collection"); }
[[nodiscard]] inline QString promptInterface() { return QStringLiteral("org.freedesktop.Secret.Prompt"); }
/// The path that stands for "none".
[[nodiscard]] inline QString none() { return QStringLiteral("/"); }
} // namespace secret_service

/// One look at Secret Service's default collection: open, locked, or not there; and at whether an entry lies only in a
/// collection that is locked, as libsecret would raise a prompt for it. Deletes itself when it has answered.
/// A service that has no default collection yet (a new account) counts as locked: it must ask the person for a password
/// before it keeps anything, and unlocking makes the collection.
class SecretServiceCheck : public QObject {
    Q_OBJECT
public:
    SecretServiceCheck(const QDBusConnection& bus, std::chrono::milliseconds deadline, std::optional<KeychainEntry> entry,
                       KeychainGate::Handler handler, QObject* parent);
    void start();

private:
    void askLocked(const QString& collection);
    void findEntry();
    void answer(Result<void> result);

    QDBusConnection m_bus;
    std::chrono::milliseconds m_timeout;   ///< Of one call; the timer below bounds all of them.
    std::optional<KeychainEntry> m_entry;
    KeychainGate::Handler m_handler;
    QTimer m_deadline;
};

} // namespace latchkey::vault
