// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokensTesting.h"

#include "TestProgram.h"

namespace tst_control_secrets {

using namespace tokensTesting;

/// Which secrets are accepted and from when: rotation, the previous one's end, activation, and tokens nobody uses.
class TestControlSecrets : public TokensTest {
    Q_OBJECT

private Q_SLOTS:
    void aRotationWithoutGraceEndsTheOldSecretAtOnce();
    void theOldSecretWorksUntilItsEndAndTheEndMoves();
    void aSecondRotationEndsTheOldestSecret();
    void aRaisedVersionRotatesOnce();
    void anEndWithoutAPreviousSecretChangesNothing();
    void newTokensWaitForTheActivationDelayAlsoAfterARestart();
    void inactiveTokensGoByAllThreeConditions();
};

void TestControlSecrets::aRotationWithoutGraceEndsTheOldSecretAtOnce()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    m_agent->clock.advance(1min);
    const auto rotated = rotate(issued->token.id, std::nullopt);
    QVERIFY(rotated);
    QVERIFY(rotated->token.clientId == issued->token.clientId);
    QCOMPARE(rotated->token.clientSecretVersion, 2);
    QVERIFY(rotated->token.updatedAt == m_agent->clock.now());
    QVERIFY(rotated->token.previousClientSecretExpiresAt == m_agent->clock.now());
    QVERIFY(rotated->token.expiresAt == issued->token.expiresAt);
    QVERIFY(!rotated->secret.equals(issued->secret));
    QCOMPARE(knock(issued->token, rotated->secret), access::Reason::allowed);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::previousSecretExpired);
    QCOMPARE(m_agent->edge.newest().cutOff.size(), 1U);
    QVERIFY(m_agent->token(issued->token.id) == rotated->token);
}

void TestControlSecrets::theOldSecretWorksUntilItsEndAndTheEndMoves()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto start = m_agent->clock.now();
    const auto rotated = rotate(issued->token.id, start + 1h);
    QVERIFY(rotated);
    QVERIFY(rotated->token.previousClientSecretExpiresAt == start + 1h);
    QVERIFY(m_agent->edge.newest().cutOff.empty());
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
    QCOMPARE(knock(issued->token, rotated->secret), access::Reason::allowed);

    m_agent->clock.advance(1h);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::previousSecretExpired);

    // More time, also when it was over already; then compromise.
    TokenChange later;
    later.previousSecretEnd = start + 3h;
    const auto moved = update(issued->token.id, later);
    QVERIFY(moved);
    QVERIFY(moved->previousClientSecretExpiresAt == start + 3h);
    QCOMPARE(moved->clientSecretVersion, 2);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
    QVERIFY(m_agent->edge.newest().cutOff.empty());

    TokenChange past;
    past.previousSecretEnd = start - 1h;
    QVERIFY(update(issued->token.id, past));
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::previousSecretExpired);
    QCOMPARE(knock(issued->token, rotated->secret), access::Reason::allowed);
    QCOMPARE(m_agent->edge.newest().cutOff.size(), 1U);
}

void TestControlSecrets::aSecondRotationEndsTheOldestSecret()
{
    const auto first = m_agent->createToken("ci");
    QVERIFY(first);
    const auto second = rotate(first->token.id, m_agent->clock.now() + 1h);
    QVERIFY(second);
    const auto third = rotate(first->token.id, m_agent->clock.now() + 1h);
    QVERIFY(third);
    QCOMPARE(third->token.clientSecretVersion, 3);
    QCOMPARE(knock(first->token, first->secret), access::Reason::wrongSecret);
    QCOMPARE(knock(first->token, second->secret), access::Reason::allowed);
    QCOMPARE(knock(first->token, third->secret), access::Reason::allowed);
}

void TestControlSecrets::aRaisedVersionRotatesOnce()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto ask = [&](TokenChange change) {
        return answerOf<UpdatedToken>(
            [&](auto answer) { m_agent->control().updateToken(issued->token.id, std::move(change), std::move(answer)); });
    };
    TokenChange raise;
    raise.name = "renamed";
    raise.clientSecretVersion = 5;
    raise.previousSecretEnd = m_agent->clock.now() + 1h;
    const auto raised = ask(raise);
    QVERIFY(raised);
    QVERIFY(raised->secret.has_value());
    QCOMPARE(raised->token.clientSecretVersion, 5);
    QCOMPARE(raised->token.name, std::string("renamed"));
    QCOMPARE(knock(issued->token, *raised->secret), access::Reason::allowed);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);

    // The same body again, as tools that describe a wanted state send it.
    const auto again = ask(raise);
    QVERIFY(again);
    QVERIFY(!again->secret.has_value());
    QCOMPARE(knock(issued->token, *raised->secret), access::Reason::allowed);
    raise.clientSecretVersion = 1;
    QVERIFY(!ask(raise)->secret.has_value());
    QCOMPARE(m_agent->token(issued->token.id)->clientSecretVersion, 5);
}

void TestControlSecrets::anEndWithoutAPreviousSecretChangesNothing()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    TokenChange change;
    change.previousSecretEnd = m_agent->clock.now() + 1h;
    const auto changed = update(issued->token.id, change);
    QVERIFY(changed);
    QVERIFY(!changed->previousClientSecretExpiresAt);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlSecrets::newTokensWaitForTheActivationDelayAlsoAfterARestart()
{
    const auto before = m_agent->createToken("before");
    QVERIFY(before);
    setOrganization([](access::Organization& organization) { organization.activationDelay = 5min; });
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    QCOMPARE(knock(before->token, before->secret), access::Reason::allowed);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenNotActiveYet);
    m_agent->stop();
    QVERIFY(m_agent->start());
    m_agent->clock.advance(5min - 1s);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenNotActiveYet);
    // A later change must not forget it.
    TokenChange rename;
    rename.duration = access::Duration::hours(10);
    QVERIFY(update(issued->token.id, rename));
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenNotActiveYet);
    m_agent->clock.advance(1s);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlSecrets::inactiveTokensGoByAllThreeConditions()
{
    const auto old = m_agent->createToken("old");
    const auto named = m_agent->createToken("named");
    QVERIFY(old && named);
    auto application = sampleApplication("Grafana");
    application.policies.front().exclude = {access::ServiceTokenRule{named->token.id}};
    QVERIFY(m_agent->createApplication(application));
    // A reusable policy's name counts even before an application lists it.
    const auto waiting = m_agent->createToken("waiting");
    QVERIFY(waiting);
    access::Policy reusable;
    reusable.name = "Later";
    reusable.decision = access::PolicyDecision::nonIdentity;
    reusable.include = {access::ServiceTokenRule{waiting->token.id}};
    QVERIFY(answerOf<ReusablePolicy>([&](auto answer) { m_agent->control().createPolicy(reusable, std::move(answer)); }));
    m_agent->clock.advance(std::chrono::days(30));
    const auto young = m_agent->createToken("young");
    QVERIFY(young);
    setOrganization([](access::Organization& organization) { organization.inactivity.thresholdDays = 30; });

    // Exactly as old as the threshold is not older.
    QCOMPARE(rehearse()->leaving.size(), 0U);
    m_agent->clock.advance(1s);
    const auto report = rehearse();
    QVERIFY(report);
    QVERIFY(!report->setting.enabled);
    QCOMPARE(report->leaving.size(), 1U);
    QVERIFY(report->leaving.front().token.id == old->token.id);
    QCOMPARE(report->stayingCount, 3);
    for (const auto& entry : report->staying) {
        if (entry.token.id == named->token.id || entry.token.id == waiting->token.id)
            QVERIFY(entry.finding == (access::InactivityFinding{.unused = true, .old = true, .unnamed = false}));
        else
            QVERIFY(entry.finding == (access::InactivityFinding{.unused = true, .old = false, .unnamed = true}));
    }

    // Off: the rehearsal was all.
    QCOMPARE(clean().value_or(-1), 0);
    QVERIFY(m_agent->token(old->token.id)->enabled);

    setOrganization([](access::Organization& organization) { organization.inactivity.enabled = true; });
    QCOMPARE(clean().value_or(-1), 1);
    QVERIFY(!m_agent->token(old->token.id)->enabled);
    QCOMPARE(knock(old->token, old->secret), access::Reason::tokenDisabled);
    QCOMPARE(clean().value_or(-1), 0);

    setOrganization([](access::Organization& organization) {
        organization.inactivity.action = access::InactivitySetting::Action::remove;
    });
    QCOMPARE(clean().value_or(-1), 1);
    QVERIFY(!entry(old->token));
    QVERIFY(m_agent->token(named->token.id)->enabled);
    QVERIFY(m_agent->token(young->token.id)->enabled);
}

LATCHKEY_TEST(TestControlSecrets)

} // namespace tst_control_secrets

#include "tst_control_secrets.moc"
