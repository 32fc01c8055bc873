// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusVirtualObject>
#include <QMap>

/// Keychain services that behave as real ones seldom do. Run in a process of its own by FakeKeychainProcess.
///   silent      Secret Service owns its name and never answers anything
///   stuck       the default collection is open, but reading and writing never end
///   refusing    the default collection is open, but reading and writing are refused
///   elsewhere   the default collection is open, but every entry lies in another one, which is locked
///   prompting   locked, and its prompt is accepted at once
///   waiting     locked, and its prompt waits until it is dismissed
///   new         there is no default collection until its prompt is accepted
///   kwallet     KWallet's own interface, with a wallet that opens when it is asked to
class FakeKeychain : public QDBusVirtualObject {
    Q_OBJECT
public:
    explicit FakeKeychain(QString mode) : m_mode(std::move(mode)) { }

    /// Serves until it is killed; says "ready" on stdout when it owns its name, "prompted" and
    /// "dismissed" when a prompt is.
    [[nodiscard]] static int serve(const QString& mode);

    QString introspect(const QString&) const override { return {}; }
    bool handleMessage(const QDBusMessage& message, const QDBusConnection& connection) override;

private:
    [[nodiscard]] QVariantList secretServiceReply(const QDBusMessage& message, const QDBusConnection& connection, bool& isSilent);
    [[nodiscard]] QVariantList walletReply(const QDBusMessage& message);

    QString m_mode;
    bool m_isOpen = false;
    QMap<QString, QByteArray> m_entries;
};
