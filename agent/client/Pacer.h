// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

namespace latchkey::client {

/// Remembers for all calls of one client that its server asked for a pause (429 with `Retry-After`), and says so: the
/// limit counts all calls together, so while one waits another must not go on asking. One thread.
class Pacer final : public QObject {
    Q_OBJECT
public:
    explicit Pacer(QObject* parent = nullptr);

    /// What a 429 brought along: seconds, or an HTTP date. Rubbish and nothing ask for no pause.
    void heed(const QByteArray& retryAfter);
    [[nodiscard]] std::chrono::milliseconds left() const;   ///< 0: go on.
    [[nodiscard]] Error error() const;                      ///< What to tell who cannot wait that long.

    /// Seconds from now; nothing for rubbish. A date in the past is 0.
    [[nodiscard]] static std::optional<std::chrono::seconds> secondsIn(const QByteArray& retryAfter);

    static constexpr std::chrono::seconds longestPause{3600};   ///< A server that asks for more is asked again after this.

Q_SIGNALS:
    void paused(std::chrono::seconds pause);
    void resumed();

private:
    std::chrono::steady_clock::time_point m_until{};
    QTimer m_end;
};

} // namespace latchkey::client
