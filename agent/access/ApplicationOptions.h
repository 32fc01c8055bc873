// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::access {

/// What the edge answers to a browser's preflight request. Source: `CORSHeaders` of the official SDK.
struct CorsHeaders {
    std::vector<std::string> allowedHeaders, allowedMethods, allowedOrigins;
    std::optional<bool> allowAllHeaders, allowAllMethods, allowAllOrigins, allowCredentials;
    std::optional<std::int64_t> maxAge;   ///< Seconds; -1: the browser is told not to keep it.
    std::string extra;                    ///< Members that we do not know: a JSON object's text, or empty.

    bool operator==(const CorsHeaders&) const = default;
};

/// One place of an application. Only public ones are served; what else Cloudflare knows (private networks) only travels.
struct Destination {
    std::string uri;    ///< Host and optional path; empty: not a public one.
    std::string json;   ///< The object as it was written.

    bool operator==(const Destination&) const = default;
};

/// The settings of an application that change what the edge does with its requests. What was not said stays unsaid, so that
/// an object goes back as it came (Terraform tells null from false).
/// Source: access-facts, "Applications, policies".
struct ApplicationOptions {
    std::vector<std::string> selfHostedDomains;
    std::vector<Destination> destinations;
    std::optional<bool> serviceAuth401Redirect;
    std::optional<std::string> readServiceTokensFromHeader;
    std::optional<bool> httpOnlyCookie;                 ///< Unsaid: true.
    std::optional<std::string> sameSiteCookie;          ///< none, lax or strict.
    std::optional<bool> pathCookie;
    std::optional<bool> optionsPreflightBypass;
    std::optional<CorsHeaders> cors;
    std::optional<std::string> customDenyMessage;
    std::optional<std::string> customDenyUrl;
    std::optional<std::string> customNonIdentityDenyUrl;

    bool operator==(const ApplicationOptions&) const = default;
};

/// Whether every value can be acted on; the error (invalidArgument) names the member.
[[nodiscard]] Result<void> check(const ApplicationOptions& options);

// As members of an application's object, in Cloudflare's names: the API's form and the database's, so that they cannot
// disagree.
void encodeOptions(Json& object, const ApplicationOptions& options);
/// What is of the wrong type is an error, or (`lenient`) as if it were not there. `read`, when given, gets the names of the
/// members that stand in `object` and were understood.
[[nodiscard]] Result<ApplicationOptions> decodeOptions(const Json& object, bool lenient,
                                                       std::vector<std::string_view>* read = nullptr);

} // namespace latchkey::access
