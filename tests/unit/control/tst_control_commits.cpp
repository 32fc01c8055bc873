// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"
#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_commits {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;

class TestControlCommits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void changesOfOneTurnShareACommit();
    void oneThatIsRefusedLeavesTheOthers();
    void allRefusedCommitNothing();
    void answersNeverComeFromInsideTheCall();
    void answersWaitForAdoption();
    void answersKeepTheirOrder();
    void aFailedCommitFailsAllAndChangesNothing_data();
    void aFailedCommitFailsAllAndChangesNothing();
    void portsOfAFailedCommitAreClosed();
    void aRefusedChangesPortIsClosed();
    void aPortThatFindsANewOwnerStaysOpen();
    void aListSeesWhatWasAnsweredBeforeIt();
    void stopFinishesWhatWasAsked();
    void stopAnswersWhatWaitsForTheEdge();
    void afterStopEverythingIsCancelled();
    void shutdownIsPassedOnLater();

private:
    void create(const std::string& name, std::vector<Result<IssuedToken>>& answers)
    {
        m_agent->control().createToken({.name = name, .duration = access::Duration::oneYear(), .extra = {}},
                                       [&answers](Result<IssuedToken> result) { answers.push_back(std::move(result)); });
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

void TestControlCommits::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
    m_agent->store = {};
}

void TestControlCommits::cleanup()
{
    m_agent.reset();
}

void TestControlCommits::changesOfOneTurnShareACommit()
{
    std::vector<Result<IssuedToken>> answers;
    for (int i = 0; i < 50; ++i)
        create("token " + std::to_string(i), answers);
    QTRY_COMPARE(answers.size(), 50U);
    QCOMPARE(m_agent->store.commits, 1);
    QCOMPARE(m_agent->edge.snapshots.size(), 2U);
    QCOMPARE(m_agent->edge.newest().tokens.size(), 50U);
    QCOMPARE(m_agent->tokens()->size(), 50U);
}

void TestControlCommits::oneThatIsRefusedLeavesTheOthers()
{
    std::vector<Result<IssuedToken>> answers;
    create("one", answers);
    create("", answers);
    create("three", answers);
    QTRY_COMPARE(answers.size(), 3U);
    QCOMPARE(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 2);
    QCOMPARE(m_agent->store.commits, 1);
    QCOMPARE(m_agent->tokens()->size(), 2U);
    QCOMPARE(m_agent->edge.newest().tokens.size(), 2U);
}

void TestControlCommits::allRefusedCommitNothing()
{
    std::vector<Result<IssuedToken>> answers;
    create("", answers);
    create(" ", answers);
    QTRY_COMPARE(answers.size(), 2U);
    QVERIFY(!answers[0] && !answers[1]);
    QCOMPARE(m_agent->store.commits, 0);
    QCOMPARE(m_agent->edge.snapshots.size(), 1U);
    QVERIFY(m_agent->createToken("next"));
}

void TestControlCommits::answersNeverComeFromInsideTheCall()
{
    std::vector<Result<IssuedToken>> answers;
    create("one", answers);
    create("", answers);
    QVERIFY(answers.empty());
    QTRY_COMPARE(answers.size(), 2U);
}

void TestControlCommits::answersWaitForAdoption()
{
    m_agent->edge.holdAdoption = true;
    std::vector<Result<IssuedToken>> answers;
    create("one", answers);
    QTRY_COMPARE(m_agent->edge.held.size(), 1U);
    create("two", answers);
    QTRY_COMPARE(m_agent->edge.held.size(), 2U);
    QCOMPARE(m_agent->store.commits, 2);
    QVERIFY(answers.empty());

    std::move_only_function<void()> first = std::move(m_agent->edge.held.front());
    m_agent->edge.held.erase(m_agent->edge.held.begin());
    first();
    QTRY_COMPARE(answers.size(), 1U);
    QCOMPARE(answers.front()->token.name, std::string("one"));
    m_agent->edge.adoptAll();
    QTRY_COMPARE(answers.size(), 2U);
}

void TestControlCommits::answersKeepTheirOrder()
{
    std::vector<Result<IssuedToken>> answers;
    for (const char* name : {"one", "two", "three"})
        create(name, answers);
    QTRY_COMPARE(answers.size(), 3U);
    QCOMPARE(answers[0]->token.name, std::string("one"));
    QCOMPARE(answers[2]->token.name, std::string("three"));
}

void TestControlCommits::aFailedCommitFailsAllAndChangesNothing_data()
{
    QTest::addColumn<bool>("failBegin");
    QTest::addColumn<bool>("failInsert");
    QTest::addColumn<bool>("failCommit");
    QTest::newRow("begin") << true << false << false;
    QTest::newRow("insert") << false << true << false;
    QTest::newRow("commit") << false << false << true;
}

void TestControlCommits::aFailedCommitFailsAllAndChangesNothing()
{
    QFETCH(bool, failBegin);
    QFETCH(bool, failInsert);
    QFETCH(bool, failCommit);
    const auto kept = m_agent->createToken("kept");
    QVERIFY(kept);
    const auto publications = m_agent->edge.snapshots.size();
    m_agent->store.failBegin = failBegin;
    m_agent->store.failInsertToken = failInsert;
    m_agent->store.failCommit = failCommit;

    std::optional<Result<access::ServiceToken>> deleted;
    m_agent->control().deleteToken(kept->token.id, [&](auto result) { deleted = std::move(result); });
    std::vector<Result<IssuedToken>> answers;
    create("lost", answers);
    create("lost, too", answers);
    QTRY_COMPARE(answers.size(), 2U);
    QVERIFY(deleted && !*deleted);
    QVERIFY(deleted->error().code == ErrorCode::io);
    for (const auto& answer : answers) {
        QVERIFY(!answer);
        QVERIFY(answer.error().code == ErrorCode::io);
    }
    QCOMPARE(m_agent->edge.snapshots.size(), publications);
    QCOMPARE(m_agent->tokens()->size(), 1U);

    m_agent->store = {};
    QVERIFY(m_agent->createToken("next"));
    QVERIFY(m_agent->edge.newest().tokens.find(kept->token.clientId.value));
    QCOMPARE(m_agent->edge.newest().tokens.size(), 2U);
}

void TestControlCommits::portsOfAFailedCommitAreClosed()
{
    m_agent->store.failCommit = true;
    QVERIFY(m_agent->createApplication(sampleApplication("one")).error().code == ErrorCode::io);
    QVERIFY(m_agent->edge.open.empty());
    m_agent->store.failCommit = false;
    QVERIFY(m_agent->createApplication(sampleApplication("one"))->port == 8410);
}

void TestControlCommits::aRefusedChangesPortIsClosed()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    std::optional<Result<access::Application>> first;
    std::optional<Result<access::Application>> second;
    auto wanted = sampleApplication("two");
    wanted.port = 9000;
    m_agent->control().createApplication(wanted, [&](auto result) { first = std::move(result); });
    wanted.port = 9001;
    wanted.upstream = "nonsense";
    m_agent->control().createApplication(wanted, [&](auto result) { second = std::move(result); });
    QTRY_VERIFY(first && second);
    QVERIFY(*first);
    QVERIFY(!*second);
    QVERIFY((m_agent->edge.open == std::set<std::uint16_t>{8410, 9000}));
}

void TestControlCommits::aPortThatFindsANewOwnerStaysOpen()
{
    const auto first = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(first);
    m_agent->edge.holdAdoption = true;
    bool deleted = false;
    m_agent->control().deleteApplication(first->id, [&](auto result) { deleted = result.has_value(); });
    QTRY_COMPARE(m_agent->edge.held.size(), 1U);
    auto wanted = sampleApplication("two");
    wanted.port = first->port;
    bool created = false;
    m_agent->control().createApplication(wanted, [&](auto result) { created = result.has_value(); });
    QTRY_COMPARE(m_agent->edge.held.size(), 2U);
    m_agent->edge.adoptAll();
    QTRY_VERIFY(deleted && created);
    QVERIFY(m_agent->edge.open.contains(*first->port));
}

void TestControlCommits::aListSeesWhatWasAnsweredBeforeIt()
{
    for (int i = 1; i <= 20; ++i) {
        QVERIFY(m_agent->createToken("token"));
        QCOMPARE(m_agent->tokens()->size(), static_cast<std::size_t>(i));
    }
}

void TestControlCommits::stopFinishesWhatWasAsked()
{
    std::vector<Result<IssuedToken>> answers;
    std::optional<Result<store::Page<access::ServiceToken>>> list;
    create("one", answers);
    m_agent->control().listTokens({}, [&](auto result) { list = std::move(result); });
    m_agent->control().stop(std::chrono::milliseconds(0));
    QCOMPARE(answers.size(), 1U);
    QVERIFY(answers.front());
    QVERIFY(list && *list);
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(m_agent->tokens()->size(), 1U);
}

void TestControlCommits::stopAnswersWhatWaitsForTheEdge()
{
    m_agent->edge.holdAdoption = true;
    std::vector<Result<IssuedToken>> answers;
    create("one", answers);
    QTRY_COMPARE(m_agent->edge.held.size(), 1U);
    m_agent->control().stop(std::chrono::milliseconds(0));
    QCOMPARE(answers.size(), 1U);
    QVERIFY(answers.front());
}

void TestControlCommits::afterStopEverythingIsCancelled()
{
    m_agent->control().stop(std::chrono::milliseconds(0));
    QVERIFY(m_agent->createToken("late").error().code == ErrorCode::cancelled);
    QVERIFY(m_agent->tokens().error().code == ErrorCode::cancelled);
}

void TestControlCommits::shutdownIsPassedOnLater()
{
    QSignalSpy asked(&m_agent->control(), &Control::shutdownRequested);
    m_agent->control().requestShutdown();
    QCOMPARE(asked.size(), 0);
    QTRY_COMPARE(asked.size(), 1);
}

LATCHKEY_TEST(TestControlCommits)

} // namespace tst_control_commits

#include "tst_control_commits.moc"
