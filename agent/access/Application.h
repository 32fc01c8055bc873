// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ApplicationOptions.h"
#include "Policy.h"

#include <cstdint>

namespace latchkey::access {

/// A self-hosted application. Members that only later issues act on travel in `extra`.
/// Source: access-facts, "Applications, policies"; the `latchkey` member: design, "Extension of Cloudflare's objects".
struct Application {
    ApplicationId id;
    Audience audience;
    std::string name;
    std::string domain;                              ///< Host and optional path; may be empty when the port alone selects it.
    Duration sessionDuration = Duration::oneDay();
    std::vector<Policy> policies;                    ///< In order of precedence.
    std::string upstream;                            ///< `http://127.0.0.1:3000`; empty: requests that pass get 502 with the reason.
    std::optional<std::uint16_t> port;               ///< The application's own port on the edge.
    std::chrono::sys_seconds createdAt{};
    std::chrono::sys_seconds updatedAt{};
    std::optional<std::chrono::sys_seconds> sessionsRevokedAt;   ///< Sessions issued up to then have ended.
    std::uint64_t sessionEpoch = 0;                  ///< Raised by every revocation; part of the assertion cache's key.
    ApplicationOptions options;
    std::string extra;

    bool operator==(const Application&) const = default;
};

/// The host and path of a `domain` member: lower-case host without port; path with its leading slash, without one at its
/// end (or "/").
struct HostAndPath {
    std::string host;
    std::string path;
    bool operator==(const HostAndPath&) const = default;
};
[[nodiscard]] Result<HostAndPath> splitDomain(std::string_view domain);

/// Everywhere an application is served: its domain, then its public destinations or, without any, its self_hosted_domains
/// (which destinations supersede, as Cloudflare says). Each once; empty: its port alone selects it.
[[nodiscard]] Result<std::vector<HostAndPath>> placesOf(const Application& application);

} // namespace latchkey::access
