// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include "TestProgram.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTest>

namespace tst_base_sha256 {

using namespace latchkey::base;

namespace {

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

QByteArray hex(const Digest& digest)
{
    return QByteArray::fromStdString(toHex(asText(digest)));
}

} // namespace

class TestSha256 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hashVectors_data();
    void hashVectors();
    void hashAgreesWithQtAtEveryLength();
    void contextCanBeReused();
    void hmacVectors_data();
    void hmacVectors();
    void hmacAgreesWithQtForEveryKeyLength();
    void digestsCompare();
};

void TestSha256::hashVectors_data()
{
    // FIPS 180-4 examples.
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("nothing") << QByteArray()
                             << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("abc") << QByteArray("abc")
                         << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                                << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("a million a") << QByteArray(1'000'000, 'a')
                                 << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

void TestSha256::hashVectors()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, digest);
    QCOMPARE(hex(sha256(view(bytes))), digest);
    QCOMPARE(hex(Sha256().hash(view(bytes))), digest);
}

void TestSha256::hashAgreesWithQtAtEveryLength()
{
    Sha256 hasher;
    for (int length = 0; length < 200; ++length) {
        const QByteArray bytes(length, 'x');
        QCOMPARE(hex(hasher.hash(view(bytes))), QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
    }
}

void TestSha256::contextCanBeReused()
{
    Sha256 hasher;
    const Digest first = hasher.hash("first");
    (void)hasher.hash("second");
    QVERIFY(equalDigests(hasher.hash("first"), first));
    Sha256 moved = std::move(hasher);
    QVERIFY(equalDigests(moved.hash("first"), first));
}

void TestSha256::hmacVectors_data()
{
    // RFC 4231, test cases 1, 2, 3, 6 and 7.
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("mac");
    QTest::newRow("case 1") << QByteArray(20, '\x0b') << QByteArray("Hi There")
                            << QByteArray("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    QTest::newRow("case 2") << QByteArray("Jefe") << QByteArray("what do ya want for nothing?")
                            << QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    QTest::newRow("case 3") << QByteArray(20, '\xaa') << QByteArray(50, '\xdd')
                            << QByteArray("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    QTest::newRow("case 6") << QByteArray(131, '\xaa')
                            << QByteArray("Test Using Larger Than Block-Size Key - Hash Key First")
                            << QByteArray("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    QTest::newRow("case 7") << QByteArray(131, '\xaa')
                            << QByteArray(
                                   "This is a test using a larger than block-size key and a larger than block-size "
                                   "data. The key needs to be hashed before being used by the HMAC algorithm.")
                            << QByteArray("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    QTest::newRow("no key and no text") << QByteArray() << QByteArray()
                                        << QByteArray(
                                               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

void TestSha256::hmacVectors()
{
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, mac);
    QCOMPARE(hex(hmacSha256(view(key), view(bytes))), mac);
    if (key.isEmpty())   // a view without an address is an empty key too
        QCOMPARE(hex(hmacSha256({}, {})), mac);
}

void TestSha256::hmacAgreesWithQtForEveryKeyLength()
{
    for (int length = 0; length < 140; ++length) {
        const QByteArray key(length, 'k');
        QCOMPARE(hex(hmacSha256(view(key), "message")),
                 QMessageAuthenticationCode::hash("message", key, QCryptographicHash::Sha256).toHex());
    }
}

void TestSha256::digestsCompare()
{
    const Digest one = sha256("one");
    for (std::size_t at = 0; at < one.size(); ++at) {
        Digest other = one;
        QVERIFY(equalDigests(one, other));
        other[at] ^= 1U;
        QVERIFY(!equalDigests(one, other));
    }
}

LATCHKEY_TEST(TestSha256)

} // namespace tst_base_sha256

#include "tst_base_sha256.moc"
