// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretServiceUnlock.h"

#include "SecretServiceCheck.h"

#include <QDBusObjectPath>
#include <QVariantMap>

#include <limits>

namespace latchkey::vault {
namespace {

std::unexpected<Error> declined()
{
    return fail(ErrorCode::vaultDenied, "The keychain stays locked, because its prompt was declined.", "declined");
}

} // namespace

SecretServiceUnlock::SecretServiceUnlock(const QDBusConnection& bus, std::chrono::milliseconds deadline,
                                         KeychainGate::Handler handler, QObject* parent)
    : QObject(parent), m_bus(bus), m_timeout(deadline * 2), m_handler(std::move(handler)),
      m_watcher(secret_service::name(), bus, QDBusServiceWatcher::WatchForUnregistration)
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(deadline);
    connect(&m_deadline, &QTimer::timeout, this, [this] { answer(std::unexpected(timedOutError())); });
    connect(&m_watcher, &QDBusServiceWatcher::serviceUnregistered, this,
            [this] { answer(std::unexpected(absentError("the service left while it was asked to unlock"))); });
}

SecretServiceUnlock::~SecretServiceUnlock()
{
    if (m_prompt.isEmpty())
        return;
    m_bus.send(QDBusMessage::createMethodCall(secret_service::name(), m_prompt, secret_service::promptInterface(),
                                              QStringLiteral("Dismiss")));
}

void SecretServiceUnlock::start()
{
    m_deadline.start();
    const DBusCall call{secret_service::name(), secret_service::path(), secret_service::serviceInterface(),
                        QStringLiteral("ReadAlias"), {QStringLiteral("default")}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        if (reply.type() == QDBusMessage::ErrorMessage)
            return answer(std::unexpected(errorOf(reply)));
        const QString collection = reply.arguments().value(0).value<QDBusObjectPath>().path();
        if (collection.isEmpty() || collection == secret_service::none())
            makeCollection();
        else
            unlockCollection(collection);
    });
}

void SecretServiceUnlock::makeCollection()
{
    const QVariantMap properties{{QStringLiteral("org.freedesktop.Secret.Collection.Label"), QStringLiteral("Login")}};
    const DBusCall call{secret_service::name(), secret_service::path(), secret_service::serviceInterface(),
                        QStringLiteral("CreateCollection"), {properties, QStringLiteral("default")}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        if (reply.type() == QDBusMessage::ErrorMessage)
            return answer(std::unexpected(errorOf(reply)));
        showPrompt(reply.arguments().value(1).value<QDBusObjectPath>().path());
    });
}

void SecretServiceUnlock::unlockCollection(const QString& collection)
{
    const DBusCall call{secret_service::name(), secret_service::path(), secret_service::serviceInterface(),
                        QStringLiteral("Unlock"), {QVariant::fromValue(QList{QDBusObjectPath(collection)})}};
    callDBus(m_bus, call, m_timeout, this, [this](const QDBusMessage& reply) {
        if (reply.type() == QDBusMessage::ErrorMessage)
            return answer(std::unexpected(errorOf(reply)));
        showPrompt(reply.arguments().value(1).value<QDBusObjectPath>().path());
    });
}

void SecretServiceUnlock::showPrompt(const QString& prompt)
{
    if (prompt.isEmpty() || prompt == secret_service::none())
        return answer({});
    m_deadline.stop();
    m_prompt = prompt;
    m_bus.connect(secret_service::name(), prompt, secret_service::promptInterface(), QStringLiteral("Completed"), this,
                  SLOT(promptCompleted(bool, QDBusVariant)));
    // Some services answer this call only when the person has; the signal tells either way.
    constexpr std::chrono::milliseconds forever(std::numeric_limits<int>::max());
    const DBusCall call{secret_service::name(), prompt, secret_service::promptInterface(), QStringLiteral("Prompt"), {QString()}};
    callDBus(m_bus, call, forever, this, [this](const QDBusMessage& reply) {
        if (reply.type() != QDBusMessage::ErrorMessage)
            return;
        m_prompt.clear();
        answer(fail(ErrorCode::vaultDenied, "The keychain could not ask for its password. Unlock it in your password manager.",
                    reply.errorMessage().toStdString()));
    });
}

void SecretServiceUnlock::promptCompleted(bool dismissed, const QDBusVariant&)
{
    m_prompt.clear();
    if (dismissed)
        answer(declined());
    else
        answer({});
}

void SecretServiceUnlock::answer(Result<void> result)
{
    if (!m_handler)
        return;
    m_deadline.stop();
    deleteLater();
    auto handler = std::exchange(m_handler, nullptr);
    handler(std::move(result));   // Last: it may delete the gate, and this with it.
}

} // namespace latchkey::vault
