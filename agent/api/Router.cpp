// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Router.h"

#include <array>

namespace latchkey::api {

namespace {

std::vector<std::string_view> segmentsOf(std::string_view path)
{
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool isPlaceholder(std::string_view segment)
{
    return segment.starts_with('{');
}

/// Takes the owner off a path: two segments behind the base.
bool takeOwner(std::vector<std::string_view>& path, RouteMatch& match)
{
    if (path.size() < 4 || path[0] != "client" || path[1] != "v4" || path[3].empty())
        return false;
    if (path[2] == "accounts")
        match.accountId = http::percentDecode(path[3]).value_or("");
    else if (path[2] != "zones")
        return false;
    path.erase(path.begin(), path.begin() + 4);
    return true;
}

/// Whether the path is the pattern's; fills what the placeholders stand for.
bool matches(std::string_view pattern, std::vector<std::string_view> path, RouteMatch& match)
{
    constexpr std::string_view owner = "{owner}";
    if (pattern.starts_with(owner)) {
        if (!takeOwner(path, match))
            return false;
        pattern.remove_prefix(owner.size());
    }
    const auto wanted = segmentsOf(pattern);
    if (wanted.size() != path.size())
        return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!isPlaceholder(wanted[i])) {
            if (wanted[i] != path[i])
                return false;
            continue;
        }
        auto id = http::percentDecode(path[i]);
        if (!id || id->empty())
            return false;
        match.ids.push_back(std::move(*id));
    }
    return true;
}

} // namespace

RouteMatch findRoute(std::string_view method, std::string_view path)
{
    RouteMatch found;
    const auto segments = segmentsOf(path);
    for (const auto routes : std::array{serviceTokenRoutes(), applicationRoutes(), policyRoutes(), groupRoutes(), explainRoutes(), adviceRoutes(),
                                        accountRoutes(), organizationRoutes(), keyRoutes(),
                                        logRoutes(), watchingRoutes(), inactivityRoutes(), configurationRoutes(), faultRoutes(),
                                        trustRoutes(), agentRoutes()}) {
        for (const auto& route : routes) {
            RouteMatch match;
            if (!matches(route.pattern, segments, match))
                continue;
            if (!found.allow.empty())
                found.allow += ", ";
            found.allow += route.method;
            found.accountId = match.accountId;
            if (route.method == method) {
                found.route = &route;
                found.ids = std::move(match.ids);
            }
        }
    }
    return found;
}

} // namespace latchkey::api
