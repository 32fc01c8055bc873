// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretServiceGate.h"

#include "SecretServiceCheck.h"
#include "SecretServiceUnlock.h"

#include <QAbstractEventDispatcher>
#include <QPointer>

namespace latchkey::vault {
namespace {

/// QtKeychain reaches Secret Service through libsecret, whose answers come through GLib's main loop; with Qt's own loop
/// they never do.
bool runsOnGlib()
{
    const QAbstractEventDispatcher* dispatcher = QAbstractEventDispatcher::instance();
    return dispatcher && dispatcher->inherits("QEventDispatcherGlib");
}

} // namespace

SecretServiceGate::SecretServiceGate(std::chrono::milliseconds deadline) : m_deadline(deadline) { }

Result<QDBusConnection> SecretServiceGate::connection()
{
    if (!runsOnGlib())
        return fail(ErrorCode::vaultAbsent,
                    "The keychain cannot answer, because this program runs without GLib's event loop (QT_NO_GLIB). Unset "
                    "QT_NO_GLIB and start again.");
    return m_bus.connection();
}

void SecretServiceGate::check(std::optional<KeychainEntry> entry, Handler handler)
{
    const auto bus = connection();
    if (!bus)
        return handler(std::unexpected(bus.error()));
    auto* check = new SecretServiceCheck(*bus, m_deadline, std::move(entry), std::move(handler), &m_calls);
    check->start();
}

void SecretServiceGate::unlock(Handler handler)
{
    m_waiting.push_back(std::move(handler));
    if (m_waiting.size() > 1)
        return;
    const auto bus = connection();
    if (!bus)
        return unlocked(std::unexpected(bus.error()));
    auto* unlock = new SecretServiceUnlock(*bus, m_deadline, [this](Result<void> result) {
        // What counts is whether it is open now, not what the service said of its prompt.
        if (result)
            check(std::nullopt, [this](Result<void> state) { unlocked(std::move(state)); });
        else
            unlocked(std::move(result));
    }, &m_calls);
    unlock->start();
}

void SecretServiceGate::unlocked(Result<void> result)
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
