// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Application.h"
#include "Decision.h"

#include <memory>

namespace latchkey::access {

/// An application with its policies brought into the form the evaluator reads: sorted (Bypass and Service Auth first, each
/// by precedence), ids in binary, networks as bytes, rules described once. Immutable and shared between threads.
class CompiledApplication {
public:
    /// Refuses what cannot be evaluated (two policies of one precedence, a domain that is none). Strict mode only counts
    /// Service Auth and Bypass; see decide().
    [[nodiscard]] static Result<std::shared_ptr<const CompiledApplication>> compile(const Application& application);

    [[nodiscard]] const ApplicationId& id() const;
    [[nodiscard]] const Audience& audience() const;
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] const HostAndPath& hostAndPath() const;      ///< Host empty: only the port selects it.
    [[nodiscard]] const std::string& upstream() const;
    [[nodiscard]] std::optional<std::uint16_t> port() const;
    [[nodiscard]] std::uint64_t sessionEpoch() const;

    /// The one policy evaluator; strict mode. Allocates nothing. `subject.token`, when set, has authenticated already.
    /// Without a token only a Bypass policy can let the request in, else the outcome is unauthenticated/missingCredentials;
    /// with one, a refusal is forbidden and its reason names the nearest miss (matchedAllowNotServiceAuth, excludedByPolicy,
    /// requirementNotMet, noMatchingPolicy).
    [[nodiscard]] Decision decide(const Subject& subject, std::chrono::sys_seconds now) const;

    struct Impl;
    explicit CompiledApplication(std::unique_ptr<Impl> impl);
    ~CompiledApplication();

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace latchkey::access
