// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ForwardedHead.h"

#include "agent/http/Characters.h"

#include <array>
#include <cstring>
#include <utility>

namespace latchkey::edge {

namespace {

using http::characters::equalsLower;

void appendRequestLine(std::string& out, const http::RequestHead& head)
{
    std::string_view resource = head.resource();
    out += head.methodText();
    out += ' ';
    if (resource.empty())
        resource = head.method() == http::Method::options ? "*" : "/"; // RFC 9112 §3.2.4, RFC 3986 §6.2.3
    else if (resource.front() == '?')
        out += '/';
    out += resource;
    out += " HTTP/1.1\r\n";
}

/// The Cookie fields that hold a session's cookie become one, as RFC 6265 §5.4 has it, without it or with the verified one.
void appendCookies(std::string& out, const http::RequestHead& head, const Credentials& credentials, const RequestAdditions& additions)
{
    bool first = true;
    const auto append = [&out, &first](std::string_view text) {
        out += std::exchange(first, false) ? "Cookie: " : "; ";
        out += text;
    };
    for (const std::uint8_t index : credentials.cookies()) {
        std::string_view value = head.value(head.fields()[index]);
        while (const auto pair = takeCookie(value)) {
            if (!pair->empty() && !isAuthorizationCookie(*pair))
                append(*pair);
        }
    }
    if (additions.sessionCookie && !credentials.cookies().empty()) {
        append("CF_Authorization=");
        out += additions.sessionJwt;
    }
    if (!first)
        out += "\r\n";
}

bool dropsAnswerField(const http::ResponseHead& answer, const http::Field& field, const AnswerChanges& changes)
{
    if (field.known == http::KnownHeader::upgrade)
        return changes.connection != AnswerChanges::Connection::upgrade;
    if (field.nominated || http::isHopByHop(field.known))
        return true;
    if (field.known == http::KnownHeader::transferEncoding || field.known == http::KnownHeader::trailer)
        return changes.withoutChunks;
    if (field.known != http::KnownHeader::other)
        return false;
    const std::string_view name = answer.name(field);
    // The edge's own words: an upstream must not speak in its name.
    return equalsLower(name, "cf-ray") || (name.size() > 9 && equalsLower(name.substr(0, 9), "latchkey-"));
}

std::string_view connectionLine(AnswerChanges::Connection connection)
{
    switch (connection) {
    case AnswerChanges::Connection::unchanged: return {};
    case AnswerChanges::Connection::close: return "Connection: close\r\n";
    case AnswerChanges::Connection::keepAlive: return "Connection: keep-alive\r\n";
    case AnswerChanges::Connection::upgrade: return "Connection: Upgrade\r\n";
    }
    return {};
}

} // namespace

void writeRequestHead(std::string& out, const http::RequestHead& head, const Credentials& credentials,
                      const RequestAdditions& additions)
{
    out.clear();
    std::size_t kept = head.fieldsBegin(); // copied up to here
    if (head.version() == http::Version::http11 && head.targetForm() != http::TargetForm::absolute)
        kept = head.begin();
    else
        appendRequestLine(out, head);

    const auto fields = head.fields();
    for (const std::uint8_t index : credentials.dropped()) {
        const http::Field& field = fields[index];
        out += head.view(kept, field.line - kept);
        kept = field.lineEnd;
    }
    out += head.view(kept, head.fieldsEnd() - kept);

    appendCookies(out, head, credentials, additions);
    if (head.find(http::KnownHeader::host) == nullptr) {
        out += "Host: ";
        out += head.host().empty() ? additions.fallbackHost : head.host();
        out += "\r\n";
    }
    if (additions.upgrade) {
        out += "Connection: Upgrade\r\nUpgrade: ";
        out += head.value(*head.find(http::KnownHeader::upgrade));
        out += "\r\n";
    }
    out += additions.assertionLine;
    if (!additions.sessionJwt.empty()) {
        out += "Cf-Access-Jwt-Assertion: ";
        out += additions.sessionJwt;
        out += "\r\n";
    }
    out += additions.clientLines;
    out += "X-Forwarded-Host: ";
    out += head.host().empty() ? additions.fallbackHost : head.host();
    out += "\r\nCf-Ray: ";
    out += additions.rayId;
    out += "\r\n\r\n";
}

std::size_t rewriteAnswerHead(http::ByteBuffer& buffer, const http::ResponseHead& answer, const AnswerChanges& changes)
{
    // Kept lines move towards the body, last first; then the status line is set before them.
    char* const base = buffer.data();
    const std::size_t bodyBegin = answer.length();
    std::size_t keptEnd = answer.fieldsEnd(); // end of the lines not yet moved
    std::size_t target = keptEnd;             // where the next of them will end
    const auto keepFrom = [&](std::size_t begin) {
        const std::size_t length = keptEnd - begin;
        target -= length;
        if (target != begin)
            std::memmove(base + target, base + begin, length);
    };
    const auto fields = answer.fields();
    for (std::size_t i = fields.size(); i-- > 0;) {
        if (!dropsAnswerField(answer, fields[i], changes))
            continue;
        keepFrom(fields[i].lineEnd);
        keptEnd = fields[i].line;
    }
    keepFrom(answer.fieldsBegin());

    std::array<char, answerHeadroom> inserted;
    std::size_t insertedLength = 0;
    const auto insert = [&](std::string_view text) {
        insertedLength += text.copy(inserted.data() + insertedLength, text.size());
    };
    const std::size_t statusLength = answer.fieldsBegin() - 2 - answer.begin();
    if (statusLength == std::string_view("HTTP/1.1 200").size())
        insert(" "); // RFC 9112 §4 wants it even before an empty reason
    insert("\r\n");
    insert(connectionLine(changes.connection));
    if (!changes.rayId.empty()) {
        insert("Cf-Ray: ");
        insert(changes.rayId);
        insert("\r\n");
    }

    // Both may lie before the buffer's first byte, in its headroom: so count from there.
    char* const head = base + target - insertedLength - changes.extraLines.size() - statusLength;
    std::memmove(head, base + answer.begin(), statusLength);
    std::memcpy(head + statusLength, inserted.data(), insertedLength);
    std::memcpy(head + statusLength + insertedLength, changes.extraLines.data(), changes.extraLines.size());
    head[7] = '1'; // whatever the upstream speaks, this connection speaks HTTP/1.1
    if (head < base)
        buffer.prepend(static_cast<std::size_t>(base - head));
    else
        buffer.consume(static_cast<std::size_t>(head - base));
    return static_cast<std::size_t>(base + bodyBegin - head);
}

} // namespace latchkey::edge
