// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::base {

/// Cryptographically strong random bytes, passed in so that tests can choose them. Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    /// Fills all of `out`. A machine without randomness cannot go on safely, so a failure ends the process.
    virtual void fill(std::span<std::byte> out) = 0;

    [[nodiscard]] std::string hex(std::size_t bytes);       ///< 2 × bytes lower-case hex digits.
    [[nodiscard]] std::string uuid();                       ///< RFC 9562 version 4.
    /// `length` characters chosen without bias from `alphabet` (2 to 256 characters).
    [[nodiscard]] std::string text(std::size_t length, std::string_view alphabet);
};

/// OpenSSL's generator.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

} // namespace latchkey::base

namespace latchkey {
using base::Random;
using base::SystemRandom;
} // namespace latchkey
