// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Random.h"

#include "Encoding.h"
#include "SecretBytes.h"

#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace latchkey::base {

std::string Random::hex(std::size_t bytes)
{
    std::vector<std::byte> raw(bytes);
    fill(raw);
    std::string text = toHex(raw);
    wipe(raw);   // what is made here may become a secret
    return text;
}

std::string Random::uuid()
{
    std::array<std::byte, 16> raw{};
    fill(raw);
    raw[6] = (raw[6] & std::byte{0x0f}) | std::byte{0x40};
    raw[8] = (raw[8] & std::byte{0x3f}) | std::byte{0x80};
    std::string text = toHex(raw);
    for (const std::size_t position : {8U, 13U, 18U, 23U})
        text.insert(position, 1, '-');
    return text;
}

std::string Random::text(std::size_t length, std::string_view alphabet)
{
    // Bytes at or above the largest multiple of the alphabet's size would favour its first letters: draw again.
    const unsigned limit = 256U - 256U % static_cast<unsigned>(alphabet.size());
    std::string result;
    result.reserve(length);
    std::array<std::byte, 64> raw{};
    while (result.size() < length) {
        fill(raw);
        for (const std::byte byte : raw) {
            const auto value = std::to_integer<unsigned>(byte);
            if (value < limit && result.size() < length)
                result += alphabet[value % alphabet.size()];
        }
    }
    wipe(raw.data(), raw.size());
    return result;
}

void SystemRandom::fill(std::span<std::byte> out)
{
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1) {
        std::fputs("latchkey: the system's random generator failed\n", stderr);
        std::abort();
    }
}

} // namespace latchkey::base
