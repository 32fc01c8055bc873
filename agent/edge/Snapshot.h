// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/CompiledApplication.h"
#include "agent/access/Organization.h"
#include "agent/access/Faults.h"
#include "agent/access/TokenMap.h"
#include "agent/jose/KeyRing.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::edge {

/// Everything the data plane needs to answer a request, immutable: the border between the control plane and the workers.
/// Control makes one, hands it to Edge::publish and never changes it; only the control thread destroys it.
struct Snapshot {
    std::uint64_t revision = 0;                       ///< Rises with every publication.
    std::string issuer;                               ///< `https://<team>.cloudflareaccess.com`, without a slash at its end.
    access::TokenMap tokens;
    std::vector<std::shared_ptr<const access::CompiledApplication>> applications;
    /// Strictness, the country's header, identities for logins. Never null.
    std::shared_ptr<const access::Organization> organization = std::make_shared<const access::Organization>();
    jose::KeyRing keys;
    std::map<std::string, access::Faults> faults;     ///< Application id → what goes wrong there on purpose.
    std::string certsDocument;                        ///< Body of /cdn-cgi/access/certs, rendered once a publication.
    /// Token ids (binary UUIDs) that lost access since the last publication: their streams and upgraded connections are
    /// closed within a second. Empty in most publications.
    std::vector<std::array<std::uint8_t, 16>> cutOff;
};

} // namespace latchkey::edge
