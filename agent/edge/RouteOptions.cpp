// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RouteOptions.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace latchkey::edge {

namespace {

std::string joined(const std::vector<std::string>& texts)
{
    std::string all;
    for (const std::string& text : texts) {
        if (!all.empty())
            all += ", ";
        all += text;
    }
    return all;
}

} // namespace

std::unique_ptr<const RouteOptions> routeOptions(const access::ApplicationOptions& options)
{
    RouteOptions made;
    made.tokenHeader = base::toLowerAscii(options.readServiceTokensFromHeader.value_or(""));
    made.answers401 = options.serviceAuth401Redirect.value_or(false);
    made.preflightBypass = options.optionsPreflightBypass.value_or(false);
    made.cors = options.cors;
    made.denyMessage = options.customDenyMessage.value_or("");
    made.denyUrl = options.customDenyUrl.value_or("");
    made.nonIdentityDenyUrl = options.customNonIdentityDenyUrl.value_or("");
    const bool matters = !made.tokenHeader.empty() || made.answers401 || made.preflightBypass || made.cors || !made.denyMessage.empty()
                         || !made.denyUrl.empty() || !made.nonIdentityDenyUrl.empty();
    return matters ? std::make_unique<const RouteOptions>(std::move(made)) : nullptr;
}

SessionCookie::SessionCookie(const access::ApplicationOptions& options, std::string path)
    : m_path(std::move(path))
    , m_beforeLifetime("; Path=" + m_path + "; Max-Age=")
{
    const std::string sameSite = options.sameSiteCookie.value_or("");
    for (const bool https : {false, true}) {
        std::string& text = m_afterLifetime[https ? 1 : 0];
        // Browsers take SameSite=None with Secure only, and Secure from localhost too.
        if (https || sameSite == "none")
            text += "; Secure";
        if (options.httpOnlyCookie.value_or(true))
            text += "; HttpOnly";
        if (sameSite == "none")
            text += "; SameSite=None";
        else if (sameSite == "lax")
            text += "; SameSite=Lax";
        else if (sameSite == "strict")
            text += "; SameSite=Strict";
        text += "\r\n";
    }
}

void SessionCookie::append(std::string& lines, std::string_view jwt, std::chrono::seconds lifetime, bool https) const
{
    std::array<char, 24> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), lifetime.count());
    lines += "Set-Cookie: CF_Authorization=";
    lines += jwt;
    lines += m_beforeLifetime;
    lines.append(digits.data(), written.ptr);
    lines += m_afterLifetime[https ? 1 : 0];
}

std::string SessionCookie::clearingLine() const
{
    return "Set-Cookie: CF_Authorization=; Path=" + m_path + "; Max-Age=0; HttpOnly\r\n";
}

std::string cookiePath(const access::ApplicationOptions& options, const std::vector<access::HostAndPath>& places)
{
    std::string path(1, '/');
    const bool onePath = !places.empty() && std::ranges::all_of(places, [&places](const access::HostAndPath& each) {
        return each.path == places.front().path;
    });
    if (!options.pathCookie.value_or(false) || !onePath)
        return path;
    // As a browser writes it in its requests: RFC 6265 §5.1.4 compares bytes.
    path.clear();
    std::string_view wanted = places.front().path;
    if (const std::size_t star = wanted.find('*'); star != std::string_view::npos)
        wanted = wanted.substr(0, wanted.rfind('/', star));
    for (const char c : wanted) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && c != ';') {
            path += c;
        } else {
            path += '%';
            path += "0123456789ABCDEF"[byte >> 4U];
            path += "0123456789ABCDEF"[byte & 0x0fU];
        }
    }
    if (path.empty())
        path.assign(1, '/');
    return path;
}

bool isPreflight(const http::RequestHead& head)
{
    return head.method() == http::Method::options && head.find("origin") != nullptr
           && head.find("access-control-request-method") != nullptr;
}

std::string preflightLines(const access::CorsHeaders& cors, const http::RequestHead& head)
{
    const std::string_view origin = head.value(*head.find("origin"));
    const bool any = cors.allowAllOrigins.value_or(false) || std::ranges::find(cors.allowedOrigins, "*") != cors.allowedOrigins.end();
    const bool named = std::ranges::find(cors.allowedOrigins, origin) != cors.allowedOrigins.end();
    std::string lines = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";
    if (!any && !named)
        return lines;
    const bool credentials = cors.allowCredentials.value_or(false) && named;
    const auto line = [&lines](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        lines += name;
        lines += ": ";
        lines += value;
        lines += "\r\n";
    };
    line("Access-Control-Allow-Origin", named ? origin : std::string_view("*"));
    if (credentials)
        line("Access-Control-Allow-Credentials", "true");
    // What was asked for is repeated instead of `*`, which browsers take literally once credentials are allowed.
    const http::Field* const headers = head.find("access-control-request-headers");
    if (cors.allowAllMethods.value_or(false))
        line("Access-Control-Allow-Methods", head.value(*head.find("access-control-request-method")));
    else
        line("Access-Control-Allow-Methods", joined(cors.allowedMethods));
    if (cors.allowAllHeaders.value_or(false))
        line("Access-Control-Allow-Headers", headers != nullptr ? head.value(*headers) : std::string_view{});
    else
        line("Access-Control-Allow-Headers", joined(cors.allowedHeaders));
    if (cors.maxAge)
        line("Access-Control-Max-Age", std::to_string(*cors.maxAge));
    return lines;
}

} // namespace latchkey::edge
