// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationOptions.h"

#include "FieldName.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <array>

namespace latchkey::access {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t longestText = 4096;
constexpr std::size_t mostItems = 200;

bool isVisible(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool isWebAddress(std::string_view text)
{
    return isVisible(text) && text.size() <= longestText && (text.starts_with("https://") || text.starts_with("http://"));
}

std::unexpected<Error> bad(std::string_view member, std::string_view why)
{
    return fail(ErrorCode::invalidArgument, std::string(member) + ": " + std::string(why));
}

Result<void> checkUrl(const std::optional<std::string>& url, std::string_view member)
{
    if (url && !url->empty() && !isWebAddress(*url))
        return bad(member, "write an address that starts with https:// or http://");
    return {};
}

Result<void> checkCors(const CorsHeaders& cors)
{
    constexpr std::array methods{"GET"sv, "POST"sv, "HEAD"sv, "PUT"sv, "DELETE"sv, "CONNECT"sv, "OPTIONS"sv, "TRACE"sv, "PATCH"sv};
    for (const std::string& method : cors.allowedMethods) {
        if (std::ranges::find(methods, method) == methods.end())
            return bad("cors_headers", "allowed_methods holds " + base::inQuotes(method.substr(0, 50)) + ", which is no method");
    }
    for (const std::string& name : cors.allowedHeaders) {
        if (!isFieldName(name))
            return bad("cors_headers", "allowed_headers holds " + base::inQuotes(name.substr(0, 50)) + ", which is no header's name");
    }
    for (const std::string& origin : cors.allowedOrigins) {
        if (!isVisible(origin) || origin.find(',') != std::string::npos)
            return bad("cors_headers", "allowed_origins holds something that is no origin; write https://app.example.com");
    }
    // Cloudflare's limits.
    if (cors.maxAge && (*cors.maxAge < -1 || *cors.maxAge > 86'400))
        return bad("cors_headers", "max_age must be a whole number from -1 to 86400");
    // Fetch standard: a browser takes no wildcard with credentials, so Cloudflare refuses the pair.
    if (cors.allowCredentials.value_or(false) && cors.allowAllOrigins.value_or(false))
        return bad("cors_headers", "allow_credentials needs a list of allowed_origins instead of allow_all_origins");
    return {};
}

Result<void> checkTokenHeader(const std::string& name)
{
    if (name.empty())
        return {};
    if (!isFieldName(name) || name.size() > 100)
        return bad("read_service_tokens_from_header", "write the name of one header, such as Authorization");
    constexpr std::array taken{"host"sv, "cookie"sv, "connection"sv, "content-length"sv, "transfer-encoding"sv, "upgrade"sv,
                               "te"sv, "trailer"sv, "expect"sv};
    const std::string lower = base::toLowerAscii(name);
    if (std::ranges::find(taken, lower) != taken.end() || lower.starts_with("cf-access-"))
        return bad("read_service_tokens_from_header", "the header " + name + " has a meaning of its own; choose another");
    return {};
}

} // namespace

Result<void> check(const ApplicationOptions& options)
{
    if (options.selfHostedDomains.size() > mostItems || options.destinations.size() > mostItems)
        return bad("destinations", "an application has at most 200");
    if (options.readServiceTokensFromHeader) {
        if (auto checked = checkTokenHeader(*options.readServiceTokensFromHeader); !checked)
            return checked;
    }
    constexpr std::array sites{""sv, "none"sv, "lax"sv, "strict"sv};
    if (options.sameSiteCookie && std::ranges::find(sites, *options.sameSiteCookie) == sites.end())
        return bad("same_site_cookie_attribute", "must be one of none, lax, strict");
    if (options.cors) {
        if (auto checked = checkCors(*options.cors); !checked)
            return checked;
        if (options.optionsPreflightBypass.value_or(false))
            return bad("options_preflight_bypass", "cannot be used together with cors_headers");
    }
    if (options.customDenyMessage && (options.customDenyMessage->size() > longestText || !base::isUtf8(*options.customDenyMessage)))
        return bad("custom_deny_message", "at most 4096 bytes of text");
    if (auto checked = checkUrl(options.customDenyUrl, "custom_deny_url"); !checked)
        return checked;
    return checkUrl(options.customNonIdentityDenyUrl, "custom_non_identity_deny_url");
}

} // namespace latchkey::access
