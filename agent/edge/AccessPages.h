// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Organization.h"
#include "agent/base/Json.h"

#include <string>
#include <string_view>

namespace latchkey::edge {

struct Session;

/// The login page: one button for each person. Works without scripts and without anything loaded from elsewhere.
/// `query` is what the page was asked with; it comes back with the choice.
[[nodiscard]] std::string loginPage(std::string_view application, const access::Organization& organization, std::string_view action,
                                    std::string_view query, std::string_view nonce);

[[nodiscard]] std::string messagePage(std::string_view title, std::string_view text);

/// The headers of both: nothing is loaded, framed or kept.
[[nodiscard]] std::string pageHeaders();

/// What `get-identity` says of a session. Source: access-facts, "The edge"; Cloudflare's "Application token" page.
struct IdentityFacts {
    std::string accountId;
    std::string ip;
    std::string tokenId;        ///< Of a token's session.
    bool tokenIsGood = false;
    std::string name;           ///< Of a person's session.
    std::vector<std::string> groups;
};
[[nodiscard]] Json identityDocument(const Session& session, const IdentityFacts& facts);

} // namespace latchkey::edge
