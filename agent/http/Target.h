// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace latchkey::http {

/// Why a target's path was refused: it names something else once it is normalised (RFC 3986 §6.2.2), or two programs could
/// read it as two paths.
enum class TargetError : std::uint8_t {
    notAbsolute,      ///< Does not start with `/`.
    badByte,          ///< A control character, a space, `#`, or a byte outside ASCII.
    badEscape,        ///< `%` without two hex digits.
    dotSegment,       ///< `/./` or `/../`, also as `%2e` or before a `;`.
    emptySegment,     ///< `//`
    backslash,        ///< `\` or `%5c`
    encodedSlash,     ///< `%2f`
    encodedControl,   ///< `%00` to `%1f`, `%7f`
    needlessEscape,   ///< `%41`: an escaped letter, digit, `-`, `.`, `_` or `~`.
    lowerCaseEscape,  ///< `%c3` where the normal form is `%C3`.
};

[[nodiscard]] std::string_view code(TargetError error);     ///< A stable word such as `dot_segment`.
[[nodiscard]] std::string_view describe(TargetError error); ///< One sentence.

/// A request's path and query as they were sent. The views are into the text that was split.
struct Target {
    std::string_view path;  ///< Starts with `/`; in normal form.
    std::string_view query; ///< What follows the first `?`; only its bytes are checked.
    bool hasQuery = false;  ///< Tells `/a?` from `/a`.

    /// Splits what RequestHead::resource() gave. The path that decides is the path that is forwarded, so a path that
    /// differs after normalisation is refused and never repaired. An empty resource (absolute form) reads as `/`.
    [[nodiscard]] static std::expected<Target, TargetError> split(std::string_view resource);
};

} // namespace latchkey::http
