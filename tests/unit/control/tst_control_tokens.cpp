// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokensTesting.h"

#include "TestProgram.h"

namespace tst_control_tokens {

using namespace tokensTesting;

class TestControlTokens : public TokensTest {
    Q_OBJECT

private Q_SLOTS:
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
    void deleteIsInForceAndCutsOff();
    void whatIsNotThereIsNotFound();
    void listsAreFilteredAndPaged();
    void everythingSurvivesARestart();
};

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
