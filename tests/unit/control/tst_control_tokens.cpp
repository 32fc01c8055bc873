// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/access/ClientSecret.h"
#include "agent/access/Decision.h"

#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_tokens {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;

class TestControlTokens : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void createdTokensHaveTheFormsOfTheFacts();
    void theEndFollowsTheDuration_data();
    void theEndFollowsTheDuration();
    void impossibleNamesAreRefused_data();
    void impossibleNamesAreRefused();
    void aCreatedTokenOpensAtTheEdge();
    void refreshGivesAYearWhateverTheDurationWas();
    void refreshRevivesAnExpiredToken();
    void refreshLeavesATokenThatNeverExpires();
    void updateRenamesWithoutTouchingTheEdge();
    void updateOfTheDurationCountsFromNow();
    void updateToForeverTakesTheEndAway();
    void disablingCutsOffAndEnablingLetsInAgain();
    void anUpdateThatIsWrongChangesNothing();
    void aRotationWithoutGraceEndsTheOldSecretAtOnce();
    void theOldSecretWorksUntilItsEndAndTheEndMoves();
    void aSecondRotationEndsTheOldestSecret();
    void aRaisedVersionRotatesOnce();
    void anEndWithoutAPreviousSecretChangesNothing();
    void newTokensWaitForTheActivationDelayAlsoAfterARestart();
    void inactiveTokensGoByAllThreeConditions();
    void deleteIsInForceAndCutsOff();
    void whatIsNotThereIsNotFound();
    void listsAreFilteredAndPaged();
    void everythingSurvivesARestart();

private:
    const access::TokenEntry* entry(const access::ServiceToken& token) const
    {
        return m_agent->edge.newest().tokens.find(token.clientId.value);
    }
    access::Reason knock(const access::ServiceToken& token, const SecretBytes& secret) const
    {
        return access::authenticate(entry(token), access::hashClientSecret(secret.reveal()), m_agent->clock.now());
    }
    Result<access::ServiceToken> update(const access::TokenId& id, TokenChange change)
    {
        auto updated = answerOf<UpdatedToken>(
            [&](auto answer) { m_agent->control().updateToken(id, std::move(change), std::move(answer)); });
        if (!updated)
            return std::unexpected(updated.error());
        return std::move(updated->token);
    }
    Result<IssuedToken> rotate(const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd)
    {
        return answerOf<IssuedToken>([&](auto answer) { m_agent->control().rotateToken(id, previousEnd, std::move(answer)); });
    }
    template <typename Edit>
    void setOrganization(Edit edit)
    {
        const auto edited = answerOf<access::Organization>([&](auto answer) {
            m_agent->control().editOrganization(
                [edit](const access::Organization& current) -> Result<access::Organization> {
                    auto wanted = current;
                    edit(wanted);
                    return wanted;
                },
                std::move(answer));
        });
        QVERIFY(edited.has_value());
    }
    Result<InactivityReport> rehearse()
    {
        return answerOf<InactivityReport>([&](auto answer) { m_agent->control().rehearseInactivity(std::move(answer)); });
    }
    Result<int> clean()
    {
        return answerOf<int>([&](auto answer) { m_agent->control().cleanInactive(std::move(answer)); });
    }
    Result<access::ServiceToken> refresh(const access::TokenId& id)
    {
        return answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().refreshToken(id, std::move(answer)); });
    }
    Result<access::ServiceToken> remove(const access::TokenId& id)
    {
        return answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().deleteToken(id, std::move(answer)); });
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

void TestControlTokens::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
}

void TestControlTokens::cleanup()
{
    m_agent.reset();
}

void TestControlTokens::createdTokensHaveTheFormsOfTheFacts()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    QVERIFY(access::uuidBytes(issued->token.id.value).has_value());
    QVERIFY(access::isClientId(issued->token.clientId.value));
    QCOMPARE(issued->token.clientId.value.size(), 39U);
    QVERIFY(access::checkClientSecret(issued->secret.reveal()) == access::SecretForm::cfast);
    QCOMPARE(issued->token.clientSecretVersion, 1);
    QVERIFY(issued->token.enabled);
    QCOMPARE(issued->token.createdAt, m_agent->clock.now());
    QCOMPARE(issued->token.updatedAt, m_agent->clock.now());
    QVERIFY(!issued->token.lastSeenAt);
    QVERIFY(m_agent->token(issued->token.id) == issued->token);

    const auto other = m_agent->createToken("ci");
    QVERIFY(other);
    QVERIFY(other->token.id != issued->token.id);
    QVERIFY(other->token.clientId != issued->token.clientId);
    QVERIFY(!other->secret.equals(issued->secret));
}

void TestControlTokens::theEndFollowsTheDuration_data()
{
    QTest::addColumn<QString>("duration");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("a year") << "8760h" << qint64(8760) * 3600;
    QTest::newRow("seconds") << "90s" << qint64(90);
    QTest::newRow("compound") << "2h45m" << qint64(165) * 60;
    QTest::newRow("never") << "forever" << qint64(-1);
}

void TestControlTokens::theEndFollowsTheDuration()
{
    QFETCH(QString, duration);
    QFETCH(qint64, seconds);
    const auto issued = m_agent->createToken("ci", *access::Duration::parse(duration.toStdString()));
    QVERIFY(issued);
    QCOMPARE(issued->token.duration.text(), duration.toStdString());
    QCOMPARE(issued->token.expiresAt.has_value(), seconds >= 0);
    if (seconds >= 0)
        QVERIFY(*issued->token.expiresAt == m_agent->clock.now() + std::chrono::seconds(seconds));
}

void TestControlTokens::impossibleNamesAreRefused_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("one character") << QByteArray("x") << true;
    QTest::newRow("255 characters") << QByteArray(255, 'x') << true;
    QTest::newRow("255 characters of two bytes") << QByteArray("ö").repeated(255) << true;
    QTest::newRow("empty") << QByteArray("") << false;
    QTest::newRow("blanks") << QByteArray("   ") << false;
    QTest::newRow("256 characters") << QByteArray(256, 'x') << false;
    QTest::newRow("a line break") << QByteArray("a\nb") << false;
    QTest::newRow("not UTF-8") << QByteArray("a\xff") << false;
}

void TestControlTokens::impossibleNamesAreRefused()
{
    QFETCH(QByteArray, name);
    QFETCH(bool, allowed);
    const auto issued = m_agent->createToken(name.toStdString());
    QCOMPARE(issued.has_value(), allowed);
    QCOMPARE(m_agent->tokens()->size(), allowed ? 1U : 0U);
    if (!allowed)
        QVERIFY(issued.error().code == ErrorCode::invalidArgument);
}

void TestControlTokens::aCreatedTokenOpensAtTheEdge()
{
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("60s"));
    QVERIFY(issued);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
    QCOMPARE(knock(issued->token, SecretBytes(std::string_view("cfast_wrong"))), access::Reason::wrongSecret);
    m_agent->clock.advance(60s);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenExpired);
    m_agent->clock.advance(-3600s);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlTokens::refreshGivesAYearWhateverTheDurationWas()
{
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("1h"));
    QVERIFY(issued);
    m_agent->clock.advance(10min);
    const auto refreshed = refresh(issued->token.id);
    QVERIFY(refreshed);
    QCOMPARE(refreshed->duration.text(), std::string("8760h"));
    QVERIFY(refreshed->expiresAt == m_agent->clock.now() + 8760h);
    QCOMPARE(refreshed->updatedAt, m_agent->clock.now());
    QCOMPARE(refreshed->createdAt, issued->token.createdAt);
    QCOMPARE(refreshed->clientSecretVersion, 1);
    QVERIFY(m_agent->token(issued->token.id) == *refreshed);
}

void TestControlTokens::refreshRevivesAnExpiredToken()
{
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("1h"));
    QVERIFY(issued);
    m_agent->clock.advance(2h);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenExpired);
    QVERIFY(refresh(issued->token.id));
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlTokens::refreshLeavesATokenThatNeverExpires()
{
    const auto issued = m_agent->createToken("ci", access::Duration::forever());
    QVERIFY(issued);
    m_agent->clock.advance(1h);
    const auto refreshed = refresh(issued->token.id);
    QVERIFY(refreshed);
    QVERIFY(*refreshed == issued->token);
}

void TestControlTokens::updateRenamesWithoutTouchingTheEdge()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto publications = m_agent->edge.snapshots.size();
    m_agent->clock.advance(5s);
    const auto renamed = update(issued->token.id, {.name = "deploy", .duration = {}, .enabled = {}, .extra = {}});
    QVERIFY(renamed);
    QCOMPARE(renamed->name, std::string("deploy"));
    QCOMPARE(renamed->updatedAt, m_agent->clock.now());
    QVERIFY(renamed->expiresAt == issued->token.expiresAt);
    QCOMPARE(m_agent->edge.snapshots.size(), publications);
}

void TestControlTokens::updateOfTheDurationCountsFromNow()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    m_agent->clock.advance(24h);
    const auto updated = update(issued->token.id, {.name = {}, .duration = *access::Duration::parse("2h"), .enabled = {}, .extra = {}});
    QVERIFY(updated);
    QVERIFY(updated->expiresAt == m_agent->clock.now() + 2h);
    QCOMPARE(updated->name, std::string("ci"));
    m_agent->clock.advance(2h);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenExpired);
}

void TestControlTokens::updateToForeverTakesTheEndAway()
{
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("1h"));
    QVERIFY(issued);
    const auto updated = update(issued->token.id, {.name = {}, .duration = access::Duration::forever(), .enabled = {}, .extra = {}});
    QVERIFY(updated);
    QVERIFY(!updated->expiresAt);
    m_agent->clock.advance(std::chrono::hours(8760 * 20));
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlTokens::disablingCutsOffAndEnablingLetsInAgain()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto before = entry(issued->token)->revision;
    const auto disabled = update(issued->token.id, {.name = {}, .duration = {}, .enabled = false, .extra = {}});
    QVERIFY(disabled);
    QVERIFY(!disabled->enabled);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::tokenDisabled);
    QVERIFY(entry(issued->token)->revision > before);
    QCOMPARE(m_agent->edge.newest().cutOff.size(), 1U);
    QVERIFY(m_agent->edge.newest().cutOff.front() == access::uuidBytes(issued->token.id.value));

    QVERIFY(update(issued->token.id, {.name = {}, .duration = {}, .enabled = true, .extra = {}}));
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
    QVERIFY(m_agent->edge.newest().cutOff.empty());
}

void TestControlTokens::anUpdateThatIsWrongChangesNothing()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto refused = update(issued->token.id, {.name = "", .duration = {}, .enabled = false, .extra = {}});
    QVERIFY(!refused);
    QVERIFY(refused.error().code == ErrorCode::invalidArgument);
    QVERIFY(m_agent->token(issued->token.id) == issued->token);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
}

void TestControlTokens::aRotationWithoutGraceEndsTheOldSecretAtOnce()
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

void TestControlTokens::theOldSecretWorksUntilItsEndAndTheEndMoves()
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

void TestControlTokens::aSecondRotationEndsTheOldestSecret()
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

void TestControlTokens::aRaisedVersionRotatesOnce()
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

void TestControlTokens::anEndWithoutAPreviousSecretChangesNothing()
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

void TestControlTokens::newTokensWaitForTheActivationDelayAlsoAfterARestart()
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

void TestControlTokens::inactiveTokensGoByAllThreeConditions()
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

void TestControlTokens::deleteIsInForceAndCutsOff()
{
    auto application = sampleApplication("Grafana");
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    application.policies.front().include = {access::ServiceTokenRule{issued->token.id}};
    const auto created = m_agent->createApplication(application);
    QVERIFY(created);

    const auto removed = remove(issued->token.id);
    QVERIFY(removed);
    QCOMPARE(removed->id, issued->token.id);
    QVERIFY(!entry(issued->token));
    QVERIFY(m_agent->edge.newest().cutOff.front() == access::uuidBytes(issued->token.id.value));
    QVERIFY(m_agent->tokens()->empty());

    // The rule that names it stays as it was written.
    const auto left = answerOf<access::Application>([&](auto answer) { m_agent->control().getApplication(created->id, std::move(answer)); });
    QVERIFY(left);
    QVERIFY(left->policies == created->policies);
}

void TestControlTokens::whatIsNotThereIsNotFound()
{
    const access::TokenId nobody{"11111111-2222-4333-8444-555555555555"};
    for (const auto& result : {m_agent->token(nobody), refresh(nobody), remove(nobody),
                               update(nobody, {.name = "x", .duration = {}, .enabled = {}, .extra = {}})}) {
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::notFound);
    }
    QCOMPARE(m_agent->edge.snapshots.size(), 1U);
}

void TestControlTokens::listsAreFilteredAndPaged()
{
    for (const char* name : {"alpha", "beta", "gamma"}) {
        QVERIFY(m_agent->createToken(name));
        m_agent->clock.advance(1s);
    }
    const auto list = [&](store::TokenFilter filter) {
        return answerOf<store::Page<access::ServiceToken>>(
            [&](auto answer) { m_agent->control().listTokens(std::move(filter), std::move(answer)); });
    };
    const auto second = list({.name = {}, .search = {}, .page = 2, .perPage = 2});
    QVERIFY(second);
    QCOMPARE(second->totalCount, 3);
    QCOMPARE(second->items.size(), 1U);
    QCOMPARE(second->items.front().name, std::string("alpha"));
    QCOMPARE(list({.name = "beta", .search = {}})->totalCount, 1);
    QCOMPARE(list({.name = {}, .search = "MM"})->items.front().name, std::string("gamma"));
}

void TestControlTokens::everythingSurvivesARestart()
{
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("1h"));
    const auto disabled = m_agent->createToken("old");
    QVERIFY(issued && disabled);
    const auto off = update(disabled->token.id, {.name = {}, .duration = {}, .enabled = false, .extra = {}});
    QVERIFY(off);
    m_agent->stop();
    QVERIFY(m_agent->start());
    QVERIFY(m_agent->token(issued->token.id) == issued->token);
    QVERIFY(m_agent->token(disabled->token.id) == *off);
    QCOMPARE(knock(issued->token, issued->secret), access::Reason::allowed);
    QCOMPARE(knock(disabled->token, disabled->secret), access::Reason::tokenDisabled);
}

LATCHKEY_TEST(TestControlTokens)

} // namespace tst_control_tokens

#include "tst_control_tokens.moc"
