// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Faults.h"
#include "agent/base/Json.h"
#include "agent/jose/KeyRing.h"

#include <chrono>
#include <string>

namespace latchkey::edge {

/// A JWT with these claims and what is to be wrong with it. `sound` is what would be right at `now`. Costs a signature: for the pool.
[[nodiscard]] Result<std::string> faultyJwt(const jose::SigningKey& key, Json sound, const access::Faults& faults,
                                            std::chrono::sys_seconds now);

/// The certs document with what is to be wrong with it: no keys, or none of the key that signs now (what a validator holds
/// that kept its copy since before a rotation; without a previous key that is no key at all).
[[nodiscard]] std::string faultyCerts(const std::string& sound, access::CertsFault fault, const std::string& currentKid);

} // namespace latchkey::edge
