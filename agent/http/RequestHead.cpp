// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RequestHead.h"

#include "Authority.h"
#include "Characters.h"

#include <algorithm>

namespace latchkey::http {

using characters::equalsLower;

namespace {

Method knownMethod(std::string_view text)
{
    switch (text.size()) {
    case 3:
        return text == "GET" ? Method::get : text == "PUT" ? Method::put : Method::other;
    case 4:
        return text == "POST" ? Method::post : text == "HEAD" ? Method::head : Method::other;
    case 5:
        return text == "PATCH" ? Method::patch : text == "TRACE" ? Method::trace : Method::other;
    case 6:
        return text == "DELETE" ? Method::del : Method::other;
    case 7:
        return text == "OPTIONS" ? Method::options : Method::other;
    default:
        return Method::other;
    }
}

// `HTTP/` digit `.` digit, RFC 9112 §2.3.
bool isVersion(std::string_view text)
{
    return text.size() == 8 && text.starts_with("HTTP/") && characters::isDigit(text[5]) && text[6] == '.'
           && characters::isDigit(text[7]);
}

} // namespace

void RequestHead::reset()
{
    resetMessage();
    m_target = m_targetLength = 0;
    m_resource = m_resourceLength = 0;
    m_host = m_hostLength = 0;
    m_methodLength = 0;
    m_method = Method::other;
    m_form = TargetForm::origin;
    m_expectContinue = false;
    m_webSocket = false;
}

ParseState RequestHead::parse(std::string_view buffer)
{
    startParse(buffer);
    const auto pause = [this] { return m_error == HeadError::none ? ParseState::needMore : ParseState::malformed; };
    if (m_error != HeadError::none)
        return ParseState::malformed;
    if (m_fieldsBegin == 0 && !readFirstLine())
        return pause();
    std::string_view line;
    while (nextLine(line, limits::headBytes, HeadError::headTooLarge)) {
        if (line.empty())
            return finish() ? ParseState::complete : ParseState::malformed;
        if (!addField(line))
            return ParseState::malformed;
    }
    return pause();
}

// False when the line is not all there, or wrong.
bool RequestHead::readFirstLine()
{
    if (!skipEmptyLine() || !checkFirstByte())
        return false;
    std::string_view line;
    if (!nextLine(line, m_begin + limits::requestLineBytes, HeadError::requestLineTooLong) || !parseRequestLine(line))
        return false;
    m_fieldsBegin = m_position;
    return true;
}

// RFC 9112 §2.2: old clients send an empty line behind a body; one is tolerated.
bool RequestHead::skipEmptyLine()
{
    if (m_begin != 0)
        return true;
    if (m_available == 0)
        return false;
    if (m_base[0] != '\r')
        return true;
    if (m_available == 1)
        return false;
    if (m_base[1] != '\n')
        return refuse(HeadError::bareCr);
    m_begin = m_position = m_searched = 2;
    return true;
}

// Another protocol is refused at its first byte: a TLS hello has no LF to wait for.
bool RequestHead::checkFirstByte()
{
    if (m_available == m_begin)
        return false;
    const char first = m_base[m_begin];
    if (characters::isToken(first))
        return true;
    if (first == '\n')
        return refuse(HeadError::bareLf);
    if (first == '\r')
        return refuse(HeadError::badRequestLine);
    return refuse(first > 0x20 && first < 0x7f ? HeadError::badMethod : HeadError::notHttp);
}

bool RequestHead::parseRequestLine(std::string_view line)
{
    std::size_t methodLength = 0;
    while (methodLength < line.size() && characters::isToken(line[methodLength]))
        ++methodLength;
    std::size_t targetEnd = methodLength + 1;
    if (methodLength == line.size())
        return refuse(HeadError::badRequestLine);
    if (line[methodLength] != ' ')
        return refuse(line[methodLength] == '\r' ? HeadError::bareCr : HeadError::badMethod);
    while (targetEnd < line.size() && characters::isTarget(line[targetEnd]))
        ++targetEnd;
    if (targetEnd == line.size() || targetEnd == methodLength + 1)
        return refuse(HeadError::badRequestLine);
    if (line[targetEnd] != ' ')
        return refuse(line[targetEnd] == '\r' ? HeadError::bareCr : HeadError::badTarget);

    const std::string_view version = line.substr(targetEnd + 1);
    if (version == "HTTP/1.1")
        m_version = Version::http11;
    else if (version == "HTTP/1.0")
        m_version = Version::http10;
    else
        return refuse(versionError(version));

    const std::string_view method = line.substr(0, methodLength);
    if (method == "CONNECT")
        return refuse(HeadError::connectRefused);
    m_methodLength = static_cast<std::uint16_t>(methodLength);
    m_method = knownMethod(method);
    return parseTarget(line.substr(methodLength + 1, targetEnd - methodLength - 1));
}

HeadError RequestHead::versionError(std::string_view version)
{
    if (isVersion(version))
        return HeadError::unsupportedVersion;
    if (version.find('\r') != std::string_view::npos)
        return HeadError::bareCr;
    // RFC 9112 §3.2: a target with white space in it must not be repaired.
    return version.find(' ') != std::string_view::npos ? HeadError::badRequestLine : HeadError::badVersion;
}

bool RequestHead::parseTarget(std::string_view target)
{
    m_target = offsetOf(target);
    m_targetLength = static_cast<std::uint32_t>(target.size());
    m_resource = m_target;
    m_resourceLength = m_targetLength;
    if (target.front() == '/') {
        m_form = TargetForm::origin;
        return true;
    }
    if (target == "*") {
        m_form = TargetForm::asterisk;
        return m_method == Method::options || refuse(HeadError::badTarget); // RFC 9112 §3.2.4
    }
    m_form = TargetForm::absolute;
    return parseAbsolute(target);
}

// RFC 9112 §3.2.2: every server must accept it. User information is refused, as RFC 9110 §4.2.4 asks.
bool RequestHead::parseAbsolute(std::string_view target)
{
    std::size_t authorityBegin = 0;
    if (target.size() > 7 && equalsLower(target.substr(0, 7), "http://"))
        authorityBegin = 7;
    else if (target.size() > 8 && equalsLower(target.substr(0, 8), "https://"))
        authorityBegin = 8;
    else
        return refuse(HeadError::badTarget);

    const std::size_t authorityEnd = std::min(target.find_first_of("/?", authorityBegin), target.size());
    const std::string_view authority = target.substr(authorityBegin, authorityEnd - authorityBegin);
    if (!Authority::parse(authority))
        return refuse(HeadError::badTarget);
    m_host = offsetOf(authority);
    m_hostLength = static_cast<std::uint32_t>(authority.size());
    m_resource = static_cast<std::uint32_t>(m_target + authorityEnd);
    m_resourceLength = static_cast<std::uint32_t>(target.size() - authorityEnd);
    return true;
}

bool RequestHead::finish()
{
    if (!finishFields() || !checkHost() || !checkExpect())
        return false;
    if (m_chunked)
        m_framing = Framing::chunked;
    else if (m_lengthField != 0)
        m_framing = Framing::length;
    const bool hasBody = m_chunked || m_contentLength != 0;
    if (m_method == Method::trace && hasBody) // RFC 9110 §9.3.8
        return refuse(HeadError::bodyNotAllowed);
    m_expectContinue = m_expectField != 0 && hasBody && m_version == Version::http11;
    m_webSocket = m_upgrade && m_method == Method::get && !hasBody
                  && equalsLower(value(m_fields[m_upgradeField - 1U]), "websocket");
    return true;
}

bool RequestHead::checkHost()
{
    if (m_hostField == 0) {
        // RFC 9112 §3.2: required in 1.1, even beside an absolute target.
        return m_version == Version::http10 || refuse(HeadError::missingHost);
    }
    const Field& field = m_fields[m_hostField - 1U];
    const std::string_view host = value(field);
    if (!Authority::parse(host))
        return refuse(HeadError::badHost);
    if (m_form == TargetForm::absolute)
        // RFC 9112 §3.2.2 has the target win; two names in one request are refused instead, because the upstream may choose
        // the other one.
        return characters::equalsIgnoreCase(host, view(m_host, m_hostLength)) || refuse(HeadError::hostMismatch);
    m_host = field.value;
    m_hostLength = field.valueLength;
    return true;
}

bool RequestHead::checkExpect()
{
    // RFC 9110 §10.1.1: an HTTP/1.0 client means nothing by it.
    if (m_expectField == 0 || m_version == Version::http10)
        return true;
    return equalsLower(value(m_fields[m_expectField - 1U]), "100-continue") || refuse(HeadError::badExpect);
}

} // namespace latchkey::http
