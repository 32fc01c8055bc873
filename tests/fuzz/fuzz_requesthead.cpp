// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Check.h"

#include "agent/http/Authority.h"
#include "agent/http/RequestHead.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace latchkey::http;

namespace {

// Whatever was accepted must be a head that any other strict reader reads in the same way.
void checkAccepted(const RequestHead& head, std::string_view input)
{
    const std::string_view bytes = input.substr(0, head.length());
    CHECK(head.length() <= limits::headBytes);
    CHECK(bytes.ends_with("\r\n\r\n"));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK((bytes[i] == '\n') == (i > 0 && bytes[i - 1] == '\r'));
        CHECK(bytes[i] != '\0' && bytes[i] != '\x7f');
    }
    std::size_t next = head.fieldsBegin();
    std::size_t hosts = 0;
    std::size_t lengths = 0;
    std::size_t codings = 0;
    for (const Field& field : head.fields()) {
        CHECK(field.line == next && field.lineEnd > field.line);
        next = field.lineEnd;
        const std::string_view line = head.line(field);
        CHECK(line.find('\n') == line.size() - 1);
        CHECK(field.nameLength > 0 && line.find(':') == field.nameLength);
        CHECK(line.substr(0, field.nameLength).find_first_of(" \t\"(),/:;<=>?@[\\]{}") == std::string_view::npos);
        CHECK(field.known == knownHeader(head.name(field)));
        hosts += field.known == KnownHeader::host;
        lengths += field.known == KnownHeader::contentLength;
        codings += field.known == KnownHeader::transferEncoding;
    }
    CHECK(next == head.fieldsEnd());
    CHECK(hosts <= 1 && lengths + codings <= 1);
    CHECK(hosts == 1 || head.version() == Version::http10);
    CHECK((head.framing() == Framing::chunked) == (codings == 1));
    CHECK((head.framing() == Framing::length) == (lengths == 1));
    CHECK(head.framing() == Framing::length || head.contentLength() == 0);
    CHECK(head.host().empty() ? hosts == 0 : Authority::parse(head.host()).has_value());
    for (const char c : head.target())
        CHECK(c > 0x20 && c < 0x7f && c != '#');
    CHECK(bytes.substr(head.begin()).starts_with(std::string(head.methodText()) + ' ' + std::string(head.target()) + " HTTP/1."));
}

void checkSame(const RequestHead& left, ParseState leftState, const RequestHead& right, ParseState rightState)
{
    CHECK(leftState == rightState);
    CHECK(left.error() == right.error());
    if (leftState != ParseState::complete)
        return;
    CHECK(left.length() == right.length());
    CHECK(left.fields().size() == right.fields().size());
    CHECK(left.keepAlive() == right.keepAlive() && left.upgrade() == right.upgrade());
    CHECK(left.framing() == right.framing() && left.contentLength() == right.contentLength());
    CHECK(left.host() == right.host() && left.resource() == right.resource());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    RequestHead whole;
    const ParseState state = whole.parse(input);
    CHECK((state == ParseState::malformed) == (whole.error() != HeadError::none));
    if (state == ParseState::complete)
        checkAccepted(whole, input);

    // The same, byte by byte and in two pieces.
    RequestHead slow;
    ParseState slowState = ParseState::needMore;
    for (std::size_t count = 0; count <= size && slowState == ParseState::needMore; ++count)
        slowState = slow.parse(input.substr(0, count));
    slow.rebase(input.data());
    checkSame(whole, state, slow, slowState);

    RequestHead halves;
    ParseState halvesState = halves.parse(input.substr(0, size / 2));
    if (halvesState == ParseState::needMore)
        halvesState = halves.parse(input);
    checkSame(whole, state, halves, halvesState);
    return 0;
}
