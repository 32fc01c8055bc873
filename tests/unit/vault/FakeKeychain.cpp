// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FakeKeychain.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusVariant>

#include <cstdio>

namespace {

void tell(const char* word)
{
    std::puts(word);
    std::fflush(stdout);
}

QVariant objectPath(const char* path)
{
    return QVariant::fromValue(QDBusObjectPath(QLatin1StringView(path)));
}

constexpr const char* kPrompt = "/prompt";

} // namespace

int FakeKeychain::serve(const QString& mode)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    FakeKeychain fake(mode);
    const QString name = mode == QLatin1StringView("kwallet") ? QStringLiteral("org.kde.kwalletd5")
                                                             : QStringLiteral("org.freedesktop.secrets");
    if (!bus.registerVirtualObject(QStringLiteral("/"), &fake, QDBusConnection::SubPath) || !bus.registerService(name))
        return 1;
    tell("ready");
    return QCoreApplication::exec();
}

bool FakeKeychain::handleMessage(const QDBusMessage& message, const QDBusConnection& connection)
{
    if (m_mode == QLatin1StringView("kwallet")) {
        connection.send(message.createReply(walletReply(message)));
        return true;
    }
    bool isSilent = m_mode == QLatin1StringView("silent");
    if (isSilent)
        return true;   // Handled: so Qt sends no error, and we send nothing.
    const QVariantList reply = secretServiceReply(message, connection, isSilent);
    if (isSilent)
        return true;
    if (reply.isEmpty())
        connection.send(message.createErrorReply(QStringLiteral("org.freedesktop.Secret.Error.NotAllowed"), QStringLiteral("no")));
    else
        connection.send(message.createReply(reply));
    if (message.member() == QLatin1StringView("Prompt") && m_mode != QLatin1StringView("waiting")) {
        m_isOpen = true;
        QDBusMessage completed = QDBusMessage::createSignal(QLatin1StringView(kPrompt), QStringLiteral("org.freedesktop.Secret.Prompt"),
                                                            QStringLiteral("Completed"));
        completed << false << QVariant::fromValue(QDBusVariant(QString()));
        connection.send(completed);
    }
    return true;
}

QVariantList FakeKeychain::secretServiceReply(const QDBusMessage& message, const QDBusConnection&, bool& isSilent)
{
    const QString method = message.member();
    const bool isNew = m_mode == QLatin1StringView("new");
    const bool isAlwaysOpen = m_mode == QLatin1StringView("stuck") || m_mode == QLatin1StringView("refusing")
                              || m_mode == QLatin1StringView("elsewhere");
    if (method == QLatin1StringView("ReadAlias"))
        return {objectPath(isNew && !m_isOpen ? "/" : "/collection/login")};
    if (method == QLatin1StringView("Get"))
        return {QVariant::fromValue(QDBusVariant(!m_isOpen && !isAlwaysOpen))};
    if (method == QLatin1StringView("SearchItems") && m_mode != QLatin1StringView("refusing")) {
        QList<QDBusObjectPath> locked;
        if (m_mode == QLatin1StringView("elsewhere"))
            locked += QDBusObjectPath(QStringLiteral("/collection/other/1"));
        return {QVariant::fromValue(QList<QDBusObjectPath>()), QVariant::fromValue(locked)};
    }
    if (method == QLatin1StringView("Prompt"))
        tell("prompted");
    if (method == QLatin1StringView("Unlock"))
        return {QVariant::fromValue(QList<QDBusObjectPath>()), objectPath(kPrompt)};
    if (method == QLatin1StringView("CreateCollection"))
        return isNew ? QVariantList{objectPath("/"), objectPath(kPrompt)} : QVariantList();
    if (method == QLatin1StringView("Prompt"))
        return {QString()};
    if (method == QLatin1StringView("Dismiss"))
        tell("dismissed");
    isSilent = m_mode == QLatin1StringView("stuck");
    return {};
}

QVariantList FakeKeychain::walletReply(const QDBusMessage& message)
{
    const QString method = message.member();
    const QVariantList arguments = message.arguments();
    const QString key = arguments.value(2).toString();
    if (method == QLatin1StringView("networkWallet"))
        return {QStringLiteral("kdewallet")};
    if (method == QLatin1StringView("isOpen"))
        return {m_isOpen};
    if (method == QLatin1StringView("open")) {
        m_isOpen = true;
        return {7};
    }
    if (method == QLatin1StringView("entryType"))
        return {m_entries.contains(key) ? 2 : 0};
    if (method == QLatin1StringView("readEntry"))
        return {m_entries.value(key)};
    if (method == QLatin1StringView("writeEntry")) {
        m_entries.insert(key, arguments.value(3).toByteArray());
        return {0};
    }
    if (method == QLatin1StringView("removeEntry"))
        return {m_entries.remove(key) == 1 ? 0 : -1};
    return {0};
}
