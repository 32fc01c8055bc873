// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include <QTemporaryDir>
#include <QtTest>

#include <thread>

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;

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

QTEST_GUILESS_MAIN(TestControlEvents)
#include "tst_control_events.moc"
