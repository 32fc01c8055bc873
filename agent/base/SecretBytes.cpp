// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretBytes.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey::base {

void wipe(void* data, std::size_t size)
{
    if (size != 0)
        OPENSSL_cleanse(data, size);
}

SecretBytes::SecretBytes(std::string_view text)
    : SecretBytes(std::as_bytes(std::span(text.data(), text.size())))
{
}

SecretBytes::SecretBytes(std::span<const std::byte> bytes)
    : m_bytes(bytes.begin(), bytes.end())
{
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
{
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept
{
    if (this != &other) {
        clear();
        m_bytes = std::exchange(other.m_bytes, {});
    }
    return *this;
}

SecretBytes::~SecretBytes()
{
    clear();
}

SecretBytes SecretBytes::clone() const
{
    return SecretBytes(std::span<const std::byte>(m_bytes));
}

std::string_view SecretBytes::reveal() const
{
    return {reinterpret_cast<const char*>(m_bytes.data()), m_bytes.size()};
}

bool SecretBytes::equals(std::string_view other) const
{
    return m_bytes.size() == other.size() && CRYPTO_memcmp(m_bytes.data(), other.data(), other.size()) == 0;
}

void SecretBytes::append(std::string_view text)
{
    if (text.empty())
        return;
    const std::size_t size = m_bytes.size();
    if (m_bytes.capacity() - size < text.size()) {
        // Growing a vector frees the old buffer unwiped, so the new one is made by hand; twice as large, as what comes in
        // pieces would otherwise be copied with every one.
        std::vector<std::byte> grown;
        grown.reserve(std::max(size + text.size(), 2 * size));
        grown.resize(size + text.size());
        std::copy(m_bytes.begin(), m_bytes.end(), grown.begin());
        std::memcpy(grown.data() + size, text.data(), text.size());   // before it is wiped: the text may be these bytes' own
        clear();
        m_bytes = std::move(grown);
        return;
    }
    m_bytes.resize(size + text.size());
    std::memcpy(m_bytes.data() + size, text.data(), text.size());
}

void SecretBytes::clear()
{
    wipe(m_bytes.data(), m_bytes.size());
    m_bytes.clear();
    m_bytes.shrink_to_fit();
}

} // namespace latchkey::base
