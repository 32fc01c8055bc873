// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SystemScheme.h"

#include <QGuiApplication>
#include <QPalette>

#if defined(Q_OS_LINUX)
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#elif defined(Q_OS_WIN)
#include <QSettings>
#include <QTimer>
#endif

namespace latchkey::app {

void SystemScheme::set(ui::Scheme scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    Q_EMIT changed(scheme);
}

SystemScheme::~SystemScheme() = default;

#if defined(Q_OS_LINUX)

namespace {

const QString portalInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString colorScheme = QStringLiteral("color-scheme");

/// 1 is dark; 0 (no preference) and 2 are light. The value comes wrapped in one or two variants.
ui::Scheme fromPortal(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt() == 1 ? ui::Scheme::dark : ui::Scheme::light;
}

} // namespace

/// Receives the portal's signal.
struct SystemScheme::Platform {
};

SystemScheme::SystemScheme(QObject* parent)
    : QObject(parent)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    QDBusMessage ask = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.portal.Desktop"),
                                                      QStringLiteral("/org/freedesktop/portal/desktop"), portalInterface,
                                                      QStringLiteral("Read"));
    ask.setArguments({appearance, colorScheme});
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError())
            set(fromPortal(reply.value().variant()));
    });
    bus.connect(QStringLiteral("org.freedesktop.portal.Desktop"), QStringLiteral("/org/freedesktop/portal/desktop"),
                portalInterface, QStringLiteral("SettingChanged"), this,
                SLOT(portalChanged(QString, QString, QDBusVariant)));
}

void SystemScheme::portalChanged(const QString& group, const QString& key, const QDBusVariant& value)
{
    if (group == appearance && key == colorScheme)
        set(fromPortal(value.variant()));
}

#elif defined(Q_OS_WIN)

struct SystemScheme::Platform {
    QSettings settings{QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize"),
                       QSettings::NativeFormat};
    QTimer poll;   // the registry's own notification needs a thread; a look every two seconds costs less
};

SystemScheme::SystemScheme(QObject* parent)
    : QObject(parent)
    , m_platform(std::make_unique<Platform>())
{
    const auto look = [this] {
        m_platform->settings.sync();
        set(m_platform->settings.value(QStringLiteral("AppsUseLightTheme"), 1).toInt() == 0 ? ui::Scheme::dark : ui::Scheme::light);
    };
    connect(&m_platform->poll, &QTimer::timeout, this, look);
    m_platform->poll.start(2000);
    look();
}

#else

struct SystemScheme::Platform {
};

SystemScheme::SystemScheme(QObject* parent)
    : QObject(parent)
{
    // Before the theme sets a palette of its own, the system's tells.
    const QColor window = QGuiApplication::palette().color(QPalette::Window);
    m_scheme = window.lightness() < 128 ? ui::Scheme::dark : ui::Scheme::light;
}

#endif

} // namespace latchkey::app
