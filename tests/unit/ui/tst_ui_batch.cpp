// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "Widgets.h"
#include "ui/DeleteDialog.h"
#include "ui/EnglishPlurals.h"
#include "ui/ObjectNames.h"
#include "ui/RefreshDialog.h"
#include "ui/Theme.h"

#include "TestProgram.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

namespace tst_ui_batch {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::ServiceToken;
using access::TokenId;
using samples::child;

namespace {

bool says(const QWidget& widget, const QString& text)
{
    for (const QLabel* label : widget.findChildren<QLabel*>()) {
        if (label->isVisibleTo(&widget) && label->text().contains(text))
            return true;
    }
    return false;
}

const Error noAnswer{ErrorCode::network, "The agent does not answer.", {}};

} // namespace

class TestBatchDialogs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(u"en_GB"_s));
        QCoreApplication::installTranslator(&m_plurals);
        m_theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void refreshShowsBothEnds()
    {
        ServiceToken token = samples::tokens()[1];
        RefreshDialog dialog(m_theme, {token}, samples::now);
        dialog.show();
        QVERIFY(says(dialog, u"in 12 days · 5 Dec 2026"_s));
        QVERIFY(says(dialog, u"in 1 year · 23 Nov 2027"_s));
        start(dialog);
        QCOMPARE(m_started, std::vector{token.id});
        token.expiresAt = samples::now + 8760h + 60s;
        dialog.showRefreshed(token);
        QVERIFY(says(dialog, u"Ended before"_s));
        QVERIFY(says(dialog, u"in 12 days · 5 Dec 2026"_s));
        QVERIFY(says(dialog, u"12:05"_s));
        QCOMPARE(cancel(dialog).text(), u"Done"_s);
        QVERIFY(!startButton(dialog).isVisible());
    }

    void refreshNamesALoss()
    {
        ServiceToken token = samples::tokens()[4];
        token.expiresAt = samples::now + 8760h + 35 * 24h;
        RefreshDialog dialog(m_theme, {token}, samples::now);
        QVERIFY(says(dialog, u"35 days earlier"_s));
    }

    void refreshOfATokenWithoutEndHasNothingToDo()
    {
        RefreshDialog dialog(m_theme, {samples::tokens()[7]}, samples::now);
        dialog.show();
        QVERIFY(says(dialog, u"a refresh changes nothing"_s));
        QVERIFY(!startButton(dialog).isVisible());
    }

    void refreshOfManyLeavesThoseWithoutEndAlone()
    {
        RefreshDialog dialog(m_theme, samples::tokens(), samples::now);
        dialog.show();
        QVERIFY(startButton(dialog).text().contains(u"7 tokens"_s));
        start(dialog);
        QCOMPARE(m_started.size(), std::size_t(7));
        QVERIFY(std::ranges::find(m_started, samples::tokens()[7].id) == m_started.end());
    }

    void deleteSaysWhatStopsWorking()
    {
        DeleteDialog dialog(m_theme, {.tokens = {samples::tokens()[1]}, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        QVERIFY(says(dialog, u"2 minutes ago"_s));
        QVERIFY(says(dialog, u"1 application can no longer be reached"_s));
        QVERIFY(says(dialog, u"Grafana"_s));
        QVERIFY2(!says(dialog, u"Prometheus"_s), "an Allow policy never let it in");
    }

    void deleteAsksForTheNameWhenUsedLately_data()
    {
        QTest::addColumn<qint64>("secondsAgo");
        QTest::addColumn<bool>("asks");
        QTest::newRow("just now") << qint64(1) << true;
        QTest::newRow("a second less than seven days") << qint64(7 * 86400 - 1) << true;
        QTest::newRow("seven days") << qint64(7 * 86400) << false;
        QTest::newRow("never") << qint64(-1) << false;
    }

    void deleteAsksForTheNameWhenUsedLately()
    {
        QFETCH(qint64, secondsAgo);
        QFETCH(bool, asks);
        ServiceToken token = samples::tokens()[1];
        token.lastSeenAt = secondsAgo < 0 ? std::nullopt : std::optional(samples::now - std::chrono::seconds(secondsAgo));
        DeleteDialog dialog(m_theme, {.tokens = {token}, .applications = {}, .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        auto* typed = dialog.findChild<QLineEdit*>(QString(names::deleteTyped));
        QCOMPARE(typed != nullptr, asks);
        QCOMPARE(startButton(dialog).isEnabled(), !asks);
        if (!asks)
            return;
        QTest::keyClicks(typed, u"grafana-pro"_s);
        QVERIFY(!startButton(dialog).isEnabled());
        QTest::keyClicks(typed, u"D"_s);
        QVERIFY2(!startButton(dialog).isEnabled(), "capitals count");
        QTest::keyClick(typed, Qt::Key_Backspace);
        QTest::keyClicks(typed, u"d"_s);
        QVERIFY(startButton(dialog).isEnabled());
    }

    void deletingOneClosesWhenItIsDone()
    {
        DeleteDialog dialog(m_theme, {.tokens = {samples::tokens()[3]}, .applications = {}, .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        start(dialog);
        dialog.showDone(samples::tokens()[3].id);
        QCOMPARE(accepted.count(), 1);
    }

    void aFailureStandsWhereItHappenedAndCanBeTriedAgain()
    {
        DeleteDialog dialog(m_theme, {.tokens = {samples::tokens()[3]}, .applications = {}, .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        start(dialog);
        dialog.showFailed(samples::tokens()[3].id, noAnswer);
        QVERIFY(dialog.isVisible());
        QCOMPARE(child<QLabel>(dialog, QString(names::batchError)).text(), u"The agent does not answer."_s);
        QCOMPARE(startButton(dialog).text(), u"Try again"_s);
        start(dialog);
        QCOMPARE(m_started, std::vector{samples::tokens()[3].id});
    }

    void deletingManyTellsEachOutcomeAndRetriesOnlyTheFailed()
    {
        const auto tokens = samples::tokens();
        DeleteDialog dialog(m_theme, {.tokens = tokens, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        QVERIFY(startButton(dialog).text().contains(u"Delete 8 tokens"_s));
        QVERIFY(!startButton(dialog).isEnabled());
        QTest::keyClicks(&child<QLineEdit>(dialog, QString(names::deleteTyped)), u"8"_s);
        start(dialog);
        QCOMPARE(m_started.size(), std::size_t(8));
        QVERIFY(child<QProgressBar>(dialog, QString(names::batchProgress)).isVisible());
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (i == 2 || i == 5)
                dialog.showFailed(tokens[i].id, noAnswer);
            else
                dialog.showDone(tokens[i].id);
        }
        auto& table = child<QTableWidget>(dialog, QString(names::batchTable));
        QCOMPARE(table.item(0, 3)->text(), u"Deleted"_s);
        QCOMPARE(table.item(2, 3)->text(), u"The agent does not answer."_s);
        QCOMPARE(startButton(dialog).text(), u"Try 2 again"_s);
        start(dialog);
        QCOMPARE(m_started, (std::vector{tokens[2].id, tokens[5].id}));
        dialog.showDone(tokens[2].id);
        dialog.showDone(tokens[5].id);
        QCOMPARE(cancel(dialog).text(), u"Done"_s);
    }

    void stoppingAsksOnceAndWaitsForTheTruth()
    {
        const auto tokens = samples::tokens();
        DeleteDialog dialog(m_theme, {.tokens = {tokens[3], tokens[5]}, .applications = {}, .account = u"Local agent"_s, .production = false, .now = samples::now});
        dialog.show();
        QSignalSpy cancelled(&dialog, &BatchDialog::cancelRequested);
        start(dialog);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        dialog.close();
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(dialog.isVisible());
        dialog.showDone(tokens[3].id);
        dialog.showFailed(tokens[5].id, {ErrorCode::cancelled, "Stopped.", {}});
        QCOMPARE(child<QTableWidget>(dialog, QString(names::batchTable)).item(1, 3)->text(), u"Not done"_s);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(!dialog.isVisible());
    }

private:
    QPushButton& startButton(const QWidget& dialog) { return child<QPushButton>(dialog, QString(names::batchStart)); }
    QPushButton& cancel(const QWidget& dialog) { return child<QPushButton>(dialog, QString(names::batchCancel)); }

    void start(BatchDialog& dialog)
    {
        m_started.clear();
        const auto connection = connect(&dialog, &BatchDialog::startRequested, this, [this](const std::vector<TokenId>& ids) { m_started = ids; });
        QTest::mouseClick(&startButton(dialog), Qt::LeftButton);
        disconnect(connection);
    }

    Theme m_theme;
    EnglishPlurals m_plurals;
    std::vector<TokenId> m_started;
};

LATCHKEY_WIDGET_TEST(TestBatchDialogs)

} // namespace tst_ui_batch

#include "tst_ui_batch.moc"
