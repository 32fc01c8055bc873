// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DBus.h"
#include "KeychainGate.h"

#include <QDBusServiceWatcher>
#include <QDBusVariant>
#include <QTimer>

namespace latchkey::vault {

/// Has Secret Service unlock its default collection, or make it where there is none, with its own prompt. Answers when the
/// service did so (success is not yet a proof that it is open: check again) or the person declined. Takes the prompt down
/// when it is destroyed before.
class SecretServiceUnlock : public QObject {
    Q_OBJECT
public:
    SecretServiceUnlock(const QDBusConnection& bus, std::chrono::milliseconds deadline, KeychainGate::Handler handler, QObject* parent);
    ~SecretServiceUnlock() override;
    void start();

private Q_SLOTS:
    void promptCompleted(bool dismissed, const QDBusVariant& result);

private:
    void makeCollection();
    void unlockCollection(const QString& collection);
    void showPrompt(const QString& prompt);
    void answer(Result<void> result);

    QDBusConnection m_bus;
    std::chrono::milliseconds m_timeout;
    KeychainGate::Handler m_handler;
    QString m_prompt;                ///< The prompt that is up; empty: none.
    QTimer m_deadline;               ///< Of the service; stopped while the person is asked.
    QDBusServiceWatcher m_watcher;   ///< A service that dies takes its prompt with it, silently.
};

} // namespace latchkey::vault
