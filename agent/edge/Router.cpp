// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Router.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <array>
#include <ranges>

namespace latchkey::edge {

namespace {

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::vector<std::string> segmentsOf(std::string_view path)
{
    std::vector<std::string> segments = split(path, '/');
    std::erase(segments, std::string());
    return segments;
}

// Whether `left` is to be tried before `right`.
bool moreSpecific(const std::vector<std::string>& left, const std::vector<std::string>& right)
{
    if (left.size() != right.size())
        return left.size() > right.size();
    for (std::size_t i = 0; i < left.size(); ++i) {
        const bool leftNamed = left[i] != "*";
        const bool rightNamed = right[i] != "*";
        if (leftNamed != rightNamed)
            return leftNamed;
    }
    return false;
}

std::string_view withoutPort(std::string_view host)
{
    if (host.starts_with('['))
        return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
    return host.substr(0, host.rfind(':'));
}

bool matchesPath(const std::vector<std::string>& segments, std::string_view path, bool withoutParameters)
{
    std::size_t at = 0;
    for (const std::string& segment : segments) {
        if (at >= path.size() || path[at] != '/')
            return false;
        ++at;
        const std::size_t end = std::min(path.find('/', at), path.size());
        std::string_view given = path.substr(at, end - at);
        if (withoutParameters)
            given = given.substr(0, given.find(';'));
        if (given.empty() || (segment != "*" && segment != given))
            return false;
        at = end;
    }
    return true;
}

bool matchesHost(const std::vector<std::string>& labels, std::string_view host)
{
    std::size_t at = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (at > host.size())
            return false;
        const std::size_t end = std::min(host.find('.', at), host.size());
        const std::string_view given = host.substr(at, end - at);
        if (given.empty() || (labels[i] != "*" && labels[i] != given))
            return false;
        at = end + 1;
    }
    return at == host.size() + 1;
}

} // namespace

Router::Router(const Snapshot& snapshot, const Router* previous, std::chrono::sys_seconds now)
{
    m_currentKey = snapshot.keys.current;
    m_previousKey = snapshot.keys.previousIsPublished(now) ? snapshot.keys.previous : nullptr;
    if (previous != nullptr && previous->m_currentKey == m_currentKey && previous->m_previousKey == m_previousKey) {
        m_keySet = previous->m_keySet;
    } else {
        auto keys = m_currentKey ? jose::JwkSet::of(snapshot.keys, now) : Result<jose::JwkSet>();
        m_keySet = std::make_shared<const jose::JwkSet>(keys ? std::move(*keys) : jose::JwkSet());
    }
    for (const access::TestIdentity& each : snapshot.organization->testIdentities)
        m_identities.push_back({each.email, each.name, each.groups, each.country, {}});
    for (const auto& application : snapshot.applications)
        add(snapshot, application, previous, now);
    const auto bySegments = [](const Place& left, const Place& right) { return moreSpecific(left.segments, right.segments); };
    for (auto& [host, places] : m_hosts)
        std::ranges::stable_sort(places, bySegments);
    for (HostPattern& pattern : m_patterns)
        std::ranges::stable_sort(pattern.places, bySegments);
    std::ranges::stable_sort(m_patterns, [](const HostPattern& left, const HostPattern& right) {
        return moreSpecific(left.labels, right.labels);
    });
}

void Router::add(const Snapshot& snapshot, std::shared_ptr<const access::CompiledApplication> application,
                 const Router* previous, std::chrono::sys_seconds now)
{
    auto route = std::make_unique<Route>();
    if (application->upstream().empty()) {
        route->upstreamProblem = "The application names no upstream.";
    } else {
        auto address = http::UpstreamAddress::parse(application->upstream());
        if (address)
            route->upstream = std::move(*address);
        else
            route->upstreamProblem = address.error().message;
    }

    const std::string& id = application->id().value;
    AssertionContext context{id, application->audience().value, snapshot.issuer, application->sessionEpoch(),
                             snapshot.keys.current, {}};
    const auto before = previous != nullptr ? previous->m_contexts.find(id) : m_contexts.end();
    if (previous != nullptr && before != previous->m_contexts.end()) {
        const AssertionContext& old = *before->second;
        const bool revoked = old.sessionEpoch != context.sessionEpoch;
        // What the workers issued meanwhile is at most of this second, or one bumped behind an earlier revocation.
        context.notBefore = revoked ? std::max(now, old.notBefore) + std::chrono::seconds(1) : old.notBefore;
        if (!revoked && old.audience == context.audience && old.issuer == context.issuer && old.key == context.key)
            route->assertions = before->second;
    }
    // Also after a restart, when nothing is known of the router before.
    if (const auto revokedAt = application->sessionsRevokedAt())
        context.notBefore = std::max(context.notBefore, *revokedAt + std::chrono::seconds(1));
    if (!route->assertions)
        route->assertions = std::make_shared<const AssertionContext>(std::move(context));
    m_contexts.emplace(id, route->assertions);

    for (const access::HostAndPath& place : application->places())
        placesOf(place.host).push_back({segmentsOf(place.path), route.get()});
    if (application->port())
        m_ports.emplace(*application->port(), route.get());
    if (const auto faults = snapshot.faults.find(id); faults != snapshot.faults.end() && faults->second.any())
        route->faults = std::make_unique<const access::Faults>(faults->second);
    route->options = routeOptions(application->options());
    route->application = std::move(application);
    m_routes.push_back(std::move(route));
}

std::vector<Router::Place>& Router::placesOf(const std::string& host)
{
    if (host.find('*') == std::string::npos)
        return m_hosts[host];
    std::vector<std::string> labels = split(host, '.');
    const auto known = std::ranges::find(m_patterns, labels, &HostPattern::labels);
    if (known != m_patterns.end())
        return known->places;
    m_patterns.push_back({std::move(labels), {}});
    return m_patterns.back().places;
}

const Route* Router::byPort(std::uint16_t port) const
{
    const auto found = m_ports.find(port);
    return found == m_ports.end() ? nullptr : found->second;
}

const Route* Router::byAudience(std::string_view audience) const
{
    const auto found = std::ranges::find_if(m_routes, [audience](const auto& each) { return each->application->audience().value == audience; });
    return found == m_routes.end() ? nullptr : found->get();
}

const access::Identity* Router::identity(std::string_view email) const
{
    const auto found = std::ranges::find_if(m_identities, [email](const access::Identity& each) {
        return base::equalsIgnoreCaseAscii(each.email, email);
    });
    return found == m_identities.end() ? nullptr : &*found;
}

Router::Match Router::byHostAndPath(std::string_view host, std::string_view path) const
{
    std::string_view name = withoutPort(host);
    if (name.ends_with('.')) // the root's label: the same host
        name.remove_suffix(1);
    std::array<char, 256> lower;
    if (name.empty() || name.size() > lower.size()) // RFC 1035 §2.3.4: no name is longer
        return {};
    std::ranges::transform(name, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });

    const std::vector<Place>* places = findHost({lower.data(), name.size()});
    if (places == nullptr)
        return {};
    Match match{findPath(*places, path, false)};
    if (path.find(';') != std::string_view::npos)
        match.ambiguous = findPath(*places, path, true) != match.route;
    return match;
}

const std::vector<Router::Place>* Router::findHost(std::string_view lowerHost) const
{
    const auto found = m_hosts.find(lowerHost);
    if (found != m_hosts.end())
        return &found->second;
    for (const HostPattern& pattern : m_patterns) {
        if (matchesHost(pattern.labels, lowerHost))
            return &pattern.places;
    }
    return nullptr;
}

const Route* Router::findPath(const std::vector<Place>& places, std::string_view path, bool withoutParameters)
{
    for (const Place& place : places) {
        if (matchesPath(place.segments, path, withoutParameters))
            return place.route;
    }
    return nullptr;
}

} // namespace latchkey::edge
