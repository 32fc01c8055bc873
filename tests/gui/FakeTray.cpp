// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FakeTray.h"

class FakeTray::Watcher final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.StatusNotifierWatcher")
    Q_PROPERTY(bool IsStatusNotifierHostRegistered READ hasHost)
    Q_PROPERTY(int ProtocolVersion READ version)

public:
    [[nodiscard]] bool hasHost() const { return true; }
    [[nodiscard]] int version() const { return 0; }
    [[nodiscard]] QStringList items() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_items;
    }
    void publish()
    {
        QDBusConnection bus = QDBusConnection::connectToBus(QDBusConnection::SessionBus, QStringLiteral("fake-tray"));
        bus.registerObject(QStringLiteral("/StatusNotifierWatcher"), this, QDBusConnection::ExportAllProperties | QDBusConnection::ExportAllSlots);
        bus.registerService(QStringLiteral("org.kde.StatusNotifierWatcher"));
    }
    static void withdraw() { QDBusConnection::disconnectFromBus(QStringLiteral("fake-tray")); }

public Q_SLOTS:
    void RegisterStatusNotifierItem(const QString& service)
    {
        const std::scoped_lock lock(m_mutex);
        m_items << service;
    }

private:
    mutable std::mutex m_mutex;
    QStringList m_items;
};

FakeTray::FakeTray()
    : m_watcher(std::make_unique<Watcher>())
{
    m_watcher->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(m_watcher.get(), &Watcher::publish, Qt::BlockingQueuedConnection);
}

FakeTray::~FakeTray()
{
    QMetaObject::invokeMethod(m_watcher.get(), [] { Watcher::withdraw(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

QStringList FakeTray::items() const
{
    return m_watcher->items();
}

#include "FakeTray.moc"
