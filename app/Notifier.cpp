// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Notifier.h"

#include <QSystemTrayIcon>

namespace latchkey::app {

TrayNotifier::TrayNotifier(QObject* parent)
    : Notifier(parent)
{
}

void TrayNotifier::setTray(QSystemTrayIcon* tray)
{
    if (m_tray)
        m_tray->disconnect(this);
    m_tray = tray;
    if (m_tray)
        connect(m_tray, &QSystemTrayIcon::messageClicked, this, [this] { Q_EMIT activated(m_target, QString(open)); });
}

void TrayNotifier::show(const Notification& notification, Shown shown)
{
    const bool possible = m_tray && m_tray->isVisible() && QSystemTrayIcon::supportsMessages();
    if (possible) {
        m_target = notification.target;
        m_tray->showMessage(notification.title, notification.body,
                            notification.pressing ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information, 15'000);
    }
    QMetaObject::invokeMethod(
        this, [possible, shown = std::move(shown)]() mutable { shown(possible); }, Qt::QueuedConnection);
}

} // namespace latchkey::app
