// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ApplicationOptions.h"
#include "agent/http/RequestHead.h"

#include <memory>
#include <string>
#include <string_view>

namespace latchkey::edge {

/// An application's options in the form a request needs them. A route without any that matters has none of these, and its
/// requests pay nothing for them.
struct RouteOptions {
    std::string tokenHeader;             ///< Lower case; empty: the two headers only.
    bool answers401 = false;             ///< `service_auth_401_redirect`
    bool preflightBypass = false;
    std::optional<access::CorsHeaders> cors;
    std::string denyMessage;
    std::string denyUrl;
    std::string nonIdentityDenyUrl;
};

/// Null when there is nothing to do.
[[nodiscard]] std::unique_ptr<const RouteOptions> routeOptions(const access::ApplicationOptions& options);

/// What follows a CF_Authorization cookie's value, up to the line's end. `https`: the client speaks TLS, so the cookie never
/// has to travel without it.
[[nodiscard]] std::string cookieAttributes(const access::ApplicationOptions& options, std::string_view path,
                                           std::chrono::seconds lifetime, bool https);

/// Fetch standard, "CORS-preflight request": what a browser asks before a script's request to another origin.
[[nodiscard]] bool isPreflight(const http::RequestHead& head);

/// The header lines that answer a preflight; without Access-Control-Allow-Origin when that origin may not.
[[nodiscard]] std::string preflightLines(const access::CorsHeaders& cors, const http::RequestHead& head);

} // namespace latchkey::edge
