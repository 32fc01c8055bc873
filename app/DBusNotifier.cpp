// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DBusNotifier.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace latchkey::app {

namespace {

constexpr int notifyTimeout = 10'000;   // the daemon may have to be started first

QDBusMessage notificationsCall(const QString& method)
{
    return QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("/org/freedesktop/Notifications"),
                                          QStringLiteral("org.freedesktop.Notifications"), method);
}

} // namespace

DBusNotifier::DBusNotifier(QDBusConnection bus, QObject* parent)
    : Notifier(parent)
    , m_bus(std::move(bus))
{
    const QDBusMessage names = notificationsCall({});
    m_bus.connect(names.service(), names.path(), names.interface(), QStringLiteral("ActionInvoked"), this, SLOT(actionInvoked(uint, QString)));
    m_bus.connect(names.service(), names.path(), names.interface(), QStringLiteral("NotificationClosed"), this, SLOT(notificationClosed(uint, uint)));
}

void DBusNotifier::show(const Notification& notification, Shown shown)
{
    auto* watcher = new QDBusPendingCallWatcher(m_bus.asyncCall(notificationsCall(QStringLiteral("GetCapabilities")), notifyTimeout), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, notification, shown = std::move(shown)]() mutable {
        watcher->deleteLater();
        const QDBusPendingReply<QStringList> reply = *watcher;
        if (reply.isError())
            shown(false);
        else
            send(notification, reply.value(), std::move(shown));
    });
}

void DBusNotifier::send(const Notification& notification, const QStringList& capabilities, Shown shown)
{
    QStringList actions;
    if (capabilities.contains(QStringLiteral("actions"))) {
        actions << QString(open) << tr("Open");
        for (const Notification::Action& action : notification.actions)
            actions << action.key << action.words;
    }
    // A token's name is anybody's text: where markup is understood it must not become any.
    const QString body = capabilities.contains(QStringLiteral("body-markup")) ? notification.body.toHtmlEscaped() : notification.body;
    QVariantMap hints{{QStringLiteral("desktop-entry"), QStringLiteral("org.latchkey.Latchkey")},
                      {QStringLiteral("urgency"), QVariant::fromValue(static_cast<uchar>(notification.pressing ? 2 : 1))}};
    QDBusMessage call = notificationsCall(QStringLiteral("Notify"));
    call.setArguments({QStringLiteral("Latchkey"), m_targets.key(notification.target, 0u), QStringLiteral("org.latchkey.Latchkey"),
                       notification.title, body, actions, hints, -1});
    auto* watcher = new QDBusPendingCallWatcher(m_bus.asyncCall(call, notifyTimeout), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, target = notification.target, shown = std::move(shown)]() mutable {
        watcher->deleteLater();
        const QDBusPendingReply<uint> reply = *watcher;
        if (!reply.isError())
            m_targets.insert(reply.value(), target);
        shown(!reply.isError());
    });
}

void DBusNotifier::actionInvoked(uint id, const QString& action)
{
    if (const auto target = m_targets.constFind(id); target != m_targets.cend())
        Q_EMIT activated(*target, action);
}

void DBusNotifier::notificationClosed(uint id, uint)
{
    m_targets.remove(id);
}

} // namespace latchkey::app
