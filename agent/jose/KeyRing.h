// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SigningKey.h"

#include <chrono>
#include <memory>
#include <string>

namespace latchkey::jose {

/// The keys in service: one signs, and the one before it is still published until `previousUntil` (Cloudflare: seven
/// days), so that JWTs signed before a rotation go on verifying. A value; copying it shares the keys.
struct KeyRing {
    std::shared_ptr<const SigningKey> current;
    std::shared_ptr<const SigningKey> previous;     ///< May be null.
    std::chrono::sys_seconds previousUntil{};       ///< First second at which `previous` is gone.

    [[nodiscard]] bool previousIsPublished(std::chrono::sys_seconds now) const;

    /// The ring after a rotation: `next` signs, and what signed until now stays published until `until`.
    [[nodiscard]] KeyRing rotatedTo(std::shared_ptr<const SigningKey> next, std::chrono::sys_seconds until) const;

    /// The body of `/cdn-cgi/access/certs`, the current key first:
    /// `{"keys":[jwk…],"public_cert":{"kid","cert"},"public_certs":[{"kid","cert"}…]}`.
    /// It changes at a rotation and at `previousUntil` only, so it can be rendered once and kept until then.
    /// `current` must be set.
    [[nodiscard]] std::string certsDocument(std::chrono::sys_seconds now) const;
};

} // namespace latchkey::jose
