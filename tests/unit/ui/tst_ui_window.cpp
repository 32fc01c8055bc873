// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "Widgets.h"
#include "ui/CommandPalette.h"
#include "ui/ConfirmDialog.h"
#include "ui/EnglishPlurals.h"
#include "ui/MainWindow.h"
#include "ui/ObjectNames.h"
#include "ui/Theme.h"
#include "ui/TokenModel.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::TokenId;
using samples::child;

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(u"en_GB"_s));
        QCoreApplication::installTranslator(&m_plurals);
        m_theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void init()
    {
        m_window = std::make_unique<MainWindow>(m_theme, samples::now);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup() { m_window.reset(); }

    void itLoadsThenLeadsToTheFirstToken()
    {
        m_window->setLoading();
        QCOMPARE(page(), QString(names::loadingPage));
        m_window->setTokens({}, samples::now);
        QCOMPARE(page(), QString(names::emptyPage));
        QSignalSpy create(m_window.get(), &MainWindow::createRequested);
        QCOMPARE(m_window->focusWidget(), &child<QWidget>(*m_window, QString(names::emptyCreate)));
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Return);
        QCOMPARE(create.count(), 1);
        m_window->putToken(samples::tokens()[0]);
        QCOMPARE(page(), QString(names::tokenTable));
    }

    void aFailedFirstLoadOffersRetry()
    {
        m_window->setLoadError({ErrorCode::network, "The agent does not answer.", {}});
        QCOMPARE(page(), QString(names::errorPage));
        QSignalSpy reload(m_window.get(), &MainWindow::reloadRequested);
        QTest::mouseClick(&child<QPushButton>(*m_window, QString(names::errorRetry)), Qt::LeftButton);
        QCOMPARE(reload.count(), 1);
    }

    void aFailedReloadKeepsTheRowsAndMarksThemAsOld()
    {
        fill();
        m_window->setLoadError({ErrorCode::network, "The agent does not answer.", {}});
        QCOMPARE(page(), QString(names::tokenTable));
        QVERIFY(child<QWidget>(*m_window, QString(names::oldBanner)).isVisible());
        QVERIFY(child<QLabel>(*m_window, QString(names::statusRight)).text().startsWith(u"Out of date"_s));
        QVERIFY(m_window->tokenModel().isOld());
        QSignalSpy reload(m_window.get(), &MainWindow::reloadRequested);
        QTest::mouseClick(&child<QPushButton>(*m_window, QString(names::oldRetry)), Qt::LeftButton);
        QCOMPARE(reload.count(), 1);
        fill();
        QVERIFY(!child<QWidget>(*m_window, QString(names::oldBanner)).isVisible());
        QVERIFY(!m_window->tokenModel().isOld());
    }

    void aFilterThatHidesAllCanBeCleared()
    {
        fill();
        QTest::keyClicks(&child<QLineEdit>(*m_window, QString(names::searchField)), u"zzz"_s);
        QCOMPARE(page(), QString(names::noMatchPage));
        QCOMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"0 of 8 tokens"_s);
        QTest::mouseClick(&child<QPushButton>(*m_window, QString(names::clearFilter)), Qt::LeftButton);
        QCOMPARE(page(), QString(names::tokenTable));
    }

    void chipsFilterByMouseAndKeyboard()
    {
        fill();
        auto& expired = child<QPushButton>(*m_window, names::filterChip(TokenFilter::expired));
        QCOMPARE(expired.text(), u"Expired 1"_s);
        QTest::mouseClick(&expired, Qt::LeftButton);
        QCOMPARE(table().model()->rowCount(), 1);
        QTest::keyClick(&expired, Qt::Key_Right);
        QVERIFY(child<QPushButton>(*m_window, names::filterChip(TokenFilter::disabled)).isChecked());
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Escape);
        QTRY_VERIFY(child<QPushButton>(*m_window, names::filterChip(TokenFilter::all)).isChecked());
        QCOMPARE(table().model()->rowCount(), 8);
    }

    void everyShortcutDoesItsWork()
    {
        fill();
        m_window->selectToken(samples::tokens()[1].id);
        table().setFocus();
        QSignalSpy create(m_window.get(), &MainWindow::createRequested);
        QSignalSpy reload(m_window.get(), &MainWindow::reloadRequested);
        QSignalSpy quit(m_window.get(), &MainWindow::quitRequested);
        QSignalSpy copied(m_window.get(), &MainWindow::copyTextRequested);
        std::vector<TokenId> deleted;
        connect(m_window.get(), &MainWindow::deleteRequested, this, [&](const std::vector<TokenId>& ids) { deleted = ids; });

        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(create.count(), 1);
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QCOMPARE(reload.count(), 1);
        QTest::keyClick(m_window.get(), Qt::Key_Q, Qt::ControlModifier);
        QCOMPARE(quit.count(), 1);
        QTest::keyClick(&table(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(copied.count(), 1);
        QCOMPARE(copied[0][0].toString(), QString::fromStdString(samples::tokens()[1].clientId.value));
        QTest::keyClick(&table(), Qt::Key_Delete);
        QCOMPARE(deleted, std::vector{samples::tokens()[1].id});

        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        auto& search = child<QLineEdit>(*m_window, QString(names::searchField));
        QCOMPARE(m_window->focusWidget(), &search);
        deleted.clear();
        QTest::keyClicks(&search, u"grafana"_s);
        QTest::keyClick(&search, Qt::Key_Delete);
        QVERIFY2(deleted.empty(), "Del in the search edits the text");
        QTest::keyClick(&search, Qt::Key_Escape);
        QVERIFY(search.text().isEmpty());
        QTest::keyClick(&search, Qt::Key_Escape);
        QCOMPARE(m_window->focusWidget(), &table());
        QTest::keyClick(&table(), Qt::Key_Escape);
        QVERIFY(m_window->selectedTokens().empty());
    }

    void withoutASelectionThereIsNothingToDelete()
    {
        fill();
        QSignalSpy deleted(m_window.get(), &MainWindow::deleteRequested);
        QTest::keyClick(&table(), Qt::Key_Delete);
        QCOMPARE(deleted.count(), 0);
    }

    void thePaletteFindsAnyAction()
    {
        fill();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = m_window->findChild<CommandPalette*>();
        QVERIFY(palette);
        const QAbstractItemModel& found = *child<QListView>(*palette, QString(names::actionPaletteList)).model();
        for (int i = 0; i < found.rowCount(); ++i)
            QVERIFY2(!found.index(i, 0).data().toString().contains(u"selected"_s), "what cannot be done now is left out");
        auto& input = child<QLineEdit>(*palette, QString(names::actionPaletteInput));
        QTest::keyClicks(&input, u"list reload"_s);
        QCOMPARE(found.rowCount(), 1);
        QSignalSpy reload(m_window.get(), &MainWindow::reloadRequested);
        QTest::keyClick(&input, Qt::Key_Return);
        QTRY_COMPARE(reload.count(), 1);
    }

    void thePaletteFindsAnyToken()
    {
        fill();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = m_window->findChild<CommandPalette*>();
        QVERIFY(palette);
        auto& input = child<QLineEdit>(*palette, QString(names::actionPaletteInput));
        QTest::keyClicks(&input, u"grafprod"_s);
        QTRY_COMPARE(input.accessibleDescription(), u"Token grafana-prod"_s);   // what a screen reader is told
        QTest::keyClick(&input, Qt::Key_Return);
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(1));
        QCOMPARE(m_window->selectedTokens().front().name, std::string("grafana-prod"));
        QVERIFY(!m_window->findChild<CommandPalette*>() || !palette->isVisible());
    }

    void theDetailsFollowTheSelection()
    {
        fill();
        m_window->setApplications(samples::applications());
        m_window->setKeptSecrets({samples::tokens()[1].id});
        m_window->selectToken(samples::tokens()[1].id);
        QCOMPARE(child<QLabel>(*m_window, QString(names::detailsTitle)).text(), u"grafana-prod"_s);
        QVERIFY(child<QLabel>(*m_window, QString(names::detailsState)).text().startsWith(u"Expires in 12 days · 5 Dec 2026"_s));
        auto& copySecret = child<QPushButton>(*m_window, QString(names::copySecret));
        QVERIFY(copySecret.isVisible());
        QSignalSpy secret(m_window.get(), &MainWindow::copySecretRequested);
        QTest::mouseClick(&copySecret, Qt::LeftButton);
        QCOMPARE(secret.count(), 1);

        m_window->selectToken(samples::tokens()[7].id);
        QVERIFY(!copySecret.isVisible());
        QCOMPARE(child<QLabel>(*m_window, QString(names::detailsSecret)).text(), u"Not kept on this computer"_s);
        QCOMPARE(child<QLabel>(*m_window, QString(names::detailsState)).text(), u"Active · never expires"_s);
        QCOMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"8 tokens · 1 selected"_s);
    }

    void aReloadKeepsSelectionAndScroll()
    {
        m_window->setTokens(samples::tokens(300), samples::now);
        const TokenId chosen = m_window->tokenModel().tokenAt(200).id;
        m_window->selectToken(chosen);
        const int scroll = table().verticalScrollBar()->value();
        QVERIFY(scroll > 0);
        auto tokens = samples::tokens(300);
        tokens[200].lastSeenAt = samples::now;
        tokens.pop_back();
        m_window->setTokens(tokens, samples::now + 30s);
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(1));
        QCOMPARE(m_window->selectedTokens()[0].id, chosen);
        QVERIFY(std::abs(table().verticalScrollBar()->value() - scroll) <= table().rowHeight(0));
    }

    void tenThousandTokensAreFilteredByTyping()
    {
        m_window->setTokens(samples::tokens(10000), samples::now);
        auto& search = child<QLineEdit>(*m_window, QString(names::searchField));
        QTest::keyClicks(&search, u"service-99"_s);
        QCOMPARE(table().model()->rowCount(), 111);
        QCOMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"111 of 10008 tokens"_s);
        search.clear();
        QCOMPARE(table().model()->rowCount(), 10008);
        m_window->setNow(samples::now + 30s);
        QCOMPARE(table().model()->rowCount(), 10008);
    }

    void selectingAHiddenTokenClearsTheFilter()
    {
        fill();
        QTest::mouseClick(&child<QPushButton>(*m_window, names::filterChip(TokenFilter::expired)), Qt::LeftButton);
        m_window->selectToken(samples::tokens()[1].id);
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(1));
        QVERIFY(child<QPushButton>(*m_window, names::filterChip(TokenFilter::all)).isChecked());
    }

    void theKeychainsProblemsOfferBothWaysOn_data()
    {
        QTest::addColumn<Problem::Kind>("kind");
        QTest::newRow("locked") << Problem::Kind::keychainLocked;
        QTest::newRow("absent") << Problem::Kind::keychainAbsent;
        QTest::newRow("refused") << Problem::Kind::keychainRefused;
        QTest::newRow("signing key missing") << Problem::Kind::signingKeyMissing;
        QTest::newRow("API token missing") << Problem::Kind::apiTokenMissing;
    }

    void theKeychainsProblemsOfferBothWaysOn()
    {
        QFETCH(Problem::Kind, kind);
        m_window->setProblem({kind, {}, {}, {}});
        std::vector<ProblemAction> asked;
        connect(m_window.get(), &MainWindow::problemActionRequested, this, [&](ProblemAction action) { asked.push_back(action); });
        QVERIFY(child<QWidget>(*m_window, QString(names::problemPage)).isVisible());
        for (const ProblemAction action : {ProblemAction::unlockAndRetry, ProblemAction::useWithoutKeychain})
            QTest::mouseClick(&child<QPushButton>(*m_window, names::problemAction(action)), Qt::LeftButton);
        QCOMPARE(asked, (std::vector{ProblemAction::unlockAndRetry, ProblemAction::useWithoutKeychain}));
        m_window->clearProblem();
        QVERIFY(!child<QWidget>(*m_window, QString(names::problemPage)).isVisible());
    }

    void repairIsConfirmedFirst()
    {
        m_window->setProblem({Problem::Kind::signingKeyMissing, {}, {}, {}});
        std::vector<ProblemAction> asked;
        connect(m_window.get(), &MainWindow::problemActionRequested, this, [&](ProblemAction action) { asked.push_back(action); });
        auto& repair = child<QPushButton>(*m_window, names::problemAction(ProblemAction::repair));
        QTest::mouseClick(&repair, Qt::LeftButton);
        QVERIFY(asked.empty());
        QTest::mouseClick(&child<QPushButton>(*m_window->findChild<ConfirmDialog*>(), QString(names::confirmNo)), Qt::LeftButton);
        QVERIFY(asked.empty());
        QTRY_VERIFY(!m_window->findChild<ConfirmDialog*>());
        QTest::mouseClick(&repair, Qt::LeftButton);
        QTest::mouseClick(&child<QPushButton>(*m_window->findChild<ConfirmDialog*>(), QString(names::confirmYes)), Qt::LeftButton);
        QCOMPARE(asked, std::vector{ProblemAction::repair});
    }

    void aDeadAgentLeavesTheRowsUnderABanner()
    {
        fill();
        m_window->setProblem({Problem::Kind::agentDied, {}, {}, 4s});
        QVERIFY(table().isVisible());
        QVERIFY(m_window->tokenModel().isOld());
        auto& restart = child<QPushButton>(*m_window, names::bannerAction(BannerKind::agentDied));
        m_window->setProblem({Problem::Kind::agentDied, {}, {}, 3s});
        QCOMPARE(&child<QPushButton>(*m_window, names::bannerAction(BannerKind::agentDied)), &restart);
        QSignalSpy action(m_window.get(), &MainWindow::problemActionRequested);
        QTest::mouseClick(&restart, Qt::LeftButton);
        QCOMPARE(action.count(), 1);
        m_window->clearProblem();
        QVERIFY(!m_window->tokenModel().isOld());
        QTRY_VERIFY(!m_window->findChild<QWidget*>(names::banner(BannerKind::agentDied)));
    }

    void withoutRowsADeadAgentHasThePage()
    {
        m_window->setProblem({Problem::Kind::agentDied, {}, {}, 4s});
        QCOMPARE(child<QLabel>(*m_window, QString(names::problemTitle)).text(), u"The agent stopped unexpectedly"_s);
        QWidget* focus = m_window->focusWidget();
        m_window->setProblem({Problem::Kind::agentDied, {}, {}, 3s});
        QCOMPARE(m_window->focusWidget(), focus);
    }

    void aProblemOnThePageTakesTheActionsAway()
    {
        fill();
        m_window->selectToken(samples::tokens()[1].id);
        m_window->setProblem({Problem::Kind::keychainLocked, {}, {}, {}});
        QSignalSpy create(m_window.get(), &MainWindow::createRequested);
        QSignalSpy deleted(m_window.get(), &MainWindow::deleteRequested);
        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier);
        QTest::keyClick(m_window.get(), Qt::Key_Delete);
        QCOMPARE(create.count() + deleted.count(), 0);
        m_window->clearProblem();
        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(create.count(), 1);
    }

    void theProfileCardTellsTheAgentsState_data()
    {
        QTest::addColumn<AgentStatus::Phase>("phase");
        QTest::addColumn<QString>("words");
        QTest::newRow("starting") << AgentStatus::Phase::starting << u"Starting…"_s;
        QTest::newRow("waiting") << AgentStatus::Phase::waitingForKeychain << u"Waiting for the keychain"_s;
        QTest::newRow("running") << AgentStatus::Phase::running << u"Running on 127.0.0.1:8400"_s;
        QTest::newRow("stopping") << AgentStatus::Phase::stopping << u"Stopping…"_s;
        QTest::newRow("stopped") << AgentStatus::Phase::stopped << u"Stopped"_s;
        QTest::newRow("restarting") << AgentStatus::Phase::restarting << u"Restarting in 0:04"_s;
        QTest::newRow("failed") << AgentStatus::Phase::failed << u"Not running"_s;
    }

    void theProfileCardTellsTheAgentsState()
    {
        QFETCH(AgentStatus::Phase, phase);
        QFETCH(QString, words);
        m_window->setAgentStatus({phase, u"127.0.0.1:8400"_s, 4s});
        QCOMPARE(child<QLabel>(*m_window, QString(names::profileState)).text(), words);
    }

    void theLayoutComesBack()
    {
        fill();
        table().sortByColumn(TokenModel::Name, Qt::DescendingOrder);
        table().setColumnWidth(TokenModel::State, 177);
        const QByteArray layout = m_window->saveLayout();

        MainWindow other(m_theme, samples::now);
        QVERIFY(other.restoreLayout(layout));
        auto& otherTable = child<QTableView>(other, QString(names::tokenTable));
        QCOMPARE(otherTable.horizontalHeader()->sortIndicatorSection(), int(TokenModel::Name));
        QCOMPARE(otherTable.horizontalHeader()->sortIndicatorOrder(), Qt::DescendingOrder);
        QCOMPARE(otherTable.columnWidth(TokenModel::State), 177);
    }

    void columnsAreChosenAndOrderedFromTheMenu()
    {
        fill();
        m_window->resize(1600, 800);
        auto& menu = child<QMenu>(*m_window, QString(names::columnMenu));
        const auto trigger = [&](QMenu& of, const QString& text) {
            Q_EMIT menu.aboutToShow();
            for (QAction* action : of.actions()) {
                if (action->text() == text)
                    return action->trigger();
            }
            QFAIL(qPrintable(text));
        };
        const auto order = [&] {
            QStringList titles;
            QHeaderView* header = table().horizontalHeader();
            for (int place = 0; place < header->count(); ++place) {
                if (!header->isSectionHidden(header->logicalIndex(place)))
                    titles << TokenModel::columnTitle(header->logicalIndex(place));
            }
            return titles.join(u' ');
        };
        QTRY_COMPARE(order(), u"State Name Client ID Expires Last seen Used by Created"_s);
        trigger(menu, u"Created"_s);
        trigger(menu, u"Owner"_s);
        QCOMPARE(order(), u"State Name Client ID Expires Last seen Used by Owner"_s);
        Q_EMIT menu.aboutToShow();
        trigger(child<QMenu>(menu, QString(names::columnsEarlier)), u"Expires"_s);
        QCOMPARE(order(), u"State Name Expires Client ID Last seen Used by Owner"_s);
        const QByteArray layout = m_window->saveLayout();

        MainWindow other(m_theme, samples::now);
        QVERIFY(other.restoreLayout(layout));
        other.setTokens(samples::tokens(), samples::now);
        other.show();
        other.resize(1600, 800);
        QHeaderView* header = child<QTableView>(other, QString(names::tokenTable)).horizontalHeader();
        QTRY_VERIFY(!header->isSectionHidden(TokenModel::Owner));
        QVERIFY(header->isSectionHidden(TokenModel::Created));
        QCOMPARE(header->visualIndex(TokenModel::Expires), 2);

        trigger(menu, u"Reset the columns"_s);
        QCOMPARE(order(), u"State Name Client ID Expires Last seen Used by Created"_s);
    }

    void aWrongTermIsToldUnderTheField()
    {
        fill();
        auto& search = child<QLineEdit>(*m_window, QString(names::searchField));
        auto& problem = child<QLabel>(*m_window, QString(names::searchProblem));
        QVERIFY(!problem.isVisible());
        QTest::keyClicks(&search, u"expires:<30"_s);
        QVERIFY(problem.isVisible());
        QVERIFY2(problem.text().contains(u"expires:<30d"_s), qPrintable(problem.text()));
        QTest::keyClicks(&search, u"d"_s);
        QVERIFY(!problem.isVisible());
        QCOMPARE(table().model()->rowCount(), 3);
    }

    void sectionsAreSkippedByTheKeyboardAndCountedOnce()
    {
        m_window->setApplications(samples::applications());
        fill();
        m_window->findChild<QAction*>(u"actionGroup"_s)->trigger();
        QCOMPARE(table().model()->rowCount(), 12);
        m_window->selectToken(samples::tokens()[1].id);
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Down);   // from Grafana's only one, over the next header, to Prometheus'
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(1));
        QCOMPARE(m_window->selectedTokens()[0].name, std::string("grafana-prod"));
        QCOMPARE(table().currentIndex().row(), 3);
        QTest::keyClick(&table(), Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(8));
        QCOMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"8 tokens · 8 selected"_s);
    }

    void aForeignLayoutIsRefused_data()
    {
        QTest::addColumn<QByteArray>("layout");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("rubbish") << QByteArray("not ours at all");
        QTest::newRow("cut off") << QByteArray::fromHex("4c4b57410001000000");
        QTest::newRow("a later version") << QByteArray::fromHex("4c4b57410063");
    }

    void aForeignLayoutIsRefused()
    {
        QFETCH(QByteArray, layout);
        QVERIFY(!m_window->restoreLayout(layout));
    }

    void columnsGiveWayWhenItIsNarrowAndComeBack()
    {
        fill();
        m_window->resize(1600, 800);
        QTRY_VERIFY(!table().isColumnHidden(TokenModel::Created));
        m_window->resize(900, 600);
        QTRY_VERIFY(table().isColumnHidden(TokenModel::Created));
        QVERIFY(!table().isColumnHidden(TokenModel::State));
        QVERIFY(!table().isColumnHidden(TokenModel::Name));
        QVERIFY(!table().isColumnHidden(TokenModel::Expires));
        QCOMPARE(m_window->size(), QSize(900, 600));
        m_window->resize(1600, 800);
        QTRY_VERIFY(!table().isColumnHidden(TokenModel::Created));
    }

    void everyControlHasANameForScreenReaders()
    {
        fill();
        m_window->setApplications(samples::applications());
        m_window->setKeptSecrets({samples::tokens()[1].id});
        m_window->selectToken(samples::tokens()[1].id);
        for (QWidget* widget : m_window->findChildren<QWidget*>()) {
            const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) || qobject_cast<QTableView*>(widget)
                || qobject_cast<QComboBox*>(widget);
            if (!control || !widget->isVisible() || widget->objectName().startsWith(u"qt_"_s) || widget->inherits("QTableCornerButton")
                || qobject_cast<QLineEdit*>(widget->parentWidget()))
                continue;
            const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(interface);
            QVERIFY2(!interface->text(QAccessible::Name).isEmpty(), qPrintable(widget->objectName() + u" / "_s + QString::fromLatin1(widget->metaObject()->className())));
        }
    }

    void everyControlCanBeReachedWithTab()
    {
        fill();
        m_window->selectToken(samples::tokens()[1].id);
        QSet<QString> reached;
        child<QLineEdit>(*m_window, QString(names::searchField)).setFocus();
        for (int i = 0; i < 60; ++i) {
            reached << m_window->focusWidget()->objectName();
            QTest::keyClick(m_window->focusWidget(), Qt::Key_Tab);
        }
        for (const auto name : {names::searchField, names::reload, names::createToken, names::tokenTable, names::refreshToken, names::deleteToken,
                                names::copyClientId, names::copySnippet, names::navTokens})
            QVERIFY2(reached.contains(QString(name)), name.data());
    }

private:
    void fill() { m_window->setTokens(samples::tokens(), samples::now); }
    QTableView& table() { return child<QTableView>(*m_window, QString(names::tokenTable)); }
    QString page() { return child<QStackedWidget>(*m_window, QString(names::listStack)).currentWidget()->objectName(); }

    Theme m_theme;
    EnglishPlurals m_plurals;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestMainWindow)
#include "tst_ui_window.moc"
