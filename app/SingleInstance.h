// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QString>

namespace latchkey::app {

/// One window a user and settings file: a second start asks the first to come forward and ends. A local socket that only
/// this user can reach; nothing but "come forward" goes over it.
class SingleInstance final : public QObject {
    Q_OBJECT
public:
    explicit SingleInstance(const QString& scope, QObject* parent = nullptr);

    /// true: this is the first. false: another runs and was asked to show itself. Waits for it at most 300 ms.
    [[nodiscard]] bool claim();

Q_SIGNALS:
    void activationRequested();

private:
    QString m_name;
    QLocalServer m_server;
};

} // namespace latchkey::app
