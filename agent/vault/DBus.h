// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QObject>
#include <QString>
#include <QVariantList>

#include <chrono>
#include <functional>

namespace latchkey::vault {

/// A connection of our own to the session's bus. Qt's shared one stays dead for good once the bus was away.
class SessionBus {
public:
    SessionBus();
    ~SessionBus();
    SessionBus(const SessionBus&) = delete;
    SessionBus& operator=(const SessionBus&) = delete;

    /// Connects if need be. Error: vaultAbsent, without starting a bus where the session has none.
    [[nodiscard]] Result<QDBusConnection> connection();

private:
    QString m_name;
};

struct DBusCall {
    QString service, path, interface, method;
    QVariantList arguments{};
};

/// Asks and hands the reply (or the error message) to `handler`, unless `context` is gone by then.
void callDBus(const QDBusConnection& bus, const DBusCall& call, std::chrono::milliseconds timeout, QObject* context,
              std::function<void(const QDBusMessage&)> handler);

/// What an error reply means: nobody is there to ask, or nobody answered in time.
[[nodiscard]] Error errorOf(const QDBusMessage& reply);

[[nodiscard]] Error absentError(std::string detail);
[[nodiscard]] Error timedOutError();

} // namespace latchkey::vault
