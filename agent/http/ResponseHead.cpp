// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ResponseHead.h"

#include "Characters.h"

namespace latchkey::http {

void ResponseHead::reset(bool answersHead)
{
    resetMessage();
    m_answersHead = answersHead;
    m_status = 0;
    m_reason = m_reasonLength = 0;
}

ParseState ResponseHead::parse(std::string_view buffer)
{
    startParse(buffer);
    if (m_error != HeadError::none)
        return ParseState::malformed;
    if (m_available != 0 && m_base[0] != 'H') {
        refuse(HeadError::notHttp);
        return ParseState::malformed;
    }
    std::string_view line;
    while (nextLine(line, limits::headBytes, HeadError::headTooLarge)) {
        if (m_fieldsBegin == 0) {
            if (!parseStatusLine(line))
                return ParseState::malformed;
            m_fieldsBegin = m_position;
        } else if (line.empty()) {
            return finish() ? ParseState::complete : ParseState::malformed;
        } else if (!addField(line)) {
            return ParseState::malformed;
        }
    }
    return m_error == HeadError::none ? ParseState::needMore : ParseState::malformed;
}

// RFC 9112 §4: version SP status SP [reason]. The second space is missing from real servers that send no reason.
bool ResponseHead::parseStatusLine(std::string_view line)
{
    if (line.starts_with("HTTP/1.1 "))
        m_version = Version::http11;
    else if (line.starts_with("HTTP/1.0 "))
        m_version = Version::http10;
    else
        return refuse(line.starts_with("HTTP/") && line.size() >= 8 && characters::isDigit(line[5])
                          && (line[5] != '1' || (line[6] == '.' && line[7] > '1'))
                      ? HeadError::unsupportedVersion
                      : HeadError::badStatusLine);
    if (line.size() < 12 || line[9] < '1' || !characters::isDigit(line[9]) || !characters::isDigit(line[10])
        || !characters::isDigit(line[11]) || (line.size() > 12 && line[12] != ' '))
        return refuse(HeadError::badStatusLine);
    m_status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (line.size() <= 13)
        return true;
    const std::string_view reason = line.substr(13);
    const std::size_t bad = characters::findBadValueByte(reason);
    if (bad != std::string_view::npos)
        return refuse(reason[bad] == '\r' ? HeadError::bareCr : HeadError::badStatusLine);
    m_reason = offsetOf(reason);
    m_reasonLength = static_cast<std::uint32_t>(reason.size());
    return true;
}

// RFC 9112 §6.3, in its order.
bool ResponseHead::finish()
{
    if (!finishFields())
        return false;
    if (m_status < 200 || m_status == 204) {
        // RFC 9110 §8.6, RFC 9112 §6.1: no length may be there. Some servers say 0, which is harmless.
        if (m_chunked || m_contentLength != 0)
            return refuse(HeadError::bodyNotAllowed);
        m_framing = Framing::none;
    } else if (m_answersHead || m_status == 304) {
        m_framing = Framing::none;
        m_contentLength = 0;
    } else if (m_chunked) {
        m_framing = Framing::chunked;
    } else if (m_lengthField != 0) {
        m_framing = Framing::length;
    } else {
        m_framing = Framing::untilClose;
        m_keepAlive = false;
    }
    return true;
}

} // namespace latchkey::http
