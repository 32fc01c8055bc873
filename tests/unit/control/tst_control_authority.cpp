// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/control/Authority.h"
#include "agent/control/Naming.h"

#include "TestProgram.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_authority {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;

namespace {

Result<LocalAuthority> authorityOf(Agent& agent)
{
    return answerOf<LocalAuthority>([&](auto answer) { agent.control().localAuthority(std::move(answer)); });
}

Result<std::string> openTls(Agent& agent)
{
    return answerOf<std::string>([&](auto answer) { agent.control().openTls("127.0.0.1", 8443, std::move(answer)); });
}

} // namespace

class TestControlAuthority : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void isMadeWhenFirstAskedForAndStays()
    {
        Agent agent(path());
        QVERIFY(agent.start());
        const auto key = authorityKey(agent.control().status().agentId);
        QCOMPARE(agent.readVault(key).error().code, ErrorCode::vaultMissing);
        QVERIFY(!QFile::exists(caFile()));
        const auto first = authorityOf(agent);
        QVERIFY(first);
        QVERIFY(agent.readVault(key));
        QCOMPARE(first->permittedDns, (std::vector<std::string>{"local.cloudflareaccess.com", "localhost"}));
        QVERIFY(first->edgeTls.empty());
        agent.stop();
        QVERIFY(agent.start());
        QCOMPARE(authorityOf(agent)->fingerprint, first->fingerprint);
        QCOMPARE(*openTls(agent), std::string("https://127.0.0.1:8443"));
        QCOMPARE(agent.control().status().edgeTls, std::string("https://127.0.0.1:8443"));
        QCOMPARE(agent.edge.authorities.size(), std::size_t(1));
    }

    void aNewHostMakesANewCertificateOfTheSameKey()
    {
        Agent agent(path());
        QVERIFY(agent.start());
        QVERIFY(openTls(agent));
        const auto before = *authorityOf(agent);
        QVERIFY(agent.createApplication(sampleApplication("one", "one.example.com/path")));
        QCOMPARE(agent.edge.authorities.size(), std::size_t(2));
        const auto after = *authorityOf(agent);
        QVERIFY(after.fingerprint != before.fingerprint);
        QCOMPARE(after.hosts, (std::vector<std::string>{"one.example.com"}));
        QCOMPARE(agent.edge.authorities.back()->fingerprint(), after.fingerprint);
        QVERIFY(agent.edge.authorities.back()->permits("one.example.com"));
        // A host that is permitted already changes nothing.
        QVERIFY(agent.createApplication(sampleApplication("two", "below.one.example.com")));
        QCOMPARE(agent.edge.authorities.size(), std::size_t(2));
    }

    void aHostThatCameWhileNobodyLookedIsPermittedAtTheStart()
    {
        Agent agent(path());
        QVERIFY(agent.start());
        const auto before = *authorityOf(agent);
        agent.stop();
        QVERIFY(agent.start());
        QVERIFY(agent.createApplication(sampleApplication("one", "one.example.com")));   // not loaded: nobody asked
        const auto after = *authorityOf(agent);
        QVERIFY(after.fingerprint != before.fingerprint);
        QCOMPARE(after.permittedDns, (std::vector<std::string>{"local.cloudflareaccess.com", "localhost", "one.example.com"}));
    }

    void aKeyThatTheVaultHasLostIsNotMadeAnew()
    {
        Agent agent(path());
        QVERIFY(agent.start());
        QVERIFY(authorityOf(agent));
        const auto key = authorityKey(agent.control().status().agentId);
        QVERIFY(answerOf<void>([&](auto answer) { agent.vault().remove(key, std::move(answer)); }));
        agent.stop();
        QVERIFY(agent.start());
        QCOMPARE(authorityOf(agent).error().code, ErrorCode::vaultMissing);
        QVERIFY(QFile::remove(caFile()));   // the way out that the message names
        QVERIFY(authorityOf(agent));
    }

    void aStrangeCertificateIsDamageAndALostOneIsMadeAnew()
    {
        Agent agent(path());
        QVERIFY(agent.start());
        QVERIFY(authorityOf(agent));
        agent.stop();
        QFile file(caFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("rubbish");
        file.close();
        QVERIFY(agent.start());
        QCOMPARE(authorityOf(agent).error().code, ErrorCode::damaged);
        QVERIFY(file.remove());
        QVERIFY(authorityOf(agent));
        QVERIFY(file.exists());
    }

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::string path() const { return m_directory->path().toStdString(); }
    QString caFile() const { return m_directory->filePath(QStringLiteral("ca.pem")); }
};

LATCHKEY_TEST(TestControlAuthority)

} // namespace tst_control_authority

#include "tst_control_authority.moc"
