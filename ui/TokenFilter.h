// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

namespace latchkey::ui {

/// What a chip stands for.
enum class TokenFilter { all, expiringSoon, expired, disabled, unused };

/// How many tokens each chip stands for.
struct TokenCounts {
    int all = 0;
    int expiringSoon = 0;
    int expired = 0;
    int disabled = 0;
    int unused = 0;   ///< Not seen for 30 days and older than that.

    bool operator==(const TokenCounts&) const = default;
};

/// A stretch of time in which tokens end: `from` belongs to it, `to` does not; nullopt is without bound.
struct ExpirySpan {
    std::optional<std::chrono::sys_seconds> from;
    std::optional<std::chrono::sys_seconds> to;
    bool never = false;   ///< Tokens without an end belong to it too.

    [[nodiscard]] bool holds(const std::optional<std::chrono::sys_seconds>& end) const
    {
        if (!end)
            return never;
        return (!from || *end >= *from) && (!to || *end < *to);
    }
    bool operator==(const ExpirySpan&) const = default;
};

} // namespace latchkey::ui
