// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/SealedBytes.h"

#include "agent/base/Encoding.h"

#include "TestProgram.h"

#include <QtTest>

namespace tst_base_sealedbytes {

using namespace latchkey;
using namespace latchkey::base;

namespace {

constexpr ScryptCost cheap{.n = 16, .r = 1, .p = 1};

SecretBytes secret(std::string_view text)
{
    return SecretBytes(text);
}

} // namespace

class TestBaseSealedBytes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWasSealedIsOpened_data();
    void whatWasSealedIsOpened();
    void anotherPassphraseOrPurposeOpensNothing();
    void everyPartIsAuthenticated_data();
    void everyPartIsAuthenticated();
    void costsOfStrangersAreBounded_data();
    void costsOfStrangersAreBounded();
    void theFormIsKept();
    void twoSealingsShareNothing();

private:
    SystemRandom m_random;
};

void TestBaseSealedBytes::whatWasSealedIsOpened_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("text") << QByteArray("a private key");
    QTest::newRow("all bytes") << [] {
        QByteArray bytes;
        for (int i = 0; i < 1000; ++i)
            bytes.append(static_cast<char>(i));
        return bytes;
    }();
}

void TestBaseSealedBytes::whatWasSealedIsOpened()
{
    QFETCH(QByteArray, content);
    const std::string_view text(content.constData(), static_cast<std::size_t>(content.size()));
    const auto sealed = seal(secret(text), secret("correct horse"), "test", m_random);
    QVERIFY(sealed);
    QVERIFY(sealed->cost == ScryptCost{});
    QCOMPARE(sealed->salt.size(), 16U);
    QCOMPARE(sealed->nonce.size(), 12U);
    QCOMPARE(sealed->data.size(), text.size() + 16);
    QVERIFY(text.empty() || sealed->data.find(text) == std::string::npos);
    const auto opened = unseal(*sealed, secret("correct horse"), "test");
    QVERIFY(opened);
    QVERIFY(opened->equals(text));
}

void TestBaseSealedBytes::anotherPassphraseOrPurposeOpensNothing()
{
    const auto sealed = seal(secret("content"), secret("correct horse"), "test", m_random, cheap);
    QVERIFY(sealed);
    for (const auto& [passphrase, purpose] : {std::pair("correct horsE", "test"), std::pair("", "test"), std::pair("correct horse", "tests")}) {
        const auto opened = unseal(*sealed, secret(passphrase), purpose);
        QVERIFY(!opened && opened.error().code == ErrorCode::forbidden);
    }
}

void TestBaseSealedBytes::everyPartIsAuthenticated_data()
{
    QTest::addColumn<int>("part");
    QTest::addColumn<int>("at");
    for (int at : {0, 15})
        QTest::addRow("salt %d", at) << 0 << at;
    for (int at : {0, 11})
        QTest::addRow("nonce %d", at) << 1 << at;
    for (int at : {0, 6, 7, 22})
        QTest::addRow("data %d", at) << 2 << at;
    QTest::newRow("n") << 3 << 0;
    QTest::newRow("r") << 4 << 0;
    QTest::newRow("p") << 5 << 0;
}

void TestBaseSealedBytes::everyPartIsAuthenticated()
{
    QFETCH(int, part);
    QFETCH(int, at);
    auto sealed = seal(secret("content"), secret("correct horse"), "test", m_random, cheap);
    QVERIFY(sealed);
    if (part < 3) {
        std::string* const parts[] = {&sealed->salt, &sealed->nonce, &sealed->data};
        parts[part]->at(static_cast<std::size_t>(at)) ^= 1;
    } else if (part == 3) {
        sealed->cost.n *= 2;
    } else {
        (part == 4 ? sealed->cost.r : sealed->cost.p) += 1;
    }
    const auto opened = unseal(*sealed, secret("correct horse"), "test");
    QVERIFY(!opened && opened.error().code == ErrorCode::forbidden);
}

void TestBaseSealedBytes::costsOfStrangersAreBounded_data()
{
    QTest::addColumn<qulonglong>("n");
    QTest::addColumn<int>("r");
    QTest::addColumn<int>("p");
    QTest::newRow("no power of two") << 1000ULL << 8 << 1;
    QTest::newRow("nothing") << 0ULL << 8 << 1;
    QTest::newRow("one") << 1ULL << 8 << 1;
    QTest::newRow("a gigabyte") << (1ULL << 20) << 8 << 1;
    QTest::newRow("huge") << (1ULL << 63) << 8 << 1;
    QTest::newRow("no r") << 16ULL << 0 << 1;
    QTest::newRow("r") << 16ULL << 33 << 1;
    QTest::newRow("no p") << 16ULL << 8 << 0;
    QTest::newRow("p") << 16ULL << 8 << 17;
}

void TestBaseSealedBytes::costsOfStrangersAreBounded()
{
    QFETCH(qulonglong, n);
    QFETCH(int, r);
    QFETCH(int, p);
    auto sealed = seal(secret("content"), secret("correct horse"), "test", m_random, cheap);
    QVERIFY(sealed);
    sealed->cost = {n, static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(p)};
    const auto opened = unseal(*sealed, secret("correct horse"), "test");
    QVERIFY(!opened && opened.error().code == ErrorCode::invalidArgument);
    for (std::string SealedBytes::*part : {&SealedBytes::salt, &SealedBytes::nonce}) {
        auto cut = *sealed;
        cut.cost = cheap;
        (cut.*part).pop_back();
        QVERIFY(unseal(cut, secret("correct horse"), "test").error().code == ErrorCode::invalidArgument);
    }
    sealed->cost = cheap;
    sealed->data.resize(15);
    QVERIFY(unseal(*sealed, secret("correct horse"), "test").error().code == ErrorCode::invalidArgument);
}

/// A file of today must open with every later version: sealed with Python's hashlib.scrypt and the cryptography package.
void TestBaseSealedBytes::theFormIsKept()
{
    const SealedBytes sealed{cheap, std::string("0123456789abcdef"), std::string("nonce-twelve"),
                             *fromHex("86bae1742aab95487f6c7b6ef5b5d1c589e5007856abbc")};
    const auto opened = unseal(sealed, secret("correct horse"), "test");
    QVERIFY(opened);
    QVERIFY(opened->equals("content"));
}

void TestBaseSealedBytes::twoSealingsShareNothing()
{
    const auto one = seal(secret("content"), secret("correct horse"), "test", m_random, cheap);
    const auto other = seal(secret("content"), secret("correct horse"), "test", m_random, cheap);
    QVERIFY(one && other);
    QVERIFY(one->salt != other->salt && one->nonce != other->nonce && one->data != other->data);
}

LATCHKEY_TEST(TestBaseSealedBytes)

} // namespace tst_base_sealedbytes

#include "tst_base_sealedbytes.moc"
