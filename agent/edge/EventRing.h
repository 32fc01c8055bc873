// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Events.h"

#include "agent/http/TimerWheel.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace latchkey::edge {

/// What one worker has to tell, until it is handed over: about once a second, or sooner when much has gathered. Bounded;
/// what does not fit is counted as lost, and the last quarter is kept for refusals, which a flood of allowed requests must not
/// hide. Belongs to one event loop and its thread.
class EventRing final : private http::TimerWheel::Timer {
public:
    EventRing(http::TimerWheel& wheel, EventSink& sink, std::chrono::milliseconds pace);

    /// Takes the event's contents; what it gets back is an old event whose strings keep their memory.
    void record(RequestEvent& event);
    void seen(const std::array<std::uint8_t, 16>& tokenId, std::chrono::sys_seconds at);

    /// Hands over what is there.
    void flush();

private:
    static constexpr std::size_t capacity = 1024;
    static constexpr std::size_t capacityForAllowed = 768;
    static constexpr std::size_t soon = 256; // as many do not wait for the second to be over

    struct IdHash {
        std::size_t operator()(const std::array<std::uint8_t, 16>& id) const;
    };

    void expired() override;

    http::TimerWheel& m_wheel;
    EventSink& m_sink;
    const std::chrono::milliseconds m_pace;
    std::vector<RequestEvent> m_events; // the first m_count are waiting; the others lend their memory
    std::size_t m_count = 0;
    bool m_hurried = false;
    std::unordered_map<std::array<std::uint8_t, 16>, std::chrono::sys_seconds, IdHash> m_seen;
    std::uint64_t m_lost = 0;
    std::uint64_t m_allowed = 0;
    std::uint64_t m_refused = 0;
};

} // namespace latchkey::edge
