// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Notifier.h"

#include <QDBusConnection>
#include <QHash>

namespace latchkey::app {

/// org.freedesktop.Notifications, version 1.2 of its specification: actions, replacement, urgency. Asks before each what
/// the daemon can do, since daemons come and go within a session.
class DBusNotifier final : public Notifier {
    Q_OBJECT
public:
    explicit DBusNotifier(QDBusConnection bus, QObject* parent = nullptr);
    void show(const Notification& notification, Shown shown) override;

private Q_SLOTS:
    // D-Bus signals reach slots by name only. They go to every program: an id that is not ours is passed over.
    void actionInvoked(uint id, const QString& action);
    void notificationClosed(uint id, uint reason);

private:
    void send(const Notification& notification, const QStringList& capabilities, Shown shown);

    QDBusConnection m_bus;
    QHash<uint, QString> m_targets;   ///< Of what is on the desktop.
};

} // namespace latchkey::app
