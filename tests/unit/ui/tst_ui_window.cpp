// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "WindowTesting.h"
#include "TestProgram.h"

#include <QApplication>

namespace tst_ui_window {

using namespace windowTesting;

class TestMainWindow : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
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
        QTRY_COMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"0 of 8 tokens"_s);
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
        QTRY_COMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"8 tokens · 1 selected"_s);
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
        QTRY_COMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"111 of 10008 tokens"_s);
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

    void theListOfAllProfilesSaysWhoseEachTokenIs()
    {
        auto& table = child<QTableView>(*m_window, QString(names::tokenTable));
        QVERIFY(table.isColumnHidden(TokenModel::Account));
        const std::vector<ProfileView> profiles{{.id = {}, .kind = ProfileView::Kind::agent, .name = u"Local agent"_s, .account = {}},
                                                {.id = u"all"_s, .kind = ProfileView::Kind::all, .name = u"All profiles"_s, .account = {}}};
        m_window->setProfiles(profiles, u"all"_s);
        m_window->showKnown(samples::tokens(), {}, std::nullopt);
        QVERIFY(!table.isColumnHidden(TokenModel::Account));
        m_window->setTokenAccounts({{samples::tokens()[0].id, u"Lab"_s}});
        const TokenModel& model = m_window->tokenModel();
        QCOMPARE(model.index(*model.rowOf(samples::tokens()[0].id), TokenModel::Account).data().toString(), u"Lab"_s);
        QCOMPARE(child<QLabel>(*m_window, QString(names::profileName)).text(), u"All profiles"_s);
        m_window->setProfiles(profiles, {});
        m_window->showKnown(samples::tokens(), {}, std::nullopt);
        QVERIFY(table.isColumnHidden(TokenModel::Account));
        QCOMPARE(model.index(*model.rowOf(samples::tokens()[0].id), TokenModel::Account).data().toString(), QString());
    }
};

LATCHKEY_WIDGET_TEST(TestMainWindow)

} // namespace tst_ui_window

#include "tst_ui_window.moc"
