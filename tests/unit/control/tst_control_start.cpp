// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/Naming.h"
#include "agent/control/Repair.h"

#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_start {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using vault::VaultKind;
using vault::VaultState;

class TestControlStart : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void theFirstStartMakesEverything();
    void theNextStartFindsEverything();
    void whatWasFixedAtTheFirstStartStays_data();
    void whatWasFixedAtTheFirstStartStays();
    void impossibleSettingsAreRefused_data();
    void impossibleSettingsAreRefused();
    void anotherVaultKindIsRefused();
    void aMemoryVaultNeedsAnApiToken();
    void aMemoryVaultMakesNewKeysAndKeepsTheRest();
    void aPresetApiTokenWinsAndIsStored();
    void aPresetApiTokenMendsAMissingOne();
    void whatTheVaultHasLostIsToldAndNotMadeAnew_data();
    void whatTheVaultHasLostIsToldAndNotMadeAnew();
    void aStrangeSigningKeyIsDamage();
    void aFirstStartThatIsCutShortCanBeRepeated();
    void aFirstStartThatCannotKeepItsSecretsFails();
    void aClosedVaultIsAnErrorAtOnce_data();
    void aClosedVaultIsAnErrorAtOnce();
    void aClosedVaultIsWaitedFor();
    void aStartIsCalledOffWithItsContext();
    void theEdgesPortMayBeTaken();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::string path() const { return m_directory->path().toStdString(); }
};

void TestControlStart::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void TestControlStart::theFirstStartMakesEverything()
{
    Agent agent(path());
    QVERIFY(agent.start());
    const auto status = agent.control().status();
    QCOMPARE(status.agentId.size(), 36U);
    QCOMPARE(status.accountId.size(), 32U);
    QCOMPARE(status.team, std::string("local"));
    QCOMPARE(status.vault, std::string("file"));
    QCOMPARE(status.version, std::string("1.2.3"));
    QCOMPARE(status.edge, std::string("http://127.0.0.1:8400"));
    QCOMPARE(status.startedAt, agent.clock.now());

    QCOMPARE(agent.control().apiToken().size(), 40U);
    const auto kept = agent.readVault(apiTokenKey(status.agentId));
    QVERIFY(kept);
    QVERIFY(kept->equals(agent.control().apiToken()));

    const auto& first = agent.edge.newest();
    QCOMPARE(first.issuer, std::string("https://local.cloudflareaccess.com"));
    QVERIFY(first.keys.current);
    QVERIFY(!first.keys.previous);
    QVERIFY(first.certsDocument.find(first.keys.current->kid()) != std::string::npos);
    QVERIFY(agent.readVault(signingKeyKey(status.agentId, first.keys.current->kid())));
    QCOMPARE(agent.waitingTold, 0);
}

void TestControlStart::theNextStartFindsEverything()
{
    Agent agent(path());
    agent.options.team = "acme";
    agent.options.accountId = "0123456789abcdef0123456789abcdef";
    QVERIFY(agent.start());
    const auto before = agent.control().status();
    const auto apiToken = agent.control().apiToken().clone();
    const auto kid = agent.edge.newest().keys.current->kid();
    const auto token = agent.createToken("ci");
    QVERIFY(token);
    const auto application = agent.createApplication(sampleApplication("Grafana", "grafana.example.com"));
    QVERIFY(application);
    agent.stop();

    agent.options.team = "local";
    agent.options.accountId.clear();
    QVERIFY(agent.start());
    const auto after = agent.control().status();
    QCOMPARE(after.agentId, before.agentId);
    QCOMPARE(after.accountId, std::string("0123456789abcdef0123456789abcdef"));
    QCOMPARE(after.team, std::string("acme"));
    QVERIFY(agent.control().apiToken().equals(apiToken));
    QCOMPARE(after.tokens, 1U);
    QCOMPARE(after.applications, 1U);
    const auto& snapshot = agent.edge.newest();
    QCOMPARE(snapshot.keys.current->kid(), kid);
    QVERIFY(snapshot.tokens.find(token->token.clientId.value));
    QCOMPARE(snapshot.applications.size(), 1U);
    QCOMPARE(snapshot.applications.front()->id(), application->id);
    QVERIFY(agent.edge.open.contains(*application->port));
}

void TestControlStart::whatWasFixedAtTheFirstStartStays_data()
{
    QTest::addColumn<QString>("team");
    QTest::addColumn<bool>("teamGiven");
    QTest::addColumn<QString>("account");
    QTest::addColumn<bool>("accountGiven");
    QTest::addColumn<bool>("starts");
    const QString fixed(32, QLatin1Char('a'));
    const QString other(32, QLatin1Char('b'));
    QTest::newRow("nothing given") << "local" << false << "" << false << true;
    QTest::newRow("the same given") << "acme" << true << fixed << true << true;
    QTest::newRow("another team") << "other" << true << "" << false << false;
    QTest::newRow("the usual team, given") << "local" << true << "" << false << false;
    QTest::newRow("another account") << "local" << false << other << true << false;
}

void TestControlStart::whatWasFixedAtTheFirstStartStays()
{
    QFETCH(QString, team);
    QFETCH(bool, teamGiven);
    QFETCH(QString, account);
    QFETCH(bool, accountGiven);
    QFETCH(bool, starts);
    Agent agent(path());
    agent.options.team = "acme";
    agent.options.accountId = std::string(32, 'a');
    QVERIFY(agent.start());
    agent.stop();

    agent.options.team = team.toStdString();
    agent.options.teamGiven = teamGiven;
    agent.options.accountId = account.toStdString();
    agent.options.accountGiven = accountGiven;
    const auto started = agent.start();
    QCOMPARE(started.has_value(), starts);
    if (!starts) {
        QCOMPARE(started.error().code, ErrorCode::invalidArgument);
        QVERIFY(started.error().message.find("first start") != std::string::npos);
    }
}

void TestControlStart::impossibleSettingsAreRefused_data()
{
    QTest::addColumn<QString>("team");
    QTest::addColumn<QString>("account");
    QTest::addColumn<QString>("apiToken");
    const auto good = QStringLiteral("preset-api-token-0123");
    QTest::newRow("team empty") << "" << "" << good;
    QTest::newRow("team with capitals") << "Acme" << "" << good;
    QTest::newRow("team with a dot") << "acme.com" << "" << good;
    QTest::newRow("team ends with a hyphen") << "acme-" << "" << good;
    QTest::newRow("team of 64 characters") << QString(64, QLatin1Char('a')) << "" << good;
    QTest::newRow("account too short") << "local" << QString(31, QLatin1Char('a')) << good;
    QTest::newRow("account in capitals") << "local" << QString(32, QLatin1Char('A')) << good;
    QTest::newRow("API token with a space") << "local" << "" << "preset api token 0123";
    QTest::newRow("API token empty") << "local" << "" << "";
    QTest::newRow("API token that can be guessed") << "local" << "" << "preset-api-token-12";   // 19
    QTest::newRow("API token of 1,025 characters") << "local" << "" << QString(1025, QLatin1Char('a'));
}

void TestControlStart::impossibleSettingsAreRefused()
{
    QFETCH(QString, team);
    QFETCH(QString, account);
    QFETCH(QString, apiToken);
    Agent agent(path());
    agent.options.team = team.toStdString();
    agent.options.accountId = account.toStdString();
    agent.options.apiTokenPreset = SecretBytes(apiToken.toStdString());
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::invalidArgument);
}

void TestControlStart::anotherVaultKindIsRefused()
{
    {
        Agent agent(path());
        QVERIFY(agent.start());
    }
    Agent agent(path(), VaultKind::memory);
    agent.options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::invalidArgument);
    QVERIFY(started.error().message.find("--vault file") != std::string::npos);
}

void TestControlStart::aMemoryVaultNeedsAnApiToken()
{
    Agent agent(path(), VaultKind::memory);
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::invalidArgument);
    QVERIFY(started.error().message.find("LATCHKEY_API_TOKEN") != std::string::npos);
}

void TestControlStart::aMemoryVaultMakesNewKeysAndKeepsTheRest()
{
    std::string kid;
    std::string agentId;
    access::TokenId token;
    {
        Agent agent(path(), VaultKind::memory);
        agent.options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
        QVERIFY(agent.start());
        kid = agent.edge.newest().keys.current->kid();
        agentId = agent.control().status().agentId;
        const auto issued = agent.createToken("ci");
        QVERIFY(issued);
        token = issued->token.id;
    }
    Agent agent(path(), VaultKind::memory);
    agent.options.apiTokenPreset = SecretBytes(std::string_view("another-api-token-0123"));
    QVERIFY(agent.start());
    QVERIFY(agent.edge.newest().keys.current->kid() != kid);
    QVERIFY(!agent.edge.newest().keys.previous);
    QVERIFY(agent.control().apiToken().equals("another-api-token-0123"));
    QCOMPARE(agent.control().status().agentId, agentId);
    QVERIFY(agent.token(token));
    agent.stop();
    auto store = store::Store::open(path());
    QVERIFY(store);
    QCOMPARE((*store)->keys()->size(), 1U);
}

void TestControlStart::aPresetApiTokenWinsAndIsStored()
{
    Agent agent(path());
    QVERIFY(agent.start());
    const auto agentId = agent.control().status().agentId;
    agent.stop();

    agent.options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
    QVERIFY(agent.start());
    QVERIFY(agent.control().apiToken().equals("preset-api-token-0123"));
    QVERIFY(agent.readVault(apiTokenKey(agentId))->equals("preset-api-token-0123"));
    agent.stop();

    agent.options.apiTokenPreset.reset();
    QVERIFY(agent.start());
    QVERIFY(agent.control().apiToken().equals("preset-api-token-0123"));
}

void TestControlStart::aPresetApiTokenMendsAMissingOne()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    QVERIFY(agent.start());
    const auto key = apiTokenKey(agent.control().status().agentId);
    agent.stop();
    agent.staged->entries.erase(key);

    agent.options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
    QVERIFY(agent.start());
    QCOMPARE(agent.staged->entries.at(key), std::string("preset-api-token-0123"));
}

void TestControlStart::whatTheVaultHasLostIsToldAndNotMadeAnew_data()
{
    QTest::addColumn<QString>("part");
    QTest::addColumn<QString>("wayOut");
    QTest::newRow("API token") << "/api-token" << "latchkey-agent repair --new-api-token";
    QTest::newRow("signing key") << "/signing-key/" << "latchkey-agent repair --new-signing-key";
}

void TestControlStart::whatTheVaultHasLostIsToldAndNotMadeAnew()
{
    QFETCH(QString, part);
    QFETCH(QString, wayOut);
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    QVERIFY(agent.start());
    agent.stop();
    const auto erased = std::erase_if(agent.staged->entries,
                                      [&](const auto& entry) { return entry.first.find(part.toStdString()) != std::string::npos; });
    QCOMPARE(erased, 1U);

    const auto left = agent.staged->entries;
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::vaultMissing);
    QVERIFY(started.error().message.find(wayOut.toStdString()) != std::string::npos);
    QCOMPARE(agent.staged->entries, left);
}

void TestControlStart::aStrangeSigningKeyIsDamage()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    QVERIFY(agent.start());
    agent.stop();
    const auto other = jose::SigningKey::generate(agent.clock.now());
    QVERIFY(other);
    const auto der = (*other)->toPkcs8Der();
    QVERIFY(der);
    for (auto& [key, value] : agent.staged->entries) {
        if (key.find("/signing-key/") != std::string::npos)
            value = std::string(der->reveal());
    }
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::damaged);
}

void TestControlStart::aFirstStartThatIsCutShortCanBeRepeated()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    agent.store.failCommit = true;
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::io);
    // The secrets come first, so that no row ever demands what is not there.
    QCOMPARE(agent.staged->entries.size(), 2U);

    agent.store.failCommit = false;
    QVERIFY(agent.start());
    agent.stop();
    QVERIFY(agent.start());
}

void TestControlStart::aFirstStartThatCannotKeepItsSecretsFails()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    agent.staged->writeError = Error{ErrorCode::vaultDenied, "The keychain refused to write.", {}};
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::vaultDenied);
    QCOMPARE(agent.store.commits, 0);
}

void TestControlStart::aClosedVaultIsAnErrorAtOnce_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("locked") << static_cast<int>(VaultState::locked) << ErrorCode::vaultLocked;
    QTest::newRow("absent") << static_cast<int>(VaultState::absent) << ErrorCode::vaultAbsent;
}

void TestControlStart::aClosedVaultIsAnErrorAtOnce()
{
    QFETCH(int, state);
    QFETCH(ErrorCode, code);
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{static_cast<VaultState>(state)});
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, code);
    QCOMPARE(agent.staged->asked, 1);
    QCOMPARE(agent.waitingTold, 0);
    QVERIFY(agent.staged->entries.empty());
}

void TestControlStart::aClosedVaultIsWaitedFor()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::absent, VaultState::locked, VaultState::open});
    agent.options.vaultWait = std::chrono::minutes(10);
    QVERIFY(agent.start());
    QCOMPARE(agent.staged->asked, 3);
    QCOMPARE(agent.waitingTold, 1);
}

void TestControlStart::aStartIsCalledOffWithItsContext()
{
    Agent agent(path());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::locked});
    bool answered = false;
    {
        QObject context;
        ControlOptions options;
        options.dataDirectory = path();
        options.vaultWait = std::chrono::minutes(10);
        Control::start(std::move(options), agent.services(), &context, {}, [&](auto) { answered = true; });
        QTRY_VERIFY(agent.staged->asked > 0);
    }
    QVERIFY(agent.start().error().code == ErrorCode::vaultLocked);
    QVERIFY(!answered);
}

void TestControlStart::theEdgesPortMayBeTaken()
{
    Agent agent(path());
    agent.edge.startError = Error{ErrorCode::portTaken, "Port 8400 is taken.", {}};
    const auto started = agent.start();
    QVERIFY(!started);
    QCOMPARE(started.error(), *agent.edge.startError);
    agent.edge.startError.reset();
    QVERIFY(agent.start());
}

LATCHKEY_TEST(TestControlStart)

} // namespace tst_control_start

#include "tst_control_start.moc"
