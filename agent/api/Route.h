// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Reply.h"

#include "agent/control/Commands.h"
#include "agent/http/Query.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::api {

class EventHub;

/// One request that was let in, as a route's function sees it.
struct RouteCall {
    control::Commands& commands;
    std::vector<std::string> ids;   ///< The path's `{…}` parts, decoded, in order.
    http::QueryItems query;
    std::string body;
    EventHub* events = nullptr;     ///< Never null in a running API.
};

/// Runs on the control thread; answers once, now or later.
using RouteFunction = void (*)(RouteCall call, ReplyHandler reply);

/// A line of the route table. Patterns are literal but for `{name}` (one segment) and, at its beginning, `{owner}`: an
/// account or a zone, `/client/v4/accounts/{id}` or `/client/v4/zones/{id}`.
struct Route {
    std::string_view method;
    std::string_view pattern;
    RouteFunction run;
    std::size_t largestBody = usualBody;   ///< In bytes; more is answered with 413.

    static constexpr std::size_t usualBody = 1U << 20U;
};

// The table, a part for every resource.
[[nodiscard]] std::span<const Route> serviceTokenRoutes();
[[nodiscard]] std::span<const Route> applicationRoutes();
[[nodiscard]] std::span<const Route> policyRoutes();
[[nodiscard]] std::span<const Route> groupRoutes();
[[nodiscard]] std::span<const Route> explainRoutes();
[[nodiscard]] std::span<const Route> adviceRoutes();
[[nodiscard]] std::span<const Route> accountRoutes();
[[nodiscard]] std::span<const Route> organizationRoutes();
[[nodiscard]] std::span<const Route> keyRoutes();
[[nodiscard]] std::span<const Route> logRoutes();
[[nodiscard]] std::span<const Route> watchingRoutes();
[[nodiscard]] std::span<const Route> inactivityRoutes();
[[nodiscard]] std::span<const Route> configurationRoutes();
[[nodiscard]] std::span<const Route> faultRoutes();
[[nodiscard]] std::span<const Route> agentRoutes();
[[nodiscard]] std::span<const Route> trustRoutes();

} // namespace latchkey::api
