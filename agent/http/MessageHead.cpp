// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "MessageHead.h"

#include "Characters.h"

#include <algorithm>
#include <cstring>

namespace latchkey::http {

using characters::equalsLower;
using characters::takeElement;

namespace {

constexpr std::uint64_t largestLength = 0x7fff'ffff'ffff'ffffU;

// `name` or `name/version`, RFC 9110 §7.8.
bool isProtocol(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return characters::isToken(text);
    return characters::isToken(text.substr(0, slash)) && characters::isToken(text.substr(slash + 1));
}

} // namespace

void MessageHead::resetMessage()
{
    m_base = nullptr;
    m_available = 0;
    m_position = 0;
    m_searched = 0;
    m_begin = 0;
    m_fieldsBegin = 0;
    m_fieldCount = 0;
    m_version = Version::http11;
    m_framing = Framing::none;
    m_error = HeadError::none;
    m_keepAlive = false;
    m_upgrade = false;
    m_contentLength = 0;
    m_optionClose = false;
    m_optionKeepAlive = false;
    m_optionUpgrade = false;
    m_nominates = false;
    m_chunked = false;
    m_hostField = 0;
    m_lengthField = 0;
    m_codingField = 0;
    m_expectField = 0;
    m_upgradeField = 0;
    m_optionCount = 0;
}

void MessageHead::startParse(std::string_view buffer)
{
    m_base = buffer.data();
    m_available = std::min(buffer.size(), limits::headBytes);
}

// The next line that ends before offset `limit`, without its CRLF. False when it is not there yet, or when there
// is an error: the same one for the same bytes, however they were cut.
bool MessageHead::nextLine(std::string_view& line, std::size_t limit, HeadError beyondLimit)
{
    const std::size_t end = std::min(m_available, limit);
    const void* found = m_searched < end ? std::memchr(m_base + m_searched, '\n', end - m_searched) : nullptr;
    if (!found) {
        m_searched = static_cast<std::uint32_t>(end);
        return end == limit ? refuse(beyondLimit) : false;
    }
    const auto lf = static_cast<std::uint32_t>(static_cast<const char*>(found) - m_base);
    if (lf == m_position || m_base[lf - 1] != '\r')
        return refuse(HeadError::bareLf);
    line = view(m_position, lf - 1 - m_position);
    m_position = m_searched = lf + 1;
    return true;
}

bool MessageHead::addField(std::string_view line)
{
    if (m_fieldCount == m_fields.size())
        return refuse(HeadError::tooManyHeaders);
    if (characters::isBlank(line.front()))
        return refuse(HeadError::foldedHeader);

    std::size_t nameLength = 0;
    while (nameLength < line.size() && characters::isToken(line[nameLength]))
        ++nameLength;
    if (nameLength == line.size() || line[nameLength] != ':' || nameLength == 0)
        return refuse(nameError(line.substr(nameLength)));

    const std::string_view value = characters::trimBlanks(line.substr(nameLength + 1));
    const std::size_t bad = characters::findBadValueByte(value);
    if (bad != std::string_view::npos)
        return refuse(value[bad] == '\r' ? HeadError::bareCr : HeadError::badHeaderValue);

    const std::uint32_t start = offsetOf(line);
    Field& field = m_fields[m_fieldCount++];
    field.line = static_cast<std::uint16_t>(start);
    field.lineEnd = static_cast<std::uint16_t>(start + line.size() + 2);
    field.value = static_cast<std::uint16_t>(value.empty() ? start + nameLength + 1 : offsetOf(value));
    field.valueLength = static_cast<std::uint16_t>(value.size());
    field.nameLength = static_cast<std::uint16_t>(nameLength);
    field.known = knownHeader(line.substr(0, nameLength));
    field.nominated = false;
    return field.known == KnownHeader::other || noteKnown(field.known, value);
}

// What stands behind the characters that could be a name.
HeadError MessageHead::nameError(std::string_view rest)
{
    if (!rest.empty() && characters::isBlank(rest.front()) && characters::trimBlanks(rest).starts_with(':'))
        return HeadError::spaceBeforeColon;
    return rest.starts_with('\r') ? HeadError::bareCr : HeadError::badHeaderName;
}

bool MessageHead::noteKnown(KnownHeader known, std::string_view value)
{
    const auto once = [this](std::uint8_t& index, HeadError duplicate) {
        if (index != 0)
            return refuse(duplicate);
        index = static_cast<std::uint8_t>(m_fieldCount);
        return true;
    };
    switch (known) {
    case KnownHeader::host:
        return once(m_hostField, HeadError::duplicateHost);
    case KnownHeader::contentLength:
        return once(m_lengthField, HeadError::duplicateContentLength) && noteContentLength(value);
    case KnownHeader::transferEncoding:
        return once(m_codingField, HeadError::badTransferEncoding) && noteTransferEncoding(value);
    case KnownHeader::expect:
        return once(m_expectField, HeadError::badExpect);
    case KnownHeader::upgrade:
        return once(m_upgradeField, HeadError::badUpgrade) && noteUpgrade(value);
    case KnownHeader::connection:
        return noteConnection(value);
    default:
        return true;
    }
}

// RFC 9112 §6.3: digits and nothing else. A list of equal numbers, which the RFC lets a recipient accept, is refused;
// so is a leading zero, which some programs take for octal.
bool MessageHead::noteContentLength(std::string_view value)
{
    if (value.empty() || (value.size() > 1 && value.front() == '0') || !std::ranges::all_of(value, characters::isDigit))
        return refuse(HeadError::badContentLength);
    if (value.size() > 19)
        return refuse(HeadError::contentTooLarge);
    std::uint64_t length = 0;
    for (const char c : value)
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    if (length > largestLength)
        return refuse(HeadError::contentTooLarge);
    m_contentLength = length;
    return true;
}

bool MessageHead::noteTransferEncoding(std::string_view value)
{
    // RFC 9112 §6.1: HTTP/1.0 has none, and one that carries it was likely passed on by something that did not see it.
    if (m_version == Version::http10)
        return refuse(HeadError::transferEncodingInHttp10);
    m_chunked = equalsLower(value, "chunked");
    if (m_chunked)
        return true;
    // §6.1, §6.3: an unknown coding before a final chunked is 501; without a final chunked the length is unknown: 400.
    if (value.ends_with(','))
        return refuse(HeadError::badTransferEncoding);
    bool lastIsChunked = false;
    while (!value.empty()) {
        const std::string_view coding = takeElement(value);
        if (lastIsChunked || !characters::isToken(coding))
            return refuse(HeadError::badTransferEncoding);
        lastIsChunked = equalsLower(coding, "chunked");
    }
    return refuse(lastIsChunked ? HeadError::unknownTransferCoding : HeadError::badTransferEncoding);
}

bool MessageHead::noteConnection(std::string_view value)
{
    while (!value.empty()) {
        const std::string_view option = takeElement(value);
        if (++m_optionCount > limits::connectionOptions)
            return refuse(HeadError::badConnection);
        if (option.empty()) // RFC 9110 §5.6.1.2: empty elements are ignored.
            continue;
        if (!characters::isToken(option))
            return refuse(HeadError::badConnection);
        if (equalsLower(option, "close"))
            m_optionClose = true;
        else if (equalsLower(option, "keep-alive"))
            m_optionKeepAlive = true;
        else if (equalsLower(option, "upgrade"))
            m_optionUpgrade = true;
        else
            m_nominates = true;

        // A proxy that dropped one of these would forward another message than it decided on (RFC 9110 §7.6.1).
        const KnownHeader known = knownHeader(option);
        if (known == KnownHeader::host || known == KnownHeader::contentLength || known == KnownHeader::transferEncoding)
            return refuse(HeadError::badConnection);
    }
    return true;
}

bool MessageHead::noteUpgrade(std::string_view value)
{
    bool whole = !value.empty() && !value.ends_with(',');
    while (whole && !value.empty())
        whole = isProtocol(takeElement(value));
    return whole || refuse(HeadError::badUpgrade);
}

bool MessageHead::finishFields()
{
    // RFC 9112 §6.3: both lengths present is an attempt to smuggle; refuse.
    if (m_lengthField != 0 && m_codingField != 0)
        return refuse(HeadError::lengthAndChunked);
    if (m_nominates)
        markNominated();
    const bool http11 = m_version == Version::http11;
    m_keepAlive = !m_optionClose && (http11 || m_optionKeepAlive);
    // RFC 9110 §7.8: ignored in HTTP/1.0, and not meant for us unless Connection names it.
    m_upgrade = http11 && m_upgradeField != 0 && m_optionUpgrade;
    return true;
}

void MessageHead::markNominated()
{
    for (std::size_t i = 0; i < m_fieldCount; ++i) {
        if (m_fields[i].known != KnownHeader::connection)
            continue;
        std::string_view options = value(m_fields[i]);
        while (!options.empty()) {
            const std::string_view option = takeElement(options);
            for (std::size_t k = 0; k < m_fieldCount; ++k) {
                if (m_fields[k].nameLength == option.size() && characters::equalsIgnoreCase(name(m_fields[k]), option))
                    m_fields[k].nominated = true;
            }
        }
    }
}

const Field* MessageHead::find(std::string_view wanted) const
{
    for (const Field& field : fields()) {
        if (field.nameLength == wanted.size() && characters::equalsIgnoreCase(name(field), wanted))
            return &field;
    }
    return nullptr;
}

const Field* MessageHead::find(KnownHeader known) const
{
    for (const Field& field : fields()) {
        if (field.known == known)
            return &field;
    }
    return nullptr;
}

} // namespace latchkey::http
