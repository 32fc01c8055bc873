// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Encoding.h"

#include "TestProgram.h"

#include <QTest>

#include <string>

namespace tst_base_encoding {

using namespace latchkey::base;

namespace {

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

QByteArray text(const std::string& bytes)
{
    return QByteArray::fromStdString(bytes);
}

std::string everyByte()
{
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    return bytes;
}

} // namespace

class TestEncoding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hexRoundTrip();
    void hexRefuses_data();
    void hexRefuses();
    void base64OfTheRfc_data();
    void base64OfTheRfc();
    void base64AgreesWithQt();
    void base64UrlRefuses_data();
    void base64UrlRefuses();
    void everyEncodingHasOneSpelling();
    void crc32Vectors_data();
    void crc32Vectors();
    void utf8_data();
    void utf8();
    void utf8OfEveryCodePoint();
    void asciiCase();
};

void TestEncoding::hexRoundTrip()
{
    const std::string hex = toHex(everyByte());
    QCOMPARE(hex.size(), std::size_t(512));
    QCOMPARE(text(hex.substr(0, 8) + hex.substr(504)), QByteArray("00010203fcfdfeff"));
    QVERIFY(fromHex(hex).value() == everyByte());
    QVERIFY(fromHex(QByteArray::fromStdString(hex).toUpper().toStdString()).value() == everyByte());
    QVERIFY(fromHex("").value().empty());
}

void TestEncoding::hexRefuses_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::newRow("odd length") << QByteArray("abc");
    QTest::newRow("g") << QByteArray("0g");
    QTest::newRow("space") << QByteArray("0 ");
    QTest::newRow("minus") << QByteArray("-1");
    QTest::newRow("prefix") << QByteArray("0x00");
    QTest::newRow("zero byte") << QByteArray("\0\0", 2);
    QTest::newRow("below the digits") << QByteArray("//");
    QTest::newRow("above the digits") << QByteArray("::");
    QTest::newRow("above F") << QByteArray("@G");
    QTest::newRow("beyond ASCII") << QByteArray("\xc3\xa9");
}

void TestEncoding::hexRefuses()
{
    QFETCH(const QByteArray, hex);
    QVERIFY(!fromHex(view(hex)));
}

void TestEncoding::base64OfTheRfc_data()
{
    // RFC 4648 §10.
    QTest::addColumn<QByteArray>("plain");
    QTest::addColumn<QByteArray>("padded");
    QTest::newRow("empty") << QByteArray("") << QByteArray("");
    QTest::newRow("f") << QByteArray("f") << QByteArray("Zg==");
    QTest::newRow("fo") << QByteArray("fo") << QByteArray("Zm8=");
    QTest::newRow("foo") << QByteArray("foo") << QByteArray("Zm9v");
    QTest::newRow("foob") << QByteArray("foob") << QByteArray("Zm9vYg==");
    QTest::newRow("fooba") << QByteArray("fooba") << QByteArray("Zm9vYmE=");
    QTest::newRow("foobar") << QByteArray("foobar") << QByteArray("Zm9vYmFy");
}

void TestEncoding::base64OfTheRfc()
{
    QFETCH(const QByteArray, plain);
    QFETCH(const QByteArray, padded);
    QByteArray bare = padded;
    bare.replace("=", "");
    QCOMPARE(text(toBase64(view(plain))), padded);
    QCOMPARE(text(toBase64Url(view(plain))), bare);
    QCOMPARE(text(fromBase64Url(view(bare)).value()), plain);
}

void TestEncoding::base64AgreesWithQt()
{
    const std::string all = everyByte();
    for (std::size_t length = 0; length <= all.size(); ++length) {
        const std::string bytes = all.substr(all.size() - length);
        QCOMPARE(text(toBase64(bytes)), text(bytes).toBase64());
        const QByteArray url = text(bytes).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        QCOMPARE(text(toBase64Url(bytes)), url);
        QVERIFY(fromBase64Url(view(url)).value() == bytes);
    }
}

void TestEncoding::base64UrlRefuses_data()
{
    QTest::addColumn<QByteArray>("encoded");
    QTest::newRow("one character") << QByteArray("A");
    QTest::newRow("five characters") << QByteArray("AAAAA");
    QTest::newRow("padding") << QByteArray("Zg==");
    QTest::newRow("one sign of padding") << QByteArray("Zm8=");
    QTest::newRow("padding in the middle") << QByteArray("Zg==Zg==");
    QTest::newRow("padding alone") << QByteArray("====");
    QTest::newRow("plus") << QByteArray("ab+c");
    QTest::newRow("slash") << QByteArray("ab/c");
    QTest::newRow("space") << QByteArray("ab c");
    QTest::newRow("line end") << QByteArray("abcd\n");
    QTest::newRow("line end inside") << QByteArray("ab\r\ncd");
    QTest::newRow("dot") << QByteArray("ab.c");
    QTest::newRow("zero byte") << QByteArray("ab\0c", 4);
    QTest::newRow("beyond ASCII") << QByteArray("ab\xc3\xa9");
    QTest::newRow("stray bits behind one byte") << QByteArray("Zh");
    QTest::newRow("stray bits behind two bytes") << QByteArray("Zm9");
    QTest::newRow("all stray bits") << QByteArray("__");
}

void TestEncoding::base64UrlRefuses()
{
    QFETCH(const QByteArray, encoded);
    QVERIFY(!fromBase64Url(view(encoded)));
}

void TestEncoding::everyEncodingHasOneSpelling()
{
    // Of all texts of two and three characters that are accepted, each is what its bytes encode to.
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int accepted = 0;
    for (const char first : alphabet) {
        for (const char second : alphabet) {
            for (const std::string& tail : {std::string(), std::string(1, first)}) {
                const std::string encoded = std::string{first, second} + tail;
                if (const auto bytes = fromBase64Url(encoded)) {
                    ++accepted;
                    QCOMPARE(text(toBase64Url(*bytes)), text(encoded));
                }
            }
        }
    }
    QCOMPARE(accepted, 64 * 4 + 16 * 64);
}

void TestEncoding::crc32Vectors_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<quint32>("crc");
    QTest::newRow("empty") << QByteArray() << quint32(0);
    QTest::newRow("check value") << QByteArray("123456789") << quint32(0xcbf43926);
    QTest::newRow("a") << QByteArray("a") << quint32(0xe8b7be43);
    QTest::newRow("zeros") << QByteArray(32, '\0') << quint32(0x190a55ad);
    QTest::newRow("ones") << QByteArray(32, '\xff') << quint32(0xff6cab0b);
    QTest::newRow("a pangram") << QByteArray("The quick brown fox jumps over the lazy dog") << quint32(0x414fa339);
}

void TestEncoding::crc32Vectors()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const quint32, crc);
    QCOMPARE(crc32(view(bytes)), crc);
}

void TestEncoding::utf8_data()
{
    // Unicode 15, table 3-7: the borders of each row.
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("wellFormed");
    QTest::addColumn<int>("codePoints");
    const auto good = [](const char* name, const QByteArray& bytes, int points) {
        QTest::newRow(name) << bytes << true << points;
    };
    const auto bad = [](const char* name, const QByteArray& bytes) { QTest::newRow(name) << bytes << false << 0; };
    good("empty", "", 0);
    good("ASCII", "abc", 3);
    good("zero byte", QByteArray(1, '\0'), 1);
    good("U+007F", "\x7f", 1);
    good("U+0080", "\xc2\x80", 1);
    good("U+07FF", "\xdf\xbf", 1);
    good("U+0800", "\xe0\xa0\x80", 1);
    good("U+D7FF", "\xed\x9f\xbf", 1);
    good("U+E000", "\xee\x80\x80", 1);
    good("U+FFFF", "\xef\xbf\xbf", 1);
    good("U+10000", "\xf0\x90\x80\x80", 1);
    good("U+10FFFF", "\xf4\x8f\xbf\xbf", 1);
    good("mixed", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", 5);
    bad("continuation alone", "\x80");
    bad("last continuation alone", "\xbf");
    bad("overlong slash", "\xc0\xaf");
    bad("C1", "\xc1\xbf");
    bad("overlong in three bytes", "\xe0\x9f\xbf");
    bad("overlong in four bytes", "\xf0\x8f\xbf\xbf");
    bad("first surrogate", "\xed\xa0\x80");
    bad("last surrogate", "\xed\xbf\xbf");
    bad("surrogate pair (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80");
    bad("above U+10FFFF", "\xf4\x90\x80\x80");
    bad("F5", "\xf5\x80\x80\x80");
    bad("five bytes", "\xf8\x88\x80\x80\x80");
    bad("FE", "\xfe");
    bad("FF", "\xff");
    bad("two bytes cut", "\xc3");
    bad("three bytes cut", "\xe2\x82");
    bad("four bytes cut", "\xf0\x9f\x98");
    bad("two bytes, second not a continuation", "\xc3" "a");
    bad("three bytes, third not a continuation", "\xe2\x82" "a");
    bad("four bytes, fourth not a continuation", "\xf0\x9f\x98\xc0");
    bad("good, then bad", "abc\xff");
    bad("Latin-1 word", "caf\xe9!");
}

void TestEncoding::utf8()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, wellFormed);
    QFETCH(const int, codePoints);
    QCOMPARE(isUtf8(view(bytes)), wellFormed);
    if (wellFormed)
        QCOMPARE(utf8Length(view(bytes)), std::size_t(codePoints));
}

void TestEncoding::utf8OfEveryCodePoint()
{
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        const char32_t word[] = {U'a', point};   // in front, U+FEFF would be taken for a byte order mark
        const QByteArray bytes = QString::fromUcs4(word, 2).toUtf8();
        if (!isUtf8(view(bytes)) || utf8Length(view(bytes)) != 2)
            QFAIL(qPrintable(QString::number(point, 16)));
    }
}

void TestEncoding::asciiCase()
{
    QCOMPARE(text(toLowerAscii("CF-Access-Client-ID @[`{ \xc3\x89")), QByteArray("cf-access-client-id @[`{ \xc3\x89"));
    QVERIFY(equalsIgnoreCaseAscii("Host", "hOST"));
    QVERIFY(equalsIgnoreCaseAscii("", ""));
    QVERIFY(!equalsIgnoreCaseAscii("Host", "Hos"));
    QVERIFY(!equalsIgnoreCaseAscii("@", "`"));
    QVERIFY(!equalsIgnoreCaseAscii("[", "{"));
    QVERIFY(!equalsIgnoreCaseAscii("\xc3\x89", "\xc3\xa9"));
}

LATCHKEY_TEST(TestEncoding)

} // namespace tst_base_encoding

#include "tst_base_encoding.moc"
