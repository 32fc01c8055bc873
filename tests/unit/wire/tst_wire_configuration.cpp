// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/ConfigurationCodec.h"

#include "agent/access/ClientSecret.h"
#include "agent/base/Encoding.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_configuration {

using namespace latchkey;
using access::Configuration;

namespace {

const QByteArray kHex(64, '5');   // of a digest, and the older form of a secret

const QByteArray kCfast = "cfast_" + QByteArray(40, 'A');   // without its checksum

Json json(const QByteArray& text)
{
    return parseJson(text.toStdString()).value();
}

std::chrono::sys_seconds at(std::int64_t seconds)
{
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

access::TokenRecord record()
{
    access::TokenRecord made;
    made.token.id.value = "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d";
    made.token.clientId.value = "0123456789abcdef0123456789abcdef.access";
    made.token.name = "CI";
    made.token.duration = *access::Duration::parse("2h45m");
    made.token.enabled = false;
    made.token.clientSecretVersion = 3;
    made.token.previousClientSecretExpiresAt = at(1'800'000'000);
    made.token.createdAt = at(1'700'000'000);
    made.token.updatedAt = at(1'700'000'001);
    made.token.expiresAt = at(1'900'000'000);
    made.token.lastSeenAt = at(1'700'000'002);
    made.token.extra = R"({"team_tag":"blue"})";
    made.secrets.current.fill(0x55);
    made.secrets.previous = base::Digest{};
    made.secrets.previous->fill(0xAA);
    made.activeFrom = at(1'700'000'003);
    return made;
}

Configuration full()
{
    Configuration configuration;
    configuration.organization = access::Organization{};
    configuration.organization->name = "Acme";
    configuration.organization->keyRotationIntervalDays = 30;
    configuration.tokens = {record()};
    access::Group group{{"77777777-2222-4333-8444-555555555555"}, "ops", {access::EmailRule{"ada@example.com"}}, {}, {}, at(1), at(2), {}};
    configuration.groups = {group};
    access::Policy policy;
    policy.id.value = "66666666-2222-4333-8444-555555555555";
    policy.name = "machines";
    policy.decision = access::PolicyDecision::nonIdentity;
    policy.include = {access::AnyValidServiceTokenRule{}};
    policy.reusable = true;
    policy.createdAt = at(3);
    policy.updatedAt = at(4);
    configuration.policies = {policy};
    access::Application application;
    application.id.value = "11111111-2222-4333-8444-555555555555";
    application.audience.value = std::string(64, 'a');
    application.name = "App";
    application.domain = "app.example.com";
    application.upstream = "http://127.0.0.1:3000";
    application.createdAt = at(5);
    application.updatedAt = at(6);
    application.policies = {policy};
    application.policies.front().precedence = 7;
    configuration.applications = {application};
    configuration.keys = base::SealedBytes{{.n = 16, .r = 8, .p = 1}, "salt", "nonce", "data"};
    return configuration;
}

/// `{"latchkey_config":1,…}` with one token of these members.
QByteArray ofToken(const QByteArray& members)
{
    return QByteArray(R"({"latchkey_config":1,"service_tokens":[{<>}]})").replace("<>", members);
}

Result<Configuration> decode(const QByteArray& text)
{
    return wire::decodeConfiguration(json(text));
}

} // namespace

class TestWireConfiguration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsWhatItWrote();
    void writesDigestsAndNoSecret();
    void whatIsMissingHasItsDefault();
    void aSecretInClearIsHashed_data();
    void aSecretInClearIsHashed();
    void aTokenWithoutAWordOfItsEnd_data();
    void aTokenWithoutAWordOfItsEnd();
    void refusalsNameWhatIsWrong_data();
    void refusalsNameWhatIsWrong();
    void keysAreRefused_data();
    void keysAreRefused();
};

void TestWireConfiguration::readsWhatItWrote()
{
    const auto read = wire::decodeConfiguration(wire::encode(full()));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(*read->organization == *full().organization);
    QVERIFY(read->tokens == full().tokens);
    QVERIFY(read->groups == full().groups);
    QCOMPARE(read->policies.size(), std::size_t{1});
    QCOMPARE(read->policies.front().name, std::string("machines"));
    QVERIFY(read->policies.front().reusable);
    QCOMPARE(read->applications.size(), std::size_t{1});
    QCOMPARE(read->applications.front().upstream, std::string("http://127.0.0.1:3000"));
    QCOMPARE(read->applications.front().policies.front().precedence, 7);
    QVERIFY(read->keys == full().keys);
    // What is read is written as it was: nothing is lost on the way.
    QCOMPARE(wire::encode(*read).dump(), wire::encode(full()).dump());
}

void TestWireConfiguration::writesDigestsAndNoSecret()
{
    const Json written = wire::encode(full());
    QCOMPARE(*written.find("latchkey_config")->asInteger(), 1);
    QCOMPARE(*written.find("organization")->find("key_rotation_interval_days")->asInteger(), 30);
    const Json& token = written.find("service_tokens")->asArray()->front();
    QCOMPARE(*token.find("client_secret_sha256")->asString(), kHex.toStdString());
    QCOMPARE(*token.find("previous_client_secret_sha256")->asString(), std::string(64, 'a'));
    QCOMPARE(*token.find("active_from")->asString(), std::string("2023-11-14T22:13:23Z"));
    QVERIFY(token.find("client_secret") == nullptr);
    Configuration plain;
    plain.tokens = {access::TokenRecord{}};
    const Json bare = wire::encode(plain);
    QVERIFY(bare.find("organization") == nullptr && bare.find("keys") == nullptr);
    QVERIFY(bare.find("service_tokens")->asArray()->front().find("previous_client_secret_sha256") == nullptr);
    QVERIFY(bare.find("service_tokens")->asArray()->front().find("active_from") == nullptr);
}

void TestWireConfiguration::whatIsMissingHasItsDefault()
{
    QVERIFY(*decode(R"({"latchkey_config":1})") == Configuration{});
    QVERIFY(*decode(R"({"latchkey_config":1,"organization":null,"service_tokens":null,"groups":null,"policies":null,"applications":null,"keys":null})") == Configuration{});
    const auto read = decode(ofToken(R"("name":"CI","client_secret_sha256":")" + kHex + "\""));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    const access::TokenRecord& made = read->tokens.front();
    QVERIFY(made.token.id.value.empty() && made.token.clientId.value.empty());
    QVERIFY(made.token.enabled && made.token.clientSecretVersion == 1 && !made.token.expiresAt && !made.secrets.previous);
    QCOMPARE(made.token.duration.text(), std::string("8760h"));
    QVERIFY(made.activeFrom == std::chrono::sys_seconds{});
    QCOMPARE(decode(R"({"latchkey_config":1,"organization":{"name":"x"}})")->organization->keyRotationIntervalDays, 42);
}

void TestWireConfiguration::aSecretInClearIsHashed_data()
{
    QTest::addColumn<QByteArray>("secret");
    QTest::newRow("older form") << kHex;
    QTest::newRow("new form") << QByteArray(kCfast + "144d3a6d");
}

void TestWireConfiguration::aSecretInClearIsHashed()
{
    QFETCH(QByteArray, secret);
    const std::string text = secret.toStdString();
    const auto read = decode(ofToken(R"("name":"CI","client_secret":")" + secret + "\""));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->tokens.front().secrets.current == access::hashClientSecret(text));
}

void TestWireConfiguration::aTokenWithoutAWordOfItsEnd_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("duration");
    QTest::addColumn<bool>("ends");
    QTest::newRow("nothing") << QByteArray() << QByteArray("8760h") << false;
    QTest::newRow("a duration") << QByteArray(R"(,"duration":"2h")") << QByteArray("2h") << false;
    QTest::newRow("for ever") << QByteArray(R"(,"duration":"forever")") << QByteArray("forever") << false;
    QTest::newRow("an end") << QByteArray(R"(,"expires_at":"2027-01-01T00:00:00Z")") << QByteArray("8760h") << true;
    QTest::newRow("both") << QByteArray(R"(,"duration":"2h","expires_at":"2027-01-01T00:00:00Z")") << QByteArray("2h") << true;
}

void TestWireConfiguration::aTokenWithoutAWordOfItsEnd()
{
    QFETCH(QByteArray, members);
    QFETCH(QByteArray, duration);
    QFETCH(bool, ends);
    const auto read = decode(ofToken(R"("name":"CI","client_secret_sha256":")" + kHex + "\"" + members));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(read->tokens.front().token.duration.text()), duration);
    QCOMPARE(read->tokens.front().token.expiresAt.has_value(), ends);
}

void TestWireConfiguration::refusalsNameWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* name, const QByteArray& text, const char* message) { QTest::newRow(name) << text << QByteArray(message); };
    row("no object", "[]", "this is not a configuration of Latchkey: it lacks latchkey_config");
    row("no mark", "{}", "this is not a configuration of Latchkey: it lacks latchkey_config");
    row("a later version", R"({"latchkey_config":2})", "latchkey_config: this version reads configurations of version 1 only");
    row("a version of text", R"({"latchkey_config":"1"})", "latchkey_config: this version reads configurations of version 1 only");
    row("a misspelt list", R"({"latchkey_config":1,"service_token":[]})", "service_token is not a part of a configuration");
    for (const char* const list : {"service_tokens", "groups", "policies", "applications"})
        row(QByteArray(QByteArray(list) + " of another kind").constData(), QByteArray(R"({"latchkey_config":1,"<>":{}})").replace("<>", list),
            QByteArray(QByteArray(list) + " must be an array").constData());
    row("an organization of another kind", R"({"latchkey_config":1,"organization":[]})", "organization: the body must be a JSON object");
    row("a wrong setting", R"({"latchkey_config":1,"organization":{"name":1}})", "organization: name must be a string");
    row("a wrong interval", R"({"latchkey_config":1,"organization":{"key_rotation_interval_days":"x"}})",
        "organization: key_rotation_interval_days must be a whole number");

    const QByteArray digest = R"("client_secret_sha256":")" + kHex + "\"";
    const QByteArray good = R"("name":"CI",)" + digest;
    row("a token of another kind", R"({"latchkey_config":1,"service_tokens":["x"]})", "service_tokens (entry 1): each must be an object");
    row("the second token", QByteArray(R"({"latchkey_config":1,"service_tokens":[{<>},{}]})").replace("<>", good),
        "service_tokens (entry 2): name is required");
    row("no name", ofToken(digest), "service_tokens (entry 1): name is required");
    row("an empty name", ofToken(R"("name":"",)" + digest), "service_tokens (entry 1): name must not be empty");
    row("a name of another kind", ofToken(R"("name":7,)" + digest), "service_tokens (entry 1): name must be a string");
    row("no secret", ofToken(R"("name":"CI")"), "service_tokens (entry 1): client_secret_sha256 or client_secret is required");
    row("a secret of another kind", ofToken(R"("name":"CI","client_secret":7)"), "service_tokens (entry 1): client_secret must be a string");
    row("a secret of no known form", ofToken(R"("name":"CI","client_secret":"hunter2")"), "service_tokens (entry 1): client_secret: ");
    row("a secret with a wrong checksum", ofToken(R"("name":"CI","client_secret":")" + kCfast + "00000000\""), "service_tokens (entry 1): client_secret: ");
    row("two secrets", ofToken(good + R"(,"client_secret":")" + QByteArray(64, '6') + "\""),
        "service_tokens (entry 1): client_secret and client_secret_sha256 are of two secrets; leave one out");
    row("a short digest", ofToken(R"("name":"CI","client_secret_sha256":"55")"), "service_tokens (entry 1): client_secret_sha256 must be 64 hexadecimal digits");
    row("a digest of other letters", ofToken(R"("name":"CI","client_secret_sha256":")" + QByteArray(64, 'g') + "\""),
        "service_tokens (entry 1): client_secret_sha256 must be 64 hexadecimal digits");
    row("a digest of another kind", ofToken(R"("name":"CI","client_secret_sha256":5)"), "service_tokens (entry 1): client_secret_sha256 must be a string");
    row("a previous digest", ofToken(good + R"(,"previous_client_secret_sha256":"x")"), "service_tokens (entry 1): previous_client_secret_sha256 must be 64 hexadecimal digits");
    row("a beginning", ofToken(good + R"(,"active_from":"soon")"), "service_tokens (entry 1): active_from must be a date and time as RFC 3339 writes it");
    row("a duration", ofToken(good + R"(,"duration":"long")"), "service_tokens (entry 1): duration: ");
    row("an end", ofToken(good + R"(,"expires_at":"never")"), "service_tokens (entry 1): expires_at must be a date and time as RFC 3339 writes it");
    row("enabled", ofToken(good + R"(,"enabled":1)"), "service_tokens (entry 1): enabled must be true or false");
    row("an id of another kind", ofToken(good + R"(,"id":1)"), "service_tokens (entry 1): id must be a string");
    row("a version out of range", ofToken(good + R"(,"client_secret_version":-1)"), "service_tokens (entry 1): client_secret_version is out of range");

    row("a group", R"({"latchkey_config":1,"groups":[{"name":"x"}]})", "groups (entry 1): include is missing");
    row("a policy", R"({"latchkey_config":1,"policies":[{"name":"x","decision":"maybe","include":[]}]})", "policies (entry 1): decision");
    row("an application", R"({"latchkey_config":1,"applications":[{"name":1}]})", "applications (entry 1): name must be a string");
}

void TestWireConfiguration::refusalsNameWhatIsWrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, message);
    const auto read = decode(text);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::invalidArgument);
    const QByteArray said = QByteArray::fromStdString(read.error().message);
    QVERIFY2(said.startsWith(message), said.constData());
    // Never a secret, whole or in part.
    QVERIFY(!said.contains("hunter2") && !said.contains("6666") && !said.contains("AAAA"));
}

void TestWireConfiguration::keysAreRefused_data()
{
    QTest::addColumn<QByteArray>("member");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* member, const char* value, const char* message) {
        QTest::addRow("%s %s", member, value) << QByteArray(member) << QByteArray(value) << QByteArray(message);
    };
    constexpr const char* version = "keys: this version reads keys of version 1 only, with scrypt and aes-256-gcm";
    row("version", "2", version);
    row("version", "null", version);
    row("version", "\"1\"", "keys: version must be a whole number");
    row("kdf", "\"pbkdf2\"", version);
    row("cipher", "\"none\"", version);
    row("kdf", "1", "keys: kdf must be a string");
    row("salt", "\"zz\"", "keys: salt must be hexadecimal digits");
    row("salt", "\"\"", "keys: salt must be hexadecimal digits");
    row("nonce", "null", "keys: nonce must be hexadecimal digits");
    row("data", "7", "keys: data must be a string");
    row("n", "0", "keys: n must be a positive whole number");
    row("r", "4294967296", "keys: r must be a positive whole number");
    row("p", "null", "keys: p must be a positive whole number");
}

void TestWireConfiguration::keysAreRefused()
{
    QFETCH(QByteArray, member);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, message);
    Json written = wire::encode(full());
    Json keys = *written.find("keys");
    keys.set(member.toStdString(), json(value));
    written.set("keys", std::move(keys));
    const auto read = wire::decodeConfiguration(std::move(written));
    QVERIFY(!read);
    QCOMPARE(QByteArray::fromStdString(read.error().message), message);
    QCOMPARE(decode(R"({"latchkey_config":1,"keys":[]})").error().message, std::string("keys: must be an object"));
}

LATCHKEY_TEST(TestWireConfiguration)

} // namespace tst_wire_configuration

#include "tst_wire_configuration.moc"
