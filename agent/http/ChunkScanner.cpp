// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ChunkScanner.h"

#include "Characters.h"
#include "KnownHeader.h"

#include <algorithm>

namespace latchkey::http {

namespace {

// RFC 9110 §6.5.1: what frames, routes, authenticates or says how to read the content must not come behind it, because a
// recipient that merges trailers into headers would take it for a header.
bool mayBeTrailer(std::string_view name)
{
    static constexpr std::array<std::string_view, 16> refused{
        "age", "authorization", "cache-control", "content-encoding", "content-location", "content-range", "content-type",
        "cookie", "date", "expires", "forwarded", "location", "range", "set-cookie", "vary", "www-authenticate",
    };
    if (knownHeader(name) != KnownHeader::other || characters::equalsLower(name.substr(0, 3), "if-")
        || characters::equalsLower(name.substr(0, 12), "x-forwarded-"))
        return false;
    return std::ranges::none_of(refused, [name](std::string_view lower) { return characters::equalsLower(name, lower); });
}

constexpr std::uint64_t largestContent = 0x7fff'ffff'ffff'ffffU;
constexpr std::uint8_t maxSizeDigits = 16;

} // namespace

std::string_view code(ChunkError error)
{
    switch (error) {
    case ChunkError::none:
        return "none";
    case ChunkError::badSize:
        return "bad_chunk_size";
    case ChunkError::badLineEnd:
        return "bad_chunk_line_end";
    case ChunkError::badExtension:
        return "bad_chunk_extension";
    case ChunkError::extensionTooLong:
        return "chunk_extension_too_long";
    case ChunkError::badTrailer:
        return "bad_trailer";
    case ChunkError::forbiddenTrailer:
        return "forbidden_trailer";
    case ChunkError::trailersTooLarge:
        return "trailers_too_large";
    case ChunkError::contentTooLarge:
        return "content_too_large";
    }
    return "none";
}

void ChunkScanner::reset()
{
    m_remaining = 0;
    m_contentLength = 0;
    m_extensionBytes = 0;
    m_extensionBytesInAll = 0;
    m_trailerBytes = 0;
    m_trailers = 0;
    m_sizeDigits = 0;
    m_nameLength = 0;
    m_phase = Phase::sizeFirst;
    m_error = ChunkError::none;
}

ChunkScanner::Step ChunkScanner::feed(std::string_view bytes) { return run(bytes, nullptr, 0); }

ChunkScanner::Step ChunkScanner::feed(std::string_view bytes, std::string& content, std::size_t limit)
{
    return run(bytes, &content, limit);
}

ChunkScanner::Step ChunkScanner::run(std::string_view bytes, std::string* content, std::size_t limit)
{
    std::size_t at = 0;
    while (at < bytes.size() && m_phase != Phase::done && m_phase != Phase::failed) {
        if (m_phase != Phase::data) {
            m_phase = step(bytes[at]);
            if (m_phase != Phase::failed)
                ++at;
            continue;
        }
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(m_remaining, bytes.size() - at));
        if (content) {
            if (count > limit - std::min(limit, content->size())) {
                m_phase = refuse(ChunkError::contentTooLarge);
                break;
            }
            content->append(bytes, at, count);
        }
        at += count;
        m_contentLength += count;
        m_remaining -= count;
        if (m_remaining == 0)
            m_phase = Phase::dataCr;
    }
    if (m_phase == Phase::failed)
        return {State::malformed, at};
    return {m_phase == Phase::done ? State::complete : State::needMore, at};
}

ChunkScanner::Phase ChunkScanner::step(char byte)
{
    switch (m_phase) {
    case Phase::sizeFirst:
    case Phase::size:
        return stepSize(byte);
    case Phase::sizeLf:
        return byte == '\n' ? beginData() : refuse(ChunkError::badLineEnd);
    case Phase::dataCr:
        return byte == '\r' ? Phase::dataLf : refuse(ChunkError::badLineEnd);
    case Phase::dataLf:
        return byte == '\n' ? Phase::sizeFirst : refuse(ChunkError::badLineEnd);
    case Phase::trailerFirst:
    case Phase::trailerName:
    case Phase::trailerValue:
    case Phase::trailerLf:
        return stepTrailer(byte);
    case Phase::endLf:
        return byte == '\n' ? Phase::done : refuse(ChunkError::badLineEnd);
    default:
        return stepExtension(byte);
    }
}

ChunkScanner::Phase ChunkScanner::stepSize(char byte)
{
    if (m_phase == Phase::sizeFirst) {
        m_remaining = 0;
        m_sizeDigits = 0;
        m_extensionBytes = 0;
    }
    const int digit = characters::hexValue(byte);
    if (digit >= 0) {
        if (++m_sizeDigits > maxSizeDigits || m_remaining > (largestContent >> 4U))
            return refuse(ChunkError::badSize);
        m_remaining = m_remaining * 16 + static_cast<std::uint64_t>(digit);
        return Phase::size;
    }
    if (m_phase == Phase::sizeFirst)
        return refuse(ChunkError::badSize);
    return endExtension(byte, ChunkError::badSize);
}

// Behind a size or a whole extension: another extension or the end of the line. No white space (see the class).
ChunkScanner::Phase ChunkScanner::endExtension(char byte, ChunkError otherwise)
{
    if (byte == '\r')
        return Phase::sizeLf;
    if (byte == '\n')
        return refuse(ChunkError::badLineEnd);
    if (byte != ';')
        return refuse(otherwise);
    return countExtension() ? Phase::extensionName : refuse(ChunkError::extensionTooLong);
}

// RFC 9112 §7.1.1: `;` token [ `=` ( token | quoted-string ) ].
ChunkScanner::Phase ChunkScanner::stepExtension(char byte)
{
    constexpr ChunkError bad = ChunkError::badExtension;
    const bool token = characters::isToken(byte);
    Phase next = Phase::failed;
    switch (m_phase) {
    case Phase::extensionName:
        next = token ? Phase::extensionNameRest : Phase::failed;
        break;
    case Phase::extensionNameRest:
        next = token ? m_phase : byte == '=' ? Phase::extensionValue : Phase::extensionEnd;
        break;
    case Phase::extensionValue:
        next = byte == '"' ? Phase::extensionQuoted : token ? Phase::extensionToken : Phase::failed;
        break;
    case Phase::extensionToken:
        next = token ? m_phase : Phase::extensionEnd;
        break;
    case Phase::extensionQuoted:
        if (byte == '"') {
            next = Phase::extensionClosed;
            break;
        }
        next = byte == '\\' ? Phase::extensionEscape : characters::isValue(byte) ? m_phase : Phase::failed;
        break;
    case Phase::extensionEscape:
        next = characters::isValue(byte) ? Phase::extensionQuoted : Phase::failed;
        break;
    default:
        next = Phase::extensionEnd;
        break;
    }
    if (next == Phase::failed)
        return refuse(bad);
    if (next == Phase::extensionEnd)
        return endExtension(byte, bad);
    return countExtension() ? next : refuse(ChunkError::extensionTooLong);
}

bool ChunkScanner::countExtension()
{
    return ++m_extensionBytes <= limits::chunkExtensionBytes && ++m_extensionBytesInAll <= limits::chunkExtensionBytesInAll;
}

ChunkScanner::Phase ChunkScanner::beginData()
{
    if (m_remaining == 0)
        return Phase::trailerFirst;
    return m_remaining <= largestContent - m_contentLength ? Phase::data : refuse(ChunkError::badSize);
}

// RFC 9112 §7.1.2, with the rules for header lines.
ChunkScanner::Phase ChunkScanner::stepTrailer(char byte)
{
    if (++m_trailerBytes > limits::trailerBytes)
        return refuse(ChunkError::trailersTooLarge);
    switch (m_phase) {
    case Phase::trailerFirst:
        if (byte == '\r')
            return Phase::endLf;
        m_nameLength = 0;
        if (++m_trailers > limits::trailers)
            return refuse(ChunkError::trailersTooLarge);
        [[fallthrough]];
    case Phase::trailerName:
        if (byte == ':' && m_nameLength != 0)
            return trailerAllowed() ? Phase::trailerValue : refuse(ChunkError::forbiddenTrailer);
        if (!characters::isToken(byte))
            return refuse(ChunkError::badTrailer);
        if (m_nameLength == m_name.size())
            return refuse(ChunkError::trailersTooLarge);
        m_name[m_nameLength++] = byte;
        return Phase::trailerName;
    case Phase::trailerValue:
        if (byte == '\r')
            return Phase::trailerLf;
        return characters::isValue(byte) ? Phase::trailerValue : refuse(ChunkError::badTrailer);
    default:
        return byte == '\n' ? Phase::trailerFirst : refuse(ChunkError::badTrailer);
    }
}

bool ChunkScanner::trailerAllowed() const
{
    const std::string_view name(m_name.data(), m_nameLength);
    return mayBeTrailer(name) && (!m_filter || m_filter(name));
}

ChunkScanner::Phase ChunkScanner::refuse(ChunkError error)
{
    m_error = error;
    return Phase::failed;
}

} // namespace latchkey::http
