// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "OpenSsl.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace latchkey::base {

/// A SHA-256 digest. Digests of secrets are compared with equalDigests only.
using Digest = std::array<std::uint8_t, 32>;

/// Takes the same time whatever the digests hold.
[[nodiscard]] bool equalDigests(const Digest& left, const Digest& right);

/// SHA-256 with a context and a fetched algorithm that are reused, for the hot path. One a thread.
class Sha256 {
public:
    Sha256();
    [[nodiscard]] Digest hash(std::string_view bytes);

private:
    EvpMdPtr m_algorithm;
    EvpMdCtxPtr m_context;
};

/// One digest, where speed does not matter. Thread-safe.
[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Digest hmacSha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string_view asText(const Digest& digest);   ///< The 32 raw bytes.

} // namespace latchkey::base
