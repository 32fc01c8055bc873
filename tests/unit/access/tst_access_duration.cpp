// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/Duration.h"
#include "agent/base/Rfc3339.h"

#include "TestProgram.h"

#include <QTest>

#include <limits>

namespace tst_access_duration {

using namespace latchkey;
using access::Duration;
using std::chrono::sys_seconds;

namespace {

constexpr qint64 us = 1'000;
constexpr qint64 ms = 1'000 * us;
constexpr qint64 s = 1'000 * ms;
constexpr qint64 m = 60 * s;
constexpr qint64 h = 60 * m;

sys_seconds at(const char* rfc3339)
{
    return base::parseRfc3339(rfc3339).value();
}

} // namespace

class TestDuration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void foreverHasNoEnd();
    void namedLengths();
    void comparesWhatWasWritten();
    void longestText();
    void ends_data();
    void ends();
};

void TestDuration::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("nanoseconds");
    const auto row = [](const char* text, qint64 nanoseconds) { QTest::newRow(text) << QByteArray(text) << nanoseconds; };
    // Every unit.
    row("1ns", 1);
    row("1us", us);
    row("1\xC2\xB5s", us);
    row("1\xCE\xBCs", us);
    row("1ms", ms);
    row("1s", s);
    row("1m", m);
    row("1h", h);
    // What Cloudflare's documents show.
    row("8760h", 8760 * h);
    row("2h45m", 2 * h + 45 * m);
    row("24h", 24 * h);
    row("300ms", 300 * ms);
    row("60s", 60 * s);
    // Go adds the parts up in any order, however often a unit comes.
    row("1h1m1s1ms1us1ns", h + m + s + ms + us + 1);
    row("1ns1us1ms1s1m1h", h + m + s + ms + us + 1);
    row("1s1s1s", 3 * s);
    row("3ns\x32\xC2\xB5s", 3 + 2 * us);
    row("1m1ms", m + ms);
    row("5m5ms5\xCE\xBCs", 5 * m + 5 * ms + 5 * us);
    row("0s1s", s);
    row("0h0m1ns", 1);
    row("90m", 90 * m);
    row("1000h", 1000 * h);
    // Signs and zeros.
    row("+5s", 5 * s);
    row("+1h30m", h + 30 * m);
    row("007s", 7 * s);
    row("00000000000000000000000000000000000001h", h);
    // Fractions.
    row("1.5h", h + 30 * m);
    row("1.0s", s);
    row("0.5s", 500 * ms);
    row(".5s", 500 * ms);
    row("+.5s", 500 * ms);
    row("5.s", 5 * s);
    row("5.s3m", 5 * s + 3 * m);
    row("0.25h", 15 * m);
    row("1.5ms", ms + 500 * us);
    row("1.001us", us + 1);
    row("1.000000001s", s + 1);
    row("0.000000001s", 1);
    row("1.9ns", 1);                              // cut, as Go does
    row("0.9999999999s", s - 1);
    row("0.3333333333333333333h", 1'199'999'999'999);
    row("0.1h0.1m0.1s", 6 * m + 6 * s + 100 * ms);
    row("0.00000000000000000000000000000000000000000000000000001h1ns", 1);
    row("1.00000000000000000000000000000000000000000000000000000000000000000000s", s);
    row("0.999999999999999999999999999999999999999999999999999999999999h", h - 1);
    row("0.123456789012345678901234567890s", 123'456'789);
    // The largest that 64 bits of nanoseconds hold.
    row("2562047h", 2'562'047 * h);
    row("2562047h47m16.854775807s", std::numeric_limits<qint64>::max());
    row("9223372036854775807ns", std::numeric_limits<qint64>::max());
    row("9223372036854775.807us", std::numeric_limits<qint64>::max());
    row("9223372036s854775807ns", std::numeric_limits<qint64>::max());
}

void TestDuration::reads()
{
    QFETCH(const QByteArray, text);
    QFETCH(const qint64, nanoseconds);
    const auto duration = Duration::parse(text.toStdString());
    QVERIFY2(duration, duration ? "" : duration.error().message.c_str());
    QVERIFY(!duration->isForever());
    QCOMPARE(qint64(duration->length().value().count()), nanoseconds);
    QCOMPARE(QByteArray::fromStdString(duration->text()), text);   // reads back as it was written
    const auto again = Duration::parse(duration->text());
    QVERIFY(again && *again == *duration);
}

void TestDuration::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("because");
    const auto row = [](const char* name, std::string_view text, const char* because) {
        QTest::newRow(name) << QByteArray(text.data(), qsizetype(text.size())) << QByteArray(because);
    };
    using namespace std::string_view_literals;
    row("empty", "", "is empty");
    // The first bad character, with its place.
    row("a word", "soon", "\"s\" where it cannot stand (character 1)");
    row("a unit alone", "h", "\"h\" where it cannot stand (character 1)");
    row("days", "30d", "\"d\" where it cannot stand (character 3)");
    row("weeks behind hours", "1h2w", "\"w\" where it cannot stand (character 4)");
    row("capital unit", "1H", "\"H\" where it cannot stand (character 2)");
    row("capital forever", "Forever", "\"F\" where it cannot stand (character 1)");
    row("forever and more", "forever1h", "\"f\" where it cannot stand (character 1)");
    row("forever and a space", "forever ", "\"f\" where it cannot stand (character 1)");
    row("hours and forever", "1hforever", "\"f\" where it cannot stand (character 3)");
    row("space in front", " 1h", "\" \" where it cannot stand (character 1)");
    row("space behind", "1h ", "\" \" where it cannot stand (character 3)");
    row("space between", "1h 30m", "\" \" where it cannot stand (character 3)");
    row("space before the unit", "1 h", "\" \" where it cannot stand (character 2)");
    row("comma", "1,5h", "\",\" where it cannot stand (character 2)");
    row("two points", "1..5h", "\".\" where it cannot stand (character 3)");
    row("two fractions", "1.5.5h", "\".\" where it cannot stand (character 4)");
    row("point and unit", ".h", "\"h\" where it cannot stand (character 2)");
    row("sign and unit", "+h", "\"h\" where it cannot stand (character 2)");
    row("two signs", "++1h", "\"+\" where it cannot stand (character 2)");
    row("sign inside", "1h+1m", "\"+\" where it cannot stand (character 3)");
    row("minus inside", "1h-1m", "\"-\" where it cannot stand (character 3)");
    row("exponent", "1e3s", "\"e\" where it cannot stand (character 2)");
    row("hexadecimal", "0x10s", "\"x\" where it cannot stand (character 2)");
    row("underscore", "1_000s", "\"_\" where it cannot stand (character 2)");
    row("ISO 8601", "P1D", "\"P\" where it cannot stand (character 1)");
    row("clock", "01:30", "\":\" where it cannot stand (character 3)");
    row("micro sign without its s", "1\xC2\xB5", "\"\xC2\xB5\" where it cannot stand (character 2)");
    row("a place is counted in characters", "1\xC2\xB5s2\xCE\xBCs?", "\"?\" where it cannot stand (character 7)");
    row("a digit of another script", "\xD9\xA3h", "\"\xD9\xA3\" where it cannot stand (character 1)");
    row("emoji", "1\xF0\x9F\x95\x90", "\"\xF0\x9F\x95\x90\" where it cannot stand (character 2)");
    row("a zero byte", "1h\0"sv, "an unprintable byte where it cannot stand (character 3)");
    row("a line break", "1\nh", "an unprintable byte where it cannot stand (character 2)");
    row("a control character of two bytes", "1\xC2\x85h", "an unprintable byte where it cannot stand (character 2)");
    row("not UTF-8", "1\xFFh", "an unprintable byte where it cannot stand (character 2)");
    row("half a character", "1\xC2", "an unprintable byte where it cannot stand (character 2)");
    // Ends too early.
    row("number alone", "8760", "ends before its unit");
    row("zero alone", "0", "ends before its unit");
    row("no unit at the end", "1h30", "ends before its unit");
    row("point at the end", "1.", "ends before its unit");
    row("point alone", ".", "ends before its unit");
    row("sign alone", "+", "ends before its unit");
    // Not positive.
    row("negative", "-5s", "must be positive");
    row("minus alone", "-", "must be positive");
    row("negative nothing", "-0s", "must be positive");
    row("nothing", "0s", "must be longer than nothing");
    row("nothing in parts", "0h0m0.0s", "must be longer than nothing");
    row("less than a nanosecond", "0.5ns", "must be longer than nothing");
    // Overflow, at each place where it can happen.
    row("one nanosecond too long", "2562047h47m16.854775808s", "is too long");
    row("an hour too long", "2562048h", "is too long");
    row("nanoseconds beyond 63 bits", "9223372036854775808ns", "is too long");
    row("nanoseconds beyond 64 bits", "18446744073709551616ns", "is too long");
    row("wraps to a small number", "18446744073709551617s", "is too long");
    row("many digits", "99999999999999999999999999999999h", "is too long");
    row("the fraction overflows", "9223372036854775.808us", "is too long");
    row("the sum overflows", "2562047h2562047h", "is too long");
    row("the last part overflows", "9223372036s854775808ns", "is too long");
}

void TestDuration::refuses()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, because);
    const auto duration = Duration::parse({text.data(), std::size_t(text.size())});
    QVERIFY(!duration);
    QCOMPARE(duration.error().code, ErrorCode::invalidArgument);
    const QByteArray message = QByteArray::fromStdString(duration.error().message);
    QVERIFY2(message.contains(because), message.constData());
    QVERIFY2(message.contains("8760h"), message.constData());   // says how it is written
    for (const char c : message)
        QVERIFY(static_cast<unsigned char>(c) >= 0x20);
}

void TestDuration::foreverHasNoEnd()
{
    const auto duration = Duration::parse("forever");
    QVERIFY(duration.has_value());
    QVERIFY(duration->isForever());
    QVERIFY(!duration->length());
    QCOMPARE(duration->text(), std::string("forever"));
    QVERIFY(*duration == Duration::forever());
    QVERIFY(!duration->endFrom(at("2026-11-24T12:00:00Z")));
}

void TestDuration::namedLengths()
{
    QCOMPARE(Duration::oneYear().text(), std::string("8760h"));
    QVERIFY(Duration::oneYear().length() == std::chrono::hours(8760));
    QCOMPARE(Duration::oneDay().text(), std::string("24h"));
    QVERIFY(Duration::oneDay().length() == std::chrono::hours(24));
    QVERIFY(Duration::hours(1) == Duration::parse("1h"));
}

void TestDuration::comparesWhatWasWritten()
{
    // A declarative client that wrote 1440m and reads 24h would see a change that nobody made.
    QVERIFY(Duration::parse("1440m")->length() == Duration::oneDay().length());
    QVERIFY(!(*Duration::parse("1440m") == Duration::oneDay()));
    QVERIFY(*Duration::parse("24h") == Duration::oneDay());
}

void TestDuration::longestText()
{
    const std::string fits = std::string(Duration::longestText - 2, '0') + "1h";
    QVERIFY(Duration::parse(fits).has_value());
    const auto tooLong = Duration::parse("0" + fits);
    QVERIFY(!tooLong);
    QVERIFY(tooLong.error().message.find("100 characters") != std::string::npos);
    const auto huge = Duration::parse(std::string(10'000'000, '9'));
    QVERIFY(!huge);
    QVERIFY(huge.error().message.size() < 300);
}

void TestDuration::ends_data()
{
    QTest::addColumn<QByteArray>("duration");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("end");
    const auto row = [](const char* name, const char* duration, const char* from, const char* end) {
        QTest::newRow(name) << QByteArray(duration) << QByteArray(from) << QByteArray(end);
    };
    row("a year", "8760h", "2026-11-24T12:04:31Z", "2027-11-24T12:04:31Z");
    row("a leap year is a day short", "8760h", "2027-11-24T12:04:31Z", "2028-11-23T12:04:31Z");
    row("over midnight", "2h45m", "2026-12-31T23:00:00Z", "2027-01-01T01:45:00Z");
    row("a second", "1s", "2026-11-24T12:00:59Z", "2026-11-24T12:01:00Z");
    row("a part of a second is a second", "1ns", "2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z");
    row("rounded up", "1.5s", "2026-11-24T12:00:00Z", "2026-11-24T12:00:02Z");
    row("1000 ms are no more than a second", "1000ms", "2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z");
    row("before 1970", "24h", "1969-12-31T12:00:00Z", "1970-01-01T12:00:00Z");
    row("from the first second there is", "1h", "0001-01-01T00:00:00Z", "0001-01-01T01:00:00Z");
    // 292 years of nanoseconds do not fit behind 1970.
    row("over the end of nanoseconds", "876000h", "2200-01-01T00:00:00Z", "2299-12-08T00:00:00Z");
    row("the longest there is", "2562047h47m16.854775807s", "2026-01-01T00:00:00Z", "2318-04-12T23:47:17Z");
    row("up to the last second", "1s", "9999-12-31T23:59:58Z", "9999-12-31T23:59:59Z");
    row("held at the last second", "2s", "9999-12-31T23:59:58Z", "9999-12-31T23:59:59Z");
    row("already there", "1ns", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z");
    row("a year in the last year", "8760h", "9999-06-01T00:00:00Z", "9999-12-31T23:59:59Z");
    row("the longest in the last year", "2562047h", "9999-06-01T00:00:00Z", "9999-12-31T23:59:59Z");
}

void TestDuration::ends()
{
    QFETCH(const QByteArray, duration);
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, end);
    const auto parsed = Duration::parse(duration.toStdString());
    QVERIFY(parsed.has_value());
    const auto moment = parsed->endFrom(at(from));
    QVERIFY(moment.has_value());
    QCOMPARE(QByteArray::fromStdString(base::formatRfc3339(*moment)), end);
}

LATCHKEY_TEST(TestDuration)

} // namespace tst_access_duration

#include "tst_access_duration.moc"
