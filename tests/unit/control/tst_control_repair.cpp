// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/Naming.h"
#include "agent/control/Repair.h"

#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_repair {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using vault::VaultState;

class TestControlRepair : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void aNewApiTokenReplacesALostOne();
    void aNewSigningKeyReplacesALostOne();
    void aKeyThatIsStillThereStaysPublishedForSevenDays();
    void aPreviousKeyThatIsLostIsForgotten();
    void nothingToRepairIsTold();
    void aMemoryVaultHasNothingToRepair();
    void anotherVaultIsRefused();
    void aVaultThatRefusesChangesNothing();

private:
    Result<std::string> repairKey(Agent& agent)
    {
        QObject context;
        return answerOf<std::string>(
            [&](auto answer) { repairSigningKey(m_directory->path().toStdString(), agent.services(), &context, std::move(answer)); });
    }
    Result<void> repairToken(Agent& agent)
    {
        QObject context;
        return answerOf<void>(
            [&](auto answer) { repairApiToken(m_directory->path().toStdString(), agent.services(), &context, std::move(answer)); });
    }
    static std::size_t lose(Agent& agent, const std::string& part)
    {
        return std::erase_if(agent.staged->entries, [&](const auto& entry) { return entry.first.find(part) != std::string::npos; });
    }
    std::unique_ptr<Agent> started()
    {
        auto agent = std::make_unique<Agent>(m_directory->path().toStdString());
        agent->staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
        const auto result = agent->start();
        return result ? std::move(agent) : nullptr;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void TestControlRepair::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void TestControlRepair::aNewApiTokenReplacesALostOne()
{
    auto agent = started();
    QVERIFY(agent);
    const auto old = agent->control().apiToken().clone();
    agent->stop();
    QCOMPARE(lose(*agent, "/api-token"), 1U);
    QVERIFY(!agent->start());

    QVERIFY(repairToken(*agent));
    QVERIFY(agent->start());
    QCOMPARE(agent->control().apiToken().size(), 40U);
    QVERIFY(!agent->control().apiToken().equals(old));
}

void TestControlRepair::aNewSigningKeyReplacesALostOne()
{
    auto agent = started();
    QVERIFY(agent);
    const auto lost = agent->edge.newest().keys.current->kid();
    agent->stop();
    QCOMPARE(lose(*agent, "/signing-key/"), 1U);
    QVERIFY(!agent->start());

    const auto kid = repairKey(*agent);
    QVERIFY(kid);
    QVERIFY(*kid != lost);
    QVERIFY(agent->start());
    const auto& keys = agent->edge.newest().keys;
    QCOMPARE(keys.current->kid(), *kid);
    QVERIFY(!keys.previous);
}

void TestControlRepair::aKeyThatIsStillThereStaysPublishedForSevenDays()
{
    auto agent = started();
    QVERIFY(agent);
    const auto old = agent->edge.newest().keys.current->kid();
    agent->stop();
    const auto kid = repairKey(*agent);
    QVERIFY(kid);

    QVERIFY(agent->start());
    QCOMPARE(agent->edge.newest().keys.current->kid(), *kid);
    QVERIFY(agent->edge.newest().keys.previous);
    QCOMPARE(agent->edge.newest().keys.previous->kid(), old);
    QVERIFY(agent->edge.newest().keys.previousUntil == agent->clock.now() + std::chrono::days(7));
    QVERIFY(agent->edge.newest().certsDocument.find(old) != std::string::npos);
    agent->stop();

    agent->clock.advance(std::chrono::days(7));
    QVERIFY(agent->start());
    QVERIFY(!agent->edge.newest().keys.previous);
    QVERIFY(agent->edge.newest().certsDocument.find(old) == std::string::npos);
}

void TestControlRepair::aPreviousKeyThatIsLostIsForgotten()
{
    auto agent = started();
    QVERIFY(agent);
    const auto old = agent->edge.newest().keys.current->kid();
    agent->stop();
    QVERIFY(repairKey(*agent));
    QCOMPARE(lose(*agent, old), 1U);
    const auto refused = agent->start();
    QVERIFY(!refused);
    QVERIFY(refused.error().code == ErrorCode::vaultMissing);

    QVERIFY(repairKey(*agent));
    QVERIFY(agent->start());
    QVERIFY(agent->edge.newest().keys.previous);
    QVERIFY(agent->edge.newest().keys.previous->kid() != old);
}

void TestControlRepair::nothingToRepairIsTold()
{
    Agent agent(m_directory->path().toStdString());
    QVERIFY(repairKey(agent).error().code == ErrorCode::notFound);
    QVERIFY(repairToken(agent).error().code == ErrorCode::notFound);
}

void TestControlRepair::aMemoryVaultHasNothingToRepair()
{
    Agent agent(m_directory->path().toStdString(), vault::VaultKind::memory);
    agent.options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
    QVERIFY(agent.start());
    agent.stop();
    QVERIFY(repairKey(agent).error().code == ErrorCode::unsupported);
}

void TestControlRepair::anotherVaultIsRefused()
{
    {
        Agent agent(m_directory->path().toStdString());
        QVERIFY(agent.start());
    }
    Agent agent(m_directory->path().toStdString());
    agent.staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
    QVERIFY(repairKey(agent).error().code == ErrorCode::invalidArgument);
    QVERIFY(agent.staged->entries.empty());
}

void TestControlRepair::aVaultThatRefusesChangesNothing()
{
    auto agent = started();
    QVERIFY(agent);
    const auto kid = agent->edge.newest().keys.current->kid();
    agent->stop();
    agent->staged->writeError = Error{ErrorCode::vaultDenied, "The keychain refused to write.", {}};
    QVERIFY(repairKey(*agent).error().code == ErrorCode::vaultDenied);
    QVERIFY(repairToken(*agent).error().code == ErrorCode::vaultDenied);
    agent->staged->writeError.reset();
    QVERIFY(agent->start());
    QCOMPARE(agent->edge.newest().keys.current->kid(), kid);
}

LATCHKEY_TEST(TestControlRepair)

} // namespace tst_control_repair

#include "tst_control_repair.moc"
