// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusConnection>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QVariantMap>

#include <vector>

/// A session bus of the test's own.
class OwnBus {
public:
    OwnBus();
    ~OwnBus();
    [[nodiscard]] QString address() const { return m_address; }
    [[nodiscard]] QDBusConnection connect(const QString& name) const { return QDBusConnection::connectToBus(m_address, name); }

private:
    QProcess m_daemon;
    QString m_address;
};

/// A notification daemon that shows nothing and remembers everything.
class FakeNotificationDaemon final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    struct Shown {
        uint id;
        QString title, body;
        QStringList actions;
        QVariantMap hints;
    };

    explicit FakeNotificationDaemon(QDBusConnection bus);
    ~FakeNotificationDaemon() override;
    void invoke(uint id, const QString& action) { Q_EMIT ActionInvoked(id, action); }
    void close(uint id) { Q_EMIT NotificationClosed(id, 2); }

    std::vector<Shown> shown;
    QStringList capabilities{QStringLiteral("actions"), QStringLiteral("body")};

public Q_SLOTS:
    Q_SCRIPTABLE QStringList GetCapabilities() const { return capabilities; }
    Q_SCRIPTABLE uint Notify(const QString& app, uint replaces, const QString& icon, const QString& title, const QString& body,
                             const QStringList& actions, const QVariantMap& hints, int timeout);

Q_SIGNALS:
    Q_SCRIPTABLE void ActionInvoked(uint id, const QString& action);
    Q_SCRIPTABLE void NotificationClosed(uint id, uint reason);

private:
    QDBusConnection m_bus;
    uint m_last = 0;
};
