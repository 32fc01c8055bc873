// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/KeyRing.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_jose_keyring {

using namespace joseTesting;
using latchkey::Json;
using latchkey::jose::KeyRing;

namespace {

const SigningKey& older()
{
    return strangersKey();
}

/// The kids of a list in the document, joined.
QString kids(const Json& document, std::string_view list)
{
    QStringList found;
    for (const Json& item : *document.find(list)->asArray())
        found << text(*item.find("kid")->asString());
    return found.join(u' ');
}

} // namespace

class TestKeyRing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void certsDocumentHasCloudflaresShape();
    void previousKeyIsPublishedUntilItsEnd_data();
    void previousKeyIsPublishedUntilItsEnd();
    void rotationMovesTheCurrentKeyBack();
    void certsDocumentNeverHoldsAPrivateHalf();
};

void TestKeyRing::certsDocumentHasCloudflaresShape()
{
    const KeyRing ring{shared(key()), shared(older()), now + 168h};
    const auto document = latchkey::parseJson(ring.certsDocument(now));
    QVERIFY(document);

    QStringList names;
    for (const auto& [name, value] : *document->asObject())
        names << text(name);
    QCOMPARE(names.join(u','), QStringLiteral("keys,public_cert,public_certs"));
    QCOMPARE(kids(*document, "keys"), text(key().kid() + ' ' + older().kid()));
    QCOMPARE(kids(*document, "public_certs"), text(key().kid() + ' ' + older().kid()));
    QVERIFY((*document->find("keys")->asArray())[0] == key().publicJwk());
    QVERIFY((*document->find("keys")->asArray())[1] == older().publicJwk());

    const Json& current = *document->find("public_cert");
    QCOMPARE(current.asObject()->size(), std::size_t(2));
    QCOMPARE(text(*current.find("kid")->asString()), text(key().kid()));
    QCOMPARE(text(*current.find("cert")->asString()), text(key().certificatePem()));
    const Json& second = (*document->find("public_certs")->asArray())[1];
    QCOMPARE(text(*second.find("cert")->asString()), text(older().certificatePem()));
}

void TestKeyRing::previousKeyIsPublishedUntilItsEnd_data()
{
    QTest::addColumn<bool>("hasPrevious");
    QTest::addColumn<qint64>("secondsToEnd");
    QTest::addColumn<bool>("published");
    QTest::newRow("a week before its end") << true << qint64(7 * 86400) << true;
    QTest::newRow("a second before its end") << true << qint64(1) << true;
    QTest::newRow("at its end") << true << qint64(0) << false;
    QTest::newRow("after its end") << true << qint64(-1) << false;
    QTest::newRow("there is none") << false << qint64(86400) << false;
}

void TestKeyRing::previousKeyIsPublishedUntilItsEnd()
{
    QFETCH(const bool, hasPrevious);
    QFETCH(const qint64, secondsToEnd);
    QFETCH(const bool, published);
    const KeyRing ring{shared(key()), hasPrevious ? shared(older()) : nullptr,
                       now + std::chrono::seconds(secondsToEnd)};
    QCOMPARE(ring.previousIsPublished(now), published);
    const auto document = latchkey::parseJson(ring.certsDocument(now)).value();
    const QString expected = text(published ? key().kid() + ' ' + older().kid() : key().kid());
    QCOMPARE(kids(document, "keys"), expected);
    QCOMPARE(kids(document, "public_certs"), expected);
}

void TestKeyRing::rotationMovesTheCurrentKeyBack()
{
    const KeyRing first{shared(older()), nullptr, {}};
    const KeyRing second = first.rotatedTo(shared(key()), now + 168h);
    QCOMPARE(text(second.current->kid()), text(key().kid()));
    QCOMPARE(text(second.previous->kid()), text(older().kid()));
    QVERIFY(second.previousUntil == now + 168h);
    QVERIFY(!first.previous);
}

void TestKeyRing::certsDocumentNeverHoldsAPrivateHalf()
{
    const KeyRing ring{shared(key()), nullptr, {}};
    const std::string document = ring.certsDocument(now);
    for (const char* name : {"\"d\"", "\"p\"", "\"q\"", "PRIVATE KEY"})
        QVERIFY2(document.find(name) == std::string::npos, name);
}

LATCHKEY_TEST(TestKeyRing)

} // namespace tst_jose_keyring

#include "tst_jose_keyring.moc"
