// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace latchkey::base {

/// Bytes that must not linger: a client secret, a private key, an API token. Wipes its memory when it goes, when it is
/// moved from and when it grows; has no operator<< and no conversion to a string, so that it cannot slip into a log.
/// Not thread-safe; owned by whoever holds it. Copies are made only by an explicit clone().
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::string_view text);
    explicit SecretBytes(std::span<const std::byte> bytes);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    [[nodiscard]] SecretBytes clone() const;
    [[nodiscard]] bool isEmpty() const { return m_bytes.empty(); }
    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }

    /// The bytes themselves, for the call that needs them. The view dies with this object; do not copy from it.
    [[nodiscard]] std::string_view reveal() const;

    /// Takes time that depends on the lengths only.
    [[nodiscard]] bool equals(std::string_view other) const;
    [[nodiscard]] bool equals(const SecretBytes& other) const { return equals(other.reveal()); }

    void append(std::string_view text);
    void clear();

private:
    std::vector<std::byte> m_bytes;
};

/// Overwrites `size` bytes in a way the compiler may not leave out.
void wipe(void* data, std::size_t size);

/// Wipes a container of bytes (std::string, std::vector<char>, QByteArray…) that had to hold a secret for a moment,
/// then empties it. Only its current buffer is reached, so it must not have grown while it held the secret.
template <typename Container>
void wipe(Container& container)
{
    if (container.size() != 0)
        wipe(static_cast<void*>(container.data()), static_cast<std::size_t>(container.size()) * sizeof(*container.data()));
    container.clear();
}

} // namespace latchkey::base

namespace latchkey {
using base::SecretBytes;
}
