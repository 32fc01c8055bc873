// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Secrets of a profile: kept in a vault, recorded by id, and the two agree after every outcome.
#include "app/SecretKeeper.h"

#include "TestProgram.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_secretkeeper {

using namespace latchkey;
using namespace Qt::StringLiterals;

namespace {

/// A vault that refuses whatever it is told to, in front of a real one.
class RefusingVault final : public vault::Vault {
public:
    explicit RefusingVault(std::unique_ptr<vault::Vault> real) : m_real(std::move(real)) { }
    bool refuseWrites = false;

    vault::VaultKind kind() const override { return m_real->kind(); }
    std::string backend() const override { return m_real->backend(); }
    void state(StateHandler handler) override { m_real->state(std::move(handler)); }
    void read(std::string key, ReadHandler handler) override { m_real->read(std::move(key), std::move(handler)); }
    void write(std::string key, SecretBytes value, DoneHandler handler) override
    {
        if (refuseWrites)
            handler(fail(ErrorCode::vaultDenied, "The keychain refused."));
        else
            m_real->write(std::move(key), std::move(value), std::move(handler));
    }
    void remove(std::string key, DoneHandler handler) override { m_real->remove(std::move(key), std::move(handler)); }
    void unlock(DoneHandler handler) override { m_real->unlock(std::move(handler)); }

private:
    std::unique_ptr<vault::Vault> m_real;
};

} // namespace

class TestSecretKeeper final : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    const access::TokenId m_id{"6f1b7c6e-0000-4000-8000-000000000001"};

    std::unique_ptr<vault::Vault> fileVault()
    {
        return vault::makeVault({.kind = vault::VaultKind::file, .directory = m_directory.path().toStdString()});
    }
    QString settings() const { return m_directory.filePath(u"settings.ini"_s); }

    static Result<void> keep(app::SecretKeeper& keeper, const access::TokenId& id, const char* secret)
    {
        std::optional<Result<void>> outcome;
        keeper.keep(id, SecretBytes(secret), [&](Result<void> kept) { outcome = std::move(kept); });
        (void)QTest::qWaitFor([&] { return outcome.has_value(); });
        return outcome.value_or(fail(ErrorCode::timedOut, "no answer"));
    }

    static Result<SecretBytes> read(app::SecretKeeper& keeper, const access::TokenId& id)
    {
        std::optional<Result<SecretBytes>> outcome;
        keeper.read(id, [&](Result<SecretBytes> secret) { outcome = std::move(secret); });
        (void)QTest::qWaitFor([&] { return outcome.has_value(); });
        return outcome ? std::move(*outcome) : Result<SecretBytes>(fail(ErrorCode::timedOut, "no answer"));
    }

private Q_SLOTS:
    void whatWasKeptIsReadAfterARestart()
    {
        {
            const auto vault = fileVault();
            app::Preferences preferences(settings());
            app::SecretKeeper keeper(*vault, preferences, "profile");
            QVERIFY(keep(keeper, m_id, "cfast_one").has_value());
        }
        const auto vault = fileVault();
        app::Preferences preferences(settings());
        app::SecretKeeper keeper(*vault, preferences, "profile");
        QVERIFY(keeper.kept().contains(m_id));
        const auto secret = read(keeper, m_id);
        QVERIFY(secret.has_value());
        QVERIFY(secret->equals("cfast_one"));
    }

    void anotherProfileSeesNothingOfIt()
    {
        const auto vault = fileVault();
        app::Preferences preferences(settings());
        app::SecretKeeper keeper(*vault, preferences, "profile");
        QVERIFY(keep(keeper, m_id, "cfast_one").has_value());
        app::SecretKeeper other(*vault, preferences, "another");
        QVERIFY(other.kept().empty());
        QVERIFY(!read(other, m_id).has_value());
    }

    void aRefusedWriteIsToldAndNotRecorded()
    {
        RefusingVault vault(fileVault());
        vault.refuseWrites = true;
        app::Preferences preferences(m_directory.filePath(u"refused.ini"_s));
        app::SecretKeeper keeper(vault, preferences, "refused");
        const auto kept = keep(keeper, m_id, "cfast_one");
        QVERIFY(!kept.has_value());
        QCOMPARE(kept.error().code, ErrorCode::vaultDenied);
        QVERIFY(keeper.kept().empty());
    }

    void aVanishedEntryIsForgotten()
    {
        const auto vault = fileVault();
        app::Preferences preferences(m_directory.filePath(u"vanished.ini"_s));
        app::SecretKeeper keeper(*vault, preferences, "vanished");
        preferences.setKeptSecret(u"vanished"_s, QString::fromStdString(m_id.value), true);   // as after a crash
        const auto secret = read(keeper, m_id);
        QCOMPARE(secret.error().code, ErrorCode::vaultMissing);
        QVERIFY(keeper.kept().empty());
    }

    void theSettingsHoldIdsAndNoSecret()
    {
        const auto vault = fileVault();
        const QString file = m_directory.filePath(u"scan.ini"_s);
        {
            app::Preferences preferences(file);
            app::SecretKeeper keeper(*vault, preferences, "scan");
            QVERIFY(keep(keeper, m_id, "cfast_findme").has_value());
        }
        QFile settingsFile(file);
        QVERIFY(settingsFile.open(QIODevice::ReadOnly));
        const QByteArray bytes = settingsFile.readAll();
        QVERIFY(bytes.contains(QByteArray::fromStdString(m_id.value)));
        QVERIFY(!bytes.contains("cfast_findme"));
    }
};

LATCHKEY_WIDGET_TEST(TestSecretKeeper)

} // namespace tst_app_secretkeeper

#include "tst_app_secretkeeper.moc"
