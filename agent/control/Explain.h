// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/CompiledApplication.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"
#include "agent/base/Sha256.h"
#include "agent/edge/ReadRequest.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::control {

struct State;

/// A request that might be made, and nobody makes.
struct ExplainQuery {
    // Which application: its id, its own port, or a host and path.
    access::ApplicationId application;
    std::optional<std::uint16_t> port;
    std::string host;
    std::string path;

    // Who asks. Without a secret the right one is taken for granted; with header lines they tell, all but an identity or a
    // certificate that is named beside them.
    std::vector<edge::HeaderLine> headers;
    access::TokenId token;       ///< Instead of the Client ID; Commands::explain() looks it up.
    std::string clientId;
    std::optional<SecretBytes> clientSecret;
    bool isIncomplete = false;   ///< A secret without a Client ID.
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

    /// The session that the header lines bring along.
    enum class Session { none, unasked, refused, counts };
    Session session = Session::none;
    access::Reason sessionReason = access::Reason::allowed;   ///< Why it does not count.
    std::string sessionEmail;    ///< Whose it is, when it counts; empty: a token's.
};

/// Whether somebody logged out of the session whose JWT has this digest.
using IsEnded = std::function<Result<bool>(const base::Digest& session, std::chrono::sys_seconds now)>;

/// What the edge would decide, by the same code. `issuer`: of the JWTs.
[[nodiscard]] Result<Explanation> explain(const State& state, const ExplainQuery& query, const std::string& issuer,
                                          std::chrono::sys_seconds now, const IsEnded& isEnded);

} // namespace latchkey::control
