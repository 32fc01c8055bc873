// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RequestHeadTable.h"

#include "agent/http/Limits.h"

using namespace std::string_literals;
namespace limits = latchkey::http::limits;

namespace {

// The usual head around what a case is about.
std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string post(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string host(const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; }
std::string line(const std::string& requestLine) { return requestLine + "\r\nHost: h\r\n\r\n"; }

std::string repeated(const std::string& text, std::size_t count)
{
    std::string out;
    out.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        out += text;
    return out;
}

// A request line of exactly this many bytes, CRLF included.
std::string lineOf(std::size_t size)
{
    const std::string begin = "GET /";
    const std::string end = " HTTP/1.1\r\n";
    return begin + std::string(size - begin.size() - end.size(), 'a') + end;
}

// A head of exactly this many bytes.
std::string headOf(std::size_t size)
{
    const std::string empty = get("X: \r\n");
    return get("X: " + std::string(size - empty.size(), 'v') + "\r\n");
}

} // namespace

std::vector<HeadCase> goodRequestHeads()
{
    return {
        // Request line
        {"the smallest 1.1 request", get(""), "GET / h"},
        {"a 1.0 request without Host", "GET / HTTP/1.0\r\n\r\n", "GET / - 1.0 close"},
        {"one empty line before it", "\r\n" + get(""), "GET / h"},
        {"HEAD", line("HEAD / HTTP/1.1"), "HEAD / h"},
        {"PUT", line("PUT / HTTP/1.1"), "PUT / h"},
        {"POST", line("POST / HTTP/1.1"), "POST / h"},
        {"PATCH", line("PATCH / HTTP/1.1"), "PATCH / h"},
        {"DELETE", line("DELETE / HTTP/1.1"), "DELETE / h"},
        {"TRACE without a body", line("TRACE / HTTP/1.1"), "TRACE / h"},
        {"a method nobody knows", line("PROPFIND /d HTTP/1.1"), "PROPFIND /d h"},
        {"a method of odd token characters", line("!#$%&'*+-.^_`|~9z / HTTP/1.1"), "!#$%&'*+-.^_`|~9z / h"},
        {"a method is case-sensitive and passes as it is", line("get / HTTP/1.1"), "get / h"},
        {"OPTIONS with an asterisk", line("OPTIONS * HTTP/1.1"), "OPTIONS * h"},
        {"OPTIONS with a path", line("OPTIONS /a HTTP/1.1"), "OPTIONS /a h"},
        {"a path and a query", line("GET /a/b?c=d&e HTTP/1.1"), "GET /a/b?c=d&e h"},
        {"an empty query", line("GET /? HTTP/1.1"), "GET /? h"},
        {"escapes stay as they are", line("GET /%41%2f?%zz HTTP/1.1"), "GET /%41%2f?%zz h"},
        {"all that browsers leave unescaped", line("GET /?|{}^`\"<>\\[] HTTP/1.1"), "GET /?|{}^`\"<>\\[] h"},
        {"dot segments are Target's to judge", line("GET /a/../b HTTP/1.1"), "GET /a/../b h"},
        {"an absolute target", line("GET http://h/a?b HTTP/1.1"), "GET /a?b h"},
        {"an absolute target in https and capitals", line("GET HTTPS://H/a HTTP/1.1"), "GET /a H"},
        {"an absolute target without a path", line("GET http://h HTTP/1.1"), "GET  h"},
        {"an absolute target with a query only", line("GET http://h?x HTTP/1.1"), "GET ?x h"},
        {"an absolute target with a port", "GET http://h:80/ HTTP/1.1\r\nHost: h:80\r\n\r\n", "GET / h:80"},
        {"an absolute target in 1.0 needs no Host", "GET http://a.b/ HTTP/1.0\r\n\r\n", "GET / a.b 1.0 close"},
        {"an absolute target to an IPv6 address", "GET http://[::1]:8/x HTTP/1.1\r\nHost: [::1]:8\r\n\r\n", "GET /x [::1]:8"},
        {"a request line as long as allowed", lineOf(limits::requestLineBytes) + "Host: h\r\n\r\n",
         "GET /" + std::string(limits::requestLineBytes - 16, 'a') + " h"},
        {"the same behind an empty line", "\r\n" + lineOf(limits::requestLineBytes) + "Host: h\r\n\r\n",
         "GET /" + std::string(limits::requestLineBytes - 16, 'a') + " h"},

        // Fields
        {"a field without white space", get("A:b\r\n"), "GET / h"},
        {"a field with white space around its value", get("A: \t b c\t \r\n"), "GET / h"},
        {"an empty value", get("A:\r\n"), "GET / h"},
        {"a value of white space", get("A: \t \r\n"), "GET / h"},
        {"a value with a tab inside", get("A: a\tb\r\n"), "GET / h"},
        {"a value with UTF-8 in it", get("A: caf\xc3\xa9\r\n"), "GET / h"},
        {"a value with obs-text", get("A: \x80\xff\r\n"), "GET / h"},
        {"a value with colons and quotes", get("A: \"x\": y, 'z'\r\n"), "GET / h"},
        {"a long value with a tab in every place", get("A: 0123456\t1234567\t\t234567\r\n"), "GET / h"},
        {"a name of all token characters", get("!#$%&'*+-.^_`|~09azAZ: v\r\n"), "GET / h"},
        {"a name with an underscore", get("X_Y: v\r\n"), "GET / h"},
        {"a field twice", get("A: 1\r\nA: 2\r\n"), "GET / h"},
        {"names in any case", "GET / HTTP/1.1\r\nhOsT: h\r\nCONTENT-LENGTH: 1\r\n\r\n", "GET / h length:1"},
        {"as many fields as allowed", get(repeated("A: b\r\n", limits::headers - 1)), "GET / h"},
        {"a head as long as allowed", headOf(limits::headBytes), "GET / h"},

        // Host
        {"a host with a port", host("example.com:8080"), "GET / example.com:8080"},
        {"a host with an underscore", host("my_service"), "GET / my_service"},
        {"a host with a final dot", host("h."), "GET / h."},
        {"an IPv4 address", host("127.0.0.1:1"), "GET / 127.0.0.1:1"},
        {"an IPv6 address", host("[::1]"), "GET / [::1]"},
        {"an IPv6 address with a port", host("[2001:db8::8:800:200c:417a]:65535"), "GET / [2001:db8::8:800:200c:417a]:65535"},
        {"an IPv6 address that ends in IPv4", host("[::ffff:1.2.3.4]"), "GET / [::ffff:1.2.3.4]"},
        {"white space around the host", "GET / HTTP/1.1\r\nHost:\t h \r\n\r\n", "GET / h"},
        {"a punycode host in capitals", host("XN--CAF-DMA.example"), "GET / XN--CAF-DMA.example"},
        {"a port of 0 and leading zeros", host("h:00080"), "GET / h:00080"},

        // Lengths
        {"a length", post("Content-Length: 5\r\n"), "POST / h length:5"},
        {"a length of 0", post("Content-Length: 0\r\n"), "POST / h length:0"},
        {"the largest length", post("Content-Length: 9223372036854775807\r\n"), "POST / h length:9223372036854775807"},
        {"a length with white space around", post("Content-Length: \t7 \r\n"), "POST / h length:7"},
        {"a GET with a body", get("Content-Length: 3\r\n"), "GET / h length:3"},
        {"a TRACE that says it has none", "TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "TRACE / h length:0"},
        {"chunked", post("Transfer-Encoding: chunked\r\n"), "POST / h chunked"},
        {"chunked in capitals", post("transfer-encoding: CHUNKED\r\n"), "POST / h chunked"},
        {"a body in 1.0", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n", "POST / - 1.0 length:2 close"},
        {"no length is no body", post(""), "POST / h"},
        {"a name that only looks like a length", post("Content_Length: 5\r\nX-Transfer-Encoding: gzip\r\n"), "POST / h"},

        // Connection
        {"close", get("Connection: close\r\n"), "GET / h close"},
        {"close in capitals", get("CONNECTION: CLOSE\r\n"), "GET / h close"},
        {"keep-alive in 1.1", get("Connection: keep-alive\r\n"), "GET / h"},
        {"keep-alive in 1.0", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET / - 1.0"},
        {"close beats keep-alive", get("Connection: keep-alive, close\r\n"), "GET / h close"},
        {"close in a second Connection", get("Connection: keep-alive\r\nConnection: close\r\n"), "GET / h close"},
        {"empty elements in Connection", get("Connection: , close ,,\r\n"), "GET / h close"},
        {"an empty Connection", get("Connection:\r\n"), "GET / h"},
        {"close as part of a word is none", get("Connection: closed\r\n"), "GET / h"},
        {"a nominated field", get("Connection: x-hop\r\nX-Hop: 1\r\nX-Stay: 2\r\n"), "GET / h -X-Hop"},
        {"a field nominated behind itself", get("X-Hop: 1\r\nx-hop: 2\r\nConnection: close, X-HOP\r\n"),
         "GET / h close -X-Hop -x-hop"},
        {"two Connection headers that nominate", get("Connection: a\r\nConnection: b\r\nA: 1\r\nB: 2\r\nAB: 3\r\n"),
         "GET / h -A -B"},
        {"a nominated field that is not there", get("Connection: nothing\r\n"), "GET / h"},
        {"as many options as allowed", get("Connection: " + repeated("a,", limits::connectionOptions) + "\r\n"), "GET / h"},
        {"Proxy-Connection means nothing", get("Proxy-Connection: close\r\n"), "GET / h"},

        // Upgrade and Expect
        {"a WebSocket", get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), "GET / h upgrade websocket"},
        {"a WebSocket as Firefox asks", get("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"),
         "GET / h upgrade websocket"},
        {"an upgrade to something else", get("Connection: upgrade\r\nUpgrade: h2c\r\n"), "GET / h upgrade"},
        {"an upgrade to a version of something", get("Connection: upgrade\r\nUpgrade: TLS/1.3, foo\r\n"), "GET / h upgrade"},
        {"a WebSocket among others is no plain WebSocket", get("Connection: upgrade\r\nUpgrade: websocket, h2c\r\n"),
         "GET / h upgrade"},
        {"a WebSocket by POST is none", post("Connection: upgrade\r\nUpgrade: websocket\r\n"), "POST / h upgrade"},
        {"a WebSocket with a body is none", get("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n"),
         "GET / h length:1 upgrade"},
        {"Upgrade that Connection does not name", get("Upgrade: websocket\r\n"), "GET / h"},
        {"Connection that names an Upgrade that is not there", get("Connection: upgrade\r\n"), "GET / h"},
        {"Upgrade in 1.0", "GET / HTTP/1.0\r\nConnection: upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\n", "GET / - 1.0"},
        {"Expect with a body", post("Expect: 100-continue\r\nContent-Length: 1\r\n"), "POST / h length:1 expect"},
        {"Expect in capitals, chunked", post("EXPECT: 100-CONTINUE\r\nTransfer-Encoding: chunked\r\n"),
         "POST / h chunked expect"},
        {"Expect without a body", get("Expect: 100-continue\r\n"), "GET / h"},
        {"Expect in 1.0 means nothing", "POST / HTTP/1.0\r\nExpect: something\r\nContent-Length: 1\r\n\r\n",
         "POST / - 1.0 length:1 close"},
    };
}

std::vector<HeadCase> badRequestHeads()
{
    return {
        // Not this protocol
        {"a TLS hello", "\x16\x03\x01\x02\x00\x01"s, "not_http"},
        {"NUL first", "\0GET / HTTP/1.1\r\n\r\n"s, "not_http"},
        {"a space first", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", "not_http"},
        {"a byte outside ASCII first", "\xff", "not_http"},
        {"a delimiter first", "(GET) / HTTP/1.1\r\n\r\n", "bad_method"},
        {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "unsupported_version"},
        {"HTTP/0.9", "GET /\r\n", "bad_request_line"},

        // Line ends
        {"LF alone behind the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", "bare_lf"},
        {"LF alone behind a field", "GET / HTTP/1.1\r\nHost: h\n\r\n", "bare_lf"},
        {"LF alone as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n", "bare_lf"},
        {"LF alone everywhere", "GET / HTTP/1.1\nHost: h\n\n", "bare_lf"},
        {"LF first", "\nGET / HTTP/1.1\r\n\r\n", "bare_lf"},
        {"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "bad_request_line"},
        {"CR alone first", "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n", "bare_cr"},
        {"CR alone in the request line", "GET /\rHTTP/1.1\r\nHost: h\r\n\r\n", "bare_cr"},
        {"CR alone in the version", "GET / HTTP/1.1\rX\r\nHost: h\r\n\r\n", "bare_cr"},
        {"CR alone in the method", "GET\r / HTTP/1.1\r\nHost: h\r\n\r\n", "bare_cr"},
        {"CR CR LF behind the request line", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "bare_cr"},
        {"CR alone in a value", get("A: b\rc\r\n"), "bare_cr"},
        {"CR alone before a value", get("A:\rb\r\n"), "bare_cr"},
        {"CR CR LF behind a value", get("A: b\r\r\n"), "bare_cr"},
        {"CR alone in a name", get("A\rB: c\r\n"), "bare_cr"},
        {"CR CR LF as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\r\r\n", "bare_cr"},

        // Request line
        {"no target", line("GET  HTTP/1.1"), "bad_request_line"},
        {"no version", line("GET / "), "bad_version"},
        {"a method alone", line("GET"), "bad_request_line"},
        {"two spaces behind the method", line("GET  / HTTP/1.1"), "bad_request_line"},
        {"two spaces behind the target", line("GET /  HTTP/1.1"), "bad_request_line"},
        {"a space behind the version", line("GET / HTTP/1.1 "), "bad_request_line"},
        {"a tab for a space behind the method", line("GET\t/ HTTP/1.1"), "bad_method"},
        {"a tab for a space behind the target", line("GET /\tHTTP/1.1"), "bad_target"},
        {"a space in the target", line("GET /a b HTTP/1.1"), "bad_request_line"},
        {"a colon in the method", line("GET: / HTTP/1.1"), "bad_method"},
        {"a byte outside ASCII in the method", line("G\xc3\x89T / HTTP/1.1"), "bad_method"},
        {"NUL in the method", "G\0T / HTTP/1.1\r\nHost: h\r\n\r\n"s, "bad_method"},
        {"a version in small letters", line("GET / http/1.1"), "bad_version"},
        {"a version without a minor", line("GET / HTTP/1"), "bad_version"},
        {"a version with two digits", line("GET / HTTP/1.10"), "bad_version"},
        {"a version with leading zero", line("GET / HTTP/01.1"), "bad_version"},
        {"a version with a comma", line("GET / HTTP/1,1"), "bad_version"},
        {"another protocol's version", line("GET / RTSP/1.0"), "bad_version"},
        {"version 0.9 said aloud", line("GET / HTTP/0.9"), "unsupported_version"},
        {"version 1.2", line("GET / HTTP/1.2"), "unsupported_version"},
        {"version 2.0", line("GET / HTTP/2.0"), "unsupported_version"},
        {"version 3.0", line("GET / HTTP/3.0"), "unsupported_version"},
        {"CONNECT", line("CONNECT h:443 HTTP/1.1"), "connect_refused"},
        {"CONNECT with a path", line("CONNECT / HTTP/1.1"), "connect_refused"},
        {"authority form without CONNECT", line("GET h:80 HTTP/1.1"), "bad_target"},
        {"a relative path", line("GET a/b HTTP/1.1"), "bad_target"},
        {"an asterisk without OPTIONS", line("GET * HTTP/1.1"), "bad_target"},
        {"an asterisk and more", line("OPTIONS *a HTTP/1.1"), "bad_target"},
        {"a fragment", line("GET /a#b HTTP/1.1"), "bad_target"},
        {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"s, "bad_target"},
        {"DEL in the target", line("GET /a\x7f HTTP/1.1"), "bad_target"},
        {"an escape character in the target", line("GET /\x1b[0m HTTP/1.1"), "bad_target"},
        {"UTF-8 in the target", line("GET /caf\xc3\xa9 HTTP/1.1"), "bad_target"},
        {"another scheme", line("GET ftp://h/ HTTP/1.1"), "bad_target"},
        {"a WebSocket scheme", line("GET ws://h/ HTTP/1.1"), "bad_target"},
        {"a scheme alone", line("GET http:// HTTP/1.1"), "bad_target"},
        {"an empty authority", line("GET http:///a HTTP/1.1"), "bad_target"},
        {"an authority without a host", line("GET http://:80/ HTTP/1.1"), "bad_target"},
        {"user information", line("GET http://u:p@h/ HTTP/1.1"), "bad_target"},
        {"one slash behind the scheme", line("GET http:/h/ HTTP/1.1"), "bad_target"},
        {"an absolute target with a bad port", line("GET http://h:99999/ HTTP/1.1"), "bad_target"},
        {"an absolute target with a backslash for a slash", line("GET http://h\\a/ HTTP/1.1"), "bad_target"},
        {"a request line one byte too long", lineOf(limits::requestLineBytes + 1) + "Host: h\r\n\r\n", "request_line_too_long"},
        {"a request line without end", "GET /" + std::string(limits::requestLineBytes, 'a'), "request_line_too_long"},
        {"a long request line that ends in LF alone", "GET /" + std::string(limits::requestLineBytes, 'a') + "\n",
         "request_line_too_long"},

        // Fields
        {"a folded field", get("A: b\r\n c\r\n"), "folded_header"},
        {"a field folded with a tab", get("A: b\r\n\tc\r\n"), "folded_header"},
        {"white space before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "folded_header"},
        {"a line of white space", get(" \r\n"), "folded_header"},
        {"a space before the colon", get("A : b\r\n"), "space_before_colon"},
        {"a tab before the colon", get("A\t: b\r\n"), "space_before_colon"},
        {"a space before the colon of a length", post("Content-Length : 5\r\n"), "space_before_colon"},
        {"a space before the colon of a coding", post("Transfer-Encoding : chunked\r\n"), "space_before_colon"},
        {"an empty name", get(": b\r\n"), "bad_header_name"},
        {"no colon", get("Abc\r\n"), "bad_header_name"},
        {"no colon but a space", get("Abc def\r\n"), "bad_header_name"},
        {"a space in the name", get("A B: c\r\n"), "bad_header_name"},
        {"a slash in the name", get("A/B: c\r\n"), "bad_header_name"},
        {"quotes in the name", get("\"A\": c\r\n"), "bad_header_name"},
        {"brackets in the name", get("A[0]: c\r\n"), "bad_header_name"},
        {"NUL in the name", "GET / HTTP/1.1\r\nHost: h\r\nA\0: b\r\n\r\n"s, "bad_header_name"},
        {"DEL in the name", get("A\x7f: b\r\n"), "bad_header_name"},
        {"a byte outside ASCII in the name", get("\xc3\xa9: b\r\n"), "bad_header_name"},
        {"a Kelvin sign for a K", get("\xe2\x84\xaa" "eep-Alive: b\r\n"), "bad_header_name"},
        {"NUL in a value", "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"s, "bad_header_value"},
        {"NUL deep in a long value", "GET / HTTP/1.1\r\nHost: h\r\nA: 0123456789abcdef\0\r\n\r\n"s, "bad_header_value"},
        {"a control character in a value", get("A: \x01\r\n"), "bad_header_value"},
        {"a control character beside a tab", get("A: 012345\t\x1f" "89\r\n"), "bad_header_value"},
        {"an escape character in a value", get("A: \x1b[31m\r\n"), "bad_header_value"},
        {"DEL in a value", get("A: b\x7f" "c\r\n"), "bad_header_value"},
        {"DEL beside obs-text in a long value", get("A: \xff\xff\xff\x7f\xff\xff\xff\xff\r\n"), "bad_header_value"},
        {"a vertical tab around a value", get("A: \x0b" "b\r\n"), "bad_header_value"},
        {"a form feed behind a length", post("Content-Length: 5\x0c\r\n"), "bad_header_value"},
        {"one field too many", get(repeated("A: b\r\n", limits::headers)), "too_many_headers"},
        {"a head one byte too long", headOf(limits::headBytes + 1), "head_too_large"},
        {"a head without end", get("").substr(0, 25) + repeated("X: " + std::string(997, 'v') + "\r\n", 70), "head_too_large"},
        {"a field without end", get("").substr(0, 25) + "X: " + std::string(limits::headBytes, 'v'), "head_too_large"},

        // Host
        {"no Host", "GET / HTTP/1.1\r\n\r\n", "missing_host"},
        {"no Host but an absolute target", "GET http://h/ HTTP/1.1\r\n\r\n", "missing_host"},
        {"two Hosts", get("Host: g\r\n"), "duplicate_host"},
        {"two equal Hosts", get("HOST: h\r\n"), "duplicate_host"},
        {"two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n", "duplicate_host"},
        {"an empty Host", host(""), "bad_host"},
        {"a list of hosts", host("a, b"), "bad_host"},
        {"user information in Host", host("a@b"), "bad_host"},
        {"a path in Host", host("a/b"), "bad_host"},
        {"a scheme in Host", host("http://a"), "bad_host"},
        {"a space in Host", host("a b"), "bad_host"},
        {"an escape in Host", host("%61"), "bad_host"},
        {"UTF-8 in Host", host("caf\xc3\xa9"), "bad_host"},
        {"a port alone", host(":80"), "bad_host"},
        {"an empty port", host("h:"), "bad_host"},
        {"a port that is none", host("h:http"), "bad_host"},
        {"a port with a sign", host("h:+80"), "bad_host"},
        {"a port too large", host("h:65536"), "bad_host"},
        {"a port with six digits", host("h:000080"), "bad_host"},
        {"two ports", host("h:80:80"), "bad_host"},
        {"an IPv6 address without brackets", host("::1"), "bad_host"},
        {"a bracket without end", host("[::1"), "bad_host"},
        {"text behind the bracket", host("[::1]a"), "bad_host"},
        {"brackets around nothing", host("[]"), "bad_host"},
        {"brackets around a name", host("[localhost]"), "bad_host"},
        {"a zone in an IPv6 address", host("[fe80::1%25eth0]"), "bad_host"},
        {"two gaps in an IPv6 address", host("[1::2::3]"), "bad_host"},
        {"nine groups in an IPv6 address", host("[1:2:3:4:5:6:7:8:9]"), "bad_host"},
        {"a leading dot in Host", host(".h"), "bad_host"},
        {"a dot alone", host("."), "bad_host"},
        {"Host differs from the target", line("GET http://other/ HTTP/1.1"), "host_mismatch"},
        {"Host differs from the target by the port", line("GET http://h:80/ HTTP/1.1"), "host_mismatch"},

        // Lengths
        {"a length with a sign", post("Content-Length: +5\r\n"), "bad_content_length"},
        {"a negative length", post("Content-Length: -1\r\n"), "bad_content_length"},
        {"an empty length", post("Content-Length:\r\n"), "bad_content_length"},
        {"a length in hex", post("Content-Length: 0x5\r\n"), "bad_content_length"},
        {"a length with a letter behind", post("Content-Length: 5a\r\n"), "bad_content_length"},
        {"a length with a space inside", post("Content-Length: 1 0\r\n"), "bad_content_length"},
        {"a length with a fraction", post("Content-Length: 5.0\r\n"), "bad_content_length"},
        {"a length in quotes", post("Content-Length: \"5\"\r\n"), "bad_content_length"},
        {"a length with a leading zero", post("Content-Length: 05\r\n"), "bad_content_length"},
        {"a list of equal lengths", post("Content-Length: 5, 5\r\n"), "bad_content_length"},
        {"a list of two lengths", post("Content-Length: 5, 6\r\n"), "bad_content_length"},
        {"a superscript digit", post("Content-Length: \xb9\r\n"), "bad_content_length"},
        {"two lengths that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n"), "duplicate_content_length"},
        {"two equal lengths", post("Content-Length: 5\r\ncontent-length: 5\r\n"), "duplicate_content_length"},
        {"a length beyond 2^63 - 1", post("Content-Length: 9223372036854775808\r\n"), "content_too_large"},
        {"a length beyond 2^64", post("Content-Length: 18446744073709551621\r\n"), "content_too_large"},
        {"a length of forty digits", post("Content-Length: 1" + std::string(39, '0') + "\r\n"), "content_too_large"},
        {"length and chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "length_and_chunked"},
        {"chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), "length_and_chunked"},
        {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), "bad_transfer_encoding"},
        {"two codings fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "bad_transfer_encoding"},
        {"a second coding that is not known", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
         "bad_transfer_encoding"},
        {"an empty coding", post("Transfer-Encoding:\r\n"), "bad_transfer_encoding"},
        {"identity", post("Transfer-Encoding: identity\r\n"), "bad_transfer_encoding"},
        {"a coding that leaves the length open", post("Transfer-Encoding: gzip\r\n"), "bad_transfer_encoding"},
        {"chunked not last", post("Transfer-Encoding: chunked, gzip\r\n"), "bad_transfer_encoding"},
        {"a coding that is not exactly chunked", post("Transfer-Encoding: xchunked\r\n"), "bad_transfer_encoding"},
        {"chunked with a comma behind", post("Transfer-Encoding: chunked,\r\n"), "bad_transfer_encoding"},
        {"chunked with a comma before", post("Transfer-Encoding: , chunked\r\n"), "bad_transfer_encoding"},
        {"chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n"), "bad_transfer_encoding"},
        {"chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), "bad_transfer_encoding"},
        {"chunked with a vertical tab", post("Transfer-Encoding: \x0b" "chunked\r\n"), "bad_header_value"},
        {"gzip before chunked", post("Transfer-Encoding: gzip, chunked\r\n"), "unknown_transfer_coding"},
        {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding_in_http10"},
        {"TRACE with a body", "TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n", "body_not_allowed"},
        {"TRACE with a chunked body", "TRACE / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "body_not_allowed"},

        // Connection, Upgrade, Expect
        {"an option that is no token", get("Connection: a b\r\n"), "bad_connection"},
        {"an option in quotes", get("Connection: \"close\"\r\n"), "bad_connection"},
        {"options divided by semicolons", get("Connection: close; keep-alive\r\n"), "bad_connection"},
        {"too many options", get("Connection: " + repeated("a,", limits::connectionOptions) + "b\r\n"), "bad_connection"},
        {"too many options in many fields", get(repeated("Connection: a\r\n", limits::connectionOptions + 1)), "bad_connection"},
        {"too many commas", get("Connection: " + std::string(1000, ',') + "\r\n"), "bad_connection"},
        {"Host nominated", get("Connection: close, Host\r\n"), "bad_connection"},
        {"Content-Length nominated", post("Connection: content-length\r\nContent-Length: 5\r\n"), "bad_connection"},
        {"Transfer-Encoding nominated", post("Transfer-Encoding: chunked\r\nConnection: TRANSFER-ENCODING\r\n"),
         "bad_connection"},
        {"an empty Upgrade", get("Connection: upgrade\r\nUpgrade:\r\n"), "bad_upgrade"},
        {"two Upgrades", get("Upgrade: websocket\r\nUpgrade: websocket\r\n"), "bad_upgrade"},
        {"an Upgrade with a space", get("Upgrade: web socket\r\n"), "bad_upgrade"},
        {"an Upgrade with an empty version", get("Upgrade: websocket/\r\n"), "bad_upgrade"},
        {"an Upgrade with an empty element", get("Upgrade: a,,b\r\n"), "bad_upgrade"},
        {"an Upgrade with a comma behind", get("Upgrade: a,\r\n"), "bad_upgrade"},
        {"another expectation", post("Expect: 200-ok\r\n"), "bad_expect"},
        {"100-continue and more", post("Expect: 100-continue, x\r\n"), "bad_expect"},
        {"Expect twice", post("Expect: 100-continue\r\nExpect: 100-continue\r\n"), "bad_expect"},
    };
}
