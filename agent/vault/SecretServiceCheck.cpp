// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretServiceCheck.h"

#include <QDBusArgument>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QMap>

namespace latchkey::vault {

SecretServiceCheck::SecretServiceCheck(const QDBusConnection& bus, std::chrono::milliseconds deadline,
                                       std::optional<KeychainEntry> entry, KeychainGate::Handler handler, QObject* parent)
    : QObject(parent), m_bus(bus), m_timeout(deadline * 2), m_entry(std::move(entry)), m_handler(std::move(handler))
{
    qDBusRegisterMetaType<QMap<QString, QString>>();
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(deadline);
    connect(&m_deadline, &QTimer::timeout, this, [this] { answer(std::unexpected(timedOutError())); });
}

void SecretServiceCheck::start()
{
    m_deadline.start();
    const DBusCall call{secret_service::name(), secret_service::path(), secret_service::serviceInterface(),
                        QStringLiteral("ReadAlias"), {QStringLiteral("default")}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        if (reply.type() == QDBusMessage::ErrorMessage)
            return answer(std::unexpected(errorOf(reply)));
        const QString collection = reply.arguments().value(0).value<QDBusObjectPath>().path();
        if (collection.isEmpty() || collection == secret_service::none())
            return answer(fail(ErrorCode::vaultLocked,
                               "The keychain has no default keyring yet. Unlock it from Latchkey, which makes one and asks for "
                               "its password, or make one in your password manager."));
        askLocked(collection);
    });
}

void SecretServiceCheck::askLocked(const QString& collection)
{
    const DBusCall call{secret_service::name(), collection, QStringLiteral("org.freedesktop.DBus.Properties"),
                        QStringLiteral("Get"), {secret_service::collectionInterface(), QStringLiteral("Locked")}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        if (reply.type() == QDBusMessage::ErrorMessage)
            return answer(std::unexpected(errorOf(reply)));
        const QVariant locked = reply.arguments().value(0).value<QDBusVariant>().variant();
        if (locked.typeId() != QMetaType::Bool)
            return answer(std::unexpected(absentError("the Locked property is no boolean")));
        if (locked.toBool())
            return answer(fail(ErrorCode::vaultLocked, "The keychain is locked. Unlock it, then try again."));
        if (m_entry)
            return findEntry();
        answer({});
    });
}

void SecretServiceCheck::findEntry()
{
    // The attributes by which QtKeychain keeps an entry.
    const QMap<QString, QString> attributes{{QStringLiteral("server"), QString::fromStdString(m_entry->service)},
                                            {QStringLiteral("user"), QString::fromStdString(m_entry->key)}};
    const DBusCall call{secret_service::name(), secret_service::path(), secret_service::serviceInterface(),
                        QStringLiteral("SearchItems"), {QVariant::fromValue(attributes)}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        // A service that cannot search says why when it is asked for the entry itself.
        const auto unlocked = qdbus_cast<QList<QDBusObjectPath>>(reply.arguments().value(0));
        const auto locked = qdbus_cast<QList<QDBusObjectPath>>(reply.arguments().value(1));
        if (unlocked.isEmpty() && !locked.isEmpty())
            return answer(fail(ErrorCode::vaultLocked, "The entry " + m_entry->key + " lies in a keyring that is locked, apart from "
                                                       "the default one. Unlock it in your password manager, then try again."));
        answer({});
    });
}

void SecretServiceCheck::answer(Result<void> result)
{
    if (!m_handler)
        return;
    m_deadline.stop();
    deleteLater();
    auto handler = std::exchange(m_handler, nullptr);
    handler(std::move(result));   // Last: it may delete the gate, and this with it.
}

} // namespace latchkey::vault
