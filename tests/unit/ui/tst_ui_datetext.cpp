// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ui/DateText.h"
#include "ui/EnglishPlurals.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_ui_datetext {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds now = sys_days(std::chrono::year(2026) / 11 / 23) + 12h + 4min + 31s;   // a Monday

DateText dates(const char* locale = "en_GB")
{
    return DateText(QLocale(QString::fromLatin1(locale)), QTimeZone("Europe/Berlin"));
}

} // namespace

class TestDateText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCoreApplication::installTranslator(&m_plurals); }

    void aDistanceIsToldInOneUnit_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, std::chrono::seconds distance, const char* text) {
            QTest::newRow(name) << static_cast<qint64>(distance.count()) << QString::fromUtf8(text);
        };
        row("now", 0s, "in less than a minute");
        row("59 seconds", 59s, "in less than a minute");
        row("a minute", 60s, "in 1 minute");
        row("an hour all but a second rounds up", 3599s, "in 1 hour");
        row("two hours 45 minutes", 2h + 45min, "in 3 hours");
        row("23 hours and a bit", 23h + 20min, "in 23 hours");
        row("a day", 24h, "in 1 day");
        row("twelve days", 12 * 24h + 2h, "in 12 days");
        row("a token of 30 days, a moment later", 30 * 24h - 3s, "in 30 days");
        row("59 days", 59 * 24h, "in 59 days");
        row("60 days", 60 * 24h, "in 2 months");
        row("a year of 8760 hours", 8760h, "in 1 year");
        row("a year, a moment later", 8760h - 3s, "in 1 year");
        row("13 months", 9600h, "in 13 months");
        row("two years", 17520h, "in 2 years");
        row("ten years", 87600h, "in 10 years");
        row("a second ago", -1s, "just now");
        row("a minute ago", -60s, "1 minute ago");
        row("two days ago", -48h, "2 days ago");
        row("three months ago", -91 * 24h, "3 months ago");
        row("two years ago", -17520h, "2 years ago");
    }

    void aDistanceIsToldInOneUnit()
    {
        QFETCH(qint64, seconds);
        QFETCH(QString, expected);
        QCOMPARE(dates().relative(now + std::chrono::seconds(seconds), now), expected);
    }

    void thePastIsToldAsPeopleSayIt_data()
    {
        QTest::addColumn<qint64>("ago");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, std::chrono::seconds ago, const char* text) {
            QTest::newRow(name) << static_cast<qint64>(ago.count()) << QString::fromUtf8(text);
        };
        row("a clock that is ahead", -90s, "Just now");
        row("seconds", 20s, "Just now");
        row("a minute", 65s, "1 minute ago");
        row("minutes round down", 179s, "2 minutes ago");
        row("this morning, in the zone's time", 2h + 23min, "Today, 10:41");
        row("yesterday, though less than 24 hours ago", 14h, "Yesterday");
        row("yesterday by the calendar", 30h, "Yesterday");
        row("three days", 72h, "3 days ago");
        row("six days", 6 * 24h, "6 days ago");
        row("a week", 7 * 24h, "16 Nov");
        row("this year", 80 * 24h, "4 Sept");
        row("another year", 800 * 24h, "14 Sept 2024");
    }

    void thePastIsToldAsPeopleSayIt()
    {
        QFETCH(qint64, ago);
        QFETCH(QString, expected);
        QCOMPARE(dates().seen(now - std::chrono::seconds(ago), now), expected);
    }

    void aMomentIsToldInTheZoneAndTheLocale()
    {
        const sys_seconds end = sys_days(std::chrono::year(2026) / 12 / 5) + 13h;
        QCOMPARE(dates().absolute(end), u"5 Dec 2026, 14:00"_s);
        QCOMPARE(dates().both(end, now), u"in 12 days · 5 Dec 2026, 14:00"_s);
        QCOMPARE(dates("de_DE").absolute(end), u"5 Dez. 2026, 14:00"_s);
        QVERIFY(dates("en_US").absolute(end).startsWith(u"5 Dec 2026, 2:00"_s));
        QCOMPARE(dates().timeOfDay(now), u"13:04:31"_s);
        QCOMPARE(dates("de_DE").count(10000), u"10.000"_s);
    }

    void theDayChangesWithTheZoneNotWithUtc()
    {
        const sys_seconds lateEvening = sys_days(std::chrono::year(2026) / 11 / 22) + 23h + 30min;   // 00:30 in Berlin
        QCOMPARE(dates().seen(lateEvening, now), u"Today, 00:30"_s);
    }

    void aDurationIsToldExactly_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a year") << u"8760h"_s << u"1 year"_s;
        QTest::newRow("two years") << u"17520h"_s << u"2 years"_s;
        QTest::newRow("90 days") << u"2160h"_s << u"90 days"_s;
        QTest::newRow("a day") << u"24h"_s << u"1 day"_s;
        QTest::newRow("hours and minutes") << u"2h45m"_s << u"2 hours 45 minutes"_s;
        QTest::newRow("all units") << u"90061s"_s << u"1 day 1 hour 1 minute 1 second"_s;
        QTest::newRow("below a second, as written") << u"1500ms"_s << u"1500ms"_s;
        QTest::newRow("without an end") << u"forever"_s << u"Forever"_s;
    }

    void aDurationIsToldExactly()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto duration = access::Duration::parse(text.toStdString());
        QVERIFY(duration.has_value());
        QCOMPARE(dates().length(*duration), expected);
    }

    void aCountdownHasTwoDigitsOfSeconds_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QString>("expected");
        QTest::newRow("52") << 52 << u"0:52"_s;
        QTest::newRow("60") << 60 << u"1:00"_s;
        QTest::newRow("9") << 9 << u"0:09"_s;
        QTest::newRow("below nothing") << -3 << u"0:00"_s;
    }

    void aCountdownHasTwoDigitsOfSeconds()
    {
        QFETCH(int, seconds);
        QFETCH(QString, expected);
        QCOMPARE(DateText::countdown(std::chrono::seconds(seconds)), expected);
    }

private:
    EnglishPlurals m_plurals;
};

LATCHKEY_TEST(TestDateText)

} // namespace tst_ui_datetext

#include "tst_ui_datetext.moc"
