// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Rfc3339.h"

#include "TestProgram.h"

#include <QDateTime>
#include <QTest>

#include <limits>

namespace tst_base_rfc3339 {

using namespace latchkey::base;

namespace {

std::chrono::sys_seconds at(qint64 seconds)
{
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

} // namespace

class TestRfc3339 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void writes_data();
    void writes();
    void agreesWithQtOverTheCenturies();
};

void TestRfc3339::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("seconds");
    const auto row = [](const char* text, qint64 seconds) { QTest::newRow(text) << QByteArray(text) << seconds; };
    row("1970-01-01T00:00:00Z", 0);
    row("1969-12-31T23:59:59Z", -1);
    row("2026-11-24T12:04:31Z", 1795521871);
    row("2026-11-24t12:04:31z", 1795521871);
    row("2026-11-24 12:04:31Z", 1795521871);
    row("2026-11-24T12:04:31.5Z", 1795521871);
    row("2026-11-24T12:04:31.999999999Z", 1795521871);
    row("2026-11-24T12:04:31.9999999999999999999999Z", 1795521871);
    row("1969-12-31T23:59:59.9Z", -1);
    row("2026-11-24T12:04:31+00:00", 1795521871);
    row("2026-11-24T12:04:31-00:00", 1795521871);
    row("2026-11-24T13:34:31+01:30", 1795521871);
    row("2026-11-24T00:04:31-12:00", 1795521871);
    row("2026-11-25T12:03:31+23:59", 1795521871);
    row("2024-02-29T00:00:00Z", 1709164800);
    row("2000-02-29T00:00:00Z", 951782400);
    row("2016-12-31T23:59:60Z", 1483228800);
    row("2017-01-01T00:59:60+01:00", 1483228800);
    row("0001-01-01T00:00:00Z", -62135596800);
    row("9999-12-31T23:59:59Z", 253402300799);
    row("2038-01-19T03:14:08Z", 2147483648);
}

void TestRfc3339::reads()
{
    QFETCH(const QByteArray, text);
    QFETCH(const qint64, seconds);
    const auto time = parseRfc3339(text.toStdString());
    QVERIFY(time);
    QCOMPARE(qint64(time->time_since_epoch().count()), seconds);
}

void TestRfc3339::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {
             "", " ", "now", "2026", "2026-11-24", "12:04:31Z", "2026-11-24T12:04Z", "2026-11-24T12:04:31",
             "2026-11-24T12:04:31 Z", " 2026-11-24T12:04:31Z", "2026-11-24T12:04:31Z ", "2026-11-24T12:04:31Z\n",
             "2026-11-24T12:04:31ZZ", "2026-11-24T12:04:31Z+01:00", "2026-11-24_12:04:31Z", "2026/11/24T12:04:31Z",
             "20261124T120431Z", "26-11-24T12:04:31Z", "12026-11-24T12:04:31Z", "+2026-11-24T12:04:31Z",
             "-2026-11-24T12:04:31Z", "2026-1-24T12:04:31Z", "2026-11-4T12:04:31Z", "2026-11-24T2:04:31Z",
             "2026-00-24T12:04:31Z", "2026-13-24T12:04:31Z", "2026-11-00T12:04:31Z", "2026-11-31T12:04:31Z",
             "2026-02-29T12:04:31Z", "1900-02-29T12:04:31Z", "2024-02-30T12:04:31Z", "2026-11-24T24:00:00Z",
             "2026-11-24T12:60:31Z", "2026-11-24T12:04:61Z", "2026-11-24T12:04:31.Z", "2026-11-24T12:04:31,5Z",
             "2026-11-24T12:04:31.5", "2026-11-24T12:04:31+01", "2026-11-24T12:04:31+0100", "2026-11-24T12:04:31+1:00",
             "2026-11-24T12:04:31+24:00", "2026-11-24T12:04:31+01:60", "2026-11-24T12:04:31 +01:00",
             "2026-11-24T12:-4:31Z", "2026-11-24T12:04:+1Z", "0000-01-01T00:00:00Z", "0x26-11-24T12:04:31Z",
             "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"}) {
        QTest::newRow(*text == '\0' ? "nothing" : text) << QByteArray(text);
    }
    QTest::newRow("a zero byte") << QByteArray("2026-11-24T12:04:31Z\0", 21);
    QTest::newRow("digits of another script") << QByteArray("\xd9\xa2\xd9\xa0-11-24T12:04:31Z");
}

void TestRfc3339::refuses()
{
    QFETCH(const QByteArray, text);
    const auto time = parseRfc3339(text.toStdString());
    QVERIFY2(!time, time ? formatRfc3339(*time).c_str() : "");
    QCOMPARE(time.error().code, ErrorCode::invalidArgument);
}

void TestRfc3339::writes_data()
{
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("epoch") << qint64(0) << QByteArray("1970-01-01T00:00:00Z");
    QTest::newRow("before the epoch") << qint64(-1) << QByteArray("1969-12-31T23:59:59Z");
    QTest::newRow("a leap day") << qint64(1709251199) << QByteArray("2024-02-29T23:59:59Z");
    QTest::newRow("small year") << qint64(-62135596800) << QByteArray("0001-01-01T00:00:00Z");
    QTest::newRow("largest year") << qint64(253402300799) << QByteArray("9999-12-31T23:59:59Z");
    QTest::newRow("before the smallest") << qint64(-62135596801) << QByteArray("0001-01-01T00:00:00Z");
    QTest::newRow("after the largest") << qint64(253402300800) << QByteArray("9999-12-31T23:59:59Z");
    QTest::newRow("end of all numbers") << std::numeric_limits<qint64>::max() << QByteArray("9999-12-31T23:59:59Z");
    QTest::newRow("start of all numbers") << std::numeric_limits<qint64>::min() << QByteArray("0001-01-01T00:00:00Z");
}

void TestRfc3339::writes()
{
    QFETCH(const qint64, seconds);
    QFETCH(const QByteArray, text);
    const std::string written = formatRfc3339(at(seconds));
    QCOMPARE(QByteArray::fromStdString(written), text);
    QCOMPARE(QByteArray::fromStdString(formatRfc3339(parseRfc3339(written).value())), text);
}

void TestRfc3339::agreesWithQtOverTheCenturies()
{
    // Steps of a prime number of seconds, a little over a month, from the year 1600 to 2500.
    for (qint64 seconds = -11676096000; seconds < 16725225600; seconds += 2796203) {
        const QByteArray expected = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(Qt::ISODate).toLatin1();
        const std::string written = formatRfc3339(at(seconds));
        QCOMPARE(QByteArray::fromStdString(written), expected);
        QVERIFY(parseRfc3339(written).value() == at(seconds));
    }
}

LATCHKEY_TEST(TestRfc3339)

} // namespace tst_base_rfc3339

#include "tst_base_rfc3339.moc"
