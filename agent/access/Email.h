// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace latchkey::access {

/// Whether it can be somebody's address, `ada@example.com`: one @ with something on either side, nothing that an address cannot
/// hold unquoted (RFC 5321 §4.1.2), and at most 254 bytes. Bytes beyond ASCII are let through as they are (RFC 6531).
[[nodiscard]] bool isEmailAddress(std::string_view text);
/// Whether it can be a piece of one: `@example.com`, `ada`.
[[nodiscard]] bool isPartOfEmailAddress(std::string_view text);

} // namespace latchkey::access
