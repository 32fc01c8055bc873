// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Samples.h"
#include "Tampering.h"
#include "TestProgram.h"

namespace tst_store {

using namespace latchkey;
using namespace latchkey::store;
using namespace latchkey::store::test;

class TestStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tokensComeBackUnchanged();
    void applicationsComeBackUnchanged();
    void settingsAndKeysComeBackUnchanged();
    void policiesAndGroupsComeBackUnchanged();
    void theOrganizationComesBackUnchanged();
    void lastSeenOnlyGrowsAndIsNoUpdate();
    void changesOfWhatIsMissingSayNotFound();
    void identifiersTakenAreConflicts();
    void changesOutsideATransactionAreRefused();
    void rollbackForgets();
    void savepointsUndoOneCommandOfSeveral();
};

void TestStore::tokensComeBackUnchanged()
{
    QTemporaryDir directory;
    auto changed = fullToken(1);
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
        LATCHKEY_REQUIRE((*store)->insertToken(plainToken(2, {})));
        LATCHKEY_REQUIRE((*store)->insertToken(plainToken(3, std::string("nul\0inside", 10))));
        LATCHKEY_REQUIRE((*store)->commit());
        QVERIFY((*store)->token(fullToken(1).token.id)->value() == fullToken(1));

        changed.token.name = "renamed";
        changed.token.enabled = true;
        changed.token.duration = access::Duration::forever();
        changed.token.expiresAt.reset();
        changed.token.previousClientSecretExpiresAt.reset();
        changed.secrets.previous.reset();
        changed.token.extra.clear();
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->updateToken(changed));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    const auto all = (*store)->allTokens();
    LATCHKEY_REQUIRE(all);
    QCOMPARE(all->size(), std::size_t{3});
    QVERIFY(all->at(0) == changed);
    QVERIFY(all->at(1) == plainToken(2, {}));
    QVERIFY(all->at(2) == plainToken(3, std::string("nul\0inside", 10)));
    QVERIFY(!(*store)->token(access::TokenId{"none"})->has_value());

    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->deleteToken(changed.token.id));
    LATCHKEY_REQUIRE((*store)->commit());
    QVERIFY(!(*store)->token(changed.token.id)->has_value());
    QCOMPARE((*store)->allTokens()->size(), std::size_t{2});
}

void TestStore::applicationsComeBackUnchanged()
{
    QTemporaryDir directory;
    auto changed = fullApplication(1);
    auto plain = access::Application{};
    plain.id.value = "plain";
    plain.audience.value = "plain";
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->insertApplication(changed));
        LATCHKEY_REQUIRE((*store)->insertApplication(plain));
        LATCHKEY_REQUIRE((*store)->commit());
        QVERIFY((*store)->allApplications()->at(0) == changed);

        std::swap(changed.policies[0], changed.policies[1]);
        changed.policies.push_back(changed.policies[0]);
        changed.port.reset();
        changed.sessionsRevokedAt.reset();
        changed.sessionEpoch = 3;
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->updateApplication(changed));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    auto all = (*store)->allApplications();
    LATCHKEY_REQUIRE(all);
    QCOMPARE(all->size(), std::size_t{2});
    QVERIFY(all->at(0) == changed);
    QVERIFY(all->at(1) == plain);

    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->deleteApplication(changed.id));
    LATCHKEY_REQUIRE((*store)->commit());
    QCOMPARE((*store)->allApplications()->size(), std::size_t{1});
    // Its policies went with it: the same number may be given out again.
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertApplication(fullApplication(7)));
    LATCHKEY_REQUIRE((*store)->commit());
    QVERIFY((*store)->allApplications()->back() == fullApplication(7));
}

void TestStore::policiesAndGroupsComeBackUnchanged()
{
    QTemporaryDir directory;
    access::Policy policy = fullApplication(1).policies.front();
    policy.reusable = true;
    policy.precedence = 0;
    access::Group group{{"g1"}, "Staff", policy.include, policy.require, policy.exclude, policy.createdAt, policy.updatedAt, "{\"is_default\":true}"};
    auto application = fullApplication(2);
    application.policies[1] = policy;
    application.policies[1].precedence = 12;
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->insertPolicy(policy));
        LATCHKEY_REQUIRE((*store)->insertGroup(group));
        LATCHKEY_REQUIRE((*store)->insertApplication(application));
        QCOMPARE((*store)->insertPolicy(policy).error().code, ErrorCode::conflict);
        QCOMPARE((*store)->insertGroup(group).error().code, ErrorCode::conflict);
        LATCHKEY_REQUIRE((*store)->commit());
        QVERIFY((*store)->allPolicies()->at(0) == policy);
        QVERIFY((*store)->allGroups()->at(0) == group);
        policy.name = "Other";
        policy.sessionDuration.reset();
        group.include.clear();
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->updatePolicy(policy));
        LATCHKEY_REQUIRE((*store)->updateGroup(group));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QVERIFY((*store)->allPolicies().value() == std::vector{policy});
    QVERIFY((*store)->allGroups().value() == std::vector{group});
    QVERIFY((*store)->allApplications().value() == std::vector{application});   // renewing its copy is control's
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->deletePolicy(policy.id));
    LATCHKEY_REQUIRE((*store)->deleteGroup(group.id));
    QCOMPARE((*store)->deletePolicy(policy.id).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->updatePolicy(policy).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->deleteGroup(group.id).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->updateGroup(group).error().code, ErrorCode::notFound);
    LATCHKEY_REQUIRE((*store)->commit());
    QVERIFY((*store)->allPolicies()->empty() && (*store)->allGroups()->empty());
}

void TestStore::theOrganizationComesBackUnchanged()
{
    QTemporaryDir directory;
    access::Organization organization;
    organization.name = "Acme";
    organization.authDomain = "acme.cloudflareaccess.com";
    organization.sessionDuration = access::Duration::hours(6);
    organization.strict = false;
    organization.inactivity = {true, 60, access::InactivitySetting::Action::remove};
    organization.keyRotationIntervalDays = 21;
    organization.activationDelay = std::chrono::minutes(5);
    organization.rateLimit = 1200;
    organization.countryHeader = "CF-IPCountry";
    organization.testIdentities = {{"alice@example.com", "Alice", {"staff", "admins"}, "DE"}, {"bob@example.com", {}, {}, {}}};
    organization.extra = R"({"login_design":{"header_text":"Hi"}})";
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        QVERIFY(!(*store)->organization()->has_value());
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->saveOrganization({}));
        LATCHKEY_REQUIRE((*store)->saveOrganization(organization));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QVERIFY((*store)->organization()->value() == organization);
    tamper(pathOf(directory), {QStringLiteral("UPDATE organization SET document = '{\"rate_limit\":\"many\"}'")});
    const auto damaged = (*store)->organization();
    QVERIFY(!damaged.has_value());
    QCOMPARE(damaged.error().code, ErrorCode::damaged);
}

void TestStore::settingsAndKeysComeBackUnchanged()
{
    QTemporaryDir directory;
    const Settings settings{"agent", std::string(32, 'c'), "local", "file"};
    const KeyRecord old{"old", at(100), at(200)};
    const KeyRecord current{"current", at(200), std::nullopt};
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        QVERIFY(!(*store)->settings()->has_value());
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->saveSettings(Settings{"first", "a", "b", "os"}));
        LATCHKEY_REQUIRE((*store)->saveSettings(settings));
        LATCHKEY_REQUIRE((*store)->saveKey(KeyRecord{"old", at(100), std::nullopt}));
        LATCHKEY_REQUIRE((*store)->saveKey(current));
        LATCHKEY_REQUIRE((*store)->saveKey(old));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QVERIFY((*store)->settings()->value() == settings);
    QVERIFY(*(*store)->keys() == (std::vector{current, old}));
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->deleteKey("old"));
    LATCHKEY_REQUIRE((*store)->commit());
    QVERIFY(*(*store)->keys() == std::vector{current});
}

void TestStore::lastSeenOnlyGrowsAndIsNoUpdate()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    auto expected = plainToken(1, "seen");
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(expected));
    const std::vector<std::pair<access::TokenId, std::chrono::sys_seconds>> marks{
        {expected.token.id, at(500)}, {expected.token.id, at(400)}, {access::TokenId{"deleted since"}, at(600)}};
    LATCHKEY_REQUIRE((*store)->markSeen(marks));
    LATCHKEY_REQUIRE((*store)->commit());
    const auto record = (*store)->token(expected.token.id)->value();
    expected.token.lastSeenAt = at(500);
    QVERIFY(record == expected);   // updatedAt too

    LATCHKEY_REQUIRE((*store)->begin());
    auto stale = expected;
    stale.token.lastSeenAt.reset();
    stale.token.name = "renamed meanwhile";
    LATCHKEY_REQUIRE((*store)->updateToken(stale));
    QCOMPARE((*store)->token(expected.token.id)->value().token.lastSeenAt, std::optional(at(500)));
    stale.token.lastSeenAt = at(450);
    LATCHKEY_REQUIRE((*store)->updateToken(stale));
    QCOMPARE((*store)->token(expected.token.id)->value().token.lastSeenAt, std::optional(at(500)));
    stale.token.lastSeenAt = at(700);
    LATCHKEY_REQUIRE((*store)->updateToken(stale));
    QCOMPARE((*store)->token(expected.token.id)->value().token.lastSeenAt, std::optional(at(700)));
    LATCHKEY_REQUIRE((*store)->commit());
}

void TestStore::changesOfWhatIsMissingSayNotFound()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    QCOMPARE((*store)->updateToken(fullToken(1)).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->deleteToken(access::TokenId{"x"}).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->updateApplication(fullApplication(1)).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->deleteApplication(access::ApplicationId{"x"}).error().code, ErrorCode::notFound);
    QCOMPARE((*store)->deleteKey("x").error().code, ErrorCode::notFound);
    // None of this dooms the transaction.
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    LATCHKEY_REQUIRE((*store)->commit());
}

void TestStore::identifiersTakenAreConflicts()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    LATCHKEY_REQUIRE((*store)->insertApplication(fullApplication(1)));
    auto sameClientId = fullToken(2);
    sameClientId.token.clientId = fullToken(1).token.clientId;
    QCOMPARE((*store)->insertToken(sameClientId).error().code, ErrorCode::conflict);
    auto sameId = fullToken(2);
    sameId.token.id = fullToken(1).token.id;
    QCOMPARE((*store)->insertToken(sameId).error().code, ErrorCode::conflict);
    auto sameAudience = fullApplication(2);
    sameAudience.audience = fullApplication(1).audience;
    QCOMPARE((*store)->insertApplication(sameAudience).error().code, ErrorCode::conflict);
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(2)));
    LATCHKEY_REQUIRE((*store)->commit());
    QCOMPARE((*store)->allTokens()->size(), std::size_t{2});
    QCOMPARE((*store)->allApplications()->size(), std::size_t{1});
}

void TestStore::changesOutsideATransactionAreRefused()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QCOMPARE((*store)->insertToken(fullToken(1)).error().code, ErrorCode::internal);
    QCOMPARE((*store)->commit().error().code, ErrorCode::internal);
    QCOMPARE((*store)->savepoint().error().code, ErrorCode::internal);
    QCOMPARE((*store)->releaseSavepoint().error().code, ErrorCode::internal);
    (*store)->rollback();
    (*store)->rollbackToSavepoint();
    LATCHKEY_REQUIRE((*store)->begin());
    QCOMPARE((*store)->begin().error().code, ErrorCode::internal);
    QVERIFY((*store)->allTokens()->empty());
}

void TestStore::rollbackForgets()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    (*store)->rollback();
    QVERIFY((*store)->allTokens()->empty());
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    store->reset();   // Left open: as good as rolled back.
    store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QVERIFY((*store)->allTokens()->empty());
}

void TestStore::savepointsUndoOneCommandOfSeveral()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->savepoint());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    LATCHKEY_REQUIRE((*store)->releaseSavepoint());
    LATCHKEY_REQUIRE((*store)->savepoint());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(2)));
    LATCHKEY_REQUIRE((*store)->savepoint());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(3)));
    (*store)->rollbackToSavepoint();
    QCOMPARE((*store)->allTokens()->size(), std::size_t{2});
    (*store)->rollbackToSavepoint();
    QCOMPARE((*store)->allTokens()->size(), std::size_t{1});
    QCOMPARE((*store)->releaseSavepoint().error().code, ErrorCode::internal);
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(4)));
    LATCHKEY_REQUIRE((*store)->commit());
    const auto all = (*store)->allTokens();
    QCOMPARE(all->size(), std::size_t{2});
    QVERIFY(all->at(0) == fullToken(1));
    QVERIFY(all->at(1) == fullToken(4));
}

LATCHKEY_TEST(TestStore)

} // namespace tst_store

#include "tst_store.moc"
