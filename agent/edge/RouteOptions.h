// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/http/RequestHead.h"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

/// The CF_Authorization cookie of an application, written but for the JWT and its lifetime.
class SessionCookie {
public:
    /// `path`: where it is sent to; "/" unless the application wants it narrower.
    SessionCookie(const access::ApplicationOptions& options, std::string path);

    [[nodiscard]] const std::string& path() const { return m_path; }
    /// Appends a whole Set-Cookie line. `https`: the client speaks TLS, so the cookie never has to travel without it.
    void append(std::string& lines, std::string_view jwt, std::chrono::seconds lifetime, bool https) const;
    /// The line that makes a browser forget it.
    [[nodiscard]] std::string clearingLine() const;

private:
    std::string m_path;
    std::string m_beforeLifetime;
    std::array<std::string, 2> m_afterLifetime; // without TLS and with it
};

/// Where an application's cookie is sent to on its hosts: "/" unless `path_cookie_attribute` is set and all its addresses have
/// one and the same path, of which what stands before the first `*` counts.
[[nodiscard]] std::string cookiePath(const access::ApplicationOptions& options, const std::vector<access::HostAndPath>& places);

/// Fetch standard, "CORS-preflight request": what a browser asks before a script's request to another origin.
[[nodiscard]] bool isPreflight(const http::RequestHead& head);

/// The header lines that answer a preflight; without Access-Control-Allow-Origin when that origin may not.
[[nodiscard]] std::string preflightLines(const access::CorsHeaders& cors, const http::RequestHead& head);

} // namespace latchkey::edge
