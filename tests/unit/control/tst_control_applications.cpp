// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"
#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_applications {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;

class TestControlApplications : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void createMakesIdsTimesAndAPort();
    void whatComesWithCreateAsIdsIsIgnored();
    void everyApplicationGetsTheFirstFreePort();
    void aWantedPortThatIsTakenIsAnError();
    void aPortOfAnotherApplicationIsAConflict();
    void impossibleApplicationsAreRefused_data();
    void impossibleApplicationsAreRefused();
    void oneHostAndPathBelongsToOneApplication();
    void anUnnamedApplicationIsNamedForItsDomain();
    void updateKeepsWhatIsNotTheCallers();
    void updateKeepsPoliciesByTheirId();
    void policiesSentWithoutIdsAreRecognised();
    void updateWithAStrangePolicyIsRefused();
    void updateMovesThePort();
    void anEditSeesWhatIsThere();
    void deleteGivesThePortBack();
    void revokeRaisesTheEpoch();
    void aPortTakenAtStartDegradesTheApplication();
    void aDegradedApplicationsPortIsNotGivenAway();
    void aDegradedApplicationCanMove();
    void whatIsNotThereIsNotFound();

private:
    Result<access::Application> update(const access::ApplicationId& id, access::Application wanted)
    {
        return answerOf<access::Application>(
            [&](auto answer) { m_agent->control().updateApplication(id, std::move(wanted), std::move(answer)); });
    }
    Result<access::Application> edit(const access::ApplicationId& id, ApplicationEdit edit)
    {
        return answerOf<access::Application>(
            [&](auto answer) { m_agent->control().editApplication(id, std::move(edit), std::move(answer)); });
    }
    Result<access::Application> get(const access::ApplicationId& id)
    {
        return answerOf<access::Application>([&](auto answer) { m_agent->control().getApplication(id, std::move(answer)); });
    }
    Result<access::Application> remove(const access::ApplicationId& id)
    {
        return answerOf<access::Application>([&](auto answer) { m_agent->control().deleteApplication(id, std::move(answer)); });
    }
    Result<void> revoke(const access::ApplicationId& id)
    {
        return answerOf<void>([&](auto answer) { m_agent->control().revokeSessions(id, std::move(answer)); });
    }
    int count()
    {
        const auto page = answerOf<store::Page<access::Application>>(
            [&](auto answer) { m_agent->control().listApplications(1, 100, {}, std::move(answer)); });
        return page ? page->totalCount : -1;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

void TestControlApplications::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
}

void TestControlApplications::cleanup()
{
    m_agent.reset();
}

void TestControlApplications::createMakesIdsTimesAndAPort()
{
    const auto created = m_agent->createApplication(sampleApplication("Grafana", "grafana.example.com/d"));
    QVERIFY(created);
    QVERIFY(access::uuidBytes(created->id.value));
    QCOMPARE(created->audience.value.size(), 64U);
    QCOMPARE(created->createdAt, m_agent->clock.now());
    QCOMPARE(created->updatedAt, m_agent->clock.now());
    QVERIFY(created->port == 8410);
    QVERIFY(m_agent->edge.open.contains(8410));
    QVERIFY(access::uuidBytes(created->policies.front().id.value));
    QCOMPARE(created->policies.front().createdAt, m_agent->clock.now());
    QVERIFY(get(created->id) == *created);

    const auto& compiled = *m_agent->edge.newest().applications.front();
    QCOMPARE(compiled.id(), created->id);
    QCOMPARE(compiled.hostAndPath().host, std::string("grafana.example.com"));
    QVERIFY(compiled.port() == 8410);
}

void TestControlApplications::whatComesWithCreateAsIdsIsIgnored()
{
    const auto first = m_agent->createApplication(sampleApplication("Grafana"));
    QVERIFY(first);
    auto copy = *first;
    copy.port.reset();
    copy.sessionEpoch = 7;
    copy.sessionsRevokedAt = m_agent->clock.now();
    const auto second = m_agent->createApplication(copy);
    QVERIFY(second);
    QVERIFY(second->id != first->id);
    QVERIFY(second->audience != first->audience);
    QVERIFY(second->policies.front().id != first->policies.front().id);
    QCOMPARE(second->sessionEpoch, 0U);
    QVERIFY(!second->sessionsRevokedAt);
}

void TestControlApplications::everyApplicationGetsTheFirstFreePort()
{
    m_agent->edge.takenByOthers = {8411};
    QVERIFY(m_agent->createApplication(sampleApplication("one"))->port == 8410);
    QVERIFY(m_agent->createApplication(sampleApplication("two"))->port == 8412);
}

void TestControlApplications::aWantedPortThatIsTakenIsAnError()
{
    m_agent->edge.takenByOthers = {9000};
    auto wanted = sampleApplication("one");
    wanted.port = 9000;
    const auto created = m_agent->createApplication(wanted);
    QVERIFY(!created);
    QVERIFY(created.error().code == ErrorCode::portTaken);
    QCOMPARE(count(), 0);
    QCOMPARE(m_agent->edge.snapshots.size(), 1U);
}

void TestControlApplications::aPortOfAnotherApplicationIsAConflict()
{
    const auto first = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(first);
    auto wanted = sampleApplication("two");
    wanted.port = first->port;
    QVERIFY(m_agent->createApplication(wanted).error().code == ErrorCode::conflict);
    wanted.port = 8400;
    QVERIFY(m_agent->createApplication(wanted).error().code == ErrorCode::conflict);
    QVERIFY(m_agent->edge.open.contains(*first->port));
}

void TestControlApplications::impossibleApplicationsAreRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("upstream");
    QTest::addColumn<int>("port");
    QTest::newRow("no name, no domain") << "" << "" << "http://127.0.0.1:3000" << -1;
    QTest::newRow("name too long") << QString(256, QLatin1Char('x')) << "" << "" << -1;
    QTest::newRow("domain with a space") << "x" << "a b" << "" << -1;
    QTest::newRow("upstream without scheme") << "x" << "" << "127.0.0.1:3000" << -1;
    QTest::newRow("upstream of another scheme") << "x" << "" << "ftp://127.0.0.1" << -1;
    QTest::newRow("upstream without host") << "x" << "" << "http://" << -1;
    QTest::newRow("upstream with credentials") << "x" << "" << "http://u:p@127.0.0.1" << -1;
    for (const char* url : {"http://[broken", "http://[::1", "http://::1:3000", "http://[g::1]:3000", "http://127.0.0.1:99999", "http://127.0.0.1:x",
                            "http://127.0.0.1:", "http://127.0.0.1:0", "http://my service:3000", "http://a%41:3000", "http://127.0.0.1:3000/base",
                            "http://127.0.0.1:3000?x", "http://127.0.0.1#x", "http://-:/", "https://127.0.0.1:3000"})
        QTest::addRow("upstream %s", url) << "x" << "" << QString::fromLatin1(url) << -1;
    QTest::newRow("upstream with a line break") << "x" << "" << "http://127.0.0.1/\n" << -1;
    QTest::newRow("port 0") << "x" << "" << "" << 0;
}

void TestControlApplications::impossibleApplicationsAreRefused()
{
    QFETCH(QString, name);
    QFETCH(QString, domain);
    QFETCH(QString, upstream);
    QFETCH(int, port);
    auto wanted = sampleApplication(name.toStdString(), domain.toStdString());
    wanted.upstream = upstream.toStdString();
    if (port >= 0)
        wanted.port = static_cast<std::uint16_t>(port);
    const auto created = m_agent->createApplication(wanted);
    QVERIFY(!created);
    QCOMPARE(created.error().code, ErrorCode::invalidArgument);
    QCOMPARE(count(), 0);
    QVERIFY(m_agent->edge.open.empty());
}

void TestControlApplications::oneHostAndPathBelongsToOneApplication()
{
    const auto first = m_agent->createApplication(sampleApplication("one", "grafana.example.com/d"));
    QVERIFY(first);
    QVERIFY(m_agent->createApplication(sampleApplication("two", "GRAFANA.example.com/d")).error().code == ErrorCode::conflict);
    const auto other = m_agent->createApplication(sampleApplication("three", "grafana.example.com"));
    QVERIFY(other);
    auto moved = *other;
    moved.domain = first->domain;
    QVERIFY(update(other->id, moved).error().code == ErrorCode::conflict);
    QVERIFY(update(first->id, *first));
    QVERIFY(m_agent->createApplication(sampleApplication("by port only")));
    QVERIFY(m_agent->createApplication(sampleApplication("by port only, too")));
}

void TestControlApplications::anUnnamedApplicationIsNamedForItsDomain()
{
    const auto created = m_agent->createApplication(sampleApplication("", "grafana.example.com"));
    QVERIFY(created);
    QCOMPARE(created->name, std::string("grafana.example.com"));
}

void TestControlApplications::updateKeepsWhatIsNotTheCallers()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    QVERIFY(revoke(created->id));
    const auto revokedAt = m_agent->clock.now();
    m_agent->clock.advance(10s);
    const auto updated = update(created->id, sampleApplication("renamed", "x.example.com"));
    QVERIFY(updated);
    QCOMPARE(updated->id, created->id);
    QCOMPARE(updated->audience, created->audience);
    QCOMPARE(updated->createdAt, created->createdAt);
    QCOMPARE(updated->updatedAt, m_agent->clock.now());
    QVERIFY(updated->port == created->port);
    QCOMPARE(updated->sessionEpoch, 1U);
    QVERIFY(updated->sessionsRevokedAt == revokedAt);
    QCOMPARE(updated->name, std::string("renamed"));
    QVERIFY(get(created->id) == *updated);
    QCOMPARE(m_agent->edge.newest().applications.size(), 1U);
    QCOMPARE(m_agent->edge.newest().applications.front()->name(), std::string("renamed"));
}

void TestControlApplications::updateKeepsPoliciesByTheirId()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    m_agent->clock.advance(10s);
    auto wanted = *created;
    access::Policy added;
    added.name = "Everyone";
    added.decision = access::PolicyDecision::bypass;
    added.include = {access::EveryoneRule{}};
    added.precedence = 2;
    wanted.policies.push_back(added);
    const auto grown = update(created->id, wanted);
    QVERIFY(grown);
    QVERIFY(grown->policies[0] == created->policies[0]);
    QVERIFY(!grown->policies[1].id.isEmpty());
    QCOMPARE(grown->policies[1].createdAt, m_agent->clock.now());

    m_agent->clock.advance(10s);
    wanted = *grown;
    wanted.policies[0].name = "Robots";
    const auto renamed = update(created->id, wanted);
    QVERIFY(renamed);
    QCOMPARE(renamed->policies[0].id, created->policies[0].id);
    QCOMPARE(renamed->policies[0].createdAt, created->createdAt);
    QCOMPARE(renamed->policies[0].updatedAt, m_agent->clock.now());
    QVERIFY(renamed->policies[1] == grown->policies[1]);
}

void TestControlApplications::policiesSentWithoutIdsAreRecognised()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    m_agent->clock.advance(10s);
    auto wanted = sampleApplication("renamed");
    const auto same = update(created->id, wanted);
    QVERIFY(same);
    QVERIFY(same->policies == created->policies);

    wanted.policies[0].name = "Robots";
    const auto other = update(created->id, wanted);
    QVERIFY(other);
    QVERIFY(other->policies[0].id != created->policies[0].id);
    QCOMPARE(other->policies[0].createdAt, m_agent->clock.now());
}

void TestControlApplications::updateWithAStrangePolicyIsRefused()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    auto strange = *created;
    strange.policies[0].id = {"11111111-2222-4333-8444-555555555555"};
    QVERIFY(update(created->id, strange).error().code == ErrorCode::invalidArgument);
    auto twice = *created;
    twice.policies.push_back(twice.policies[0]);
    twice.policies[1].precedence = 2;
    QVERIFY(update(created->id, twice).error().code == ErrorCode::invalidArgument);
    auto samePrecedence = *created;
    samePrecedence.policies.push_back(samePrecedence.policies[0]);
    samePrecedence.policies[1].id = {};
    QVERIFY(!update(created->id, samePrecedence));
    QVERIFY(get(created->id) == *created);
}

void TestControlApplications::updateMovesThePort()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    auto moved = *created;
    moved.port = 9100;
    m_agent->edge.takenByOthers = {9100};
    QVERIFY(update(created->id, moved).error().code == ErrorCode::portTaken);
    QVERIFY(m_agent->edge.open == std::set<std::uint16_t>{8410});

    m_agent->edge.takenByOthers.clear();
    QVERIFY(update(created->id, moved));
    QVERIFY(m_agent->edge.open == std::set<std::uint16_t>{9100});
    QVERIFY(m_agent->edge.newest().applications.front()->port() == 9100);
}

void TestControlApplications::anEditSeesWhatIsThere()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    std::optional<Result<access::Application>> renamed;
    m_agent->control().updateApplication(created->id, sampleApplication("two"), [&](auto result) { renamed = std::move(result); });
    const auto edited = edit(created->id, [](const access::Application& current) -> Result<access::Application> {
        auto wanted = current;
        wanted.name += " and more";
        return wanted;
    });
    QVERIFY(renamed && *renamed);
    QVERIFY(edited);
    QCOMPARE(edited->name, std::string("two and more"));

    const auto refused = edit(created->id, [](const access::Application&) -> Result<access::Application> {
        return fail(ErrorCode::invalidArgument, "No.");
    });
    QVERIFY(!refused);
    QCOMPARE(refused.error().message, std::string("No."));
}

void TestControlApplications::deleteGivesThePortBack()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    const auto removed = remove(created->id);
    QVERIFY(removed);
    QVERIFY(*removed == *created);
    QVERIFY(m_agent->edge.open.empty());
    QVERIFY(m_agent->edge.newest().applications.empty());
    QCOMPARE(count(), 0);
    QVERIFY(m_agent->createApplication(sampleApplication("two"))->port == 8410);
}

void TestControlApplications::revokeRaisesTheEpoch()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    m_agent->clock.advance(5s);
    QVERIFY(revoke(created->id));
    const auto once = get(created->id);
    QVERIFY(once);
    QVERIFY(once->sessionsRevokedAt == m_agent->clock.now());
    // What was issued between two revocations of one second counts as of the next one, and ends too.
    QVERIFY(revoke(created->id));
    const auto revoked = get(created->id);
    QVERIFY(revoked);
    QCOMPARE(revoked->sessionEpoch, 2U);
    QVERIFY(revoked->sessionsRevokedAt == m_agent->clock.now() + 1s);
    QCOMPARE(m_agent->edge.newest().applications.front()->sessionEpoch(), 2U);
}

void TestControlApplications::aPortTakenAtStartDegradesTheApplication()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    m_agent->stop();
    m_agent->edge.takenByOthers = {8410};
    QVERIFY(m_agent->start());
    auto degraded = m_agent->control().status().degraded;
    QCOMPARE(degraded.size(), 1U);
    QCOMPARE(degraded.front().first, created->id);
    QVERIFY(degraded.front().second.find("8410") != std::string::npos);
    // It is still there for its host name.
    QCOMPARE(m_agent->edge.newest().applications.size(), 1U);

    m_agent->edge.takenByOthers.clear();
    QTRY_VERIFY_WITH_TIMEOUT(m_agent->control().status().degraded.empty(), 30'000);
    QVERIFY(m_agent->edge.open.contains(8410));
}

void TestControlApplications::aDegradedApplicationsPortIsNotGivenAway()
{
    QVERIFY(m_agent->createApplication(sampleApplication("one")));
    m_agent->stop();
    m_agent->edge.takenByOthers = {8410};
    QVERIFY(m_agent->start());
    m_agent->edge.takenByOthers.clear();
    QVERIFY(m_agent->createApplication(sampleApplication("two"))->port == 8411);
}

void TestControlApplications::aDegradedApplicationCanMove()
{
    const auto created = m_agent->createApplication(sampleApplication("one"));
    QVERIFY(created);
    m_agent->stop();
    m_agent->edge.takenByOthers = {8410};
    QVERIFY(m_agent->start());
    auto moved = *created;
    moved.port = 9100;
    QVERIFY(update(created->id, moved));
    QVERIFY(m_agent->control().status().degraded.empty());
}

void TestControlApplications::whatIsNotThereIsNotFound()
{
    const access::ApplicationId nobody{"11111111-2222-4333-8444-555555555555"};
    QVERIFY(get(nobody).error().code == ErrorCode::notFound);
    QVERIFY(update(nobody, sampleApplication("x")).error().code == ErrorCode::notFound);
    QVERIFY(remove(nobody).error().code == ErrorCode::notFound);
    QVERIFY(revoke(nobody).error().code == ErrorCode::notFound);
}

LATCHKEY_TEST(TestControlApplications)

} // namespace tst_control_applications

#include "tst_control_applications.moc"
