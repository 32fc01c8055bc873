// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"
#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

#include <thread>

namespace tst_control_events {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestControlEvents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void marksAndRequestsAreWritten();
    void aMarkNeverGoesBack();
    void batchesOfManyThreadsShareATransaction();
    void theLogKeepsTheNewest();
    void aDiskThatRefusesLosesNoMark();
    void eventsOfUnknownClientsNameNoToken();
    void whatComesWithTheStopIsWritten();
    void aLogoutOutlivesARestart();
    void aLogoutThatCannotBeKeptIsToldSo();
    void logoutsOfATurnShareATransaction();
    void whoHadLoggedInStandsInTheLog();
    void everyChangeIsTold();
    void anImportTellsWhatItChanged();
    void theInactivityCleanUpTellsWhoWent();

private:
    edge::RequestEvent request(const std::string& clientId, const std::string& path = "/") const
    {
        edge::RequestEvent event;
        event.at = m_agent->clock.now();
        event.rayId = "0123456789abcdef";
        event.method = "GET";
        event.host = "grafana.example.com";
        event.path = path;
        event.peer = "127.0.0.1";
        event.clientId = clientId;
        event.allowed = true;
        event.status = 200;
        return event;
    }
    edge::SeenMark mark(const access::ServiceToken& token) const
    {
        return {*access::uuidBytes(token.id.value), m_agent->clock.now()};
    }
    std::vector<store::LogRow> log(int limit = 100)
    {
        auto rows = answerOf<std::vector<store::LogRow>>([&](auto answer) { m_agent->control().recentRequests(limit, std::move(answer)); });
        return rows ? std::move(*rows) : std::vector<store::LogRow>{};
    }

    /// What is told from now on, as `kind action name`.
    std::shared_ptr<QStringList> listen()
    {
        auto told = std::make_shared<QStringList>();
        m_agent->control().setEventListener([told](const AgentEvent& event) {
            constexpr std::array kinds{"token", "application", "policy", "group", "organization", "configuration", "keys", "fault", "request"};
            *told << QStringLiteral("%1 %2 %3").arg(QLatin1String(kinds.at(static_cast<std::size_t>(event.kind))),
                                                    QString::fromStdString(event.action), QString::fromStdString(event.name)).trimmed();
        });
        return told;
    }
    template <typename T, typename Call>
    T done(Call call)
    {
        auto result = answerOf<T>(std::move(call));
        if (!result)
            qFatal("%s", result.error().message.c_str());
        if constexpr (!std::is_void_v<T>)
            return std::move(*result);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

void TestControlEvents::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
    m_agent->store = {};
}

void TestControlEvents::cleanup()
{
    m_agent.reset();
}

void TestControlEvents::marksAndRequestsAreWritten()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    auto refused = request(issued->token.clientId.value, "/refused");
    refused.allowed = false;
    refused.status = 403;
    refused.reason = access::Reason::noMatchingPolicy;
    m_agent->edge.events->deliver({.requests = {request(issued->token.clientId.value), refused},
                                   .seen = {mark(issued->token)},
                                   .lost = 3,
                                   .allowed = 10,
                                   .refused = 2});
    QTRY_COMPARE(log().size(), 2U);
    const auto rows = log();
    QCOMPARE(rows[0].path, std::string("/refused"));
    QCOMPARE(rows[0].reason, std::string("no_matching_policy"));
    QCOMPARE(rows[0].tokenId, issued->token.id.value);
    QCOMPARE(rows[0].status, 403);
    QVERIFY(rows[1].allowed);
    QVERIFY(m_agent->token(issued->token.id)->lastSeenAt == m_agent->clock.now());
    QVERIFY(m_agent->token(issued->token.id)->updatedAt == issued->token.updatedAt);

    const auto status = m_agent->control().status();
    QCOMPARE(status.requestsAllowed, 10U);
    QCOMPARE(status.requestsRefused, 2U);
    QCOMPARE(status.eventsLost, 3U);
}

void TestControlEvents::aMarkNeverGoesBack()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto late = m_agent->clock.now() + 10s;
    const auto id = *access::uuidBytes(issued->token.id.value);
    m_agent->edge.events->deliver({.requests = {}, .seen = {{id, late}, {id, late - 5s}}});
    QTRY_VERIFY(m_agent->token(issued->token.id)->lastSeenAt == late);
    m_agent->edge.events->deliver({.requests = {request("")}, .seen = {{id, late - 7s}}});
    QTRY_COMPARE(log().size(), 1U);
    QVERIFY(m_agent->token(issued->token.id)->lastSeenAt == late);
}

void TestControlEvents::batchesOfManyThreadsShareATransaction()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    m_agent->store = {};
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; ++worker) {
        workers.emplace_back([&] {
            for (int i = 0; i < 25; ++i)
                m_agent->edge.events->deliver({.requests = {request(issued->token.clientId.value)}, .seen = {}, .lost = 0, .allowed = 1, .refused = 0});
        });
    }
    for (auto& worker : workers)
        worker.join();
    QTRY_COMPARE(m_agent->control().status().requestsAllowed, 100U);
    QTRY_COMPARE(log(1000).size(), 100U);
    QCOMPARE(m_agent->store.commits, 1);
}

void TestControlEvents::theLogKeepsTheNewest()
{
    m_agent->stop();
    m_agent->options.logKeep = 10;
    QVERIFY(m_agent->start());
    for (int i = 0; i < 3; ++i) {
        edge::EventBatch batch;
        for (int k = 0; k < 7; ++k)
            batch.requests.push_back(request("", "/" + std::to_string(i * 7 + k)));
        m_agent->edge.events->deliver(std::move(batch));
        QTRY_COMPARE(log(1).empty() ? std::string() : log(1).front().path, "/" + std::to_string(i * 7 + 6));
    }
    const auto rows = log();
    QCOMPARE(rows.size(), 10U);
    QCOMPARE(rows.front().path, std::string("/20"));
    QCOMPARE(rows.back().path, std::string("/11"));
}

void TestControlEvents::aDiskThatRefusesLosesNoMark()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    m_agent->store.failCommit = true;
    m_agent->edge.events->deliver({.requests = {request(issued->token.clientId.value)}, .seen = {mark(issued->token)}});
    QTRY_VERIFY(m_agent->log.text().find("the request log cannot be written") != std::string::npos);
    QVERIFY(!m_agent->token(issued->token.id)->lastSeenAt);
    m_agent->store.failCommit = false;
    m_agent->stop();
    QVERIFY(m_agent->start());
    QVERIFY(m_agent->token(issued->token.id)->lastSeenAt == m_agent->clock.now());
    QCOMPARE(log().size(), 1U);
}

void TestControlEvents::eventsOfUnknownClientsNameNoToken()
{
    m_agent->edge.events->deliver({.requests = {request("00000000000000000000000000000000.access")}, .seen = {}});
    QTRY_COMPARE(log().size(), 1U);
    QVERIFY(log().front().tokenId.empty());
}

void TestControlEvents::whatComesWithTheStopIsWritten()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    m_agent->edge.lastEvents.push_back({.requests = {request(issued->token.clientId.value)}, .seen = {mark(issued->token)}});
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(log().size(), 1U);
    QVERIFY(m_agent->token(issued->token.id)->lastSeenAt.has_value());
}

void TestControlEvents::aLogoutOutlivesARestart()
{
    const edge::EndedSession first{base::sha256("one"), m_agent->clock.now() + 1h};
    const edge::EndedSession second{base::sha256("two"), m_agent->clock.now() + 2h};
    int kept = 0;
    const auto end = [&](const edge::EndedSession& session) {
        m_agent->edge.events->sessionEnded(session, [&](bool done) { kept += done ? 1 : 100; });
    };
    end(first);
    QCOMPARE(kept, 0);   // never from inside the call
    QTRY_COMPARE(kept, 1);
    // What comes just before the end, and twice.
    end(second);
    end({second.session, second.expiresAt - 1min});
    m_agent->stop();
    QCOMPARE(kept, 3);
    QVERIFY(m_agent->start());
    QCOMPARE(m_agent->edge.endedSessions.size(), 2U);
    QVERIFY(std::ranges::find(m_agent->edge.endedSessions, first) != m_agent->edge.endedSessions.end());
    QVERIFY(std::ranges::find(m_agent->edge.endedSessions, second) != m_agent->edge.endedSessions.end());
    // What has ended by itself is forgotten.
    m_agent->clock.advance(1h);
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(m_agent->edge.endedSessions, std::vector{second});
}

void TestControlEvents::aLogoutThatCannotBeKeptIsToldSo()
{
    m_agent->store.failCommit = true;
    std::optional<bool> kept;
    m_agent->edge.events->sessionEnded({base::sha256("one"), m_agent->clock.now() + 1h}, [&](bool done) { kept = done; });
    QTRY_VERIFY(kept.has_value());
    QVERIFY(!*kept);
    QVERIFY(m_agent->log.text().find("a logout cannot be kept") != std::string::npos);
    // The next one is not held up by it.
    m_agent->store.failCommit = false;
    kept.reset();
    m_agent->edge.events->sessionEnded({base::sha256("one"), m_agent->clock.now() + 1h}, [&](bool done) { kept = done; });
    QTRY_VERIFY(kept == true);
}

void TestControlEvents::logoutsOfATurnShareATransaction()
{
    std::atomic<int> kept = 0;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 4; ++worker) {
        workers.emplace_back([&, worker] {
            for (int i = 0; i < 25; ++i)
                m_agent->edge.events->sessionEnded({base::sha256(std::to_string(worker * 100 + i)), m_agent->clock.now() + 1h}, [&](bool) { ++kept; });
        });
    }
    for (auto& worker : workers)
        worker.join();
    QTRY_COMPARE(kept.load(), 100);
    QCOMPARE(m_agent->store.commits, 1);
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(m_agent->edge.endedSessions.size(), 100U);
}

void TestControlEvents::whoHadLoggedInStandsInTheLog()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    auto person = request("");
    person.userEmail = "ada@example.com";
    m_agent->edge.events->deliver({.requests = {request(issued->token.clientId.value), person, request("")}, .seen = {}});
    const auto ask = [&](const store::LogFilter& wanted) {
        return answerOf<store::Page<store::AccessRequest>>([&](auto answer) { m_agent->control().accessRequests(wanted, std::move(answer)); });
    };
    QTRY_COMPARE(ask({})->totalCount, 2);   // not the one of nobody
    store::LogFilter filter;
    filter.nonIdentity = false;
    const auto people = ask(filter);
    QCOMPARE(people->totalCount, 1);
    QCOMPARE(people->items.front().row.userEmail, std::string("ada@example.com"));
    filter.nonIdentity = true;
    QCOMPARE(ask(filter)->items.front().row.clientId, issued->token.clientId.value);
    filter.nonIdentity.reset();
    filter.userEmail = store::LogFilter::Match{"ada@", true, false};
    QCOMPARE(ask(filter)->totalCount, 1);
    filter.userEmail = store::LogFilter::Match{"ada@example.com", false, true};
    QCOMPARE(ask(filter)->totalCount, 1);
}

void TestControlEvents::everyChangeIsTold()
{
    auto& control = m_agent->control();
    const auto told = listen();
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto id = issued->token.id;
    done<IssuedToken>([&](auto answer) { control.rotateToken(id, std::nullopt, std::move(answer)); });
    done<UpdatedToken>([&](auto answer) { control.updateToken(id, {.name = "build", .duration = {}, .enabled = {}, .extra = {}}, std::move(answer)); });
    done<UpdatedToken>([&](auto answer) {
        control.updateToken(id, {.name = {}, .duration = {}, .enabled = {}, .extra = {}, .clientSecretVersion = 9}, std::move(answer));
    });
    QCOMPARE(*told, QStringList({u"token created ci"_s, u"token rotated ci"_s, u"token updated build"_s, u"token rotated build"_s}));

    told->clear();
    access::Group group;
    group.name = "Robots";
    group.include = {access::AnyValidServiceTokenRule{}};
    const auto groupId = done<access::Group>([&](auto answer) { control.createGroup(group, std::move(answer)); }).id;
    done<access::Group>([&](auto answer) {
        control.editGroup(groupId, [](const access::Group& current) -> Result<access::Group> { return current; }, std::move(answer));
    });
    done<access::Group>([&](auto answer) { control.deleteGroup(groupId, std::move(answer)); });
    access::Policy policy;
    policy.name = "Machines";
    policy.decision = access::PolicyDecision::nonIdentity;
    policy.include = {access::AnyValidServiceTokenRule{}};
    const auto policyId = done<ReusablePolicy>([&](auto answer) { control.createPolicy(policy, std::move(answer)); }).policy.id;
    done<ReusablePolicy>([&](auto answer) {
        control.editPolicy(policyId, [](const access::Policy& current) -> Result<access::Policy> { return current; }, std::move(answer));
    });
    done<access::Policy>([&](auto answer) { control.deletePolicy(policyId, std::move(answer)); });
    QCOMPARE(*told, QStringList({u"group created Robots"_s, u"group updated Robots"_s, u"group deleted Robots"_s, u"policy created Machines"_s,
                                 u"policy updated Machines"_s, u"policy deleted Machines"_s}));

    told->clear();
    const auto application = m_agent->createApplication(sampleApplication("Grafana"));
    QVERIFY(application);
    done<access::Faults>([&](auto answer) { control.setFaults(application->id, {.latency = 5ms}, std::move(answer)); });
    done<access::Faults>([&](auto answer) { control.setFaults(application->id, {}, std::move(answer)); });
    // What is refused did not happen.
    QVERIFY(!answerOf<access::Group>([&](auto answer) { control.deleteGroup({"none"}, std::move(answer)); }));
    QCOMPARE(*told, QStringList({u"application created Grafana"_s, u"fault set"_s, u"fault cleared"_s}));
}

void TestControlEvents::anImportTellsWhatItChanged()
{
    auto& control = m_agent->control();
    QVERIFY(m_agent->createToken("old"));
    auto configuration = done<access::Configuration>([&](auto answer) { control.exportConfiguration(std::move(answer)); });
    configuration.tokens.front().token.name = "renamed";
    configuration.applications.push_back(sampleApplication("Grafana"));
    const auto told = listen();
    done<ConfigurationChanges>([&](auto answer) { control.importConfiguration(configuration, {.rehearse = true}, std::move(answer)); });
    QCOMPARE(*told, QStringList());
    done<ConfigurationChanges>([&](auto answer) { control.importConfiguration(configuration, {}, std::move(answer)); });
    QCOMPARE(*told, QStringList({u"token updated renamed"_s, u"application created Grafana"_s, u"configuration imported"_s}));
    told->clear();
    configuration = done<access::Configuration>([&](auto answer) { control.exportConfiguration(std::move(answer)); });
    done<ConfigurationChanges>([&](auto answer) { control.importConfiguration(configuration, {}, std::move(answer)); });
    QCOMPARE(*told, QStringList());
}

void TestControlEvents::theInactivityCleanUpTellsWhoWent()
{
    auto& control = m_agent->control();
    QVERIFY(m_agent->createToken("idle"));
    done<access::Organization>([&](auto answer) {
        control.editOrganization(
            [](const access::Organization& current) -> Result<access::Organization> {
                auto wanted = current;
                wanted.inactivity = {.enabled = true, .thresholdDays = 30, .action = access::InactivitySetting::Action::remove};
                return wanted;
            },
            std::move(answer));
    });
    m_agent->clock.advance(std::chrono::days(31));
    const auto told = listen();
    QCOMPARE(done<int>([&](auto answer) { control.cleanInactive(std::move(answer)); }), 1);
    QCOMPARE(*told, QStringList({u"token deleted idle"_s}));
}

LATCHKEY_TEST(TestControlEvents)

} // namespace tst_control_events

#include "tst_control_events.moc"
