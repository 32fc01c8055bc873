// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

namespace latchkey::api {

/// Counts requests in windows of five minutes, as Cloudflare does, to rehearse 429s. On the control thread.
class RateLimiter {
public:
    static constexpr std::chrono::minutes window{5};

    /// Counts one; how long to wait if it is one too many. A limit of 0 is none.
    [[nodiscard]] std::optional<std::chrono::seconds> refuse(int limit, std::chrono::sys_seconds now)
    {
        // A clock that was set back must not make a window longer.
        if (now < m_begin || now >= m_begin + window) {
            m_begin = now;
            m_count = 0;
        }
        if (limit <= 0 || m_count < limit) {
            ++m_count;
            return std::nullopt;
        }
        return m_begin + window - now;
    }

private:
    std::chrono::sys_seconds m_begin{};
    int m_count = 0;
};

} // namespace latchkey::api
