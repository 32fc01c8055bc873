// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KWalletGate.h"

#include <QPointer>

#include <limits>

namespace latchkey::vault {
namespace {

/// Under which name the person is asked and may allow or deny Latchkey for good.
QString applicationName()
{
    return QStringLiteral("org.latchkey.Latchkey");
}

DBusCall wallet(const QString& method, const QVariantList& arguments)
{
    return {QStringLiteral("org.kde.kwalletd5"), QStringLiteral("/modules/kwalletd5"), QStringLiteral("org.kde.KWallet"), method,
            arguments};
}

bool isError(const QDBusMessage& reply)
{
    return reply.type() == QDBusMessage::ErrorMessage;
}

} // namespace

bool isPlasma5Session()
{
    if (qgetenv("KDE_SESSION_VERSION") != "5")
        return false;
    const QByteArray desktop = qgetenv("XDG_CURRENT_DESKTOP");
    if (desktop == "GNOME" || desktop == "Unity" || desktop == "XFCE")
        return false;
    return desktop == "KDE" || qgetenv("DESKTOP_SESSION") == "kde" || !qgetenv("KDE_FULL_SESSION").isEmpty();
}

KWalletGate::KWalletGate(std::chrono::milliseconds deadline, std::unique_ptr<KeychainGate> fallback)
    : m_deadline(deadline), m_fallback(std::move(fallback))
{
}

void KWalletGate::check(std::optional<KeychainEntry> entry, Handler handler)
{
    const auto bus = m_bus.connection();
    if (!bus)
        return handler(std::unexpected(bus.error()));
    auto shared = std::make_shared<Handler>(std::move(handler));
    callDBus(*bus, wallet(QStringLiteral("networkWallet"), {}), m_deadline, &m_calls,
             [this, bus = *bus, entry = std::move(entry), shared](const QDBusMessage& found) {
        if (isError(found)) {
            Error error = errorOf(found);
            if (error.code == ErrorCode::timedOut)
                return (*shared)(std::unexpected(std::move(error)));
            return m_fallback->check(entry, std::move(*shared));
        }
        const auto isOpen = wallet(QStringLiteral("isOpen"), {found.arguments().value(0).toString()});
        callDBus(bus, isOpen, m_deadline, &m_calls, [shared](const QDBusMessage& reply) {
            if (isError(reply))
                return (*shared)(std::unexpected(errorOf(reply)));
            if (!reply.arguments().value(0).toBool())
                return (*shared)(fail(ErrorCode::vaultLocked, "The keychain is locked. Unlock it, then try again."));
            (*shared)({});
        });
    });
}

void KWalletGate::unlock(Handler handler)
{
    m_waiting.push_back(std::move(handler));
    if (m_waiting.size() > 1)
        return;
    const auto bus = m_bus.connection();
    if (!bus)
        return unlocked(std::unexpected(bus.error()));
    callDBus(*bus, wallet(QStringLiteral("networkWallet"), {}), m_deadline, &m_calls, [this](const QDBusMessage& found) {
        if (!isError(found))
            return openWallet(found.arguments().value(0).toString());
        Error error = errorOf(found);
        if (error.code == ErrorCode::timedOut)
            return unlocked(std::unexpected(std::move(error)));
        m_fallback->unlock([this](Result<void> result) { unlocked(std::move(result)); });
    });
}

void KWalletGate::openWallet(const QString& name)
{
    const auto bus = m_bus.connection();
    if (!bus)
        return unlocked(std::unexpected(bus.error()));
    // Answers when the person has; no window of ours is its parent.
    constexpr std::chrono::milliseconds forever(std::numeric_limits<int>::max());
    const auto open = wallet(QStringLiteral("open"), {name, qlonglong{0}, applicationName()});
    callDBus(*bus, open, forever, &m_calls, [this](const QDBusMessage& reply) {
        if (isError(reply))
            return unlocked(std::unexpected(errorOf(reply)));
        if (reply.arguments().value(0).toInt() < 0)
            return unlocked(fail(ErrorCode::vaultDenied, "The keychain stays locked, because its prompt was declined.", "declined"));
        check(std::nullopt, [this](Result<void> state) { unlocked(std::move(state)); });
    });
}

void KWalletGate::unlocked(Result<void> result)
{
    const QPointer<QObject> alive(&m_calls);
    auto waiting = std::exchange(m_waiting, {});
    for (Handler& handler : waiting) {
        if (!alive)
            return;
        handler(result);
    }
}

} // namespace latchkey::vault
