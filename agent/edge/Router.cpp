// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Router.h"

#include "agent/base/Encoding.h"
#include "agent/http/Authority.h"
#include "agent/http/Characters.h"

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

// Whether `left` is to be tried before `right`; both as (is it named?) from left to right.
template <typename Parts, typename IsAny>
bool isMoreSpecific(const Parts& left, const Parts& right, IsAny isAny)
{
    if (left.size() != right.size())
        return left.size() > right.size();
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (isAny(left[i]) != isAny(right[i]))
            return isAny(right[i]);
    }
    return false;
}

// Cuts off the first byte, or the escape that stands for it.
char takeDecoded(std::string_view& text)
{
    using http::characters::hexValue;
    char byte = text.front();
    std::size_t length = 1;
    if (byte == '%' && text.size() >= 3 && hexValue(text[1]) >= 0 && hexValue(text[2]) >= 0) {
        byte = static_cast<char>(hexValue(text[1]) * 16 + hexValue(text[2]));
        length = 3;
    }
    text.remove_prefix(length);
    return byte;
}

// Whether `given`, once decoded, is `plain`; with nothing allocated.
bool equalsDecoded(std::string_view given, std::string_view plain)
{
    while (!given.empty() && !plain.empty()) {
        if (takeDecoded(given) != plain.front())
            return false;
        plain.remove_prefix(1);
    }
    return given.empty() && plain.empty();
}

// Where a segment's parameters begin. Services that decode first find them behind %3B, too.
std::size_t parametersOf(std::string_view segment)
{
    return std::min(segment.find(';'), segment.find("%3B"));
}

// The name without port and root dot, in lower case; empty: none that could be one.
std::string_view hostName(std::string_view host, std::array<char, 256>& lower)
{
    const auto authority = http::Authority::parse(host);
    std::string_view name = authority ? authority->host : std::string_view{};
    if (name.ends_with('.')) // the root's label: the same host
        name.remove_suffix(1);
    if (name.size() > lower.size()) // RFC 1035 §2.3.4: no name is longer
        return {};
    std::ranges::transform(name, lower.begin(), http::characters::toLower);
    return {lower.data(), name.size()};
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

bool isAnyLabel(const std::string& label)
{
    return label == "*";
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
        m_identities.try_emplace(base::toLowerAscii(each.email), access::Identity{each.email, each.name, each.groups, each.country, {}});
    for (const auto& application : snapshot.applications)
        add(snapshot, application, previous, now);
    for (auto& [host, places] : m_hosts)
        std::ranges::stable_sort(places, moreSpecific);
    for (HostPattern& pattern : m_patterns)
        std::ranges::stable_sort(pattern.places, moreSpecific);
    std::ranges::stable_sort(m_patterns, [](const HostPattern& left, const HostPattern& right) {
        return isMoreSpecific(left.labels, right.labels, isAnyLabel);
    });
    if (previous == nullptr)
        return;
    for (const auto& [id, context] : previous->m_contexts) {
        if (!m_contexts.contains(id))
            m_lost.applications.push_back(id);
    }
    for (const auto& [email, identity] : previous->m_identities) {
        if (!m_identities.contains(email))
            m_lost.identities.push_back(email);
    }
}

std::vector<Router::Segment> Router::segmentsOf(std::string_view path)
{
    std::vector<Segment> segments;
    for (const std::string& part : split(path, '/')) {
        if (part.empty())
            continue;
        Segment segment{{}, part == "*"}; // an encoded star is a star's name
        for (std::string_view rest = part; !rest.empty();)
            segment.text += takeDecoded(rest);
        segments.push_back(std::move(segment));
    }
    return segments;
}

bool Router::moreSpecific(const Place& left, const Place& right)
{
    return isMoreSpecific(left.segments, right.segments, [](const Segment& segment) { return segment.isAny; });
}

bool Router::matches(const Place& place, std::string_view path, bool withoutParameters)
{
    std::size_t at = 0;
    for (const Segment& segment : place.segments) {
        if (at >= path.size() || path[at] != '/')
            return false;
        ++at;
        const std::size_t end = std::min(path.find('/', at), path.size());
        std::string_view given = path.substr(at, end - at);
        if (withoutParameters)
            given = given.substr(0, parametersOf(given));
        if (given.empty() || (!segment.isAny && !equalsDecoded(given, segment.text)))
            return false;
        at = end;
    }
    return true;
}

void Router::add(const Snapshot& snapshot, std::shared_ptr<const access::CompiledApplication> application,
                 const Router* previous, std::chrono::sys_seconds now)
{
    const access::ApplicationOptions& options = application->options();
    auto route = std::make_unique<Route>(SessionCookie(options, cookiePath(options, application->places())),
                                         SessionCookie(options, std::string(1, '/')));
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
        if (revoked)
            m_lost.sessions.push_back(id);
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
    route->options = routeOptions(options);
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
    // Addresses are at most 254 long (RFC 5321 §4.5.3.1.3 without its brackets); a longer one is none that was set.
    std::array<char, 320> lower;
    if (email.size() > lower.size()) {
        const auto found = m_identities.find(base::toLowerAscii(email));
        return found == m_identities.end() ? nullptr : &found->second;
    }
    std::ranges::transform(email, lower.begin(), http::characters::toLower);
    const auto found = m_identities.find(std::string_view(lower.data(), email.size()));
    return found == m_identities.end() ? nullptr : &found->second;
}

bool Router::hasHost(std::string_view host, const Route* only) const
{
    std::array<char, 256> lower;
    const std::string_view name = hostName(host, lower);
    if (name.empty())
        return false;
    const auto counts = [only](const std::vector<Place>& places) {
        return std::ranges::any_of(places, [only](const Place& place) { return only == nullptr || place.route == only; });
    };
    if (const auto found = m_hosts.find(name); found != m_hosts.end() && counts(found->second))
        return true;
    return std::ranges::any_of(m_patterns, [name, &counts](const HostPattern& pattern) {
        return matchesHost(pattern.labels, name) && counts(pattern.places);
    });
}

Router::Match Router::byHostAndPath(std::string_view host, std::string_view path) const
{
    std::array<char, 256> lower;
    const std::string_view name = hostName(host, lower);
    if (name.empty())
        return {};
    const std::vector<Place>* places = findHost(name);
    if (places == nullptr)
        return {};
    Match match{findPath(*places, path, false)};
    if (parametersOf(path) != std::string_view::npos)
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
        if (matches(place, path, withoutParameters))
            return place.route;
    }
    return nullptr;
}

} // namespace latchkey::edge
