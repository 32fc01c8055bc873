// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/ExpiryReport.h"
#include "app/ListExport.h"
#include "ui/EnglishPlurals.h"

#include "TestProgram.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace tst_app_listexport {

using namespace latchkey;
using namespace latchkey::app;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

ExportedList::Row row(const std::string& name, std::optional<std::chrono::seconds> endsIn)
{
    access::ServiceToken token;
    token.id = {"11111111-2222-4333-8444-555555555555"};
    token.clientId = {"88bf3b6d86161464f6509f7219099e57.access"};
    token.name = name;
    token.createdAt = now - 24h * 100;
    token.updatedAt = now - 24h;
    if (endsIn)
        token.expiresAt = now + *endsIn;
    return {token, {}, {}};
}

/// What a calendar program reads: lines unfolded.
QStringList unfolded(const QByteArray& calendar)
{
    return QString::fromUtf8(calendar).remove(u"\r\n "_s).split(u"\r\n"_s);
}

} // namespace

class TestListExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
        QCoreApplication::installTranslator(&m_plurals);
    }

    void csvHasALineAToken()
    {
        ExportedList::Row first = row("ci-deploy", 24h * 10);
        first.applications = {u"Grafana"_s, u"Prometheus"_s};
        first.note = {u"Ada"_s, u"two\nlines, \"quoted\""_s};
        const QByteArray csv = asCsv({u"Production"_s, now, {first, row("=cmd|' /C calc'!A0", {})}});
        QVERIFY(csv.startsWith("\"name\",\"client_id\",\"id\",\"account\",\"state\","));
        QVERIFY(csv.contains("\"ci-deploy\",\"88bf3b6d86161464f6509f7219099e57.access\",\"11111111-2222-4333-8444-555555555555\","
                             "\"Production\",\"expiring\",\"true\",\"8760h\",\"2026-08-15T12:00:00Z\",\"2026-11-22T12:00:00Z\","
                             "\"2026-12-03T12:00:00Z\",\"\",\"Grafana; Prometheus\",\"Ada\",\"two\nlines, \"\"quoted\"\"\"\r\n"));
        QVERIFY2(csv.contains("\"'=cmd|' /C calc'!A0\""), "no formula for a spreadsheet to run");
        QCOMPARE(csv.count("\r\n"), 3);
    }

    void jsonHasTheApisMembersAndOurs()
    {
        ExportedList::Row first = row("ci \"deploy\"", -24h);
        first.applications = {u"Grafana"_s};
        first.note = {u"Ada"_s, u"note"_s};
        const QJsonArray tokens = QJsonDocument::fromJson(asJson({u"Local agent"_s, now, {first, row("never", {})}})).array();
        QCOMPARE(tokens.size(), 2);
        const QJsonObject token = tokens[0].toObject();
        QCOMPARE(token[u"name"_s].toString(), u"ci \"deploy\""_s);
        QCOMPARE(token[u"state"_s].toString(), u"expired"_s);
        QCOMPARE(token[u"expires_at"_s].toString(), u"2026-11-22T12:00:00Z"_s);
        QCOMPARE(token[u"applications"_s].toArray(), QJsonArray{u"Grafana"_s});
        QCOMPARE(token[u"owner"_s].toString(), u"Ada"_s);
        QVERIFY(tokens[1].toObject()[u"expires_at"_s].isNull());
        QVERIFY(tokens[1].toObject()[u"last_seen_at"_s].isNull());
    }

    void theCalendarHasWhatIsAhead()
    {
        ExportedList::Row first = row("a; b, c\\d", 24h * 10);
        first.applications = {u"Grafana"_s};
        const QByteArray calendar = asCalendar({u"Production"_s, now, {first, row("over", -1h), row("never", {})}});
        QVERIFY(calendar.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
        QVERIFY(calendar.endsWith("END:VCALENDAR\r\n"));
        QCOMPARE(calendar.count("BEGIN:VEVENT"), 1);
        const QStringList lines = unfolded(calendar);
        QVERIFY(lines.contains(u"UID:11111111-2222-4333-8444-555555555555@latchkey"_s));
        QVERIFY(lines.contains(u"DTSTAMP:20261123T120000Z"_s));
        QVERIFY(lines.contains(u"DTSTART:20261203T120000Z"_s));
        QVERIFY(lines.contains(u"SUMMARY:Service token “a\\; b\\, c\\\\d” expires"_s));
        QVERIFY(lines.contains(u"DESCRIPTION:Client ID: 88bf3b6d86161464f6509f7219099e57.access\\nAccount: Production\\nOpens: Grafana"_s));
        QVERIFY(lines.contains(u"TRIGGER:-P7D"_s));
    }

    void aRefreshedTokensEventIsNewer()
    {
        const auto sequenceOf = [](const ExportedList::Row& row) {
            const QString line = unfolded(asCalendar({u"x"_s, now, {row}})).filter(u"SEQUENCE:"_s).value(0);
            return line.mid(9).toLongLong();
        };
        ExportedList::Row token = row("ci", 24h);
        const qlonglong before = sequenceOf(token);
        QVERIFY(before > 0);
        token.token.updatedAt = now;
        QVERIFY(sequenceOf(token) > before);
        QVERIFY(sequenceOf(token) < 2147483647);
    }

    void calendarLinesAreShortAndWhole()
    {
        const std::string name = QString(u"größer €𝄞 "_s).repeated(20).toStdString();
        const QByteArray calendar = asCalendar({u"x"_s, now, {row(name, 24h)}});
        for (const QByteArray& line : calendar.split('\n')) {
            QVERIFY2(line.size() <= 76, line.constData());   // with its CR
            QVERIFY(QString::fromUtf8(line).indexOf(QChar::ReplacementCharacter) < 0);
        }
        QVERIFY(unfolded(calendar).contains(u"SUMMARY:Service token “%1” expires"_s.arg(QString::fromStdString(name))));
    }

    void aNameCannotWriteLinesOfItsOwn()
    {
        const QByteArray calendar = asCalendar({u"x"_s, now, {row("evil\r\nATTACH:file:///etc/passwd\t\x01", 24h)}});
        QCOMPARE(calendar.count("\r\nATTACH"), 0);
        QVERIFY(unfolded(calendar).contains(u"SUMMARY:Service token “evil\\nATTACH:file:///etc/passwd  ” expires"_s));
    }

    void theReportIsSortedIntoSections()
    {
        ExportedList::Row owned = row("<b>bold</b>", 24h * 5);
        owned.note.owner = u"Ada & Bob"_s;
        ExportedList::Row off = row("off", 24h * 20);
        off.token.enabled = false;
        const QString text = expiryReportText({u"Production"_s, now, {row("later", 24h * 500), row("never", {}), off, owned, row("over", -24h)}});
        QVERIFY2(text.contains(u"&lt;b&gt;bold&lt;/b&gt;"_s), "a name is no markup");
        QVERIFY(text.contains(u"Ada &amp; Bob"_s));
        QVERIFY(text.contains(u"off (disabled)"_s));
        qsizetype at = 0;
        for (const QString& part : {u"Expiry of service tokens"_s, u"Production"_s, u"Past their end: 1 token"_s, u">over<"_s, u"Within 7 days: 1 token"_s,
                                    u"bold"_s, u"Within 30 days: 1 token"_s, u"Later: 1 token"_s, u">later<"_s, u"Never end: 1 token"_s, u">never<"_s}) {
            at = text.indexOf(part, at);
            QVERIFY2(at >= 0, qPrintable(part));
        }
        QVERIFY2(!text.contains(u"Within 90 days"_s), "no empty section");
    }

    void aReportOfVeryManyTokensEnds()
    {
        ExportedList list{u"Production"_s, now, {}};
        for (int i = 0; i < 2500; ++i)
            list.rows.push_back(row("token " + std::to_string(i), 24h * (2500 - i)));
        const QString text = expiryReportText(list);
        QCOMPARE(text.count(u">token "_s), 2000);
        QVERIFY2(text.contains(u">token 2499<"_s) && !text.contains(u">token 0<"_s), "the most urgent are listed");
        QVERIFY(text.contains(u"500 more tokens"_s));
    }

    void theReportIsAPdf()
    {
        const QByteArray pdf = expiryReport({u"Production"_s, now, {row("ci-deploy", 24h * 5)}});
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        QVERIFY(pdf.contains("/Type /Page\n") || pdf.contains("/Type /Page "));
    }

private:
    ui::EnglishPlurals m_plurals;
};

LATCHKEY_WIDGET_TEST(TestListExport)

} // namespace tst_app_listexport

#include "tst_app_listexport.moc"
