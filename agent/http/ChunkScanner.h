// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Limits.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::http {

/// Why a chunked body was refused (RFC 9112 §7.1).
enum class ChunkError : std::uint8_t {
    none,
    badSize,            ///< No hex digit, or more than 2^63 - 1 bytes.
    badLineEnd,         ///< Bare CR or LF, or no CRLF behind the data.
    badExtension,
    extensionTooLong,
    badTrailer,
    forbiddenTrailer,   ///< A field that must not be in a trailer (RFC 9110 §6.5.1).
    trailersTooLarge,
    contentTooLarge,    ///< The decoded content is longer than was asked for.
};

[[nodiscard]] std::string_view code(ChunkError error); ///< A stable word such as `bad_chunk_size`.

/// Finds the end of a chunked body while its raw bytes are relayed, and refuses every body that another parser could end
/// elsewhere: sizes are plain hex without white space (a relay cannot remove what RFC 9112 §7.1.1 calls bad), lines end with
/// CRLF, extensions and trailers are checked and bounded. Copies nothing; a few hundred bytes. Not thread-safe.
class ChunkScanner {
public:
    enum class State : std::uint8_t { needMore, complete, malformed };

    struct Step {
        State state = State::needMore;
        /// How many of the bytes belong to this body: all of them with `needMore`, up to the end of the body with `complete`
        /// (what follows is the next message), up to and without the wrong byte with `malformed`.
        std::size_t consumed = 0;
    };

    /// Says whether a trailer field of this name may pass; asked for every name that the rules of HTTP allow. A plain
    /// function, because it is the same for all bodies of a listener.
    using TrailerFilter = bool (*)(std::string_view name);

    explicit ChunkScanner(TrailerFilter filter = nullptr) : m_filter(filter) { }

    /// The next bytes of the body, from where the last call stopped. Relay only what was consumed.
    Step feed(std::string_view bytes);
    /// The same, appending the decoded content to `content`, which may grow to `limit` bytes.
    Step feed(std::string_view bytes, std::string& content, std::size_t limit);

    void reset();

    [[nodiscard]] ChunkError error() const { return m_error; }
    /// Decoded content seen so far, in bytes.
    [[nodiscard]] std::uint64_t contentLength() const { return m_contentLength; }
    /// Bytes of the current chunk's data still to come: those need no look.
    [[nodiscard]] std::uint64_t remainingInChunk() const { return m_phase == Phase::data ? m_remaining : 0; }

private:
    enum class Phase : std::uint8_t {
        sizeFirst,
        size,
        extensionName,
        extensionNameRest,
        extensionValue,
        extensionToken,
        extensionQuoted,
        extensionEscape,
        extensionClosed, // behind the closing quote
        extensionEnd,    // only for stepExtension: look at the byte as at one behind an extension
        sizeLf,
        data,
        dataCr,
        dataLf,
        trailerFirst,
        trailerName,
        trailerValue,
        trailerLf,
        endLf,
        done,
        failed,
    };

    Step run(std::string_view bytes, std::string* content, std::size_t limit);
    Phase step(char byte);
    Phase stepSize(char byte);
    Phase stepExtension(char byte);
    Phase endExtension(char byte, ChunkError otherwise);
    Phase stepTrailer(char byte);
    Phase beginData();
    bool trailerAllowed() const;
    bool countExtension();
    Phase refuse(ChunkError error);

    TrailerFilter m_filter;
    std::uint64_t m_remaining = 0;
    std::uint64_t m_contentLength = 0;
    std::uint32_t m_extensionBytes = 0;
    std::uint32_t m_extensionBytesInAll = 0;
    std::uint32_t m_trailerBytes = 0;
    std::uint8_t m_trailers = 0;
    std::uint8_t m_sizeDigits = 0;
    std::uint8_t m_nameLength = 0;
    Phase m_phase = Phase::sizeFirst;
    ChunkError m_error = ChunkError::none;
    std::array<char, limits::trailerNameBytes> m_name;
};

} // namespace latchkey::http
