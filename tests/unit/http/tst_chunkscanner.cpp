// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/http/ChunkScanner.h"

#include "TestProgram.h"

#include <QTest>

#include <string>

namespace tst_chunkscanner {

using namespace latchkey::http;
using namespace std::string_literals;

namespace {

std::string_view view(const QByteArray& bytes) { return {bytes.constData(), static_cast<std::size_t>(bytes.size())}; }

QByteArray word(ChunkScanner::State state)
{
    return state == ChunkScanner::State::needMore ? "need more" : state == ChunkScanner::State::complete ? "complete" : "malformed";
}

std::string repeated(const std::string& text, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += text;
    return out;
}

bool allowAllButSecret(std::string_view name) { return name != "X-Secret"; }

} // namespace

class TestChunkScanner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("content");
        const auto row = [](const char* name, const std::string& bytes, const std::string& content) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(content);
        };
        row("no content", "0\r\n\r\n", "");
        row("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello");
        row("three chunks", "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "abcdef");
        row("hex in small letters", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789");
        row("hex in capitals", "1F\r\n0123456789012345678901234567890\r\n0\r\n\r\n", "0123456789012345678901234567890");
        row("leading zeros", "000005\r\nhello\r\n000\r\n\r\n", "hello");
        row("sixteen digits", "0000000000000001\r\nx\r\n0000000000000000\r\n\r\n", "x");
        row("content that looks like chunks", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n");
        row("content of any bytes", "3\r\n\0\xff\n\r\n0\r\n\r\n"s, "\0\xff\n"s);
        row("an extension without value", "1;a\r\nx\r\n0\r\n\r\n", "x");
        row("an extension with a token", "1;a=b\r\nx\r\n0;c=d\r\n\r\n", "x");
        row("an extension in quotes", "1;a=\"b; \\\"c\\\"\t\xc3\xa9\"\r\nx\r\n0\r\n\r\n", "x");
        row("two extensions", "1;a;b=\"\";c=d\r\nx\r\n0\r\n\r\n", "x");
        row("a trailer", "1\r\nx\r\n0\r\nX-Sum: abc\r\n\r\n", "x");
        row("two trailers", "0\r\nA:\r\nB: \tc d \r\n\r\n", "");
        row("as many trailers as allowed", "0\r\n" + repeated("A: b\r\n", limits::trailers) + "\r\n", "");
        row("an extension as long as allowed",
            "1;" + std::string(limits::chunkExtensionBytes - 1, 'a') + "\r\nx\r\n0\r\n\r\n", "x");
        row("a trailer's name as long as allowed", "0\r\n" + std::string(limits::trailerNameBytes, 'a') + ": b\r\n\r\n", "");
    }
    void accepts()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, content);
        const std::string_view all = view(bytes);
        for (std::size_t cut = 0; cut <= all.size(); ++cut) {
            ChunkScanner scanner;
            std::string decoded;
            auto step = scanner.feed(all.substr(0, cut), decoded, 1000);
            QCOMPARE(step.consumed, cut);
            QCOMPARE(word(step.state), cut == all.size() ? "complete" : "need more");
            const std::string rest = std::string(all.substr(cut)) + "GET /";
            step = scanner.feed(rest, decoded, 1000);
            QCOMPARE(word(step.state), "complete");
            QCOMPARE(step.consumed, all.size() - cut); // what follows is left alone
            QCOMPARE(QByteArray::fromStdString(decoded), content);
            QCOMPARE(scanner.contentLength(), static_cast<std::uint64_t>(content.size()));
        }
        ChunkScanner byteByByte;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto step = byteByByte.feed(all.substr(i, 1));
            QCOMPARE(step.consumed, std::size_t{1});
            QCOMPARE(word(step.state), i + 1 == all.size() ? "complete" : "need more");
        }
        QCOMPARE(byteByByte.contentLength(), static_cast<std::uint64_t>(content.size()));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<int>("consumed"); // up to and without the wrong byte; -1: not looked at
        const auto row = [](const char* name, const std::string& bytes, const char* expected, int consumed = -1) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray(expected) << consumed;
        };
        row("no size", "\r\n", "bad_chunk_size", 0);
        row("no digit", "x\r\n", "bad_chunk_size", 0);
        row("a sign", "+5\r\nhello\r\n", "bad_chunk_size", 0);
        row("a minus", "-1\r\n", "bad_chunk_size", 0);
        row("a prefix", "0x5\r\nhello\r\n", "bad_chunk_size", 1);
        row("a space before", " 5\r\nhello\r\n", "bad_chunk_size", 0);
        row("a space behind", "5 \r\nhello\r\n", "bad_chunk_size", 1);
        row("a tab behind", "5\t\r\nhello\r\n", "bad_chunk_size", 1);
        row("an underscore", "1_0\r\n", "bad_chunk_size", 1);
        row("a comma", "5,5\r\n", "bad_chunk_size", 1);
        row("NUL", "5\0\r\n"s, "bad_chunk_size", 1);
        row("2^63", "8000000000000000\r\n", "bad_chunk_size");
        row("2^64 - 1", "ffffffffffffffff\r\n", "bad_chunk_size");
        row("2^64, which wraps to 0", "10000000000000000\r\n", "bad_chunk_size");
        row("seventeen digits", "00000000000000001\r\n", "bad_chunk_size", 16);
        row("sizes that add up to more than 2^63 - 1", "1\r\nx\r\n7fffffffffffffff\r\n", "bad_chunk_size");
        row("LF alone behind the size", "5\nhello\r\n", "bad_chunk_line_end", 1);
        row("CR alone behind the size", "5\rhello\r\n", "bad_chunk_line_end", 2);
        row("LF alone behind the data", "1\r\nx\n0\r\n\r\n", "bad_chunk_line_end", 4);
        row("CR alone behind the data", "1\r\nx\r0\r\n\r\n", "bad_chunk_line_end", 5);
        row("more data than said", "1\r\nxy\r\n", "bad_chunk_line_end", 4);
        row("less data than said", "5\r\nabc\r\n0\r\n\r\n", "bad_chunk_line_end", 8);
        row("LF alone at the end", "0\r\n\n", "bad_trailer", 3);
        row("CR alone at the end", "0\r\n\rx", "bad_chunk_line_end", 4);
        row("an empty extension", "1;\r\nx\r\n", "bad_chunk_extension", 2);
        row("two semicolons", "1;;a\r\n", "bad_chunk_extension", 2);
        row("a space before an extension", "1 ;a\r\n", "bad_chunk_size", 1);
        row("a space in an extension", "1; a\r\n", "bad_chunk_extension", 2);
        row("an extension with an empty value", "1;a=\r\n", "bad_chunk_extension", 4);
        row("LF alone behind an extension", "1;a\nx\r\n", "bad_chunk_line_end", 3);
        row("LF in a quoted value", "1;a=\"\n\"\r\nx\r\n", "bad_chunk_extension", 5);
        row("CRLF in a quoted value", "1;a=\"\r\n0\r\n\r\n", "bad_chunk_extension", 5);
        row("an escaped LF in a quoted value", "1;a=\"\\\n\"\r\n", "bad_chunk_extension", 6);
        row("text behind a quoted value", "1;a=\"b\"c\r\n", "bad_chunk_extension", 7);
        row("NUL in an extension", "1;a\0\r\n"s, "bad_chunk_extension", 3);
        row("an extension that is too long", "1;" + std::string(limits::chunkExtensionBytes, 'a') + "\r\n",
            "chunk_extension_too_long");
        row("extensions that are too long together",
            repeated("1;" + std::string(limits::chunkExtensionBytes - 1, 'a') + "\r\nx\r\n",
                     limits::chunkExtensionBytesInAll / limits::chunkExtensionBytes)
                + "1;a\r\n",
            "chunk_extension_too_long");
        row("a trailer without colon", "0\r\nabc\r\n\r\n", "bad_trailer", 6);
        row("a trailer with an empty name", "0\r\n: b\r\n\r\n", "bad_trailer", 3);
        row("a space before a trailer's colon", "0\r\nA : b\r\n\r\n", "bad_trailer", 4);
        row("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", "bad_trailer", 9);
        row("LF alone behind a trailer", "0\r\nA: b\n\r\n", "bad_trailer", 7);
        row("CR alone in a trailer", "0\r\nA: b\rc\r\n\r\n", "bad_trailer", 8);
        row("NUL in a trailer", "0\r\nA: \0\r\n\r\n"s, "bad_trailer", 6);
        row("a request for a trailer", "0\r\nGET / HTTP/1.1\r\n\r\n", "bad_trailer", 6);
        row("too many trailers", "0\r\n" + repeated("A: b\r\n", limits::trailers + 1) + "\r\n", "trailers_too_large");
        row("a trailer that is too long", "0\r\nA: " + std::string(limits::trailerBytes, 'a') + "\r\n\r\n", "trailers_too_large");
        row("a trailer's name that is too long", "0\r\n" + std::string(limits::trailerNameBytes + 1, 'a') + ": b\r\n\r\n",
            "trailers_too_large");
        for (const char* name : {"Content-Length", "transfer-encoding", "HOST", "Authorization", "Cookie", "Content-Type",
                                 "X-Forwarded-For", "Forwarded", "If-Match", "Connection", "Trailer", "Set-Cookie"})
            row(name, "0\r\n" + std::string(name) + ": x\r\n\r\n", "forbidden_trailer");
        row("a trailer that the caller refuses", "0\r\nX-Secret: x\r\n\r\n", "forbidden_trailer", 11);
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, expected);
        QFETCH(int, consumed);
        const std::string_view all = view(bytes);
        ChunkScanner scanner(allowAllButSecret);
        const auto step = scanner.feed(all);
        QCOMPARE(word(step.state), "malformed");
        QCOMPARE(QByteArray::fromStdString(std::string(code(scanner.error()))), expected);
        if (consumed >= 0)
            QCOMPARE(static_cast<int>(step.consumed), consumed);
        QCOMPARE(word(scanner.feed("0\r\n\r\n").state), "malformed"); // and stays so
        QCOMPARE(scanner.feed("0\r\n\r\n").consumed, std::size_t{0});

        scanner.reset();
        std::size_t relayed = 0;
        for (std::size_t i = 0; i < all.size(); ++i)
            relayed += scanner.feed(all.substr(i, 1)).consumed;
        QCOMPARE(relayed, step.consumed);
        QCOMPARE(QByteArray::fromStdString(std::string(code(scanner.error()))), expected);
    }

    void theContentIsBounded()
    {
        ChunkScanner scanner;
        std::string content;
        QCOMPARE(word(scanner.feed("5\r\nhello\r\n", content, 5).state), "need more");
        QCOMPARE(word(scanner.feed("1\r\n!\r\n", content, 5).state), "malformed");
        QCOMPARE(scanner.error(), ChunkError::contentTooLarge);
        QCOMPARE(content, std::string("hello"));
    }

    void tellsHowMuchNeedsNoLook()
    {
        ChunkScanner scanner;
        QCOMPARE(scanner.remainingInChunk(), std::uint64_t{0});
        (void)scanner.feed("10\r\nabc");
        QCOMPARE(scanner.remainingInChunk(), std::uint64_t{13});
        QCOMPARE(scanner.contentLength(), std::uint64_t{3});
        (void)scanner.feed("0123456789abc");
        QCOMPARE(scanner.remainingInChunk(), std::uint64_t{0});
    }

    void theLargestChunkIsWaitedFor()
    {
        ChunkScanner scanner;
        QCOMPARE(word(scanner.feed("7fffffffffffffff\r\n").state), "need more");
        QCOMPARE(scanner.remainingInChunk(), std::uint64_t{0x7fffffffffffffff});
    }
};

LATCHKEY_TEST(TestChunkScanner)

} // namespace tst_chunkscanner

#include "tst_chunkscanner.moc"
