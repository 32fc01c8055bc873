// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace latchkey::ui {

/// What the profile card says about the agent. Change one by passing a new value to MainWindow::setAgentStatus.
struct AgentStatus {
    enum class Phase {
        starting,
        waitingForKeychain,
        running,        ///< `edgeAddress` is where it listens.
        stopping,
        stopped,
        restarting,     ///< It died; `restartIn` is what is left of the back-off.
        failed,         ///< It cannot start; a Problem says why.
    };
    Phase phase = Phase::starting;
    QString edgeAddress;                              ///< `127.0.0.1:8400`
    std::optional<std::chrono::seconds> restartIn;

    bool operator==(const AgentStatus&) const = default;
};

} // namespace latchkey::ui
