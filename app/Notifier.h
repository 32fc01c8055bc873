// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

class QSystemTrayIcon;

namespace latchkey::app {

/// What the desktop is to show. The texts are plain; whoever delivers them escapes what a daemon would read as markup.
struct Notification {
    struct Action {
        QString key;     ///< `refresh`
        QString words;   ///< `Refresh…`
    };
    QString target;      ///< Ours, handed back when the person acts on it; a new one replaces one of the same target.
    QString title;
    QString body;
    bool pressing = false;
    QList<Action> actions;
};

/// Shows notifications on the desktop. GUI thread; nothing blocks.
class Notifier : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    /// The key of a click on the notification itself.
    static constexpr QLatin1StringView open{"default"};

    /// Tells whether it reached the desktop, once, never from inside the call.
    using Shown = std::move_only_function<void(bool)>;
    virtual void show(const Notification& notification, Shown shown) = 0;

Q_SIGNALS:
    void activated(const QString& target, const QString& action);
};

/// Through the tray icon: Windows and macOS, and a desktop without a notification daemon. One action, the click.
class TrayNotifier final : public Notifier {
    Q_OBJECT
public:
    explicit TrayNotifier(QObject* parent = nullptr);
    void setTray(QSystemTrayIcon* tray);   ///< nullptr: there is none.
    void show(const Notification& notification, Shown shown) override;

private:
    QSystemTrayIcon* m_tray = nullptr;
    QString m_target;   ///< Of the message on show; a tray shows one.
};

} // namespace latchkey::app
