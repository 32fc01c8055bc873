// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/jose/DecodedJwt.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_jose_decode {

using namespace joseTesting;
using latchkey::ErrorCode;
using latchkey::jose::decodeJwt;

namespace {

constexpr std::string_view header = R"({"alg":"RS256","kid":"k","typ":"JWT"})";
constexpr std::string_view payload = R"({"exp":1,"aud":["a"]})";

std::string encoded(std::string_view json)
{
    return latchkey::base::toBase64Url(json);
}

/// Base64 of the other alphabet and with padding, as RFC 7515 forbids it.
std::string padded(std::string_view json)
{
    return latchkey::base::toBase64(json);
}

} // namespace

class TestDecode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesAJwtApart();
    void signatureMayBeEmpty();
    void refusesMalformed_data();
    void refusesMalformed();
    void sizeLimitIsExact();
    void errorsDoNotQuoteTheToken();
};

void TestDecode::takesAJwtApart()
{
    const std::string input = signingInput(header, payload);
    const auto jwt = decodeJwt(withSignature(input, std::string("\x00\xffs", 3)));
    QVERIFY(jwt);
    QCOMPARE(text(jwt->header.dump()), text(header));
    QCOMPARE(text(jwt->payload.dump()), text(payload));
    QCOMPARE(text(jwt->signingInput), text(input));
    QVERIFY(jwt->signature == std::string("\x00\xffs", 3));
}

void TestDecode::signatureMayBeEmpty()
{
    // An unsecured JWT (RFC 7519 §6) can be looked at; whether it counts is for verify() to say.
    const auto jwt = decodeJwt(signingInput(R"({"alg":"none"})", payload) + '.');
    QVERIFY(jwt);
    QVERIFY(jwt->signature.empty());
}

void TestDecode::refusesMalformed_data()
{
    QTest::addColumn<QByteArray>("compact");
    const auto row = [](const char* name, const std::string& jwt) {
        QTest::newRow(name) << QByteArray(jwt.data(), static_cast<qsizetype>(jwt.size()));
    };
    const std::string h = encoded(header);
    const std::string p = encoded(payload);
    const std::string s = encoded("signature");

    row("nothing", "");
    row("a dot", ".");
    row("two dots", "..");
    row("three dots", "...");
    row("one part", h);
    row("two parts", h + '.' + p);
    row("four parts", h + '.' + p + '.' + s + '.');
    row("five parts, as a JWE has", h + '.' + p + '.' + s + '.' + s + '.' + s);
    row("leading dot", '.' + h + '.' + p + '.' + s);
    row("empty header", '.' + p + '.' + s);
    row("empty payload", h + ".." + s);
    row("padded header", padded(R"({"a":"bc"})") + '.' + p + '.' + s);
    row("padded payload", h + '.' + padded(R"({"a":"bc"})") + '.' + s);
    row("padded signature", h + '.' + p + '.' + padded("s"));
    row("signature in the other alphabet", h + '.' + p + ".ab+/");
    row("signature with stray bits", h + '.' + p + ".ab");
    row("signature of an impossible length", h + '.' + p + ".abcde");
    row("leading space", ' ' + h + '.' + p + '.' + s);
    row("trailing space", h + '.' + p + '.' + s + ' ');
    row("trailing line end", h + '.' + p + '.' + s + '\n');
    row("trailing zero byte", h + '.' + p + '.' + s + '\0');
    row("line end inside", h + ".\r\n" + p + '.' + s);
    row("Bearer in front", "Bearer " + h + '.' + p + '.' + s);
    row("two tokens with a comma", h + '.' + p + '.' + s + ',' + h + '.' + p + '.' + s);
    row("text that is not ASCII", h + '.' + p + ".\xc3\xa9");
    row("header that is an array", encoded("[]") + '.' + p + '.' + s);
    row("header that is a text", encoded("\"RS256\"") + '.' + p + '.' + s);
    row("header that is null", encoded("null") + '.' + p + '.' + s);
    row("payload that is a number", h + '.' + encoded("1") + '.' + s);
    row("payload that is no JSON", h + '.' + encoded("exp=1") + '.' + s);
    row("header with a duplicate member", encoded(R"({"alg":"none","alg":"RS256"})") + '.' + p + '.' + s);
    row("duplicate member behind an escape", encoded(R"({"alg":"none","\u0061lg":"RS256"})") + '.' + p + '.' + s);
    row("payload with a duplicate member", h + '.' + encoded(R"({"exp":1,"exp":2})") + '.' + s);
    row("duplicate member deep inside", h + '.' + encoded(R"({"a":{"b":1,"b":2}})") + '.' + s);
    row("JSON with a trailing comma", h + '.' + encoded(R"({"exp":1,})") + '.' + s);
    row("JSON with something behind", h + '.' + encoded(R"({"exp":1}{})") + '.' + s);
    row("JSON with a comment", h + '.' + encoded(R"({"exp":1/*x*/})") + '.' + s);
    row("JSON that is not UTF-8", h + '.' + encoded("{\"a\":\"\xff\"}") + '.' + s);
    row("JSON with a byte order mark", h + '.' + encoded("\xef\xbb\xbf{}") + '.' + s);
    row("JSON nested too deeply",
        h + '.' + encoded("{\"a\":" + std::string(40, '[') + std::string(40, ']') + '}') + '.' + s);
    row("huge", h + '.' + encoded("{\"a\":\"" + std::string(1 << 20, 'x') + "\"}") + '.' + s);
}

void TestDecode::refusesMalformed()
{
    QFETCH(const QByteArray, compact);
    const auto jwt = decodeJwt(std::string_view(compact.data(), std::size_t(compact.size())));
    QVERIFY(!jwt);
    QCOMPARE(jwt.error().code, ErrorCode::invalidArgument);
    QVERIFY(jwt.error().message.ends_with('.'));
}

void TestDecode::sizeLimitIsExact()
{
    using latchkey::jose::maxJwtBytes;
    const std::string input = signingInput(header, R"({"exp":10})") + '.';
    const std::size_t room = maxJwtBytes - input.size();
    QVERIFY2(room % 4 != 1 && room % 4 != 0, "the payload's length must leave room for whole bytes, also for one more");
    QVERIFY(decodeJwt(input + std::string(room, 'A')));
    QVERIFY(!decodeJwt(input + std::string(room + 1, 'A')));
}

void TestDecode::errorsDoNotQuoteTheToken()
{
    const std::string marker = "marker";
    const std::string part = encoded("{\"marker\":\"marker\",\"marker\":1}");
    for (const std::string& jwt : {part, part + '.' + part + '.', "a." + part, marker + '.' + marker + '.' + marker,
                                   marker + "=.." + marker}) {
        const auto read = decodeJwt(jwt);
        QVERIFY(!read);
        QVERIFY(read.error().message.find(marker) == std::string::npos);
        QVERIFY(read.error().detail.find(marker) == std::string::npos);
        QVERIFY(read.error().message.find(part) == std::string::npos);
    }
}

LATCHKEY_TEST(TestDecode)

} // namespace tst_jose_decode

#include "tst_jose_decode.moc"
