// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Json.h"

#include "TestProgram.h"

#include <QTest>

#include <string>

namespace tst_base_jsonreading {

using namespace latchkey;

namespace {

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

std::string nested(std::size_t levels)
{
    return std::string(levels, '[') + std::string(levels, ']');
}

/// {"0":0,"1":1,…}
std::string objectOf(int members)
{
    std::string text = "{";
    for (int i = 0; i < members; ++i)
        text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
    return text + '}';
}

} // namespace

/// RFC 8259, read strictly.
class TestJsonReading : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void unescapes_data();
    void unescapes();
    void refusesBrokenEscapes_data();
    void refusesBrokenEscapes();
    void everyControlCharacterMustBeEscaped();
    void depthIsLimited();
    void sizeIsLimited();
    void duplicatesAreFoundWhereverTheyStand_data();
    void duplicatesAreFoundWhereverTheyStand();
    void membersKeepTheirOrder();
    void hugeObjectIsRead();
    void errorNamesTheOffsetAndQuotesNothing();
};

void TestJsonReading::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("compact");
    const auto row = [](const char* name, const char* text, const char* compact) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(compact);
    };
    const auto same = [&](const char* name, const char* text) { row(name, text, text); };
    same("null", "null");
    same("true", "true");
    same("false", "false");
    same("zero", "0");
    same("minus zero", "-0");
    same("integer", "1234567890");
    same("larger than 64 bits", "123456789012345678901234567890");
    same("fraction", "-0.001");
    same("exponent", "1e10");
    same("exponent with plus", "1E+10");
    same("exponent with minus", "1.5e-10");
    same("exponent beyond every double", "1e999");
    same("empty text", "\"\"");
    same("text", "\"abc\"");
    same("text beyond ASCII", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    same("delete character", "\"\x7f\"");
    same("empty list", "[]");
    same("list", "[1,\"a\",null,[true]]");
    same("empty object", "{}");
    same("empty name", "{\"\":1}");
    same("object", "{\"a\":{\"b\":[1]},\"c\":null}");
    same("names that differ in case", "{\"a\":1,\"A\":2}");
    same("equal names in different objects", "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}");
    row("all white space", " \t\r\n{ \"a\" :\t[ 1 ,\n2 ] } \r\n", "{\"a\":[1,2]}");
    row("escaped name", "{\"\\u0061\":1}", "{\"a\":1}");
}

void TestJsonReading::accepts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, compact);
    const auto json = parseJson(view(text));
    QVERIFY2(json, json ? "" : json.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(json->dump()), compact);
    QVERIFY(parseJson(json->dump()).value() == *json);
    QVERIFY(parseJson(json->dump(4)).value() == *json);
}

void TestJsonReading::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const QByteArray& text) { QTest::newRow(name) << text; };
    row("nothing", "");
    row("white space alone", " \n");
    row("two values", "1 2");
    row("rubbish behind", "{}x");
    row("a zero byte behind", QByteArray("{}\0", 3));
    row("a comma behind", "1,");
    row("byte order mark", "\xef\xbb\xbf{}");
    row("form feed as white space", "\f1");
    row("no-break space as white space", "\xc2\xa0" "1");
    row("True", "True");
    row("nul", "nul");
    row("nullx", "nullx");
    row("undefined", "undefined");
    row("NaN", "NaN");
    row("Infinity", "Infinity");
    row("minus Infinity", "-Infinity");
    row("a bare word", "abc");
    row("plus sign", "+1");
    row("minus alone", "-");
    row("leading zero", "01");
    row("leading zero behind a minus", "-01");
    row("hexadecimal", "0x10");
    row("no digit before the point", ".5");
    row("no digit behind the point", "1.");
    row("point, then exponent", "1.e5");
    row("exponent without digits", "1e");
    row("exponent with a sign alone", "1e+");
    row("exponent with a fraction", "1e1.5");
    row("two points", "1.2.3");
    row("digits of another script", "\xd9\xa1");
    row("list without end", "[1");
    row("list without value", "[1,");
    row("list with a trailing comma", "[1,]");
    row("list with a leading comma", "[,1]");
    row("list with two commas", "[1,,2]");
    row("list without comma", "[1 2]");
    row("list with a wrong end", "[1}");
    row("end without list", "]");
    row("object without end", "{\"a\":1");
    row("object with a trailing comma", "{\"a\":1,}");
    row("object with a leading comma", "{,\"a\":1}");
    row("object without colon", "{\"a\" 1}");
    row("object with two colons", "{\"a\"::1}");
    row("object without value", "{\"a\":}");
    row("object with a name alone", "{\"a\"}");
    row("object with a bare name", "{a:1}");
    row("object with a number for a name", "{1:1}");
    row("object with a wrong end", "{\"a\":1]");
    row("object without comma", "{\"a\":1 \"b\":2}");
    row("single quotes", "'a'");
    row("text without end", "\"abc");
    row("text that ends in a backslash", "\"abc\\");
    row("text whose end is escaped", "\"abc\\\"");
    row("line end in a text", "\"a\nb\"");
    row("zero byte in a text", QByteArray("\"a\0b\"", 5));
    row("line comment", "1 // one");
    row("block comment", "/* one */ 1");
    row("overlong UTF-8", "\"\xc0\x80\"");
    row("surrogate in UTF-8", "\"\xed\xa0\x80\"");
    row("Latin-1", "\"\xe9\"");
    row("UTF-16", QByteArray("\"\0a\0\"\0", 6));
    row("bad UTF-8 outside a text", "[1,\xff]");
}

void TestJsonReading::refuses()
{
    QFETCH(const QByteArray, text);
    const auto json = parseJson(view(text));
    QVERIFY2(!json, json ? json->dump().c_str() : "");
    QCOMPARE(json.error().code, ErrorCode::invalidArgument);
    QVERIFY(json.error().message.ends_with('.'));
}

void TestJsonReading::unescapes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("meaning");
    const auto row = [](const char* name, const char* text, const QByteArray& meaning) {
        QTest::newRow(name) << QByteArray(text) << meaning;
    };
    row("all short escapes", R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t");
    row("zero", R"("\u0000")", QByteArray(1, '\0'));
    row("ASCII", R"("\u0041")", "A");
    row("lower-case digits", R"("\u00e9")", "\xc3\xa9");
    row("upper-case digits", R"("\u00E9")", "\xc3\xa9");
    row("last of two bytes", R"("\u07ff")", "\xdf\xbf");
    row("first of three bytes", R"("\u0800")", "\xe0\xa0\x80");
    row("below the surrogates", R"("\ud7ff")", "\xed\x9f\xbf");
    row("above the surrogates", R"("\ue000")", "\xee\x80\x80");
    row("last of three bytes", R"("\uffff")", "\xef\xbf\xbf");
    row("first pair", R"("\ud800\udc00")", "\xf0\x90\x80\x80");
    row("last pair", R"("\udbff\udfff")", "\xf4\x8f\xbf\xbf");
    row("emoji", R"("\uD83D\uDE00")", "\xf0\x9f\x98\x80");
    row("an escape and more digits", R"("\u00412")", "A2");
    row("two backslashes and a u", R"("\\u0041")", "\\u0041");
}

void TestJsonReading::unescapes()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, meaning);
    const auto json = parseJson(view(text));
    QVERIFY2(json, json ? "" : json.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(*json->asString()), meaning);
    QVERIFY(parseJson(json->dump()).value() == *json);
}

void TestJsonReading::refusesBrokenEscapes_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const char* text) { QTest::newRow(name) << QByteArray(text); };
    row("unknown letter", R"("\x41")");
    row("apostrophe", R"("\'")");
    row("upper-case U", R"("\U0041")");
    row("no digits", R"("\u")");
    row("three digits", R"("\u004")");
    row("three digits at the end of the text", R"("\u004)");
    row("not a digit", R"("\u004g")");
    row("sign instead of a digit", R"("\u+041")");
    row("space instead of a digit", R"("\u 041")");
    row("high half alone", R"("\ud800")");
    row("high half, then text", R"("\ud800abc")");
    row("high half, then another escape", R"("\ud800\n")");
    row("high half, then a code point", R"("\ud800\u0041")");
    row("two high halves", R"("\ud800\ud800")");
    row("low half alone", R"("\udc00")");
    row("halves the wrong way round", R"("\udc00\ud800")");
    row("high half and a cut low one", R"("\ud800\udc0")");
    row("high half at the end", R"("\ud800)");
    row("high half in a name", R"({"\ud800":1})");
}

void TestJsonReading::refusesBrokenEscapes()
{
    QFETCH(const QByteArray, text);
    QVERIFY(!parseJson(view(text)));
}

void TestJsonReading::everyControlCharacterMustBeEscaped()
{
    for (int c = 0; c < 0x20; ++c)
        QVERIFY2(!parseJson(std::string("\"") + static_cast<char>(c) + '"'), qPrintable(QString::number(c)));
    QVERIFY(parseJson("\" \""));
}

void TestJsonReading::depthIsLimited()
{
    QVERIFY(parseJson(nested(64)));
    QVERIFY(!parseJson(nested(66)));
    QVERIFY(parseJson(nested(3), {.depth = 3}));
    QVERIFY(!parseJson(nested(5), {.depth = 3}));
    // Far beyond any stack, if each level took some of it.
    QVERIFY(!parseJson(std::string(4'000'000, '[')));
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    QVERIFY(!parseJson(objects));
}

void TestJsonReading::sizeIsLimited()
{
    QVERIFY(parseJson("[1,2]", {.bytes = 5}));
    QVERIFY(!parseJson("[1,2]", {.bytes = 4}));
    QVERIFY(!parseJson('"' + std::string(4U << 20U, 'a') + '"'));
}

void TestJsonReading::duplicatesAreFoundWhereverTheyStand_data()
{
    QTest::addColumn<int>("members");
    QTest::addColumn<int>("repeated");
    // Around 16 members the check changes its ways.
    for (const int members : {1, 2, 15, 16, 17, 18, 40, 1000}) {
        for (const int repeated : {0, members / 2, members - 1})
            QTest::addRow("%d members, number %d again", members, repeated) << members << repeated;
    }
}

void TestJsonReading::duplicatesAreFoundWhereverTheyStand()
{
    QFETCH(const int, members);
    QFETCH(const int, repeated);
    std::string text = objectOf(members);
    QVERIFY(parseJson(text));
    text.pop_back();
    const std::string name = std::to_string(repeated);
    QVERIFY(!parseJson(text + ",\"" + name + "\":0}"));
    // The same name behind an escape: its first digit written as \u003x.
    QVERIFY(!parseJson(text + ",\"\\u003" + name.substr(0, 1) + name.substr(1) + "\":0}"));
    QVERIFY(!parseJson(text + ",\"new\":0,\"" + name + "\":{\"deep\":[1]}}"));
    QVERIFY(!parseJson("[1,{\"outer\":" + text + ",\"" + name + "\":0}}]"));
    // A name that only begins alike is another.
    QVERIFY(parseJson(text + ",\"" + name + " \":0}"));
}

void TestJsonReading::membersKeepTheirOrder()
{
    const auto json = parseJson(objectOf(100)).value();
    QCOMPARE(json.asObject()->size(), std::size_t(100));
    for (std::size_t i = 0; i < 100; ++i) {
        QCOMPARE(QByteArray::fromStdString((*json.asObject())[i].first), QByteArray::number(int(i)));
        QCOMPARE((*json.asObject())[i].second.asInteger().value_or(-1), std::int64_t(i));
    }
}

void TestJsonReading::hugeObjectIsRead()
{
    // A check that compares each name with each would need ten thousand million comparisons and meet the time-out.
    const std::string text = objectOf(200'000);
    const auto json = parseJson(text);
    QVERIFY(json);
    QCOMPARE(json->asObject()->size(), std::size_t(200'000));
    QVERIFY(!parseJson(text.substr(0, text.size() - 1) + ",\"199999\":0}"));
}

void TestJsonReading::errorNamesTheOffsetAndQuotesNothing()
{
    const auto json = parseJson(R"({"client_secret":"hunter2",})");
    QVERIFY(!json);
    QVERIFY(json.error().message.find("at byte 27") != std::string::npos);
    for (const char* part : {"hunter2", "client_secret"}) {
        QVERIFY(json.error().message.find(part) == std::string::npos);
        QVERIFY(json.error().detail.find(part) == std::string::npos);
    }
}

LATCHKEY_TEST(TestJsonReading)

} // namespace tst_base_jsonreading

#include "tst_base_jsonreading.moc"
