// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SystemComfort.h"

#if defined(Q_OS_LINUX)
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#elif defined(Q_OS_WIN)
#include <QSettings>
#endif

#include <utility>

namespace latchkey::app {

void SystemComfort::setHighContrast(bool high)
{
    if (std::exchange(m_highContrast, high) != high)
        Q_EMIT highContrastChanged(high);
}

void SystemComfort::setMotionReduced(bool reduced)
{
    if (std::exchange(m_motionReduced, reduced) != reduced)
        Q_EMIT motionReducedChanged(reduced);
}

#if defined(Q_OS_LINUX)

namespace {

struct ComfortSetting {
    QString group;
    QString key;
};

/// The portal's own keys, and GNOME's, which its portal hands through and which are older.
QList<ComfortSetting> comfortSettings()
{
    const QString own = QStringLiteral("org.freedesktop.appearance");
    return {{own, QStringLiteral("contrast")},
            {own, QStringLiteral("reduced-motion")},
            {QStringLiteral("org.gnome.desktop.a11y.interface"), QStringLiteral("high-contrast")},
            {QStringLiteral("org.gnome.desktop.interface"), QStringLiteral("enable-animations")}};
}

QDBusMessage comfortCall(const QString& method)
{
    return QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.portal.Desktop"), QStringLiteral("/org/freedesktop/portal/desktop"),
                                          QStringLiteral("org.freedesktop.portal.Settings"), method);
}

} // namespace

SystemComfort::SystemComfort(QDBusConnection bus, QObject* parent)
    : QObject(parent)
{
    if (!bus.isConnected())
        return;
    const QDBusMessage names = comfortCall({});
    bus.connect(names.service(), names.path(), names.interface(), QStringLiteral("SettingChanged"), this, SLOT(settingChanged(QString, QString, QDBusVariant)));
    for (const ComfortSetting& setting : comfortSettings()) {
        QDBusMessage ask = comfortCall(QStringLiteral("Read"));
        ask.setArguments({setting.group, setting.key});
        auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, setting] {
            watcher->deleteLater();
            const QDBusPendingReply<QDBusVariant> reply = *watcher;
            if (!reply.isError())
                settingChanged(setting.group, setting.key, reply.value());
        });
    }
}

void SystemComfort::settingChanged(const QString&, const QString& key, const QDBusVariant& wrapped)
{
    // The value comes wrapped in one or two variants.
    QVariant value = wrapped.variant();
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    if (key == QLatin1String("contrast"))
        setHighContrast(value.toUInt() == 1);
    else if (key == QLatin1String("high-contrast"))
        setHighContrast(value.toBool());
    else if (key == QLatin1String("reduced-motion"))
        setMotionReduced(value.toUInt() == 1);
    else if (key == QLatin1String("enable-animations"))
        setMotionReduced(!value.toBool());
}

#elif defined(Q_OS_WIN)

SystemComfort::SystemComfort(QObject* parent)
    : QObject(parent)
{
    constexpr int highContrastOn = 1;   // HCF_HIGHCONTRASTON
    const QSettings contrast(QStringLiteral("HKEY_CURRENT_USER\\Control Panel\\Accessibility\\HighContrast"), QSettings::NativeFormat);
    setHighContrast((contrast.value(QStringLiteral("Flags")).toInt() & highContrastOn) != 0);
    const QSettings windows(QStringLiteral("HKEY_CURRENT_USER\\Control Panel\\Desktop\\WindowMetrics"), QSettings::NativeFormat);
    setMotionReduced(windows.value(QStringLiteral("MinAnimate"), 1).toInt() == 0);
}

#else

SystemComfort::SystemComfort(QObject* parent)
    : QObject(parent)
{
}

#endif

} // namespace latchkey::app
