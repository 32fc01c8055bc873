// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Ids.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <QObject>
#include <QProcess>
#include <QTimer>

#include <functional>

namespace latchkey::app {

/// One run of a person's own command, as their shell reads it, that gets a secret on its standard input and nowhere else:
/// not among its arguments, not in its environment, without a line break after it. CF_ACCESS_CLIENT_ID is in its
/// environment, since that is public. What it prints is thrown away: it might be the secret. GUI thread.
class ConsumerCommand final : public QObject {
    Q_OBJECT
public:
    using Done = std::function<void(Result<void>)>;

    explicit ConsumerCommand(QObject* parent = nullptr);
    ~ConsumerCommand() override;   ///< Ends a command that still runs; its answer then never comes.

    /// Answers once, later: done (exit code 0), or why not. One run a time.
    void run(const QString& command, const access::ClientId& clientId, SecretBytes secret, Done done);
    void setLimit(std::chrono::milliseconds limit) { m_limit = limit; }

private:
    void finish(Result<void> outcome);

    QProcess m_process;
    QTimer m_deadline;
    std::chrono::milliseconds m_limit{120'000};
    SecretBytes m_secret;
    Done m_done;
};

} // namespace latchkey::app
