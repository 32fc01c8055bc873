// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDBusConnection>
#include <QObject>
#include <QStringList>
#include <QThread>

#include <memory>
#include <mutex>

/// A panel's tray as StatusNotifierItem has it: takes icons and shows none. On a thread of its own, because Qt asks it with
/// calls that wait.
class FakeTray final {
public:
    FakeTray();
    ~FakeTray();
    [[nodiscard]] QStringList items() const;   ///< The services that registered an icon.

private:
    class Watcher;
    QThread m_thread;
    std::unique_ptr<Watcher> m_watcher;
};
