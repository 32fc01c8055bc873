// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/DecodedJwt.h"
#include "agent/jose/JwkSet.h"
#include "agent/jose/Verify.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>

namespace tst_jose_mint {

using namespace joseTesting;
using namespace latchkey;

class TestMint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void payloadIsCloudflaresToTheLetter();
    void jwtIsCompactAndVerifies();
    void extraClaimsFollow();
    void refusesBadClaims_data();
    void refusesBadClaims();
    void textIsEscaped();
};

void TestMint::payloadIsCloudflaresToTheLetter()
{
    // Source: Cloudflare's "Application token" page, the payload of a service token.
    QCOMPARE(
        text(jose::payloadJson(claims()).value()),
        QStringLiteral(R"({"type":"app","aud":["4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2"],)"
                       R"("exp":1795608000,"iss":"https://local.cloudflareaccess.com",)"
                       R"("common_name":"0123456789abcdef0123456789abcdef.access","iat":1795521600,"sub":""})"));
}

void TestMint::jwtIsCompactAndVerifies()
{
    const auto jwt = jose::mint(key(), claims());
    QVERIFY(jwt);
    QCOMPARE(std::ranges::count(*jwt, '.'), std::ptrdiff_t(2));
    QVERIFY(jwt->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
            == std::string::npos);
    QVERIFY(jwt->starts_with(key().jwtHeader() + '.'));
    const auto decoded = jose::decodeJwt(*jwt);
    QVERIFY(decoded);
    QCOMPARE(text(decoded->header.dump()), text(headerOf(key())));
    QCOMPARE(text(decoded->payload.dump()), text(jose::payloadJson(claims()).value()));
    const auto keys = jose::JwkSet::of({shared(key()), nullptr, {}}, now).value();
    QVERIFY(jose::verify(*jwt, keys, {claims().issuer, claims().audience, now}).valid());
}

void TestMint::extraClaimsFollow()
{
    auto wanted = claims();
    wanted.extra = Json(JsonObject{{"email", "user@example.com"}, {"country", "US"}});
    const std::string payload = jose::payloadJson(wanted).value();
    QVERIFY(payload.ends_with(R"("sub":"","email":"user@example.com","country":"US"})"));
    wanted.extra = Json::object();
    QCOMPARE(text(jose::payloadJson(wanted).value()), text(jose::payloadJson(claims()).value()));
}

void TestMint::refusesBadClaims_data()
{
    QTest::addColumn<QString>("extra");
    QTest::addColumn<QByteArray>("commonName");
    QTest::newRow("extra repeats aud") << QStringLiteral(R"({"aud":"x"})") << QByteArray("a");
    QTest::newRow("extra repeats sub") << QStringLiteral(R"({"email":"e","sub":"x"})") << QByteArray("a");
    QTest::newRow("extra is an array") << QStringLiteral("[]") << QByteArray("a");
    QTest::newRow("extra is a text") << QStringLiteral("\"x\"") << QByteArray("a");
    QTest::newRow("text that is not UTF-8") << QStringLiteral("null") << QByteArray("\xff");
}

void TestMint::refusesBadClaims()
{
    QFETCH(const QString, extra);
    QFETCH(const QByteArray, commonName);
    auto wanted = claims();
    wanted.extra = parseJson(bytes(extra)).value();
    wanted.commonName = commonName.toStdString();
    const auto jwt = jose::mint(key(), wanted);
    QVERIFY(!jwt);
    QCOMPARE(jwt.error().code, ErrorCode::invalidArgument);
}

void TestMint::textIsEscaped()
{
    auto wanted = claims();
    wanted.commonName = "a\"b\\c\n\xc3\xa9";
    const auto decoded = jose::decodeJwt(jose::mint(key(), wanted).value());
    QVERIFY(decoded);
    QCOMPARE(text(*decoded->payload.find("common_name")->asString()), text(wanted.commonName));
}

LATCHKEY_TEST(TestMint)

} // namespace tst_jose_mint

#include "tst_jose_mint.moc"
