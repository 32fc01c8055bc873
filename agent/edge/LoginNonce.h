// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/RequestHead.h"

#include <string>
#include <string_view>

namespace latchkey::edge {

/// The cookies that bind a login to the browser it began in: one for the login page's form, and one at the application's host,
/// for the way back from the login page's. Each holds 128 random bits, and one that is there is used again, so that a second
/// tab does not break what the first one began.
inline constexpr std::string_view formCookie = "CF_Latchkey_Login";
inline constexpr std::string_view returnCookie = "CF_Latchkey_Return";

/// A cookie's value among all Cookie fields; empty: not there.
[[nodiscard]] std::string_view cookieValue(const http::RequestHead& head, std::string_view name);

/// The nonce that the browser has in this cookie, or a new one.
[[nodiscard]] std::string nonceOf(const http::RequestHead& head, std::string_view cookie);
[[nodiscard]] std::string nonceLine(std::string_view cookie, std::string_view nonce, std::string_view sameSite, bool https);

/// What may be shown of a nonce: its SHA-256 in hex.
[[nodiscard]] std::string stateOf(std::string_view nonce);
[[nodiscard]] bool isState(std::string_view text);

} // namespace latchkey::edge
