// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/CompiledApplication.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace latchkey::control {

struct State;

/// A request that might be made, and nobody makes.
struct ExplainQuery {
    // Which application: its id, its own port, or a host and path.
    access::ApplicationId application;
    std::optional<std::uint16_t> port;
    std::string host;
    std::string path;

    // Who asks. Without a secret the right one is taken for granted.
    access::TokenId token;       ///< Instead of the Client ID; Commands::explain() looks it up.
    std::string clientId;
    std::optional<SecretBytes> clientSecret;
    bool isIncomplete = false;   ///< One of the two headers was left out.
    std::optional<access::Identity> identity;
    bool hasCertificate = false;
    std::string commonName;

    access::IpAddress address;
    std::string country;
    std::optional<std::chrono::sys_seconds> at;   ///< nullopt: now.
};

struct Explanation {
    /// Null: no application answers there, which is then the decision's reason. The decision's views are into it.
    std::shared_ptr<const access::CompiledApplication> application;
    access::Trace trace;
    access::Mode mode = access::Mode::strict;
    std::chrono::sys_seconds at{};
    std::string clientId;        ///< Of the token that is there; empty: none.
};

/// What the edge would decide, by the same code.
[[nodiscard]] Result<Explanation> explain(const State& state, const ExplainQuery& query, std::chrono::sys_seconds now);

} // namespace latchkey::control
