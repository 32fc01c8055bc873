// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/KeyCodec.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_keys {

using namespace latchkey;

namespace {

constexpr std::chrono::sys_seconds kLast{std::chrono::seconds(1'795'521'600)};   // 2026-11-24T12:00:00Z

Json json(const QByteArray& text)
{
    return parseJson(text.toStdString()).value();
}

} // namespace

class TestWireKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsOfTheRotation_data();
    void tellsOfTheRotation();
    void understandsAReply_data();
    void understandsAReply();
    void refusesAReply_data();
    void refusesAReply();
    void takesAnInterval_data();
    void takesAnInterval();
    void refusesABody_data();
    void refusesABody();
};

void TestWireKeys::tellsOfTheRotation_data()
{
    QTest::addColumn<int>("interval");
    QTest::addColumn<qint64>("later");
    QTest::addColumn<int>("left");
    QTest::newRow("just now") << 42 << qint64{0} << 42;
    QTest::newRow("a second later, the day has begun") << 42 << qint64{1} << 42;
    QTest::newRow("a day later") << 42 << qint64{86'400} << 41;
    QTest::newRow("a second before the end") << 21 << qint64{21 * 86'400 - 1} << 1;
    QTest::newRow("due") << 21 << qint64{21 * 86'400} << 0;
    QTest::newRow("overdue") << 21 << qint64{90 * 86'400} << 0;
    QTest::newRow("the clock was set back") << 42 << qint64{-86'400} << 42;
}

void TestWireKeys::tellsOfTheRotation()
{
    QFETCH(int, interval);
    QFETCH(qint64, later);
    QFETCH(int, left);
    const Json written = wire::encode({.intervalDays = interval, .lastAt = kLast}, kLast + std::chrono::seconds(later));
    QCOMPARE(written.asObject()->size(), std::size_t{3});
    QCOMPARE(*written.find("key_rotation_interval_days")->asInteger(), interval);
    QCOMPARE(*written.find("last_key_rotation_at")->asString(), std::string("2026-11-24T12:00:00Z"));
    QCOMPARE(*written.find("days_until_next_rotation")->asInteger(), left);
    QVERIFY(*wire::decodeKeyRotation(written) == (access::KeyRotation{.intervalDays = interval, .lastAt = kLast}));
}

void TestWireKeys::understandsAReply_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("interval");
    QTest::addColumn<qint64>("last");
    QTest::newRow("nothing") << QByteArray("{}") << 42 << qint64{0};
    QTest::newRow("nulls") << QByteArray(R"({"key_rotation_interval_days":null,"last_key_rotation_at":null})") << 42 << qint64{0};
    QTest::newRow("no time") << QByteArray(R"({"key_rotation_interval_days":30,"last_key_rotation_at":""})") << 30 << qint64{0};
    QTest::newRow("more members") << QByteArray(R"({"x":1,"key_rotation_interval_days":3e1})") << 30 << qint64{0};
    QTest::newRow("below reason") << QByteArray(R"({"key_rotation_interval_days":-5})") << 1 << qint64{0};
    QTest::newRow("beyond reason") << QByteArray(R"({"key_rotation_interval_days":99999999999})") << 36'500 << qint64{0};
    QTest::newRow("a time") << QByteArray(R"({"last_key_rotation_at":"2026-11-24T13:00:00.5+01:00"})") << 42 << qint64{1'795'521'600};
}

void TestWireKeys::understandsAReply()
{
    QFETCH(QByteArray, text);
    QFETCH(int, interval);
    QFETCH(qint64, last);
    const auto read = wire::decodeKeyRotation(json(text));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->intervalDays, interval);
    QCOMPARE(qint64{read->lastAt.time_since_epoch().count()}, last);
}

void TestWireKeys::refusesAReply_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("interval of text") << QByteArray(R"({"key_rotation_interval_days":"42"})")
                                      << QByteArray("key_rotation_interval_days must be a whole number");
    QTest::newRow("interval in pieces") << QByteArray(R"({"key_rotation_interval_days":42.5})")
                                        << QByteArray("key_rotation_interval_days must be a whole number");
    QTest::newRow("time of numbers") << QByteArray(R"({"last_key_rotation_at":1795521600})")
                                     << QByteArray("last_key_rotation_at must be a string");
    QTest::newRow("no time") << QByteArray(R"({"last_key_rotation_at":"yesterday"})")
                             << QByteArray("last_key_rotation_at must be a date and time as RFC 3339 writes it");
}

void TestWireKeys::refusesAReply()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const auto read = wire::decodeKeyRotation(json(text));
    QVERIFY(!read);
    QCOMPARE(QByteArray::fromStdString(read.error().message), message);
}

void TestWireKeys::takesAnInterval_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("days");
    QTest::newRow("the fewest") << QByteArray(R"({"key_rotation_interval_days":21})") << 21;
    QTest::newRow("the most") << QByteArray(R"({"key_rotation_interval_days":365})") << 365;
    QTest::newRow("what the reply says beside it") << QByteArray(R"({"key_rotation_interval_days":42,"days_until_next_rotation":3})") << 42;
}

void TestWireKeys::takesAnInterval()
{
    QFETCH(QByteArray, body);
    QFETCH(int, days);
    const auto read = wire::decodeKeyUpdate(body.toStdString());
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(*read, days);
}

void TestWireKeys::refusesABody_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    const QByteArray range("key_rotation_interval_days must be a whole number from 21 to 365");
    QTest::newRow("nothing") << QByteArray() << QByteArray("The JSON is not valid");
    QTest::newRow("an array") << QByteArray("[]") << QByteArray("the body must be a JSON object");
    QTest::newRow("an empty object") << QByteArray("{}") << range;
    QTest::newRow("null") << QByteArray(R"({"key_rotation_interval_days":null})") << range;
    QTest::newRow("too few") << QByteArray(R"({"key_rotation_interval_days":20})") << range;
    QTest::newRow("too many") << QByteArray(R"({"key_rotation_interval_days":366})") << range;
    QTest::newRow("far too many") << QByteArray(R"({"key_rotation_interval_days":4294967338})") << range;   // 42 in 32 bits
    QTest::newRow("negative") << QByteArray(R"({"key_rotation_interval_days":-42})") << range;
    QTest::newRow("text") << QByteArray(R"({"key_rotation_interval_days":"42"})") << QByteArray("key_rotation_interval_days must be a whole number");
    QTest::newRow("pieces") << QByteArray(R"({"key_rotation_interval_days":42.5})") << QByteArray("key_rotation_interval_days must be a whole number");
}

void TestWireKeys::refusesABody()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, message);
    const auto read = wire::decodeKeyUpdate(body.toStdString());
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::invalidArgument);
    QVERIFY2(QByteArray::fromStdString(read.error().message).startsWith(message), read.error().message.c_str());
}

LATCHKEY_TEST(TestWireKeys)

} // namespace tst_wire_keys

#include "tst_wire_keys.moc"
