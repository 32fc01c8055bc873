// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Accounts and their API tokens: what a keychain that refuses, is emptied or is another one leaves of them.
#include "app/Accounts.h"

#include "agent/profiles/ProfileSecrets.h"

#include "TestProgram.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_accounts {

using namespace latchkey;
using namespace latchkey::app;
using namespace Qt::StringLiterals;

namespace {

/// A keychain that refuses what it is told to, in front of one in memory.
class StubbornVault final : public vault::Vault {
public:
    bool refuses = false;

    vault::VaultKind kind() const override { return m_real->kind(); }
    std::string backend() const override { return m_real->backend(); }
    void state(StateHandler handler) override { m_real->state(std::move(handler)); }
    void read(std::string key, ReadHandler handler) override { m_real->read(std::move(key), std::move(handler)); }
    void write(std::string key, SecretBytes value, DoneHandler handler) override
    {
        refuses ? handler(fail(ErrorCode::vaultDenied, "The keychain refused.")) : m_real->write(std::move(key), std::move(value), std::move(handler));
    }
    void remove(std::string key, DoneHandler handler) override
    {
        refuses ? handler(fail(ErrorCode::vaultDenied, "The keychain refused.")) : m_real->remove(std::move(key), std::move(handler));
    }
    void unlock(DoneHandler handler) override { m_real->unlock(std::move(handler)); }

private:
    std::unique_ptr<vault::Vault> m_real = vault::makeVault({.kind = vault::VaultKind::memory, .directory = {}});
};

profiles::Profile sample()
{
    return {.id = "11111111-2222-3333-4444-555555555555", .name = "Production", .accountId = "0123456789abcdef0123456789abcdef", .accountName = "Acme", .zoneId = {}, .caFile = {}};
}

} // namespace

class TestAccounts final : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<StubbornVault> m_vault;
    std::unique_ptr<Accounts> m_accounts;

    QString settings() const { return m_directory->filePath(u"settings.ini"_s); }

    void makeAccounts()
    {
        m_accounts = std::make_unique<Accounts>(settings(), Vaults{.asking = [this]() -> vault::Vault& { return *m_vault; }, .quiet = [this]() -> vault::Vault& { return *m_vault; }});
    }

    template <typename Ask>
    static std::optional<Result<void>> outcomeOf(Ask ask)
    {
        std::optional<Result<void>> outcome;
        ask([&](const Result<void>& told) { outcome = told; });
        (void)QTest::qWaitFor([&] { return outcome.has_value(); }, 5'000);
        return outcome;
    }

    bool put(const profiles::Profile& profile, const char* token)
    {
        const auto outcome = outcomeOf([&](auto answer) { m_accounts->put(profile, SecretBytes(token), answer); });
        return outcome && *outcome;
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_vault = std::make_unique<StubbornVault>();
        makeAccounts();
    }

    void cleanup() { m_accounts.reset(); }

    void oneWhoseTokenCannotBeKeptDoesNotComeIntoBeing()
    {
        m_vault->refuses = true;
        QSignalSpy changed(m_accounts.get(), &Accounts::listChanged);
        QVERIFY(!put(sample(), "api-token"));
        QVERIFY(m_accounts->profiles().empty());
        QCOMPARE(changed.size(), 0);
        makeAccounts();
        QVERIFY(m_accounts->profiles().empty());
    }

    void theTokenIsInTheKeychainAndNowhereElse()
    {
        QVERIFY(put(sample(), "api-token-that-is-secret"));
        QFile file(settings());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray written = file.readAll();
        QVERIFY(written.contains("Production"));
        QVERIFY(!written.contains("api-token-that-is-secret"));
        // The next start finds the one with the help of the other.
        makeAccounts();
        QCOMPARE(m_accounts->profiles().size(), 1U);
        const auto opened = outcomeOf([&](auto answer) { m_accounts->open(sample().id, false, answer); });
        QVERIFY(opened && *opened);
        QVERIFY(m_accounts->client(sample().id) != nullptr);
        QCOMPARE(m_accounts->client(sample().id)->endpoint().accountId, sample().accountId);
    }

    void aMissingTokenSaysWhatToDo()
    {
        QVERIFY(put(sample(), "api-token"));
        m_accounts->dropAll();
        const auto emptied = outcomeOf([&](auto answer) { m_vault->remove(profiles::profileTokenKey(sample().id), answer); });
        QVERIFY(emptied && *emptied);
        QSignalSpy failed(m_accounts.get(), &Accounts::openFailed);
        const auto opened = outcomeOf([&](auto answer) { m_accounts->open(sample().id, true, answer); });
        QVERIFY(opened && !*opened);
        QCOMPARE(opened->error().code, ErrorCode::vaultMissing);
        QVERIFY(opened->error().message.find("edit the profile") != std::string::npos);
        QCOMPARE(failed.size(), 1);
    }

    void anEditEndsTheClientOfBefore()
    {
        QVERIFY(put(sample(), "api-token"));
        QVERIFY(*outcomeOf([&](auto answer) { m_accounts->open(sample().id, false, answer); }));
        QSignalSpy closing(m_accounts.get(), &Accounts::closing);
        profiles::Profile changed = sample();
        changed.zoneId = "ffffffffffffffffffffffffffffffff";
        const auto outcome = outcomeOf([&](auto answer) { m_accounts->put(changed, std::nullopt, answer); });
        QVERIFY(outcome && *outcome);
        QCOMPARE(closing.size(), 1);
        QVERIFY(m_accounts->client(sample().id) == nullptr);
        QVERIFY(*outcomeOf([&](auto answer) { m_accounts->open(sample().id, false, answer); }));
        QCOMPARE(m_accounts->client(sample().id)->endpoint().zoneId, changed.zoneId);   // with the token that was kept
    }

    void aProfileWhoseSecretsCannotBeRemovedStays()
    {
        QVERIFY(put(sample(), "api-token"));
        m_vault->refuses = true;
        auto removed = outcomeOf([&](auto answer) { m_accounts->remove(sample().id, {"token-1"}, answer); });
        QVERIFY(removed && !*removed);
        QCOMPARE(m_accounts->profiles().size(), 1U);
        m_vault->refuses = false;
        removed = outcomeOf([&](auto answer) { m_accounts->remove(sample().id, {"token-1"}, answer); });
        QVERIFY(removed && *removed);
        QVERIFY(m_accounts->profiles().empty());
        std::optional<ErrorCode> code;
        m_vault->read(profiles::profileTokenKey(sample().id), [&](const Result<SecretBytes>& token) { code = token ? ErrorCode::internal : token.error().code; });
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::vaultMissing);
    }

    void aCaFileThatCannotBeReadIsToldWhenItIsOpened()
    {
        profiles::Profile profile = sample();
        profile.caFile = m_directory->filePath(u"missing.pem"_s).toStdString();
        QVERIFY(put(profile, "api-token"));
        const auto opened = outcomeOf([&](auto answer) { m_accounts->open(profile.id, false, answer); });
        QVERIFY(opened && !*opened);
        QVERIFY(opened->error().message.find("missing.pem") != std::string::npos);
    }
};

LATCHKEY_WIDGET_TEST(TestAccounts)

} // namespace tst_app_accounts

#include "tst_app_accounts.moc"
