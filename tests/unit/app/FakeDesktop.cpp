// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FakeDesktop.h"

OwnBus::OwnBus()
{
    m_daemon.start(QStringLiteral("dbus-daemon"), {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--nopidfile"), QStringLiteral("--print-address=1")});
    while (!m_address.endsWith(QLatin1Char('\n')) && m_daemon.waitForReadyRead(10'000))
        m_address += QString::fromLatin1(m_daemon.readAllStandardOutput());
    m_address = m_address.trimmed();
}

OwnBus::~OwnBus()
{
    m_daemon.terminate();
    m_daemon.waitForFinished(5'000);
}

FakeNotificationDaemon::FakeNotificationDaemon(QDBusConnection bus)
    : m_bus(std::move(bus))
{
    m_bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), this, QDBusConnection::ExportScriptableContents);
    m_bus.registerService(QStringLiteral("org.freedesktop.Notifications"));
}

FakeNotificationDaemon::~FakeNotificationDaemon()
{
    m_bus.unregisterService(QStringLiteral("org.freedesktop.Notifications"));
    m_bus.unregisterObject(QStringLiteral("/org/freedesktop/Notifications"));
}

uint FakeNotificationDaemon::Notify(const QString&, uint replaces, const QString&, const QString& title, const QString& body,
                                    const QStringList& actions, const QVariantMap& hints, int)
{
    const uint id = replaces != 0 ? replaces : ++m_last;
    shown.push_back({id, title, body, actions, hints});
    return id;
}
