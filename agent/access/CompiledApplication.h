// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "CompiledRules.h"
#include "Decision.h"
#include "Trace.h"

#include <memory>

namespace latchkey::access {

/// An application with its policies brought into the form the evaluator reads: sorted (Bypass and Service Auth first, each
/// by precedence), ids in binary, networks as bytes, rules described once. Immutable and shared between threads.
class CompiledApplication {
public:
    /// Refuses what cannot be evaluated (two policies of one precedence, a domain that is none). Group rules are resolved
    /// among `groups`.
    [[nodiscard]] static Result<std::shared_ptr<const CompiledApplication>> compile(const Application& application,
                                                                                    const CompiledGroups& groups = {});

    [[nodiscard]] const ApplicationId& id() const;
    [[nodiscard]] const Audience& audience() const;
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] const HostAndPath& hostAndPath() const;      ///< Host empty: only the port selects it.
    [[nodiscard]] const std::vector<HostAndPath>& places() const;   ///< All of them, hostAndPath() first.
    [[nodiscard]] const ApplicationOptions& options() const;
    /// Sessions issued up to then have ended.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> sessionsRevokedAt() const;
    [[nodiscard]] const std::string& upstream() const;
    [[nodiscard]] std::optional<std::uint16_t> port() const;
    [[nodiscard]] std::uint64_t sessionEpoch() const;

    /// Whether a policy may let in somebody who logged in: only then is a login of any use.
    [[nodiscard]] bool hasIdentityPolicy() const;

    /// The one policy evaluator. Allocates nothing. `subject.token` and `subject.identity`, when set, have authenticated.
    ///
    /// Bypass and Service Auth are looked at first, then Allow and Block, each by precedence; the first that matches decides.
    /// - Bypass and Service Auth know nothing of an identity.
    /// - Service Auth needs a token or a client certificate, whatever its rules.
    /// - Allow needs an identity, and never counts for a token or a certificate. In strict mode an identity counts only on a
    ///   request without a token's credentials; in legacy mode also beside them.
    /// - An identity is of no use to an application that has no policy for one.
    ///
    /// Without anybody it could be about, the outcome is unauthenticated with `subject.refused` or missingCredentials; else
    /// a refusal is forbidden and its reason names the nearest miss (excludedByPolicy, requirementNotMet,
    /// matchedAllowNotServiceAuth, noMatchingPolicy). What the client then sees (403, 401, login page) is the edge's to say.
    /// A client certificate alone that no policy matches is forbidden only where a login could not help.
    [[nodiscard]] Decision decide(const Subject& subject, Mode mode, std::chrono::sys_seconds now) const;

    /// As decide(), by the same code, with what each policy and rule said.
    [[nodiscard]] Trace explain(const Subject& subject, Mode mode, std::chrono::sys_seconds now) const;

    struct Impl;
    explicit CompiledApplication(std::unique_ptr<Impl> impl);
    ~CompiledApplication();

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace latchkey::access
