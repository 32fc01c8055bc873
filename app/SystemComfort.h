// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#ifdef Q_OS_LINUX
#include <QDBusConnection>
#include <QDBusVariant>
#endif

namespace latchkey::app {

/// Whether the person asked their desktop for high contrast and for less motion, now and when it changes: the desktop portal
/// over D-Bus (Linux), the registry at the start (Windows). macOS keeps it behind Objective-C; there it is never told.
/// Never blocks: it says no to both until the desktop has answered.
class SystemComfort final : public QObject {
    Q_OBJECT
public:
#ifdef Q_OS_LINUX
    explicit SystemComfort(QDBusConnection bus = QDBusConnection::sessionBus(), QObject* parent = nullptr);
#else
    explicit SystemComfort(QObject* parent = nullptr);
#endif

    [[nodiscard]] bool highContrast() const { return m_highContrast; }
    [[nodiscard]] bool motionReduced() const { return m_motionReduced; }

Q_SIGNALS:
    void highContrastChanged(bool high);
    void motionReducedChanged(bool reduced);

#ifdef Q_OS_LINUX
private Q_SLOTS:
    /// D-Bus signals reach slots by name only.
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);
#endif

private:
    void setHighContrast(bool high);
    void setMotionReduced(bool reduced);

    bool m_highContrast = false;
    bool m_motionReduced = false;
};

} // namespace latchkey::app
