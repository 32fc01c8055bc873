// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Random.h"

#include "TestProgram.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tst_base_random {

using namespace latchkey;

namespace {

QString text(const std::string& ascii)
{
    return QString::fromStdString(ascii);
}

/// Counts 0, 1, 2 … 255, 0 …: every byte equally often, so that what comes out can be counted.
class CountingRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override
    {
        for (std::byte& byte : out)
            byte = static_cast<std::byte>(m_next++ & 255U);
        m_drawn += out.size();
    }

    std::size_t drawn() const { return m_drawn; }

private:
    unsigned m_next = 0;
    std::size_t m_drawn = 0;
};

/// The same byte for ever.
class ConstantRandom final : public Random {
public:
    explicit ConstantRandom(std::byte byte)
        : m_byte(byte)
    {
    }
    void fill(std::span<std::byte> out) override { std::ranges::fill(out, m_byte); }

private:
    std::byte m_byte;
};

std::string alphabetOf(std::size_t size)
{
    std::string alphabet;
    for (std::size_t i = 0; i < size; ++i)
        alphabet += static_cast<char>(i);
    return alphabet;
}

} // namespace

class TestRandom : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void uuidHasTheFormOfVersion4_data();
    void uuidHasTheFormOfVersion4();
    void hexIsTwoDigitsAByte();
    void textIsUnbiased_data();
    void textIsUnbiased();
    void textHasTheLength();
    void systemRandomDoesNotRepeat();
    void systemRandomFillsAllOfTheBuffer();
};

void TestRandom::uuidHasTheFormOfVersion4_data()
{
    QTest::addColumn<int>("byte");
    QTest::addColumn<QString>("uuid");
    QTest::newRow("zeros") << 0 << QStringLiteral("00000000-0000-4000-8000-000000000000");
    QTest::newRow("ones") << 255 << QStringLiteral("ffffffff-ffff-4fff-bfff-ffffffffffff");
    QTest::newRow("5a") << 0x5a << QStringLiteral("5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a");
}

void TestRandom::uuidHasTheFormOfVersion4()
{
    QFETCH(const int, byte);
    QFETCH(const QString, uuid);
    ConstantRandom constant(static_cast<std::byte>(byte));
    QCOMPARE(text(constant.uuid()), uuid);

    static const QRegularExpression form(
        QStringLiteral("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
    SystemRandom random;
    QVERIFY(form.match(text(random.uuid())).hasMatch());
}

void TestRandom::hexIsTwoDigitsAByte()
{
    CountingRandom random;
    QCOMPARE(text(random.hex(4)), QStringLiteral("00010203"));
    QCOMPARE(text(random.hex(0)), QString());
    QCOMPARE(random.hex(1000).size(), std::size_t(2000));
}

void TestRandom::textIsUnbiased_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {2, 3, 10, 16, 62, 64, 100, 129, 200, 255, 256})
        QTest::addRow("an alphabet of %d", size) << size;
}

void TestRandom::textIsUnbiased()
{
    QFETCH(const int, size);
    // One character for each byte that may be used, twice round: then each must come equally often, provided that the
    // bytes at the end of the first round were left out.
    const std::size_t usable = 2 * (256U - 256U % static_cast<unsigned>(size));
    CountingRandom random;
    std::map<char, int> seen;
    for (const char c : random.text(usable, alphabetOf(std::size_t(size))))
        ++seen[c];
    QCOMPARE(seen.size(), std::size_t(size));
    for (const auto& [c, count] : seen)
        QCOMPARE(count, int(usable) / size);
    QVERIFY(random.drawn() >= usable);
}

void TestRandom::textHasTheLength()
{
    SystemRandom random;
    for (const std::size_t length : {0U, 1U, 40U, 63U, 64U, 65U, 1000U}) {
        const std::string made = random.text(length, "abcdefghijklmnopqrstuvwxyz");
        QCOMPARE(made.size(), length);
        QVERIFY(made.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos);
    }
}

void TestRandom::systemRandomDoesNotRepeat()
{
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 2000; ++i)
        seen.insert(random.uuid());
    QCOMPARE(seen.size(), std::size_t(2000));
}

void TestRandom::systemRandomFillsAllOfTheBuffer()
{
    SystemRandom random;
    random.fill({});
    // With 64 tries the chance that a byte is zero in each by luck is 2^-512.
    std::array<std::byte, 37> everSet{};
    for (int i = 0; i < 64; ++i) {
        std::array<std::byte, 37> bytes{};
        random.fill(bytes);
        for (std::size_t at = 0; at < bytes.size(); ++at)
            everSet[at] |= bytes[at];
    }
    QVERIFY(std::ranges::none_of(everSet, [](std::byte byte) { return byte == std::byte(0); }));
}

LATCHKEY_TEST(TestRandom)

} // namespace tst_base_random

#include "tst_base_random.moc"
