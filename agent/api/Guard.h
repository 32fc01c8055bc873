// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Reply.h"

#include "agent/base/SecretBytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::api {

/// Who may ask. A web page that a person has open must not reach the agent: neither by a name that its owner points to
/// this machine (DNS rebinding), nor by a cross-origin request. Immutable, so any thread may ask it.
class Guard {
public:
    Guard(std::vector<std::string> hostNames, SecretBytes apiToken);

    /// Whether a Host header names this machine: localhost, a loopback address, or a name that was configured.
    [[nodiscard]] bool isOurHost(std::string_view host) const;
    /// The refusal of a request by the name it came by or the page it came from; nullopt: it may go on.
    [[nodiscard]] std::optional<Reply> refuseOrigin(std::string_view host, std::string_view origin) const;
    /// Whether the Authorization header's value is our bearer token; takes the same time for every wrong one of a length.
    [[nodiscard]] bool isAuthorized(std::string_view authorization) const;
    /// Hex HMAC-SHA256(API token, nonce): shows a client that we know the token, without telling it.
    [[nodiscard]] std::string proof(std::string_view nonce) const;

private:
    std::vector<std::string> m_hostNames;   ///< Lower case.
    SecretBytes m_apiToken;
};

} // namespace latchkey::api
