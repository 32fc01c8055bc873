// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "IpNetwork.h"
#include "Reason.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::access {

struct TokenEntry;

/// A person who logged in (here: a configured test identity).
struct Identity {
    std::string email;
    std::string name;
    /// Access groups, by id or name, that the person is a member of whatever the groups' own rules say: so that groups whose
    /// rules are not emulated (an identity provider's) can be tried.
    std::vector<std::string> groups;
    std::string country;       ///< Of the login; used when the request itself tells none.
    std::string loginMethod;   ///< The id of an identity provider.

    bool operator==(const Identity&) const = default;
};

/// Who asks, and from where. The pointers and views live as long as the question.
struct Subject {
    const TokenEntry* token = nullptr;       ///< The token that authenticated; nullptr: none did.
    IpAddress peer = {};                     ///< Where the connection comes from.
    const Identity* identity = nullptr;      ///< Who logged in; nullptr: nobody.
    std::string_view country = {};           ///< Where the request comes from, ISO 3166-1 alpha-2; empty: not known.
    bool hasCertificate = false;             ///< Whether a client certificate was verified.
    std::string_view commonName = {};        ///< That certificate's.
    /// Why the token's credentials that were sent do not authenticate; `allowed`: none were sent, or they do.
    Reason refused = Reason::allowed;
};

/// How the organization treats service tokens (`strict_service_token_auth`). In strict mode a request with a token is
/// decided by the token alone, also when it does not authenticate; in legacy mode an identity beside it counts too.
enum class Mode { strict, legacy };

} // namespace latchkey::access
