// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "RouteOptions.h"
#include "Snapshot.h"

#include "agent/http/UpstreamAddress.h"
#include "agent/jose/JwkSet.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace latchkey::edge {

/// What the JWTs of one application have in common. The same object as long as none of it changes, from publication to
/// publication, so that the assertion cache compares a pointer.
struct AssertionContext {
    std::string applicationId;
    std::string audience;
    std::string issuer;
    std::uint64_t sessionEpoch = 0;
    std::shared_ptr<const jose::SigningKey> key;
    /// No JWT is issued earlier. After a revocation it is the second behind it: RS256 gives equal bytes for equal claims, so
    /// a JWT of the same second would *be* the revoked one.
    std::chrono::sys_seconds notBefore{};
};

/// What lost access with one publication, beside tokens.
struct LostAccess {
    std::vector<std::string> applications; ///< Removed: everything there ends.
    std::vector<std::string> sessions;     ///< Of these applications the sessions and JWTs issued so far were revoked.
    std::vector<std::string> identities;   ///< E-mail addresses, lower case: nobody has them any more.

    [[nodiscard]] bool isEmpty() const { return applications.empty() && sessions.empty() && identities.empty(); }
};

/// An application as the data plane uses it.
struct Route {
    Route(SessionCookie cookie_, SessionCookie portCookie_) : cookie(std::move(cookie_)), portCookie(std::move(portCookie_)) { }

    std::shared_ptr<const access::CompiledApplication> application;
    std::shared_ptr<const AssertionContext> assertions;
    std::optional<http::UpstreamAddress> upstream; ///< Nothing: requests that pass get 502.
    std::string upstreamProblem;                   ///< Why there is none.
    std::unique_ptr<const RouteOptions> options;   ///< Null: none that matters.
    std::unique_ptr<const access::Faults> faults;  ///< Null: all goes well.
    SessionCookie cookie;                          ///< On its hosts.
    SessionCookie portCookie;                      ///< On its own port, where every path is its own.
};

/// Finds the application of a request. Built on the control thread, once a publication; immutable and shared by the workers.
class Router {
public:
    /// `previous` is the router of the publication before, or nullptr; `now` the time of this one.
    Router(const Snapshot& snapshot, const Router* previous, std::chrono::sys_seconds now);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    /// The application whose own port this is, or nullptr.
    [[nodiscard]] const Route* byPort(std::uint16_t port) const;

    /// The application with this audience, or nullptr.
    [[nodiscard]] const Route* byAudience(std::string_view audience) const;

    /// The published keys, for checking sessions. Never null.
    [[nodiscard]] const std::shared_ptr<const jose::JwkSet>& keySet() const { return m_keySet; }
    /// Who can log in, in the form the evaluator reads; nullptr: nobody has this address (any case).
    [[nodiscard]] const access::Identity* identity(std::string_view email) const;
    [[nodiscard]] bool hasApplication(std::string_view id) const { return m_contexts.contains(id); }
    /// Since the publication before.
    [[nodiscard]] const LostAccess& lost() const { return m_lost; }
    /// Whether an application, or that of `only`, has this host (with or without port, any case).
    [[nodiscard]] bool hasHost(std::string_view host, const Route* only = nullptr) const;

    struct Match {
        const Route* route = nullptr;
        /// The path holds `;` and belongs to another application when read without its parameters: services differ in
        /// how they read it, so nobody can tell which application was meant.
        bool ambiguous = false;
    };
    /// The most specific application of this host (with or without port, any case) and path. More segments win, then a name
    /// over `*`, from left to right; `*` stands for one host label or one path segment. Segments are compared decoded, as
    /// services read them: `/%40x` is `/@x`. Capitals matter in them, as RFC 3986 §6.2.2.1 has it; in front of a service that
    /// does not tell them apart, protect its whole host.
    [[nodiscard]] Match byHostAndPath(std::string_view host, std::string_view path) const;

private:
    struct Segment {
        std::string text;   // decoded
        bool isAny = false; // `*`
    };
    struct Place {
        std::vector<Segment> segments; // of the path
        const Route* route = nullptr;
    };
    struct HostPattern {
        std::vector<std::string> labels;
        std::vector<Place> places;
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    void add(const Snapshot& snapshot, std::shared_ptr<const access::CompiledApplication> application,
             const Router* previous, std::chrono::sys_seconds now);
    std::vector<Place>& placesOf(const std::string& host);
    [[nodiscard]] const std::vector<Place>* findHost(std::string_view lowerHost) const;
    static std::vector<Segment> segmentsOf(std::string_view path);
    static bool moreSpecific(const Place& left, const Place& right);
    static bool matches(const Place& place, std::string_view path, bool withoutParameters);
    static const Route* findPath(const std::vector<Place>& places, std::string_view path, bool withoutParameters);

    std::vector<std::unique_ptr<Route>> m_routes;
    std::unordered_map<std::uint16_t, const Route*> m_ports;
    std::unordered_map<std::string, std::vector<Place>, TextHash, std::equal_to<>> m_hosts;
    std::vector<HostPattern> m_patterns; // with `*`, most specific first
    std::unordered_map<std::string, std::shared_ptr<const AssertionContext>, TextHash, std::equal_to<>> m_contexts;
    std::unordered_map<std::string, access::Identity, TextHash, std::equal_to<>> m_identities; // by the address in lower case
    LostAccess m_lost;
    std::shared_ptr<const jose::JwkSet> m_keySet;
    std::shared_ptr<const jose::SigningKey> m_currentKey, m_previousKey; // that m_keySet is of
};

} // namespace latchkey::edge
