// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/UpstreamProbe.h"

#include "TestProgram.h"

#include <QTcpServer>
#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_advice {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;

class TestControlAdvice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void whatTheStateHoldsIsLookedAt();
    void anUpstreamThatDoesNotAnswerIsFound();
    void aThousandTokensAreQuick();
    void whoAsksAtTheEndIsAnswered();
    void upstreamsAreAskedAtOnceAndRememberedForAWhile();
    void aSilentUpstreamHoldsUpNobody();

private:
    std::vector<access::Finding> advice()
    {
        auto found = answerOf<std::vector<access::Finding>>([&](auto answer) { m_agent->control().advise(std::move(answer)); });
        if (!found)
            qFatal("%s", found.error().message.c_str());
        return std::move(*found);
    }
    QStringList codes()
    {
        QStringList codes;
        for (const auto& finding : advice())
            codes << QString::fromStdString(finding.code);
        return codes;
    }
    /// A port that somebody listens on.
    std::string listen(QTcpServer& server)
    {
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        return "http://127.0.0.1:" + std::to_string(server.serverPort());
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

void TestControlAdvice::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
}

void TestControlAdvice::cleanup()
{
    m_agent.reset();
}

void TestControlAdvice::whatTheStateHoldsIsLookedAt()
{
    const auto token = m_agent->createToken("ci", *access::Duration::parse("240h"));
    QVERIFY(token);
    QCOMPARE(codes(), QStringList({QStringLiteral("token_expires_soon"), QStringLiteral("token_not_in_any_policy")}));

    QTcpServer server;
    auto application = sampleApplication("Grafana");
    application.upstream = listen(server);
    application.policies.front().decision = access::PolicyDecision::allow;
    application.policies.front().include = {access::ServiceTokenRule{token->token.id}};
    QVERIFY(m_agent->createApplication(application));
    QCOMPARE(codes(), QStringList({QStringLiteral("service_token_in_allow_policy"), QStringLiteral("token_expires_soon")}));

    // The group and the reusable policy count as well, and so does the clock.
    access::Group group;
    group.name = "Robots";
    group.include = {access::ServiceTokenRule{{"0b5ff9f7-6c6e-4d3e-9b0e-0123456789ab"}}};
    QVERIFY(answerOf<access::Group>([&](auto answer) { m_agent->control().createGroup(group, std::move(answer)); }));
    m_agent->clock.advance(std::chrono::days(11));
    QCOMPARE(codes(), QStringList({QStringLiteral("service_token_in_allow_policy"), QStringLiteral("token_expired"),
                                   QStringLiteral("policy_names_missing_token")}));
    QCOMPARE(advice().back().group->name, std::string("Robots"));
}

void TestControlAdvice::anUpstreamThatDoesNotAnswerIsFound()
{
    QTcpServer server;
    auto application = sampleApplication("Grafana");
    application.upstream = listen(server);
    QVERIFY(m_agent->createApplication(application));
    auto other = sampleApplication("Wiki");
    {
        QTcpServer gone;
        other.upstream = listen(gone);
    }
    const auto made = m_agent->createApplication(other);
    QVERIFY(made);
    const auto findings = advice();
    QCOMPARE(findings.size(), 1U);
    QCOMPARE(findings.front().code, std::string("upstream_does_not_answer"));
    QVERIFY(findings.front().severity == access::Finding::Severity::error);
    QVERIFY(findings.front().application == access::Finding::Reference({made->id.value, "Wiki"}));
    QVERIFY(findings.front().message.find(other.upstream) != std::string::npos);
}

void TestControlAdvice::aThousandTokensAreQuick()
{
    std::vector<access::Rule> rules;
    access::Configuration configuration;
    for (int i = 0; i < 1'000; ++i) {
        access::TokenRecord record;
        record.token.id = {m_agent->random.uuid()};
        record.token.name = "token " + std::to_string(i);
        record.secrets.current = base::sha256(record.token.id.value);
        rules.push_back(access::ServiceTokenRule{record.token.id});
        configuration.tokens.push_back(std::move(record));
    }
    auto application = sampleApplication("Grafana");
    application.policies.front().decision = access::PolicyDecision::allow;
    application.policies.front().include = rules;
    application.upstream.clear();
    configuration.applications.push_back(application);
    QVERIFY(answerOf<ConfigurationChanges>([&](auto answer) { m_agent->control().importConfiguration(configuration, {}, std::move(answer)); }));
    const auto findings = advice();
    QCOMPARE(findings.size(), 1'001U);   // each in an Allow policy; and the application has no upstream
}

void TestControlAdvice::whoAsksAtTheEndIsAnswered()
{
    auto application = sampleApplication("Far");
    application.upstream = "http://192.0.2.1:9";   // RFC 5737: nobody is there
    QVERIFY(m_agent->createApplication(application));
    int answers = 0;
    m_agent->control().advise([&](const auto&) { ++answers; });
    m_agent->control().stop(std::chrono::milliseconds(0));
    QTRY_COMPARE(answers, 1);
    m_agent->control().advise([&](const auto& found) {
        QVERIFY(!found && found.error().code == ErrorCode::cancelled);
        ++answers;
    });
    QTRY_COMPARE(answers, 2);
}

void TestControlAdvice::upstreamsAreAskedAtOnceAndRememberedForAWhile()
{
    QTcpServer server;
    const std::string there = listen(server);
    int connections = 0;
    connect(&server, &QTcpServer::newConnection, this, [&] {
        while (auto* connection = server.nextPendingConnection()) {
            ++connections;
            connection->deleteLater();
        }
    });
    UpstreamProbe probe;
    int answers = 0;
    const auto good = [&](const UpstreamProbe::Silent& silent) {
        QVERIFY(silent.empty());
        ++answers;
    };
    // Two who ask at the same time, and about the same port twice, share the connection.
    probe.ask({there, there + "/path", "", "nonsense"}, good);
    probe.ask({there}, good);
    QCOMPARE(answers, 0);   // never from inside the call
    QTRY_COMPARE(answers, 2);
    QTRY_COMPARE(connections, 1);
    probe.ask({there}, good);
    QTRY_COMPARE(answers, 3);
    QTest::qWait(50);
    QCOMPARE(connections, 1);

    server.close();
    probe.ask({there}, good);   // still what was found out a moment ago
    QTRY_COMPARE(answers, 4);
}

void TestControlAdvice::aSilentUpstreamHoldsUpNobody()
{
    // Addresses of RFC 5737, where nobody answers or the network refuses: all of them at once.
    std::vector<std::string> upstreams;
    for (int i = 1; i <= 40; ++i)
        upstreams.push_back("http://192.0.2." + std::to_string(i) + ":9");
    UpstreamProbe probe;
    std::optional<UpstreamProbe::Silent> silent;
    probe.ask(upstreams, [&](UpstreamProbe::Silent found) { silent = std::move(found); });
    QVERIFY(!silent);
    QTRY_VERIFY_WITH_TIMEOUT(silent.has_value(), 10'000);   // one after the other would be forty seconds
    QCOMPARE(silent->size(), 40U);
}

LATCHKEY_TEST(TestControlAdvice)

} // namespace tst_control_advice

#include "tst_control_advice.moc"
