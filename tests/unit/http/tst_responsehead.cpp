// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/http/ResponseHead.h"

#include "TestProgram.h"

#include <QTest>

#include <string>

namespace tst_responsehead {

using namespace latchkey::http;
using namespace std::string_literals;

namespace {

std::string summarize(const ResponseHead& head)
{
    std::string out = std::to_string(head.status()) + " [" + std::string(head.reasonPhrase()) + "]";
    if (head.version() == Version::http10)
        out += " 1.0";
    switch (head.framing()) {
    case Framing::none:
        break;
    case Framing::length:
        out += " length:" + std::to_string(head.contentLength());
        break;
    case Framing::chunked:
        out += " chunked";
        break;
    case Framing::untilClose:
        out += " until-close";
        break;
    }
    if (head.keepAlive())
        out += " keep-alive";
    if (head.isInterim())
        out += " interim";
    if (head.upgrade())
        out += " upgrade";
    for (const Field& field : head.fields()) {
        if (field.nominated)
            out.append(" -").append(head.name(field));
    }
    return out;
}

QByteArray outcome(const ResponseHead& head, ParseState state)
{
    if (state == ParseState::needMore)
        return "need more";
    return QByteArray::fromStdString(state == ParseState::complete ? summarize(head) : std::string(code(head.error())));
}

} // namespace

class TestResponseHead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("answersHead");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const std::string& bytes, const char* expected, bool answersHead = false) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << answersHead << QByteArray(expected);
        };
        // Good ones
        row("a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200 [OK] length:5 keep-alive");
        row("a length of 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 [OK] length:0 keep-alive");
        row("chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n", "200 [OK] chunked keep-alive");
        row("neither ends with the connection", "HTTP/1.1 200 OK\r\n\r\n", "200 [OK] until-close");
        row("keep-alive cannot hold what ends with the connection", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n",
            "200 [OK] until-close");
        row("close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n", "200 [OK] length:1");
        row("1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", "200 [OK] 1.0 length:1");
        row("1.0 that keeps alive", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n",
            "200 [OK] 1.0 length:1 keep-alive");
        row("an empty reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 [] length:0 keep-alive");
        row("no reason and no space", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", "404 [] length:0 keep-alive");
        row("a long reason in another language", "HTTP/1.1 404 Nicht gefunden \xc3\xa4\tb\r\nContent-Length: 0\r\n\r\n",
            "404 [Nicht gefunden \xc3\xa4\tb] length:0 keep-alive");
        row("a status nobody registered", "HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n",
            "999 [Request denied] length:0 keep-alive");
        row("an answer to HEAD with a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200 [OK] keep-alive", true);
        row("an answer to HEAD, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "200 [OK] keep-alive", true);
        row("an answer to HEAD without length", "HTTP/1.1 200 OK\r\n\r\n", "200 [OK] keep-alive", true);
        row("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304 [Not Modified] keep-alive");
        row("204", "HTTP/1.1 204 No Content\r\n\r\n", "204 [No Content] keep-alive");
        row("204 with a length of 0", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "204 [No Content] keep-alive");
        row("100", "HTTP/1.1 100 Continue\r\n\r\n", "100 [Continue] keep-alive interim");
        row("103 with links", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "103 [Early Hints] keep-alive interim");
        row("101", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            "101 [Switching Protocols] keep-alive upgrade");
        row("101 that names no protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "101 [Switching Protocols] keep-alive");
        row("several Set-Cookie", "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
            "200 [OK] length:0 keep-alive");
        row("nominated fields", "HTTP/1.1 200 OK\r\nConnection: x\r\nX: 1\r\nContent-Length: 0\r\n\r\n",
            "200 [OK] length:0 keep-alive -X");

        // Bad ones
        row("an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", "not_http");
        row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "not_http");
        row("a page without head", "<html>", "not_http");
        row("version 2", "HTTP/2 200\r\n\r\n", "unsupported_version");
        row("version 1.2", "HTTP/1.2 200 OK\r\n\r\n", "unsupported_version");
        row("another word", "HTTX/1.1 200 OK\r\n\r\n", "bad_status_line");
        row("Shoutcast", "HTTP 200 OK\r\n\r\n", "bad_status_line");
        row("two spaces", "HTTP/1.1  200 OK\r\n\r\n", "bad_status_line");
        row("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "bad_status_line");
        row("a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "bad_status_line");
        row("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "bad_status_line");
        row("a status with a sign", "HTTP/1.1 +20 OK\r\n\r\n", "bad_status_line");
        row("no status", "HTTP/1.1 \r\n\r\n", "bad_status_line");
        row("a control character in the reason", "HTTP/1.1 200 O\x01K\r\n\r\n", "bad_status_line");
        row("CR alone in the reason", "HTTP/1.1 200 O\rK\r\n\r\n", "bare_cr");
        row("LF alone", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "bare_lf");
        row("a folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "folded_header");
        row("a space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "space_before_colon");
        row("NUL in a value", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"s, "bad_header_value");
        row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "duplicate_content_length");
        row("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", "bad_content_length");
        row("length and chunked", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "length_and_chunked");
        row("length and chunked to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "length_and_chunked", true);
        row("gzip as coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "unknown_transfer_coding");
        row("chunked in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding_in_http10");
        row("204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "body_not_allowed");
        row("204 chunked", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "body_not_allowed");
        row("100 with a body", "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n", "body_not_allowed");
        row("a head too large", "HTTP/1.1 200 OK\r\nA: " + std::string(limits::headBytes, 'a') + "\r\n\r\n", "head_too_large");
        row("a status line without end", "HTTP/1.1 200 " + std::string(limits::headBytes, 'a'), "head_too_large");
    }
    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, answersHead);
        QFETCH(QByteArray, expected);
        const std::string_view all(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        ResponseHead head;
        head.reset(answersHead);
        const ParseState whole = head.parse(all);
        QCOMPARE(outcome(head, whole), expected);
        if (whole == ParseState::complete)
            QCOMPARE(head.length(), all.size());

        for (std::size_t cut = 0; cut < all.size(); cut += all.size() > 4096 ? 509 : 1) {
            head.reset(answersHead);
            const std::string first(all.substr(0, cut)); // at another place than the whole
            ParseState state = head.parse(first);
            QVERIFY(state != ParseState::complete);
            if (state == ParseState::needMore)
                state = head.parse(all);
            QCOMPARE(outcome(head, state), expected);
        }
    }

    void interimAnswersThenTheFinalOne()
    {
        const std::string bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        ResponseHead head;
        head.reset(false);
        std::string_view rest = bytes;
        QCOMPARE(head.parse(rest), ParseState::complete);
        QVERIFY(head.isInterim());
        rest.remove_prefix(head.length());
        head.reset(false);
        QCOMPARE(head.parse(rest), ParseState::complete);
        QVERIFY(!head.isInterim());
        QCOMPARE(head.status(), 200);
        QCOMPARE(rest.substr(head.length()), std::string_view("hi"));
    }
};

LATCHKEY_TEST(TestResponseHead)

} // namespace tst_responsehead

#include "tst_responsehead.moc"
