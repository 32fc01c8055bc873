// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::access {

/// How long a service token or a session stays valid, in the form Cloudflare's API writes it: `8760h`, `2h45m`, or
/// `forever`. Units are Go's (`ns us µs ms s m h`, fractions allowed: `1.5h`); a parsed value is exact to the nanosecond
/// and positive. The text is kept as it was written, so that it reads back unchanged.
/// Source: access-facts, "Service tokens"; Go's time.ParseDuration for the grammar.
class Duration {
public:
    static constexpr std::size_t longestText = 100;   ///< Our choice: longer texts are refused, whatever they say.

    [[nodiscard]] static Result<Duration> parse(std::string_view text);   ///< The error names the first bad character.
    [[nodiscard]] static Duration oneYear();                              ///< The default of a token: 8760h.
    [[nodiscard]] static Duration oneDay();                               ///< The default of a session: 24h.
    [[nodiscard]] static Duration forever();
    [[nodiscard]] static Duration hours(std::int64_t count);

    [[nodiscard]] bool isForever() const { return !m_length.has_value(); }
    [[nodiscard]] std::optional<std::chrono::nanoseconds> length() const { return m_length; }   ///< nullopt: forever.
    [[nodiscard]] const std::string& text() const { return m_text; }

    /// The moment a token issued at `from` ends, rounded up to the second and held at 9999-12-31; nullopt for forever.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> endFrom(std::chrono::sys_seconds from) const;

    bool operator==(const Duration&) const = default;

private:
    Duration(std::optional<std::chrono::nanoseconds> length, std::string text);

    std::optional<std::chrono::nanoseconds> m_length;
    std::string m_text;
};

} // namespace latchkey::access
