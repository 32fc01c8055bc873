// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/JwkSet.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_jose_jwkset {

using namespace joseTesting;
using latchkey::Json;
using latchkey::jose::JwkSet;
using latchkey::jose::VerificationKey;

namespace {

// The key, the signing input and the signature of RFC 7515, appendix A.2 (the key's public half, with a kid added).
constexpr const char* rfcModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgN"
    "MsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2CapHg665xsm"
    "tdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view rfcInput =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view rfcSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
    "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
    "xi12jzDwusC"
    "-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

Json rfcKey()
{
    return Json(latchkey::JsonObject{{"kty", "RSA"}, {"kid", "rfc"}, {"n", rfcModulus}, {"e", "AQAB"}});
}

std::string documentOf(const Json& jwk)
{
    return Json(latchkey::JsonObject{{"keys", Json(latchkey::JsonArray{jwk})}}).dump();
}

} // namespace

class TestJwkSet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rfc7515Vector();
    void rfc7515VectorBent_data();
    void rfc7515VectorBent();
    void readsItsOwnCertsDocument();
    void acceptsVariations_data();
    void acceptsVariations();
    void skipsAndNamesUnusableKeys_data();
    void skipsAndNamesUnusableKeys();
    void oneOddKeyDoesNotCostTheOthers();
    void refusesWhatIsNoSet_data();
    void refusesWhatIsNoSet();
};

void TestJwkSet::rfc7515Vector()
{
    const auto set = JwkSet::parse(documentOf(rfcKey()));
    QVERIFY(set);
    const VerificationKey* found = set->find("rfc");
    QVERIFY(found != nullptr);
    QVERIFY(found->verifies(rfcInput, latchkey::base::fromBase64Url(rfcSignature).value()));
}

void TestJwkSet::rfc7515VectorBent_data()
{
    QTest::addColumn<QByteArray>("signature");
    const QByteArray good = QByteArray::fromStdString(latchkey::base::fromBase64Url(rfcSignature).value());
    QByteArray flipped = good;
    flipped[100] = static_cast<char>(flipped[100] ^ 1);
    QTest::newRow("a flipped bit") << flipped;
    QTest::newRow("a byte short") << good.left(255);
    QTest::newRow("a byte more") << good + '\0';
    QTest::newRow("a zero in front") << '\0' + good;
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("zeros") << QByteArray(256, '\0');
    QTest::newRow("one") << QByteArray(255, '\0') + '\1';
    QTest::newRow("larger than the modulus") << QByteArray(256, '\xff');
    QTest::newRow("huge") << QByteArray(100000, 'x');
}

void TestJwkSet::rfc7515VectorBent()
{
    QFETCH(const QByteArray, signature);
    const auto only = VerificationKey::fromJwk(rfcKey()).value();
    QVERIFY(!only->verifies(rfcInput, {signature.data(), std::size_t(signature.size())}));
}

void TestJwkSet::readsItsOwnCertsDocument()
{
    const latchkey::jose::KeyRing ring{shared(key()), shared(strangersKey()), now + 1h};
    const auto set = JwkSet::of(ring, now).value();
    QVERIFY(set.kids() == (std::vector<std::string>{key().kid(), strangersKey().kid()}));
    QVERIFY(set.skipped().empty());
    QVERIFY(set.find(key().kid())->verifies("text", key().sign("text").value()));
    QVERIFY(!set.find(key().kid())->verifies("text", strangersKey().sign("text").value()));
    QVERIFY(set.find("") == nullptr);
    QVERIFY(set.find(key().kid().substr(1)) == nullptr);
    QVERIFY(JwkSet::of(ring, now + 1h).value().kids() == std::vector<std::string>{key().kid()});
}

void TestJwkSet::acceptsVariations_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("value");
    QTest::newRow("alg named") << QStringLiteral("alg") << QStringLiteral("\"RS256\"");
    QTest::newRow("use named") << QStringLiteral("use") << QStringLiteral("\"sig\"");
    QTest::newRow("operations named") << QStringLiteral("key_ops") << QStringLiteral("[\"verify\"]");
    QTest::newRow("exponent 3") << QStringLiteral("e") << QStringLiteral("\"Aw\"");
    QTest::newRow("leading zero byte") << QStringLiteral("e") << QStringLiteral("\"AAEAAQ\"");
    QTest::newRow("unknown member") << QStringLiteral("x5t") << QStringLiteral("{\"a\":[1]}");
}

void TestJwkSet::acceptsVariations()
{
    QFETCH(const QString, member);
    QFETCH(const QString, value);
    Json jwk = rfcKey();
    jwk.set(bytes(member), latchkey::parseJson(bytes(value)).value());
    const auto set = JwkSet::parse(documentOf(jwk)).value();
    QCOMPARE(set.kids().size(), std::size_t(1));
    QVERIFY(set.skipped().empty());
}

void TestJwkSet::skipsAndNamesUnusableKeys_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("value");   // empty: the member is left out
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* title, const char* member, const std::string& value, const char* reason,
                        const char* name = "rfc") {
        QTest::newRow(title) << text(member) << text(value) << text(name) << text(reason);
    };
    row("no type", "kty", "", "its type is not RSA");
    row("elliptic curve", "kty", "\"EC\"", "its type is not RSA");
    row("symmetric", "kty", "\"oct\"", "its type is not RSA");
    row("type in lower case", "kty", "\"rsa\"", "its type is not RSA");
    row("type that is no text", "kty", "1", "its type is not RSA");
    row("another algorithm", "alg", "\"RS512\"", "its algorithm is not RS256");
    row("PSS", "alg", "\"PS256\"", "its algorithm is not RS256");
    row("HMAC", "alg", "\"HS256\"", "its algorithm is not RS256");
    row("for encryption", "use", "\"enc\"", "it is not meant for checking signatures");
    row("operations without verify", "key_ops", "[\"sign\",\"encrypt\"]", "it is not meant for checking signatures");
    row("operations that are no list", "key_ops", "\"verify\"", "it is not meant for checking signatures");
    row("private half", "d", "\"AQAB\"", "it gives its private half away");
    row("private prime", "p", "\"AQAB\"", "it gives its private half away");
    row("no kid", "kid", "", "it has no kid", "key 1");
    row("empty kid", "kid", "\"\"", "it has no kid", "key 1");
    row("kid that is a number", "kid", "7", "it has no kid", "key 1");
    row("no modulus", "n", "", "its n or e is not a number in base64url");
    row("empty modulus", "n", "\"\"", "its n or e is not a number in base64url");
    row("padded modulus", "n", "\"AQAB==\"", "its n or e is not a number in base64url");
    row("modulus in the other alphabet", "n", "\"a+/b\"", "its n or e is not a number in base64url");
    row("modulus that is a number", "n", "65537", "its n or e is not a number in base64url");
    row("huge modulus", "n", '"' + std::string(200000, 'B') + '"', "its n or e is not a number in base64url");
    row("short modulus", "n", "\"AQAB\"", "it has 17 bits instead of 2048 to 8192");
    row("1024 bits", "n", '"' + latchkey::base::toBase64Url(std::string(128, '\xff')) + '"',
        "it has 1024 bits instead of 2048 to 8192");
    row("2047 bits", "n", '"' + latchkey::base::toBase64Url('\x7f' + std::string(255, '\xff')) + '"',
        "it has 2047 bits instead of 2048 to 8192");
    row("8200 bits", "n", '"' + latchkey::base::toBase64Url(std::string(1025, '\xff')) + '"',
        "it has 8200 bits instead of 2048 to 8192");
    row("even modulus", "n", '"' + latchkey::base::toBase64Url(std::string(255, '\xff') + '\xfe') + '"',
        "its n and e do not make an RSA key");
    row("no exponent", "e", "", "its n or e is not a number in base64url");
    row("exponent 0", "e", "\"AA\"", "its n and e do not make an RSA key");
    row("exponent 1", "e", "\"AQ\"", "its n and e do not make an RSA key");
    row("even exponent", "e", "\"AQAC\"", "its n and e do not make an RSA key");
    row("oversized exponent", "e", '"' + latchkey::base::toBase64Url(std::string(9, '\x01')) + '"',
        "its n and e do not make an RSA key");
}

void TestJwkSet::skipsAndNamesUnusableKeys()
{
    QFETCH(const QString, member);
    QFETCH(const QString, value);
    QFETCH(const QString, name);
    QFETCH(const QString, reason);
    Json jwk = rfcKey();
    if (value.isEmpty())
        jwk.remove(bytes(member));
    else
        jwk.set(bytes(member), latchkey::parseJson(bytes(value)).value());
    const auto set = JwkSet::parse(documentOf(jwk));
    QVERIFY(set);
    QVERIFY(set->isEmpty());
    QCOMPARE(set->skipped().size(), std::size_t(1));
    QCOMPARE(text(set->skipped()[0].name), name);
    QCOMPARE(text(set->skipped()[0].reason), reason);
}

void TestJwkSet::oneOddKeyDoesNotCostTheOthers()
{
    Json twin = rfcKey();
    twin.set("n", *key().publicJwk().find("n"));
    const Json document(
        latchkey::JsonObject{{"keys", Json(latchkey::JsonArray{Json(1), rfcKey(), twin, key().publicJwk()})}});
    const auto set = JwkSet::parse(document.dump()).value();
    QVERIFY(set.kids() == (std::vector<std::string>{"rfc", key().kid()}));
    const std::vector<JwkSet::Skipped> expected{{"key 1", "it is not an object"},
                                                {"rfc", "another key of the set has the same kid"}};
    QVERIFY(set.skipped() == expected);
    // The first of the two counts, not the second.
    QVERIFY(set.find("rfc")->verifies(rfcInput, latchkey::base::fromBase64Url(rfcSignature).value()));
    QVERIFY(!set.find("rfc")->verifies("text", key().sign("text").value()));
}

void TestJwkSet::refusesWhatIsNoSet_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("an HTML page") << QByteArray("<html></html>");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no keys") << QByteArray("{}");
    QTest::newRow("keys that are an object") << QByteArray(R"({"keys":{}})");
    QTest::newRow("keys twice") << QByteArray(R"({"keys":[],"keys":[]})");
    QTest::newRow("a hundred and one keys") << QByteArray("{\"keys\":[" + QByteArray("1,").repeated(100) + "1]}");
    QTest::newRow("more than a megabyte") << QByteArray("{\"keys\":[]}" + QByteArray(1 << 20, ' '));
}

void TestJwkSet::refusesWhatIsNoSet()
{
    QFETCH(const QByteArray, json);
    const auto set = JwkSet::parse({json.data(), std::size_t(json.size())});
    QVERIFY(!set);
    QCOMPARE(set.error().code, latchkey::ErrorCode::invalidArgument);
}

LATCHKEY_TEST(TestJwkSet)

} // namespace tst_jose_jwkset

#include "tst_jose_jwkset.moc"
