// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "agent/store/Schema.h"

#include "Samples.h"
#include "Tampering.h"
#include "TestProgram.h"

namespace tst_store_upgrade {

using namespace latchkey;
using namespace latchkey::store;
using namespace latchkey::store::test;

namespace {

constexpr const char* kTokenId = "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d";
constexpr const char* kApplicationUuid = "11111111-2222-4333-8444-555555555555";
constexpr const char* kPolicyId = "66666666-2222-4333-8444-555555555555";
constexpr const char* kGroupId = "77777777-2222-4333-8444-555555555555";

/// Puts the database of that version, as it was then, into the directory.
void makeOld(const QTemporaryDir& directory, int version)
{
    const QByteArray name = "schema" + QByteArray::number(version) + ".sql";
    QFile script(QFINDTESTDATA(name.constData()));
    QVERIFY(script.open(QIODevice::ReadOnly));
    tamper(pathOf(directory), QString::fromUtf8(script.readAll()).split(QStringLiteral(";\n"), Qt::SkipEmptyParts));
}

/// What a query says, a row a line.
QStringList rowsOf(const QTemporaryDir& directory, const QString& sql)
{
    QStringList rows;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("look"));
        database.setDatabaseName(directory.filePath(QStringLiteral("latchkey.db")));
        if (database.open()) {
            QSqlQuery query(sql, database);
            while (query.next()) {
                QStringList values;
                for (int column = 0; query.value(column).isValid(); ++column)
                    values << query.value(column).toString();
                rows << values.join(u'|');
            }
        }
    }
    QSqlDatabase::removeDatabase(QStringLiteral("look"));
    return rows;
}

QStringList columnsOf(const QTemporaryDir& directory)
{
    return rowsOf(directory, QStringLiteral("SELECT m.type, m.name, ifnull(c.name, ''), ifnull(c.type, ''), ifnull(c.\"notnull\", '') "
                                            "FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c "
                                            "WHERE m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2, 3"));
}

/// The rules that every older version holds, most of them stored as not understood, and what they are now.
std::vector<access::Rule> includedRules()
{
    return {access::EmailRule{"ada@example.com"}, access::EmailDomainRule{"example.com"}, access::GeoRule{"DE"},
            access::GroupRule{{kGroupId}}, access::LoginMethodRule{"idp-1"},
            access::UnknownRule{"okta", R"({"okta":{"name":"x","identity_provider_id":"y"}})"},
            access::UnknownRule{"geo", R"({"geo":{"country_code":"Germany"}})"},   // Would be refused today: kept, matching nothing.
            access::ServiceTokenRule{{kTokenId}}, access::EveryoneRule{}};
}

access::Policy expectedPolicy(bool reusable)
{
    access::Policy policy;
    policy.id.value = kPolicyId;
    policy.name = "machines";
    policy.decision = access::PolicyDecision::nonIdentity;
    policy.include = includedRules();
    policy.require = {access::EmailRule{"ada@example.com"}};
    policy.exclude = {access::GeoRule{"US"}};
    policy.sessionDuration = *access::Duration::parse("30m");
    policy.reusable = reusable;
    policy.createdAt = at(1'700'000'000);
    policy.updatedAt = at(1'700'000'030);
    policy.extra = R"({"purpose":"x"})";
    return policy;
}

access::Application expectedApplication(int version)
{
    access::Application application;
    application.id.value = kApplicationUuid;
    application.audience.value = std::string(64, 'a');
    application.name = "App";
    application.domain = "app.example.com";
    application.upstream = "http://127.0.0.1:3000";
    application.port = std::uint16_t{8410};
    application.createdAt = at(1'700'000'000);
    application.updatedAt = at(1'700'000'010);
    application.sessionsRevokedAt = at(1'700'000'020);
    application.sessionEpoch = 4;
    // Before version 4 these travelled in `extra`, where a value of no use could stand, too: that one is dropped.
    application.options.serviceAuth401Redirect = true;
    application.options.cors = access::CorsHeaders{};
    application.options.cors->allowedMethods = {"GET"};
    application.options.cors->maxAge = 5;
    application.options.customDenyMessage = "no";
    application.extra = R"({"logo_url":"x"})";
    application.policies = {expectedPolicy(version >= 5)};
    return application;
}

access::TokenRecord expectedToken(int version)
{
    access::TokenRecord record;
    record.token.id.value = kTokenId;
    record.token.clientId.value = "0123456789abcdef0123456789abcdef.access";
    record.token.name = "CI";
    record.token.clientSecretVersion = 3;
    record.token.previousClientSecretExpiresAt = at(1'700'000'300);
    record.token.createdAt = at(1'700'000'000);
    record.token.updatedAt = at(1'700'000'100);
    record.token.expiresAt = at(1'731'536'000);
    record.token.lastSeenAt = at(1'700'000'200);
    record.token.extra = R"({"team_tag":"blue"})";
    record.secrets.previous = base::Digest{};
    for (std::uint8_t i = 0; i < 32; ++i) {
        record.secrets.current[i] = i;
        (*record.secrets.previous)[i] = static_cast<std::uint8_t>(32 + i);
    }
    record.activeFrom = version >= 2 ? at(1'700'000'050) : std::chrono::sys_seconds{};
    return record;
}

access::Organization expectedOrganization(int version)
{
    access::Organization organization;
    organization.strict = false;
    if (version == 1)
        return organization;   // All that there was.
    organization.name = "Acme";
    organization.authDomain = "acme.example";
    organization.sessionDuration = access::Duration::hours(6);
    organization.inactivity = {true, 45, access::InactivitySetting::Action::remove};
    organization.keyRotationIntervalDays = 30;
    organization.activationDelay = std::chrono::seconds(5);
    organization.rateLimit = 7;
    organization.countryHeader = "x-country";
    organization.testIdentities = {{"ada@example.com", "Ada", {"ops"}, "DE"}};
    organization.extra = R"({"ui":1})";
    return organization;
}

} // namespace

/// A database of every older schema, with data in every table it had (schema<n>.sql: its own SQL, frozen), is brought up to
/// date with all of it.
class TestStoreUpgrade : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everythingComesAlong_data();
    void everythingComesAlong();
    void theSchemaIsThatOfANewDatabase_data();
    void theSchemaIsThatOfANewDatabase();
    void aFailedUpgradeLeavesTheOldOne();
};

namespace {

void eachOlderVersion()
{
    QTest::addColumn<int>("version");
    for (int version = 1; version < kSchemaVersion; ++version)
        QTest::addRow("version %d", version) << version;
}

} // namespace

void TestStoreUpgrade::everythingComesAlong_data() { eachOlderVersion(); }

void TestStoreUpgrade::everythingComesAlong()
{
    QFETCH(int, version);
    QTemporaryDir directory;
    makeOld(directory, version);
    for (int opening = 1; opening <= 2; ++opening) {   // The second finds what the first has made of it.
        auto opened = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(opened);
        Store& store = **opened;
        const Settings settings{"6f1c2f0e-3a4b-4c5d-8e6f-7a8b9c0d1e2f", "0123456789abcdef0123456789abcdef", "acme", "file"};
        QVERIFY(*store.settings() == settings);
        QVERIFY(*store.organization() == expectedOrganization(version));
        QVERIFY(*store.allTokens() == std::vector{expectedToken(version)});
        const auto applications = store.allApplications();
        LATCHKEY_REQUIRE(applications);
        QCOMPARE(applications->size(), std::size_t{1});
        QVERIFY(applications->front().policies == std::vector{expectedPolicy(version >= 5)});
        QVERIFY(applications->front() == expectedApplication(version));
        const std::vector<KeyRecord> keys{{"kid", at(1'700'000'000), std::nullopt}, {"old", at(1'690'000'000), at(1'700'000'000)}};
        QVERIFY(*store.keys() == keys);
        QVERIFY(*store.leftoverKeys() == (version >= 3 ? std::vector<std::string>{"gone"} : std::vector<std::string>{}));
        QVERIFY(store.endedSessions(at(0))->empty());

        access::Policy reusable = expectedPolicy(true);
        reusable.precedence = 0;   // It has one only within an application.
        QVERIFY(*store.allPolicies() == (version >= 5 ? std::vector{reusable} : std::vector<access::Policy>{}));
        access::Group group{{kGroupId}, "ops", {access::EmailRule{"ada@example.com"}, access::GeoRule{"FR"}}, {}, {},
                            at(1'700'000'000), at(1'700'000'040), R"({"note":"n"})"};
        QVERIFY(*store.allGroups() == (version >= 5 ? std::vector{group} : std::vector<access::Group>{}));

        auto reader = Reader::open(pathOf(directory));
        LATCHKEY_REQUIRE(reader);
        const auto log = (*reader)->log(10);
        LATCHKEY_REQUIRE(log);
        QCOMPARE(log->size(), std::size_t{1});
        QCOMPARE(log->front().rayId, std::string("0123456789abcdef"));
        QCOMPARE(log->front().status, 204);
        QVERIFY(log->front().allowed && log->front().userEmail.empty());
        const auto listed = (*reader)->accessRequests({});
        LATCHKEY_REQUIRE(listed);
        QCOMPARE(listed->totalCount, 1);
        QCOMPARE(listed->items.front().tokenName, std::string("CI"));

        // And it can be written to: what is rewritten, is understood for good.
        LATCHKEY_REQUIRE(store.begin());
        LATCHKEY_REQUIRE(store.updateApplication(applications->front()));
        LATCHKEY_REQUIRE(store.commit());
    }
    const QStringList stored = rowsOf(directory, QStringLiteral("SELECT include_rules FROM policies"));
    QCOMPARE(stored.size(), 1);
    QVERIFY(stored.front().startsWith(QStringLiteral(R"([["email","ada@example.com"],["email_domain","example.com"],["geo","DE"])")));
    QVERIFY(stored.front().contains(QStringLiteral(R"(["unknown","okta",)")));
}

void TestStoreUpgrade::theSchemaIsThatOfANewDatabase_data() { eachOlderVersion(); }

void TestStoreUpgrade::theSchemaIsThatOfANewDatabase()
{
    QFETCH(int, version);
    QTemporaryDir fresh;
    LATCHKEY_REQUIRE(Store::open(pathOf(fresh)));
    QTemporaryDir old;
    makeOld(old, version);
    QVERIFY(columnsOf(old) != columnsOf(fresh));
    LATCHKEY_REQUIRE(Store::open(pathOf(old)));
    QVERIFY(columnsOf(fresh).size() > 50);
    QCOMPARE(columnsOf(old), columnsOf(fresh));
    QCOMPARE(rowsOf(old, QStringLiteral("PRAGMA user_version")), QStringList{QString::number(kSchemaVersion)});
}

void TestStoreUpgrade::aFailedUpgradeLeavesTheOldOne()
{
    QTemporaryDir directory;
    makeOld(directory, 1);
    // A table that a later version makes is there: the upgrade fails at its last step but one.
    tamper(pathOf(directory), {QStringLiteral("CREATE TABLE ended_sessions (x)")});
    const QStringList before = columnsOf(directory);
    QVERIFY(!Store::open(pathOf(directory)).has_value());
    QCOMPARE(columnsOf(directory), before);
    QCOMPARE(rowsOf(directory, QStringLiteral("PRAGMA user_version")), QStringList{QStringLiteral("1")});
    QCOMPARE(rowsOf(directory, QStringLiteral("SELECT strict FROM settings")), QStringList{QStringLiteral("0")});
    tamper(pathOf(directory), {QStringLiteral("DROP TABLE ended_sessions")});
    LATCHKEY_REQUIRE(Store::open(pathOf(directory)));
}

LATCHKEY_TEST(TestStoreUpgrade)

} // namespace tst_store_upgrade

#include "tst_store_upgrade.moc"
