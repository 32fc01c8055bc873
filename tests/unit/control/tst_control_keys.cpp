// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/Naming.h"

#include "TestProgram.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

namespace tst_control_keys {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;
using vault::VaultState;

namespace {

constexpr auto week = std::chrono::days(7);

/// What a crash at one moment leaves: the files of the data directory and the entries of the vault.
struct Wreck {
    std::shared_ptr<QTemporaryDir> directory = std::make_shared<QTemporaryDir>();
    std::map<std::string, std::string> vault;
    std::chrono::sys_seconds at;
};

} // namespace

class TestControlKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_agent.reset(); }
    void aRotationKeepsThePreviousKeyForSevenDays();
    void aRotationSurvivesARestart();
    void twoAtOnceShareARotation();
    void aThirdKeyPushesTheFirstOut();
    void aVaultThatRefusesChangesNothing();
    void aDatabaseThatRefusesChangesNothing();
    void aVaultThatKeepsAnOldKeyIsAskedAgain();
    void theKeyRotatesByItselfWhenItsTimeIsOver();
    void aClockThatStepsBackAndForthBreaksNothing();
    void stoppingAnswersWhoWaits();
    void aCrashAtAnyStepLeavesAWorkingAgent();

private:
    std::unique_ptr<Agent> agentIn(const std::string& path)
    {
        auto agent = std::make_unique<Agent>(path, vault::VaultKind::os);
        agent->staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
        agent->options.keyWatch = 5ms;
        return agent;
    }
    Result<access::KeyRotation> rotate()
    {
        return answerOf<access::KeyRotation>([&](auto answer) { m_agent->control().rotateKeys(std::move(answer)); });
    }
    static std::size_t keysIn(const std::map<std::string, std::string>& entries)
    {
        return static_cast<std::size_t>(std::ranges::count_if(entries, [](const auto& entry) {
            return entry.first.find("/signing-key/") != std::string::npos;
        }));
    }
    std::size_t keysInVault() const { return keysIn(m_agent->staged->entries); }
    const jose::KeyRing& keys() const { return m_agent->edge.newest().keys; }
    static std::size_t leftovers(const std::string& path)
    {
        auto store = store::Store::open(path);
        return store ? (*store)->leftoverKeys()->size() : 999;
    }
    static std::size_t records(const std::string& path)
    {
        auto store = store::Store::open(path);
        return store ? (*store)->keys()->size() : 999;
    }
    void tick() { QTest::qWait(40); }   // several looks at the clock

    std::unique_ptr<QTemporaryDir> m_directory;
    std::string m_path;
    std::unique_ptr<Agent> m_agent;
};

void TestControlKeys::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->path().toStdString();
    m_agent = agentIn(m_path);
    QVERIFY(m_agent->start());
}

void TestControlKeys::aRotationKeepsThePreviousKeyForSevenDays()
{
    const auto old = keys().current->kid();
    const auto before = m_agent->control().keyRotation();
    QCOMPARE(before.intervalDays, 42);
    QVERIFY(before.lastAt == m_agent->clock.now());
    m_agent->clock.advance(24h * 10);
    QCOMPARE(m_agent->control().keyRotation().daysLeft(m_agent->clock.now()), 32);

    const auto rotated = rotate();
    QVERIFY(rotated);
    QVERIFY(rotated->lastAt == m_agent->clock.now());
    QCOMPARE(rotated->daysLeft(m_agent->clock.now()), 42);
    QVERIFY(keys().current->kid() != old);
    QCOMPARE(keys().previous->kid(), old);
    QVERIFY(keys().previousUntil == m_agent->clock.now() + week);
    QVERIFY(m_agent->edge.newest().certsDocument.find(old) != std::string::npos);
    QCOMPARE(keysInVault(), 2U);

    m_agent->clock.advance(week - 1s);
    tick();
    QVERIFY(keys().previous);
    m_agent->clock.advance(1s);
    QTRY_VERIFY(!keys().previous);
    QVERIFY(m_agent->edge.newest().certsDocument.find(old) == std::string::npos);
    QTRY_COMPARE(keysInVault(), 1U);
    tick();
    m_agent->stop();
    QCOMPARE(records(m_path), 1U);
    QCOMPARE(leftovers(m_path), 0U);
}

void TestControlKeys::aRotationSurvivesARestart()
{
    const auto old = keys().current->kid();
    m_agent->clock.advance(1h);
    QVERIFY(rotate());
    const auto current = keys().current->kid();
    const auto certificate = m_agent->edge.newest().certsDocument;
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(keys().current->kid(), current);
    QCOMPARE(keys().previous->kid(), old);
    QCOMPARE(m_agent->edge.newest().certsDocument, certificate);
    QVERIFY(m_agent->control().keyRotation().lastAt == m_agent->clock.now());
    m_agent->stop();

    // The time is over while nobody looks: cleared away at the start.
    m_agent->clock.advance(week);
    QVERIFY(m_agent->start());
    QVERIFY(!keys().previous);
    QTRY_COMPARE(keysInVault(), 1U);
    tick();
    m_agent->stop();
    QCOMPARE(records(m_path), 1U);
    QCOMPARE(leftovers(m_path), 0U);
}

void TestControlKeys::twoAtOnceShareARotation()
{
    const auto old = keys().current->kid();
    int answers = 0;
    for (int i = 0; i < 2; ++i)
        m_agent->control().rotateKeys([&](Result<access::KeyRotation> result) { answers += result ? 1 : 100; });
    QCOMPARE(answers, 0);
    QTRY_COMPARE(answers, 2);
    QCOMPARE(keys().previous->kid(), old);
    QCOMPARE(keysInVault(), 2U);
}

void TestControlKeys::aThirdKeyPushesTheFirstOut()
{
    const auto first = keys().current->kid();
    QVERIFY(rotate());
    const auto second = keys().current->kid();
    QVERIFY(rotate());
    QCOMPARE(keys().previous->kid(), second);
    QVERIFY(m_agent->edge.newest().certsDocument.find(first) == std::string::npos);
    QTRY_COMPARE(keysInVault(), 2U);
    tick();
    m_agent->stop();
    QCOMPARE(records(m_path), 2U);
    QCOMPARE(leftovers(m_path), 0U);
}

void TestControlKeys::aVaultThatRefusesChangesNothing()
{
    const auto old = keys().current->kid();
    m_agent->staged->writeError = Error{ErrorCode::vaultLocked, "The keychain is locked.", {}};
    const auto refused = rotate();
    QVERIFY(!refused);
    QVERIFY(refused.error().code == ErrorCode::vaultLocked);
    QCOMPARE(keys().current->kid(), old);
    QCOMPARE(keysInVault(), 1U);

    m_agent->staged->writeError.reset();
    QVERIFY(rotate());
    QCOMPARE(keys().previous->kid(), old);
}

void TestControlKeys::aDatabaseThatRefusesChangesNothing()
{
    const auto old = keys().current->kid();
    // The note is kept; the commit after the key has reached the vault fails.
    m_agent->staged->afterChange = [&] { m_agent->store.failCommit = true; };
    const auto refused = rotate();
    QVERIFY(!refused);
    QVERIFY(refused.error().code == ErrorCode::io);
    QCOMPARE(keys().current->kid(), old);
    m_agent->staged->afterChange = nullptr;
    m_agent->store.failCommit = false;
    QTRY_COMPARE(keysInVault(), 1U);   // the key that came to nothing
    tick();
    m_agent->stop();
    QCOMPARE(records(m_path), 1U);
    QCOMPARE(leftovers(m_path), 0U);
    QVERIFY(m_agent->start());
    QCOMPARE(keys().current->kid(), old);
}

void TestControlKeys::aVaultThatKeepsAnOldKeyIsAskedAgain()
{
    QVERIFY(rotate());
    m_agent->staged->removeError = Error{ErrorCode::vaultLocked, "The keychain is locked.", {}};
    m_agent->clock.advance(week);
    QTRY_VERIFY(m_agent->log.text().find("still in the vault") != std::string::npos);
    tick();
    QVERIFY(!keys().previous);
    QCOMPARE(keysInVault(), 2U);
    const auto told = m_agent->log.text();
    QCOMPARE(told.find("still in the vault"), told.rfind("still in the vault"));   // once, not at every look
    m_agent->staged->removeError.reset();
    QTRY_COMPARE(keysInVault(), 1U);
}

void TestControlKeys::theKeyRotatesByItselfWhenItsTimeIsOver()
{
    const auto old = keys().current->kid();
    m_agent->clock.advance(std::chrono::days(42) - 1s);
    tick();
    QCOMPARE(keys().current->kid(), old);
    QCOMPARE(m_agent->control().keyRotation().daysLeft(m_agent->clock.now()), 1);
    m_agent->clock.advance(1s);
    QTRY_VERIFY_WITH_TIMEOUT(keys().current->kid() != old, 20'000);
    QCOMPARE(keys().previous->kid(), old);
    const auto current = keys().current->kid();
    tick();
    QCOMPARE(keys().current->kid(), current);
}

void TestControlKeys::aClockThatStepsBackAndForthBreaksNothing()
{
    const auto old = keys().current->kid();
    QVERIFY(rotate());
    const auto current = keys().current->kid();
    for (const auto step : {-24h * 400, 24h * 400 + 3h, -6h, 24h, -24h * 30, 24h * 30}) {
        m_agent->clock.advance(step);
        tick();
        QCOMPARE(keys().current->kid(), current);
        QVERIFY(keys().previous);
        QCOMPARE(keys().previous->kid(), old);
        const auto left = m_agent->control().keyRotation().daysLeft(m_agent->clock.now());
        QVERIFY(left > 0 && left <= 42);
        m_agent->stop();
        QVERIFY(m_agent->start());
    }
    QCOMPARE(keysInVault(), 2U);
}

void TestControlKeys::stoppingAnswersWhoWaits()
{
    std::optional<Result<access::KeyRotation>> answer;
    m_agent->control().rotateKeys([&](Result<access::KeyRotation> result) { answer.emplace(std::move(result)); });
    m_agent->stop();
    QVERIFY(answer);
    QVERIFY(answer->error().code == ErrorCode::cancelled);
    QVERIFY(m_agent->start());
    QTRY_COMPARE(keysInVault(), 1U);
}

/// The state after every write to database and vault, during a rotation and while a key retires, is what a crash leaves.
void TestControlKeys::aCrashAtAnyStepLeavesAWorkingAgent()
{
    const auto first = keys().current->kid();
    std::vector<Wreck> wrecks;
    const auto keep = [&] {
        Wreck wreck;
        const QDir from(m_directory->path());
        for (const auto& name : from.entryList(QDir::Files)) {
            if (!name.endsWith(QLatin1StringView("-shm")))
                QFile::copy(from.filePath(name), wreck.directory->filePath(name));
        }
        wreck.vault = m_agent->staged->entries;
        wreck.at = m_agent->clock.now();
        wrecks.push_back(std::move(wreck));
    };
    keep();
    m_agent->store.afterCommit = keep;
    m_agent->staged->afterChange = keep;
    m_agent->clock.advance(1h);
    QVERIFY(rotate());
    const auto second = keys().current->kid();
    m_agent->clock.advance(week);
    QTRY_COMPARE(keysInVault(), 1U);
    tick();
    m_agent->store.afterCommit = nullptr;
    m_agent->staged->afterChange = nullptr;
    // Note, vault, commit; strike, vault, note.
    QVERIFY2(wrecks.size() >= 7, std::to_string(wrecks.size()).c_str());

    bool sawFirst = false;
    bool sawBoth = false;
    bool sawOrphan = false;
    bool sawSecond = false;
    for (const auto& wreck : wrecks) {
        auto agent = agentIn(wreck.directory->path().toStdString());
        agent->staged->entries = wreck.vault;
        agent->clock.advance(wreck.at - agent->clock.now());
        const auto started = agent->start();
        QVERIFY2(started, started ? "" : started.error().message.c_str());
        const auto ring = agent->edge.newest().keys;
        sawFirst = sawFirst || ring.current->kid() == first;
        sawSecond = sawSecond || (ring.current->kid() == second && !ring.previous);
        sawBoth = sawBoth || (ring.previous && ring.previous->kid() == first && ring.current->kid() == second);
        const auto wanted = ring.previous ? 2U : 1U;
        sawOrphan = sawOrphan || keysIn(wreck.vault) > wanted;
        QTRY_COMPARE(keysIn(agent->staged->entries), wanted);
        tick();

        QVERIFY((answerOf<access::KeyRotation>([&](auto answer) { agent->control().rotateKeys(std::move(answer)); })));
        QCOMPARE(agent->edge.newest().keys.previous->kid(), ring.current->kid());
        QTRY_COMPARE(keysIn(agent->staged->entries), 2U);
        tick();
        agent->stop();
        QCOMPARE(leftovers(wreck.directory->path().toStdString()), 0U);
        QCOMPARE(records(wreck.directory->path().toStdString()), 2U);
    }
    QVERIFY(sawFirst && sawBoth && sawSecond && sawOrphan);
}

LATCHKEY_TEST(TestControlKeys)

} // namespace tst_control_keys

#include "tst_control_keys.moc"
