// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/AgentEvent.h"
#include "agent/http/BodyStream.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace latchkey::api {

/// Tells those that listen what happens, as server-sent events. A client that reads too slowly loses events, and is told
/// how many as soon as there is room again; nothing waits for it. Lives on the control thread.
/// Source for the form: the HTML standard, "Server-sent events".
class EventHub final : public QObject {
public:
    EventHub();
    ~EventHub() override;   ///< Ends every stream.

    /// A stream with everything that happens from now on; null: too many listen already.
    [[nodiscard]] std::shared_ptr<http::BodyStream> listen();
    void tell(const control::AgentEvent& event, std::chrono::sys_seconds now);
    void endAll();

    /// Clients that still listen.
    [[nodiscard]] std::size_t listeners();

    static constexpr std::size_t mostListeners = 32;
    static constexpr std::size_t roomPerListener = 256U * 1024U;
    /// A comment now and then keeps proxies from giving the connection up, and finds out clients that are gone.
    static constexpr std::chrono::seconds heartbeat{15};

private:
    struct Listener {
        std::shared_ptr<http::BodyStream> stream;
        std::uint64_t lost = 0;
    };
    void send(std::string_view text);
    void forgetThoseGone();

    std::vector<Listener> m_listeners;
    QTimer m_heartbeat;
    std::uint64_t m_lastId = 0;
};

} // namespace latchkey::api
