// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Ports.h"

#include <algorithm>
#include <limits>

namespace latchkey::control {

Ports::Ports(edge::Edge& edge, Log& log)
    : m_edge(edge)
    , m_log(log)
{
    m_retry.setInterval(retryInterval);
    connect(&m_retry, &QTimer::timeout, this, &Ports::retry);
}

Result<std::uint16_t> Ports::open(const State& state, const access::ApplicationId& owner, std::optional<std::uint16_t> wanted)
{
    if (wanted) {
        if (*wanted == 0)
            return fail(ErrorCode::invalidArgument, "A port is a number from 1 to 65535.");
        if (*wanted == m_edge.port())
            return fail(ErrorCode::conflict, "Port " + std::to_string(*wanted) + " is the edge's own; choose another one.");
        const auto* holder = state.findPort(*wanted);
        if (holder && holder->record->id != owner)
            return fail(ErrorCode::conflict, "Port " + std::to_string(*wanted) + " belongs to the application “"
                            + holder->record->name + "”; choose another one.");
        return m_edge.openPort(*wanted);
    }

    for (std::uint32_t port = firstPort; port <= std::numeric_limits<std::uint16_t>::max(); ++port) {
        const auto candidate = static_cast<std::uint16_t>(port);
        // Also the port of a degraded application stays its own.
        if (candidate == m_edge.port() || state.findPort(candidate))
            continue;
        auto opened = m_edge.openPort(candidate);
        if (opened || opened.error().code != ErrorCode::portTaken)
            return opened;
    }
    return fail(ErrorCode::portTaken, "No port from 8410 upwards is free.");
}

void Ports::close(std::uint16_t port)
{
    m_edge.closePort(port);
}

void Ports::openAll(const State& state)
{
    for (const auto& application : state.applications) {
        const auto port = application.record->port;
        if (!port)
            continue;
        auto opened = m_edge.openPort(*port);
        if (opened)
            continue;
        m_log.write(Log::Level::warning, "an application's port is taken",
                    {{"application", application.record->name}, {"port", std::to_string(*port)}, {"why", opened.error().message}});
        m_degraded[application.record->id] = opened.error().message;
        m_waiting.push_back({application.record->id, *port});
    }
    if (!m_waiting.empty())
        m_retry.start();
}

void Ports::follow(const State& state)
{
    std::erase_if(m_waiting, [&](const Waiting& waiting) {
        const auto* application = state.find(waiting.owner);
        if (application && application->record->port == waiting.port)
            return false;
        m_degraded.erase(waiting.owner);
        return true;
    });
    if (m_waiting.empty())
        m_retry.stop();
}

void Ports::retry()
{
    std::erase_if(m_waiting, [this](const Waiting& waiting) {
        if (auto opened = m_edge.openPort(waiting.port); !opened) {
            m_degraded[waiting.owner] = opened.error().message;
            return false;
        }
        m_log.write(Log::Level::info, "an application's port is free again", {{"port", std::to_string(waiting.port)}});
        m_degraded.erase(waiting.owner);
        return true;
    });
    if (m_waiting.empty())
        m_retry.stop();
}

} // namespace latchkey::control
