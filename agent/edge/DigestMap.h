// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Random.h"
#include "agent/base/Sha256.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>

namespace latchkey::edge {

/// Hashes digests of what clients send. Seeded, or a client could search for texts whose digests share a bucket.
struct DigestHash {
    std::uint64_t seed = [] {
        SystemRandom random;
        std::uint64_t value = 0;
        random.fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }();

    std::size_t operator()(const base::Digest& digest) const
    {
        std::uint64_t first = 0;
        std::uint64_t second = 0;
        std::memcpy(&first, digest.data(), sizeof first);
        std::memcpy(&second, digest.data() + sizeof first, sizeof second);
        return static_cast<std::size_t>(((first ^ seed) * 0x9e3779b97f4a7c15U) ^ second);
    }
};

template <typename Value>
using DigestMap = std::unordered_map<base::Digest, Value, DigestHash>;

} // namespace latchkey::edge
