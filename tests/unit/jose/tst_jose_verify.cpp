// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/base/Json.h"
#include "agent/base/Sha256.h"
#include "agent/jose/Verify.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_jose_verify {

using namespace joseTesting;
using namespace latchkey;
using jose::JwtFault;

namespace {

const jose::JwkSet& keys()
{
    static const auto set = jose::JwkSet::of({shared(key()), nullptr, {}}, now).value();
    return set;
}

jose::Expectations expectations()
{
    return {claims().issuer, claims().audience, now};
}

std::string goodPayload()
{
    return jose::payloadJson(claims()).value();
}

/// The good payload with one member set to a JSON text, or removed when the text is empty.
std::string payloadWith(std::string_view name, std::string_view json)
{
    Json payload = parseJson(goodPayload()).value();
    if (json.empty())
        payload.remove(name);
    else
        payload.set(name, parseJson(json).value());
    return payload.dump();
}

std::string hmacJwt(std::string_view header, std::string_view secret)
{
    const std::string input = signingInput(header, goodPayload());
    return withSignature(input, base::asText(base::hmacSha256(secret, input)));
}

std::string good()
{
    return jose::mint(key(), claims()).value();
}

} // namespace

class TestVerify : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void acceptsAGoodJwt();
    void refusesForgeries_data();
    void refusesForgeries();
    void refusesEveryFlippedCharacter();
    void judgesTimesAtTheirBoundaries_data();
    void judgesTimesAtTheirBoundaries();
    void judgesClaims_data();
    void judgesClaims();
    void unaskedClaimsAreNotRequired();
    void signatureIsJudgedBeforeClaims();
    void oddTimesDoNotOverflow_data();
    void oddTimesDoNotOverflow();
    void previousKeyVerifiesUntilItIsGone();
    void codesAreStable_data();
    void codesAreStable();
    void messagesNeverHoldTheToken();
};

void TestVerify::acceptsAGoodJwt()
{
    const auto verdict = jose::verify(good(), keys(), expectations());
    QVERIFY2(verdict.valid(), verdict.message.c_str());
    QCOMPARE(text(verdict.code()), QStringLiteral("valid"));
    QVERIFY(jose::verify(jose::decodeJwt(good()).value(), keys(), expectations()).valid());
}

void TestVerify::refusesForgeries_data()
{
    QTest::addColumn<QByteArray>("jwt");
    QTest::addColumn<JwtFault>("fault");
    const auto row = [](const char* name, const std::string& jwt, JwtFault fault) {
        QTest::newRow(name) << QByteArray(jwt.data(), static_cast<qsizetype>(jwt.size())) << fault;
    };
    const std::string kid = R"("kid":")" + key().kid() + '"';
    const std::string payload = goodPayload();

    // alg none, as attackers spell it: unsigned, and with a signature that would otherwise be right.
    for (const char* spelling : {"none", "None", "NONE", "nOnE", " none", ""}) {
        const std::string header = std::string(R"({"alg":")") + spelling + "\"," + kid + '}';
        row(qPrintable(text(std::string("alg '") + spelling + "', unsigned")), signingInput(header, payload) + '.',
            JwtFault::algorithmNotAllowed);
        row(qPrintable(text(std::string("alg '") + spelling + "', signed")), signedJwt(key(), header, payload),
            JwtFault::algorithmNotAllowed);
    }
    row("good header, no signature", signingInput(headerOf(key()), payload) + '.', JwtFault::badSignature);
    row("no alg", signedJwt(key(), '{' + kid + '}', payload), JwtFault::algorithmNotAllowed);
    row("alg null", signedJwt(key(), R"({"alg":null,)" + kid + '}', payload), JwtFault::algorithmNotAllowed);
    row("alg a list", signedJwt(key(), R"({"alg":["RS256"],)" + kid + '}', payload), JwtFault::algorithmNotAllowed);
    row("alg in lower case", signedJwt(key(), R"({"alg":"rs256",)" + kid + '}', payload),
        JwtFault::algorithmNotAllowed);
    row("alg with a space", signedJwt(key(), R"({"alg":"RS256 ",)" + kid + '}', payload),
        JwtFault::algorithmNotAllowed);
    for (const char* other : {"RS384", "RS512", "PS256", "ES256", "EdDSA", "HS256"}) {
        row(other, signedJwt(key(), std::string(R"({"alg":")") + other + "\"," + kid + '}', payload),
            JwtFault::algorithmNotAllowed);
    }

    // The classic: the public key, in each form in which it is published, as the secret of an HMAC.
    const std::string hmacHeader = R"({"alg":"HS256",)" + kid + R"(,"typ":"JWT"})";
    row("HS256 with the PEM", hmacJwt(hmacHeader, key().certificatePem()), JwtFault::algorithmNotAllowed);
    row("HS256 with n", hmacJwt(hmacHeader, *key().publicJwk().find("n")->asString()), JwtFault::algorithmNotAllowed);
    row("HS256 with the JWK", hmacJwt(hmacHeader, key().publicJwk().dump()), JwtFault::algorithmNotAllowed);
    row("HMAC that calls itself RS256", hmacJwt(headerOf(key()), key().certificatePem()), JwtFault::badSignature);

    row("a stranger's key with its own kid", jose::mint(strangersKey(), claims()).value(), JwtFault::unknownKey);
    row("a stranger's key with our kid", signedJwt(strangersKey(), headerOf(key()), payload), JwtFault::badSignature);
    row("our key with a stranger's kid", signedJwt(key(), headerOf(strangersKey()), payload), JwtFault::unknownKey);
    row("kid in upper case",
        signedJwt(key(), R"({"alg":"RS256","kid":")" + text(key().kid()).toUpper().toStdString() + "\"}", payload),
        JwtFault::unknownKey);
    row("kid cut short", signedJwt(key(), R"({"alg":"RS256","kid":")" + key().kid().substr(0, 32) + "\"}", payload),
        JwtFault::unknownKey);
    row("kid empty", signedJwt(key(), R"({"alg":"RS256","kid":""})", payload), JwtFault::unknownKey);
    row("no kid", signedJwt(key(), R"({"alg":"RS256"})", payload), JwtFault::unknownKey);
    row("kid a number", signedJwt(key(), R"({"alg":"RS256","kid":1})", payload), JwtFault::malformed);
    row("the key brought along as jwk",
        signedJwt(strangersKey(), R"({"alg":"RS256","kid":")" + strangersKey().kid() + R"(","jwk":)"
                                      + strangersKey().publicJwk().dump() + '}', payload),
        JwtFault::unknownKey);
    row("our kid and a stranger's jwk",
        signedJwt(strangersKey(), R"({"alg":"RS256",)" + kid + R"(,"jwk":)" + strangersKey().publicJwk().dump() + '}',
                  payload),
        JwtFault::badSignature);
    row("crit", signedJwt(key(), R"({"alg":"RS256",)" + kid + R"(,"crit":["exp"]})", payload),
        JwtFault::criticalHeader);
    row("crit empty", signedJwt(key(), R"({"alg":"RS256",)" + kid + R"(,"crit":[]})", payload),
        JwtFault::criticalHeader);
    row("unencoded payload (b64)",
        signedJwt(key(), R"({"alg":"RS256",)" + kid + R"(,"b64":false,"crit":["b64"]})", payload),
        JwtFault::criticalHeader);

    const std::string jwt = good();
    const std::size_t lastDot = jwt.rfind('.');
    row("another payload under our signature",
        signingInput(headerOf(key()), payloadWith("common_name", "\"someone.access\"")) + jwt.substr(lastDot),
        JwtFault::badSignature);
    row("another header under our signature",
        base::toBase64Url(R"({"alg":"RS256",)" + kid + '}') + jwt.substr(jwt.find('.')), JwtFault::badSignature);
    row("the signature of another JWT", jwt.substr(0, lastDot + 1) + base::toBase64Url(key().sign("other").value()),
        JwtFault::badSignature);
    // 256 bytes are 342 characters: one less is an impossible length, two less are 255 whole bytes.
    row("signature cut by a character", jwt.substr(0, jwt.size() - 1), JwtFault::malformed);
    row("signature cut by a byte", jwt.substr(0, jwt.size() - 2), JwtFault::badSignature);
    row("signature cut to 225 bytes", jwt.substr(0, lastDot + 1 + 300), JwtFault::badSignature);
    row("signature longer", jwt.substr(0, lastDot) + '.' + base::toBase64Url(jwt.substr(0, 300)),
        JwtFault::badSignature);
    row("cut before the signature", jwt.substr(0, lastDot), JwtFault::malformed);
    row("padding added", jwt + "==", JwtFault::malformed);
    row("an extra dot", jwt + '.', JwtFault::malformed);
    row("a dot in front", '.' + jwt, JwtFault::malformed);
    row("an extra part", jwt + ".e30", JwtFault::malformed);
    row("a trailing space", jwt + ' ', JwtFault::malformed);
    row("a trailing line end", jwt + "\r\n", JwtFault::malformed);
    row("twice", jwt + jwt, JwtFault::malformed);
    row("duplicate alg",
        signedJwt(key(), R"({"alg":"RS256",)" + kid + R"(,"alg":"RS256"})", payload), JwtFault::malformed);
    row("duplicate aud",
        signedJwt(key(), headerOf(key()), payload.substr(0, payload.size() - 1) + R"(,"aud":"other"})"),
        JwtFault::malformed);
    row("nothing", "", JwtFault::malformed);
    row("huge", jwt + std::string(5U << 20U, 'A'), JwtFault::malformed);
}

void TestVerify::refusesForgeries()
{
    QFETCH(const QByteArray, jwt);
    QFETCH(const JwtFault, fault);
    const auto verdict = jose::verify(std::string_view(jwt.data(), std::size_t(jwt.size())), keys(), expectations());
    QCOMPARE(text(verdict.code()), text(jose::code(fault)));
    QVERIFY(!verdict.valid());
    QVERIFY(!verdict.message.empty());
}

void TestVerify::refusesEveryFlippedCharacter()
{
    const std::string jwt = good();
    for (std::size_t i = 0; i < jwt.size(); ++i) {
        std::string bent = jwt;
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        QVERIFY2(!jose::verify(bent, keys(), expectations()).valid(), qPrintable(QString::number(i)));
    }
}

void TestVerify::judgesTimesAtTheirBoundaries_data()
{
    QTest::addColumn<QString>("claim");
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("leeway");
    QTest::addColumn<JwtFault>("fault");
    const qint64 at = now.time_since_epoch().count();
    const auto row = [&](const char* name, const char* claim, qint64 offset, int leeway, JwtFault fault) {
        QTest::newRow(name) << text(claim) << QString::number(at + offset) << leeway << fault;
    };
    row("expires in a second", "exp", 1, 0, JwtFault::none);
    row("expires now", "exp", 0, 0, JwtFault::expired);
    row("expired a second ago", "exp", -1, 0, JwtFault::expired);
    row("expired 29 s ago with a leeway of 30", "exp", -29, 30, JwtFault::none);
    row("expired 30 s ago with a leeway of 30", "exp", -30, 30, JwtFault::expired);
    row("expired 31 s ago with a leeway of 30", "exp", -31, 30, JwtFault::expired);
    row("a negative leeway counts as none", "exp", 1, -30, JwtFault::none);
    row("valid from now", "nbf", 0, 0, JwtFault::none);
    row("valid in a second", "nbf", 1, 0, JwtFault::notYetValid);
    row("valid in 30 s with a leeway of 30", "nbf", 30, 30, JwtFault::none);
    row("valid in 31 s with a leeway of 30", "nbf", 31, 30, JwtFault::notYetValid);
    row("issued now", "iat", 0, 0, JwtFault::none);
    row("issued in a second", "iat", 1, 0, JwtFault::notYetValid);
    row("issued in 30 s with a leeway of 30", "iat", 30, 30, JwtFault::none);
    row("issued in 31 s with a leeway of 30", "iat", 31, 30, JwtFault::notYetValid);
    row("issued long ago", "iat", -86400 * 365, 0, JwtFault::none);
    QTest::newRow("expires in half a second")
        << QStringLiteral("exp") << QString::number(at) + QStringLiteral(".5") << 0 << JwtFault::none;
    QTest::newRow("expires now, written with a fraction")
        << QStringLiteral("exp") << QString::number(at) + QStringLiteral(".0") << 0 << JwtFault::expired;
    QTest::newRow("exp with an exponent") << QStringLiteral("exp") << QStringLiteral("1.8e9") << 0 << JwtFault::none;
}

void TestVerify::judgesTimesAtTheirBoundaries()
{
    QFETCH(const QString, claim);
    QFETCH(const QString, value);
    QFETCH(const int, leeway);
    QFETCH(const JwtFault, fault);
    auto wanted = expectations();
    wanted.leeway = std::chrono::seconds(leeway);
    const auto verdict =
        jose::verify(signedJwt(key(), headerOf(key()), payloadWith(bytes(claim), bytes(value))), keys(), wanted);
    QCOMPARE(text(verdict.code()), text(jose::code(fault)));
}

void TestVerify::judgesClaims_data()
{
    QTest::addColumn<QString>("claim");
    QTest::addColumn<QString>("value");
    QTest::addColumn<JwtFault>("fault");
    const auto row = [](const char* name, const char* claim, const std::string& value, JwtFault fault) {
        QTest::newRow(name) << text(claim) << text(value) << fault;
    };
    const std::string audience = '"' + claims().audience + '"';
    row("no exp", "exp", "", JwtFault::missingClaim);
    row("exp null", "exp", "null", JwtFault::malformed);
    row("exp a text", "exp", "\"9999999999\"", JwtFault::malformed);
    row("exp a list", "exp", "[9999999999]", JwtFault::malformed);
    row("exp beyond every number", "exp", "1e999", JwtFault::malformed);
    row("nbf a text", "nbf", "\"0\"", JwtFault::malformed);
    row("iat a bool", "iat", "true", JwtFault::malformed);
    row("no iat", "iat", "", JwtFault::none);
    row("no iss", "iss", "", JwtFault::missingClaim);
    row("iss a list", "iss", "[\"https://local.cloudflareaccess.com\"]", JwtFault::malformed);
    row("iss of another team", "iss", "\"https://evil.cloudflareaccess.com\"", JwtFault::wrongIssuer);
    row("iss with a slash", "iss", "\"https://local.cloudflareaccess.com/\"", JwtFault::wrongIssuer);
    row("iss in upper case", "iss", "\"HTTPS://LOCAL.CLOUDFLAREACCESS.COM\"", JwtFault::wrongIssuer);
    row("iss empty", "iss", "\"\"", JwtFault::wrongIssuer);
    row("iss very long", "iss", '"' + std::string(5000, 'i') + '"', JwtFault::wrongIssuer);
    row("aud a text", "aud", audience, JwtFault::none);
    row("aud a list of two", "aud", "[\"other\"," + audience + ']', JwtFault::none);
    row("no aud", "aud", "", JwtFault::missingClaim);
    row("aud of another application", "aud", "[\"other\"]", JwtFault::wrongAudience);
    row("aud of another application as a text", "aud", "\"other\"", JwtFault::wrongAudience);
    row("aud empty list", "aud", "[]", JwtFault::wrongAudience);
    row("aud cut short", "aud", "[\"" + claims().audience.substr(0, 63) + "\"]", JwtFault::wrongAudience);
    row("aud longer", "aud", "[\"" + claims().audience + "0\"]", JwtFault::wrongAudience);
    row("aud with a number in the list", "aud", '[' + audience + ",1]", JwtFault::malformed);
    row("aud an object", "aud", "{\"a\":" + audience + '}', JwtFault::malformed);
    row("aud null", "aud", "null", JwtFault::malformed);
}

void TestVerify::judgesClaims()
{
    QFETCH(const QString, claim);
    QFETCH(const QString, value);
    QFETCH(const JwtFault, fault);
    const auto verdict = jose::verify(signedJwt(key(), headerOf(key()), payloadWith(bytes(claim), bytes(value))),
                                      keys(), expectations());
    QCOMPARE(text(verdict.code()), text(jose::code(fault)));
}

void TestVerify::unaskedClaimsAreNotRequired()
{
    const std::string jwt = signedJwt(key(), headerOf(key()), R"({"exp":1795521601})");
    QVERIFY(jose::verify(jwt, keys(), {std::nullopt, std::nullopt, now}).valid());
    QCOMPARE(jose::verify(jwt, keys(), {claims().issuer, std::nullopt, now}).fault, JwtFault::missingClaim);
    QCOMPARE(jose::verify(jwt, keys(), {std::nullopt, claims().audience, now}).fault, JwtFault::missingClaim);
}

void TestVerify::signatureIsJudgedBeforeClaims()
{
    // Else a forger could learn, claim by claim, what would pass.
    const std::string forged = signedJwt(strangersKey(), headerOf(key()), R"({"iss":"forged-issuer","exp":0})");
    const auto verdict = jose::verify(forged, keys(), expectations());
    QCOMPARE(verdict.fault, JwtFault::badSignature);
    QVERIFY(verdict.message.find("forged") == std::string::npos);
}

void TestVerify::oddTimesDoNotOverflow_data()
{
    QTest::addColumn<QString>("exp");
    QTest::addColumn<JwtFault>("fault");
    QTest::newRow("largest integer") << QStringLiteral("9223372036854775807") << JwtFault::none;
    QTest::newRow("larger than that") << QStringLiteral("1e300") << JwtFault::none;
    QTest::newRow("smallest integer") << QStringLiteral("-9223372036854775808") << JwtFault::expired;
    QTest::newRow("smaller than that") << QStringLiteral("-1e300") << JwtFault::expired;
    QTest::newRow("zero") << QStringLiteral("0") << JwtFault::expired;
}

void TestVerify::oddTimesDoNotOverflow()
{
    QFETCH(const QString, exp);
    QFETCH(const JwtFault, fault);
    const auto verdict =
        jose::verify(signedJwt(key(), headerOf(key()), payloadWith("exp", bytes(exp))), keys(), expectations());
    QCOMPARE(verdict.fault, fault);
    QVERIFY(!verdict.message.empty());
}

void TestVerify::previousKeyVerifiesUntilItIsGone()
{
    const std::string jwt = jose::mint(strangersKey(), claims()).value();
    const jose::KeyRing ring{shared(key()), shared(strangersKey()), now + 1h};
    QVERIFY(jose::verify(jwt, jose::JwkSet::of(ring, now).value(), expectations()).valid());
    QCOMPARE(jose::verify(jwt, jose::JwkSet::of(ring, now + 1h).value(), expectations()).fault, JwtFault::unknownKey);
}

void TestVerify::codesAreStable_data()
{
    QTest::addColumn<JwtFault>("fault");
    QTest::addColumn<QString>("code");
    QTest::newRow("none") << JwtFault::none << QStringLiteral("valid");
    QTest::newRow("malformed") << JwtFault::malformed << QStringLiteral("malformed");
    QTest::newRow("criticalHeader") << JwtFault::criticalHeader << QStringLiteral("critical_header");
    QTest::newRow("algorithmNotAllowed") << JwtFault::algorithmNotAllowed << QStringLiteral("algorithm_not_allowed");
    QTest::newRow("unknownKey") << JwtFault::unknownKey << QStringLiteral("unknown_key");
    QTest::newRow("badSignature") << JwtFault::badSignature << QStringLiteral("bad_signature");
    QTest::newRow("missingClaim") << JwtFault::missingClaim << QStringLiteral("missing_claim");
    QTest::newRow("expired") << JwtFault::expired << QStringLiteral("expired");
    QTest::newRow("notYetValid") << JwtFault::notYetValid << QStringLiteral("not_yet_valid");
    QTest::newRow("wrongIssuer") << JwtFault::wrongIssuer << QStringLiteral("wrong_issuer");
    QTest::newRow("wrongAudience") << JwtFault::wrongAudience << QStringLiteral("wrong_audience");
}

void TestVerify::codesAreStable()
{
    QFETCH(const JwtFault, fault);
    QFETCH(const QString, code);
    QCOMPARE(text(jose::code(fault)), code);
    QVERIFY(jose::explain(fault).ends_with('.'));
}

void TestVerify::messagesNeverHoldTheToken()
{
    const std::string jwt = jose::mint(strangersKey(), claims()).value();
    for (const std::string& tried : {jwt, jwt + '=', jwt.substr(0, jwt.size() - 2), jwt + ".x"}) {
        const auto verdict = jose::verify(tried, keys(), expectations());
        QVERIFY(!verdict.valid());
        for (std::size_t at = 0; at + 12 <= jwt.size(); at += 12)
            QVERIFY(verdict.message.find(jwt.substr(at, 12)) == std::string::npos);
    }
}

LATCHKEY_TEST(TestVerify)

} // namespace tst_jose_verify

#include "tst_jose_verify.moc"
