// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/SecretBytes.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace latchkey::edge {

/// What one side of a TlsTunnel has sent and the other has not taken yet. Has memory only while it is of use: a connection
/// that waits, for a handshake or for the next request, holds none.
class TlsBuffer {
public:
    static constexpr std::size_t capacity = 16'384;   // a TLS record
    enum class Holds {
        answers,
        requests,   ///< With credentials: what has been passed on is wiped at once.
    };

    explicit TlsBuffer(Holds holds)
        : m_holds(holds)
    {
    }
    ~TlsBuffer() { release(); }
    TlsBuffer(const TlsBuffer&) = delete;
    TlsBuffer& operator=(const TlsBuffer&) = delete;

    [[nodiscard]] bool isEmpty() const { return m_begin == m_end; }
    [[nodiscard]] bool hasMemory() const { return m_bytes != nullptr; }

    /// Where to read into, of an empty buffer; takes memory if there is none.
    [[nodiscard]] std::span<char> room()
    {
        if (!m_bytes)
            m_bytes = std::make_unique_for_overwrite<Bytes>();
        return *m_bytes;
    }
    void filled(std::size_t count) { m_end = count; }

    [[nodiscard]] std::span<const char> waiting() const
    {
        return m_bytes ? std::span<const char>(*m_bytes).subspan(m_begin, m_end - m_begin) : std::span<const char>();
    }
    void took(std::size_t count)
    {
        if (m_holds == Holds::requests)
            base::wipe(m_bytes->data() + m_begin, count);
        m_begin += count;
        if (m_begin == m_end)
            m_begin = m_end = 0;
    }
    void drop() { took(m_end - m_begin); }

    void releaseIfEmpty()
    {
        if (isEmpty())
            m_bytes.reset();
    }

private:
    using Bytes = std::array<char, capacity>;

    void release()
    {
        if (m_bytes)
            drop();
        m_bytes.reset();
    }

    const Holds m_holds;
    std::unique_ptr<Bytes> m_bytes;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

} // namespace latchkey::edge
