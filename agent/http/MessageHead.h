// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "HeadError.h"
#include "KnownHeader.h"
#include "Limits.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace latchkey::http {

enum class ParseState : std::uint8_t { needMore, complete, malformed };

enum class Version : std::uint8_t { http10, http11 };

/// How the end of a message's body is found (RFC 9112 §6.3).
enum class Framing : std::uint8_t {
    none,       ///< No body.
    length,     ///< contentLength() bytes, possibly 0.
    chunked,
    untilClose, ///< Responses only.
};

/// One header line as offsets into the head's bytes, so that it stays true when the buffer moves. Lines touch: the
/// first starts at fieldsBegin(), each next one at the lineEnd before it, the last ends at fieldsEnd().
struct Field {
    std::uint16_t line;        ///< First byte of the line, which is the first of the name.
    std::uint16_t lineEnd;     ///< One past the line's LF.
    std::uint16_t value;       ///< First byte of the value, white space around it left out.
    std::uint16_t valueLength;
    std::uint16_t nameLength;
    KnownHeader known;
    bool nominated;            ///< A Connection option names this field: a proxy must not forward it. Set on completion.
};
static_assert(limits::headBytes <= 65536, "Field keeps offsets in 16 bits");

/// What request and response heads have in common: finding lines, checking fields, Connection and the two lengths. Never
/// used by itself. Keeps no copy of the message and allocates nothing; about 1.3 KB. Not thread-safe.
class MessageHead {
public:
    // Everything below may be asked once parse() answered `complete`, as long as the buffer lives (see rebase()).

    /// Bytes of the whole head: a tolerated empty line before it and the empty line at its end included. The body starts here.
    [[nodiscard]] std::size_t length() const { return m_position; }
    /// Where the request or status line starts: 0, or 2 behind a tolerated empty line.
    [[nodiscard]] std::size_t begin() const { return m_begin; }
    [[nodiscard]] std::size_t fieldsBegin() const { return m_fieldsBegin; } ///< One past the first line's LF.
    [[nodiscard]] std::size_t fieldsEnd() const { return m_position - 2; }  ///< Where the closing empty line starts.

    [[nodiscard]] std::span<const Field> fields() const { return {m_fields.data(), m_fieldCount}; }
    [[nodiscard]] std::string_view name(const Field& field) const { return view(field.line, field.nameLength); }
    [[nodiscard]] std::string_view value(const Field& field) const { return view(field.value, field.valueLength); }
    /// The whole line with its CRLF.
    [[nodiscard]] std::string_view line(const Field& field) const
    {
        return view(field.line, std::size_t{field.lineEnd} - field.line);
    }
    /// The first field of this name in any case, or nullptr.
    [[nodiscard]] const Field* find(std::string_view name) const;
    [[nodiscard]] const Field* find(KnownHeader known) const;

    [[nodiscard]] Version version() const { return m_version; }
    [[nodiscard]] Framing framing() const { return m_framing; }
    [[nodiscard]] std::uint64_t contentLength() const { return m_contentLength; } ///< 0 unless framing() is `length`.

    /// Whether the sender keeps the connection open behind this message (RFC 9112 §9.3).
    [[nodiscard]] bool keepAlive() const { return m_keepAlive; }
    /// Whether an upgrade is asked for (or, in a 101, done): Upgrade is there and Connection says so, in HTTP/1.1.
    [[nodiscard]] bool upgrade() const { return m_upgrade; }

    /// Why parse() answered `malformed`.
    [[nodiscard]] HeadError error() const { return m_error; }

    /// Bytes `offset` to `offset + length` of the head.
    [[nodiscard]] std::string_view view(std::size_t offset, std::size_t length) const { return {m_base + offset, length}; }
    /// The same bytes now lie at `base` (the buffer was moved after the parse).
    void rebase(const char* base) { m_base = base; }

protected:
    MessageHead() = default;
    void resetMessage();
    void startParse(std::string_view buffer);
    bool nextLine(std::string_view& line, std::size_t limit, HeadError beyondLimit);
    bool addField(std::string_view line);
    bool finishFields();
    bool refuse(HeadError error)
    {
        m_error = error;
        return false;
    }
    [[nodiscard]] std::uint32_t offsetOf(std::string_view part) const
    {
        return static_cast<std::uint32_t>(part.data() - m_base);
    }

    const char* m_base = nullptr;
    std::size_t m_available = 0;     // bytes that may be looked at, at most limits::headBytes
    std::uint32_t m_position = 0;    // start of the line being looked for
    std::uint32_t m_searched = 0;    // no LF between m_position and here
    std::uint32_t m_begin = 0;
    std::uint32_t m_fieldsBegin = 0; // 0 until the first line was read

    std::array<Field, limits::headers> m_fields; // the first m_fieldCount are set; clearing all would cost each request
    std::uint16_t m_fieldCount = 0;

    Version m_version = Version::http11;
    Framing m_framing = Framing::none;
    HeadError m_error = HeadError::none;
    bool m_keepAlive = false;
    bool m_upgrade = false;
    std::uint64_t m_contentLength = 0;

    // Connection's options, and the index + 1 of the fields that may stand once only (0: not there).
    bool m_optionClose = false;
    bool m_optionKeepAlive = false;
    bool m_optionUpgrade = false;
    bool m_nominates = false;
    bool m_chunked = false;
    std::uint8_t m_hostField = 0;
    std::uint8_t m_lengthField = 0;
    std::uint8_t m_codingField = 0;
    std::uint8_t m_expectField = 0;
    std::uint8_t m_upgradeField = 0;
    std::uint8_t m_optionCount = 0;

private:
    static HeadError nameError(std::string_view rest);
    bool noteKnown(KnownHeader known, std::string_view value);
    bool noteConnection(std::string_view value);
    bool noteContentLength(std::string_view value);
    bool noteTransferEncoding(std::string_view value);
    bool noteUpgrade(std::string_view value);
    void markNominated();
};

} // namespace latchkey::http
