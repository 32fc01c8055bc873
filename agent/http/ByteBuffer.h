// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/SecretBytes.h"

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace latchkey::http {

/// Bytes between a socket that is read and a consumer: filled at the end, taken from the front, never larger than asked for.
class ByteBuffer {
public:
    explicit ByteBuffer(std::size_t capacity)
        : m_data(std::make_unique_for_overwrite<char[]>(capacity))
        , m_capacity(capacity)
    {
    }

    [[nodiscard]] std::string_view view() const { return {m_data.get() + m_begin, m_end - m_begin}; }
    [[nodiscard]] char* data() { return m_data.get() + m_begin; }
    [[nodiscard]] std::size_t size() const { return m_end - m_begin; }
    [[nodiscard]] bool isEmpty() const { return m_begin == m_end; }
    [[nodiscard]] std::size_t capacity() const { return m_capacity; }
    [[nodiscard]] std::size_t headroom() const { return m_begin; } ///< Free bytes before the first one.

    /// The free space behind the last byte.
    [[nodiscard]] std::span<char> space() { return {m_data.get() + m_end, m_capacity - m_end}; }
    void commit(std::size_t count) { m_end += count; } ///< That many bytes of space() were filled.
    void consume(std::size_t count) { m_begin += count; }
    /// The buffer now starts `count` bytes earlier, which the caller fills; at most headroom().
    void prepend(std::size_t count) { m_begin -= count; }

    /// Empties it, keeping `headroom` bytes free in front.
    void clear(std::size_t headroom = 0) { m_begin = m_end = headroom; }

    /// Moves the bytes to `headroom`; views into the buffer break.
    void compact(std::size_t headroom = 0)
    {
        if (m_begin == headroom)
            return;
        const std::size_t count = size();
        std::memmove(m_data.get() + headroom, m_data.get() + m_begin, count);
        m_begin = headroom;
        m_end = headroom + count;
    }

    /// Another capacity, which must hold the bytes behind their headroom; views into the buffer break. Memory that held a
    /// request goes back wiped: its head has credentials in it, also after it was consumed.
    enum class OldBytes { wipe, leave };
    void resize(std::size_t capacity, OldBytes old)
    {
        if (capacity == m_capacity)
            return;
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        std::memcpy(data.get() + m_begin, m_data.get() + m_begin, size());
        if (old == OldBytes::wipe)
            base::wipe(m_data.get(), m_capacity);
        m_data = std::move(data);
        m_capacity = capacity;
    }

private:
    std::unique_ptr<char[]> m_data;
    std::size_t m_capacity;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

} // namespace latchkey::http
