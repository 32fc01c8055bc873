// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::base {

[[nodiscard]] std::string toHex(std::span<const std::byte> bytes);             ///< Lower case.
[[nodiscard]] std::string toHex(std::string_view bytes);
[[nodiscard]] Result<std::string> fromHex(std::string_view text);              ///< Either case; an even number of digits.

/// RFC 4648 §5 without padding, as RFC 7515 wants it.
[[nodiscard]] std::string toBase64Url(std::string_view bytes);
/// Strict: refuses padding, white space, the other alphabet, impossible lengths and non-zero unused bits.
[[nodiscard]] Result<std::string> fromBase64Url(std::string_view text);
/// RFC 4648 §4 with padding.
[[nodiscard]] std::string toBase64(std::string_view bytes);

/// CRC-32 (IEEE 802.3, as zlib computes it).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

/// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] bool isUtf8(std::string_view bytes);
/// The number of code points in well-formed UTF-8.
[[nodiscard]] std::size_t utf8Length(std::string_view text);

[[nodiscard]] std::string toLowerAscii(std::string_view text);
[[nodiscard]] bool equalsIgnoreCaseAscii(std::string_view left, std::string_view right);

/// `"text"`, for messages. (GCC 12 raises false alarms over `"\"" + std::string(…)`, its bug 105651.)
[[nodiscard]] std::string inQuotes(std::string_view text);

} // namespace latchkey::base
