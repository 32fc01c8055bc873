// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "KeyRing.h"
#include "VerificationKey.h"

#include "agent/base/Error.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::jose {

/// The keys that a certs document or any JWK set (RFC 7517 §5) offers for RS256. A value; copies share the keys.
class JwkSet {
public:
    /// A key of the set that cannot be used, and why: "its type is EC, not RSA".
    struct Skipped {
        std::string name;     ///< Its kid, or "key 2" (counted from 1) when it has none that can be read.
        std::string reason;
        bool operator==(const Skipped&) const = default;
    };

    JwkSet() = default;

    /// Reads `{"keys":[…]}`; other members, such as Cloudflare's public_cert, are ignored. A key that cannot be used
    /// is skipped and named in skipped(): one odd key must not cost the others. A set may so end up empty. At most
    /// 1 MiB and 100 keys. Errors: invalidArgument.
    [[nodiscard]] static Result<JwkSet> parse(std::string_view json);

    /// What a validator that fetches the ring's certs document at `now` would hold.
    [[nodiscard]] static Result<JwkSet> of(const KeyRing& ring, std::chrono::sys_seconds now);

    /// The key with this id, or nullptr. Lives as long as this set or a copy of it.
    [[nodiscard]] const VerificationKey* find(std::string_view kid) const;

    [[nodiscard]] bool isEmpty() const { return m_keys.empty(); }
    [[nodiscard]] std::vector<std::string> kids() const;                       ///< In the document's order.
    [[nodiscard]] const std::vector<Skipped>& skipped() const { return m_skipped; }

private:
    void add(const Json& jwk, std::size_t position);

    std::vector<std::shared_ptr<const VerificationKey>> m_keys;
    std::vector<Skipped> m_skipped;
};

} // namespace latchkey::jose
