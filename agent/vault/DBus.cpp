// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DBus.h"

#include <QDBusError>
#include <QDBusPendingCallWatcher>
#include <QFileInfo>

namespace latchkey::vault {
namespace {

/// Without this the bus library would launch a bus of its own, in which no keychain could be open.
bool hasSessionBus()
{
    if (!qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS"))
        return true;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + QLatin1StringView("/bus"));
}

} // namespace

Error absentError(std::string detail)
{
    return Error{ErrorCode::vaultAbsent,
                 "No keychain service answers in this session. Start one (GNOME Keyring, KWallet or KeePassXC), or keep secrets in "
                 "a file with --vault file.", std::move(detail)};
}

Error timedOutError()
{
    return Error{ErrorCode::timedOut,
                 "The keychain did not answer in time. Look for a hidden prompt of it, or restart its service, then try again.", {}};
}

Error errorOf(const QDBusMessage& reply)
{
    const std::string words = (reply.errorName() + QLatin1StringView(": ") + reply.errorMessage()).toStdString();
    switch (QDBusError(reply).type()) {
    case QDBusError::Timeout:
    case QDBusError::TimedOut:
        return timedOutError();
    default:
        return absentError(words);
    }
}

SessionBus::SessionBus() : m_name(QStringLiteral("latchkey-vault-%1").arg(reinterpret_cast<quintptr>(this), 0, 16)) { }

SessionBus::~SessionBus()
{
    QDBusConnection::disconnectFromBus(m_name);
}

Result<QDBusConnection> SessionBus::connection()
{
    QDBusConnection known(m_name);
    if (known.isConnected())
        return known;
    if (!hasSessionBus())
        return std::unexpected(absentError("there is no session bus"));
    QDBusConnection::disconnectFromBus(m_name);
    QDBusConnection bus = QDBusConnection::connectToBus(QDBusConnection::SessionBus, m_name);
    if (!bus.isConnected())
        return std::unexpected(absentError(bus.lastError().message().toStdString()));
    return bus;
}

void callDBus(const QDBusConnection& bus, const DBusCall& call, std::chrono::milliseconds timeout, QObject* context,
              std::function<void(const QDBusMessage&)> handler)
{
    QDBusMessage message = QDBusMessage::createMethodCall(call.service, call.path, call.interface, call.method);
    message.setArguments(call.arguments);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(message, static_cast<int>(timeout.count())), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context,
                     [handler = std::move(handler)](QDBusPendingCallWatcher* done) {
                         done->deleteLater();
                         handler(done->reply());
                     });
}

} // namespace latchkey::vault
