// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "State.h"

#include "agent/base/Log.h"
#include "agent/edge/Edge.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <optional>
#include <string>

namespace latchkey::control {

/// The ports that applications have of their own on the edge. One that somebody else holds when the agent starts makes the
/// application degraded, not the agent dead, and is tried again. Lives on the control thread.
class Ports final : public QObject {
public:
    Ports(edge::Edge& edge, Log& log);

    /// Opens `wanted`, or the first one from 8410 upwards that neither an application has nor anybody listens on.
    /// Errors: portTaken, conflict (another application's), invalidArgument (0, or the edge's own).
    [[nodiscard]] Result<std::uint16_t> open(const State& state, const access::ApplicationId& owner,
                                             std::optional<std::uint16_t> wanted);
    void close(std::uint16_t port);

    /// Opens the ports of all applications and notes whose is taken.
    void openAll(const State& state);
    /// Follows a change of the applications: who is gone or has another port is no longer degraded.
    void follow(const State& state);

    [[nodiscard]] const std::map<access::ApplicationId, std::string>& degraded() const { return m_degraded; }

    static constexpr std::uint16_t firstPort = 8410;
    static constexpr std::chrono::seconds retryInterval{5};

private:
    void retry();

    struct Waiting {
        access::ApplicationId owner;
        std::uint16_t port = 0;
    };

    edge::Edge& m_edge;
    Log& m_log;
    QTimer m_retry;
    std::vector<Waiting> m_waiting;
    std::map<access::ApplicationId, std::string> m_degraded;
};

} // namespace latchkey::control
