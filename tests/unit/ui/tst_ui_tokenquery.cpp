// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "ui/TokenQuery.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_ui_tokenquery {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// The names of the sample tokens that match; `grafana-prod` is named by Grafana and owned by Ada.
QStringList matching(const TokenQuery& query)
{
    QStringList names;
    const std::string application = TokenQuery::folded(u"Grafana"_s);
    for (const access::ServiceToken& token : samples::tokens()) {
        const std::string name = TokenQuery::folded(QString::fromStdString(token.name));
        std::string haystack = name;
        haystack.push_back('\n');
        haystack += token.clientId.value;
        const bool named = token.name == "grafana-prod";
        const std::vector<const std::string*> applications = named ? std::vector{&application} : std::vector<const std::string*>{};
        if (query.matches({token, haystack, name, applications, named ? std::string_view("ada lovelace") : std::string_view()}, samples::now))
            names << QString::fromStdString(token.name);
    }
    return names;
}

} // namespace

class TestTokenQuery : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aQueryFinds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(expected);
        };
        // 23 November 2026, 12:04:31 UTC; the ends are -2, 12, 19, 28, 95, 155, 246 (disabled) days and never.
        row("", "legacy-backup-job grafana-prod ci-deploy status-page billing-webhook terraform partner-feed synthetic-checks");
        row("GRAFANA", "grafana-prod");
        row("a prod", "grafana-prod");
        row("-a", "");   // each Client ID has an a
        row("\"a-p\"", "grafana-prod");
        row("\"a-p", "grafana-prod");
        row("\"name:x\"", "");
        row("-", "legacy-backup-job grafana-prod ci-deploy status-page billing-webhook terraform partner-feed synthetic-checks");
        row("name:ci", "ci-deploy");
        row("name:ci*", "ci-deploy");
        row("name:*-p???", "grafana-prod status-page");
        row("name:deploy*", "");
        row("NAME:CI*", "ci-deploy");
        row("name:\"ci*\"", "");
        row("expires:<30d", "grafana-prod ci-deploy status-page");
        row("expires:<2w", "grafana-prod");
        row("expires:<300h", "grafana-prod");
        row("expires:>90d", "billing-webhook terraform partner-feed");
        row("expires:>90d -state:disabled", "billing-webhook terraform");
        row("expires:never", "synthetic-checks");
        row("-expires:never expires:>2027-01-01", "billing-webhook terraform partner-feed");
        row("expires:<2026-11-22", "legacy-backup-job");
        row("expires:<2026-11-21", "");
        row("expires:<=2026-11-21", "legacy-backup-job");
        row("expires:2026-11-21", "legacy-backup-job");
        row("expires:>2026-11-21", "grafana-prod ci-deploy status-page billing-webhook terraform partner-feed");
        row("expires:>=2026-11-21", "legacy-backup-job grafana-prod ci-deploy status-page billing-webhook terraform partner-feed");
        row("expires:2026-12", "grafana-prod ci-deploy status-page");
        row("expires:2026", "legacy-backup-job grafana-prod ci-deploy status-page");
        row("seen:never", "status-page");
        row("seen:<1d", "grafana-prod ci-deploy synthetic-checks");
        row("seen:>30d", "partner-feed");
        row("seen:<2026-11-20", "terraform partner-feed");
        row("state:disabled", "partner-feed");
        row("state:expired", "legacy-backup-job");
        row("state:expiring,expired", "legacy-backup-job grafana-prod ci-deploy status-page");
        row("state:active", "billing-webhook terraform synthetic-checks");
        row("app:graf", "grafana-prod");
        row("app:g*a", "grafana-prod");
        row("app:prom", "");
        row("app:none name:t*", "terraform");
        row("owner:lovelace", "grafana-prod");
        row("owner:\"ada l\"", "grafana-prod");
        row("owner:none name:c*", "ci-deploy");
    }

    void aQueryFinds()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const TokenQuery query = TokenQuery::parse(text, QTimeZone::utc());
        QVERIFY2(!query.problem(), qPrintable(query.problem() ? query.problem()->message : QString()));
        QCOMPARE(matching(query).join(u' '), expected);
    }

    void aWrongTermIsToldAndLeftOut_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qsizetype>("position");
        QTest::addColumn<qsizetype>("length");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* text, qsizetype position, qsizetype length, const char* says) {
            QTest::newRow(text) << QString::fromUtf8(text) << position << length << QString::fromUtf8(says);
        };
        row("ci expires:<30", 3, 11, "expires:<30d");
        row("ci expires:30d", 3, 11, "expires:<30d");
        row("ci expires:", 3, 8, "expires:<30d");
        row("ci expires:<2026-13-01", 3, 19, "expires:>2027-01-01");
        row("ci expires:<2027-02-29", 3, 19, "expires:>2027-01-01");
        row("ci seen:soon", 3, 9, "seen:>30d");
        row("seen:7d ci", 0, 7, "seen:>7d");
        row("ci state:gone", 3, 10, "active, expiring, expired or disabled");
        row("ci state:", 3, 6, "state:expiring");
        row("ci name:", 3, 5, "name:ci*");
        row("ci -foo:bar", 3, 8, "foo:");
        row("ci expires:<3m", 3, 11, "expires:<30d");
    }

    void aWrongTermIsToldAndLeftOut()
    {
        QFETCH(QString, text);
        QFETCH(qsizetype, position);
        QFETCH(qsizetype, length);
        QFETCH(QString, says);
        const TokenQuery query = TokenQuery::parse(text, QTimeZone::utc());
        QVERIFY(query.problem());
        QCOMPARE(query.problem()->position, position);
        QCOMPARE(query.problem()->length, length);
        QVERIFY2(query.problem()->message.contains(says), qPrintable(query.problem()->message));
        QVERIFY(matching(query).contains(u"ci-deploy"_s));
    }

    void datesAreDaysOfThePerson()
    {
        // A token that ends on 5 December at 14:04 UTC ends on the 6th in Auckland.
        const QTimeZone auckland("Pacific/Auckland");
        QVERIFY(auckland.isValid());
        QCOMPARE(matching(TokenQuery::parse(u"expires:2026-12-06"_s, auckland)), QStringList{u"grafana-prod"_s});
        QCOMPARE(matching(TokenQuery::parse(u"expires:2026-12-05"_s, auckland)), QStringList{});
    }

    void typingNarrows_data()
    {
        QTest::addColumn<QString>("earlier");
        QTest::addColumn<QString>("later");
        QTest::addColumn<bool>("narrows");
        const auto row = [](const char* earlier, const char* later, bool narrows) {
            QTest::addRow("%s, then %s", earlier, later) << QString::fromUtf8(earlier) << QString::fromUtf8(later) << narrows;
        };
        row("", "g", true);
        row("g", "gr", true);
        row("gr", "g", false);
        row("gr", "x gr", true);
        row("gr", "gr state:expired", true);
        row("-g", "-gr", false);
        row("name:c", "name:ci", true);
        row("name:c", "name:ci*", false);
        row("name:c*", "name:c*", true);
        row("state:expired", "state:active", false);
        row("expires:<3d", "expires:<30d", false);
    }

    void typingNarrows()
    {
        QFETCH(QString, earlier);
        QFETCH(QString, later);
        QFETCH(bool, narrows);
        QCOMPARE(TokenQuery::parse(later).narrows(TokenQuery::parse(earlier)), narrows);
    }

    void timeMattersOnlyWhereItIsNamed()
    {
        QVERIFY(TokenQuery::parse(u"expires:<30d"_s).dependsOnTime());
        QVERIFY(TokenQuery::parse(u"-state:expired"_s).dependsOnTime());
        QVERIFY(!TokenQuery::parse(u"ci expires:2027-01"_s).dependsOnTime());
    }
};

LATCHKEY_TEST(TestTokenQuery)

} // namespace tst_ui_tokenquery

#include "tst_ui_tokenquery.moc"
