// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace latchkey::access {

/// How often the signing key is replaced, and when it was last. Source: access-facts, "Management API", signing keys.
struct KeyRotation {
    static constexpr int defaultDays = 42;   ///< Six weeks, as on the real network.
    static constexpr int fewestDays = 21;
    static constexpr int mostDays = 365;

    int intervalDays = defaultDays;
    std::chrono::sys_seconds lastAt{};

    bool operator==(const KeyRotation&) const = default;

    /// Whether the interval is over. A clock that was set back delays a rotation and never brings a second one.
    [[nodiscard]] bool isDue(std::chrono::sys_seconds now) const { return now - lastAt >= std::chrono::days(intervalDays); }

    /// Whole days until then, a begun one counted: 0 only when it is due.
    [[nodiscard]] int daysLeft(std::chrono::sys_seconds now) const
    {
        const auto left = std::chrono::ceil<std::chrono::days>(lastAt + std::chrono::days(intervalDays) - now).count();
        return static_cast<int>(std::clamp<long long>(left, 0, intervalDays));
    }
};

} // namespace latchkey::access
