// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SingleInstance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace latchkey::app {

SingleInstance::SingleInstance(const QString& scope, QObject* parent)
    : QObject(parent)
{
    const QByteArray who = (QDir::homePath() + QLatin1Char('\n') + scope).toUtf8();
    m_name = QStringLiteral("org.latchkey.Latchkey-")
           + QString::fromLatin1(QCryptographicHash::hash(who, QCryptographicHash::Sha256).toHex().left(16));
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket* caller = m_server.nextPendingConnection()) {
            connect(caller, &QLocalSocket::disconnected, caller, &QObject::deleteLater);
            caller->disconnectFromServer();
            Q_EMIT activationRequested();
        }
    });
}

bool SingleInstance::claim()
{
    // Before the window exists, so nobody sees this wait.
    QLocalSocket other;
    other.connectToServer(m_name);
    if (other.waitForConnected(300)) {
        other.waitForDisconnected(300);
        return false;
    }
    // Nobody answers: what lies there is left from a crash.
    QLocalServer::removeServer(m_name);
    m_server.listen(m_name);
    return true;
}

} // namespace latchkey::app
