// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"

#include "agent/base/Encoding.h"
#include "agent/control/KeyBundle.h"
#include "agent/control/Naming.h"

#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

namespace tst_control_keybackup {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;
using vault::VaultState;

namespace {

constexpr std::string_view phrase = "correct horse battery";

struct Machine {
    QTemporaryDir directory;
    std::unique_ptr<Agent> agent;

    Machine()
    {
        const auto path = directory.path().toStdString();
        agent = std::make_unique<Agent>(path, vault::VaultKind::os);
        agent->staged = std::make_unique<StagedVault>(std::vector{VaultState::open});
        agent->options.keyWatch = 5ms;
        if (const auto started = agent->start(); !started)
            qFatal("%s", started.error().message.c_str());
    }

    const jose::KeyRing& keys() const { return agent->edge.newest().keys; }

    Result<access::Configuration> exported(std::string_view passphrase = phrase)
    {
        return answerOf<access::Configuration>([&](auto answer) { agent->control().exportWithKeys(SecretBytes(passphrase), std::move(answer)); });
    }
    Result<ConfigurationChanges> bring(access::Configuration configuration, std::optional<std::string_view> passphrase = phrase, bool rehearse = false)
    {
        ImportOptions options{.rehearse = rehearse};
        if (passphrase)
            options.passphrase.emplace(*passphrase);
        return answerOf<ConfigurationChanges>([&](auto answer) {
            agent->control().importConfiguration(std::move(configuration), std::move(options), std::move(answer));
        });
    }
    Result<LocalAuthority> authority()
    {
        return answerOf<LocalAuthority>([&](auto answer) { agent->control().localAuthority(std::move(answer)); });
    }
    std::vector<std::string> kidsInVault() const
    {
        std::vector<std::string> kids;
        for (const auto& [name, value] : agent->staged->entries) {
            if (const auto at = name.find("/signing-key/"); at != std::string::npos)
                kids.push_back(name.substr(at + 13));
        }
        return kids;
    }
    bool restart()
    {
        agent->stop();
        return agent->start().has_value();
    }
};

QStringList namesOf(const ConfigurationChanges& changes)
{
    QStringList names;
    for (const auto& change : changes.changes)
        names << QString::fromStdString(change.what);
    return names;
}

std::vector<std::string> sorted(std::vector<std::string> texts)
{
    std::ranges::sort(texts);
    return texts;
}

} // namespace

class TestControlKeyBackup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysOfABackupComeIntoService();
    void thePreviousKeyComesAlong();
    void theAuthorityComesAlong();
    void withoutKeysNothingOfThemIsThere();
    void aWrongPassphraseChangesNothing();
    void aConfigurationThatIsRefusedBringsNoKeys();
    void aVaultThatRefusesChangesNothing();
    void aRehearsalChangesNothing();
    void whatIsInServiceIsNoChange();
    void aRotationThatIsAskedForMeanwhileComesAfter();
    void aPassphraseThatCouldBeGuessedIsRefused();
    void theBundleReadsBack();
};

void TestControlKeyBackup::keysOfABackupComeIntoService()
{
    Machine old;
    QVERIFY(old.agent->createToken("ci"));
    const auto backup = old.exported();
    QVERIFY(backup && backup->keys);
    const auto signedBefore = old.keys().current->sign("claims");
    QVERIFY(signedBefore);

    Machine fresh;
    const auto own = fresh.keys().current->kid();
    const auto changes = fresh.bring(*backup);
    QVERIFY2(changes, changes ? "" : changes.error().message.c_str());
    QVERIFY(namesOf(*changes).contains(QStringLiteral("signing keys")));
    QVERIFY(namesOf(*changes).contains(QStringLiteral("service token")));
    QCOMPARE(fresh.keys().current->kid(), old.keys().current->kid());
    // RS256 is deterministic: the same key signs the same.
    QVERIFY(fresh.keys().current->sign("claims") == signedBefore);
    QVERIFY(fresh.keys().current->createdAt() == old.keys().current->createdAt());
    QVERIFY(fresh.agent->edge.newest().certsDocument.find(old.keys().current->kid()) != std::string::npos);
    // What signed here until now stays published for its seven days.
    QCOMPARE(fresh.keys().previous->kid(), own);

    QVERIFY(fresh.restart());
    QCOMPARE(fresh.keys().current->kid(), old.keys().current->kid());
    QCOMPARE(fresh.keys().previous->kid(), own);
    QCOMPARE(sorted(fresh.kidsInVault()), sorted({own, old.keys().current->kid()}));
    fresh.agent->clock.advance(std::chrono::days(7));
    QTRY_COMPARE(fresh.kidsInVault(), std::vector{old.keys().current->kid()});
}

void TestControlKeyBackup::thePreviousKeyComesAlong()
{
    Machine old;
    const auto first = old.keys().current->kid();
    old.agent->clock.advance(24h);
    QVERIFY(answerOf<access::KeyRotation>([&](auto answer) { old.agent->control().rotateKeys(std::move(answer)); }));
    const auto backup = old.exported();
    QVERIFY(backup);

    Machine fresh;
    const auto own = fresh.keys().current->kid();
    fresh.agent->clock.advance(24h);
    QVERIFY(fresh.bring(*backup));
    QCOMPARE(fresh.keys().current->kid(), old.keys().current->kid());
    QCOMPARE(fresh.keys().previous->kid(), first);
    QVERIFY(fresh.keys().previousUntil == old.keys().previousUntil);
    // There are two at a time, so what signed here goes at once.
    QTRY_COMPARE(sorted(fresh.kidsInVault()), sorted({first, old.keys().current->kid()}));
    const auto left = fresh.kidsInVault();
    QVERIFY(std::ranges::find(left, own) == left.end());

    // Of a backup that is older than its previous key's seven days only the current one counts.
    Machine late;
    late.agent->clock.advance(std::chrono::days(8));
    const auto its = late.keys().current->kid();
    QVERIFY(late.bring(*backup));
    QCOMPARE(late.keys().current->kid(), old.keys().current->kid());
    QCOMPARE(late.keys().previous->kid(), its);
    QTRY_COMPARE(sorted(late.kidsInVault()), sorted({its, old.keys().current->kid()}));
}

void TestControlKeyBackup::theAuthorityComesAlong()
{
    Machine old;
    const auto wanted = old.authority();
    QVERIFY(wanted);
    const auto backup = old.exported();
    QVERIFY(backup);

    // A machine with an authority of its own, which serves TLS.
    Machine fresh;
    QVERIFY(answerOf<std::string>([&](auto answer) { fresh.agent->control().openTls("127.0.0.1", 8443, std::move(answer)); }));
    QVERIFY(fresh.authority()->fingerprint != wanted->fingerprint);
    const auto changes = fresh.bring(*backup);
    QVERIFY(changes);
    QVERIFY(namesOf(*changes).contains(QStringLiteral("certificate authority")));
    QCOMPARE(fresh.authority()->fingerprint, wanted->fingerprint);
    QCOMPARE(fresh.agent->edge.authorities.back()->fingerprint(), wanted->fingerprint);
    QVERIFY(fresh.restart());
    QCOMPARE(fresh.authority()->fingerprint, wanted->fingerprint);
}

void TestControlKeyBackup::withoutKeysNothingOfThemIsThere()
{
    Machine old;
    const auto plain = answerOf<access::Configuration>([&](auto answer) { old.agent->control().exportConfiguration(std::move(answer)); });
    QVERIFY(plain && !plain->keys);
    const auto backup = old.exported();
    QVERIFY(backup && backup->keys);
    // The sealed member in the forms in which a key might be in it.
    const auto der = old.keys().current->toPkcs8Der();
    QVERIFY(der);
    const std::string_view bytes = der->reveal();
    for (std::size_t at = 0; at + 16 <= bytes.size(); at += 8) {
        const auto part = bytes.substr(at, 16);
        QVERIFY(backup->keys->data.find(part) == std::string::npos);
        QVERIFY(backup->keys->data.find(base::toHex(part)) == std::string::npos);
    }
    // To leave them out is to leave them alone.
    Machine fresh;
    const auto own = fresh.keys().current->kid();
    QVERIFY(answerOf<ConfigurationChanges>([&](auto answer) {
        fresh.agent->control().importConfiguration(*backup, {.withoutKeys = true}, std::move(answer));
    }));
    QCOMPARE(fresh.keys().current->kid(), own);
}

void TestControlKeyBackup::aWrongPassphraseChangesNothing()
{
    Machine old;
    QVERIFY(old.agent->createToken("ci"));
    const auto backup = old.exported();
    QVERIFY(backup);
    Machine fresh;
    const auto entries = fresh.agent->staged->entries;
    const int commits = fresh.agent->store.commits;
    const auto wrong = fresh.bring(*backup, "correct horse batterY");
    QVERIFY(!wrong && wrong.error().code == ErrorCode::invalidArgument);
    QVERIFY(wrong.error().message.find("passphrase is not the one") != std::string::npos);
    const auto none = fresh.bring(*backup, std::nullopt);
    QVERIFY(!none && none.error().code == ErrorCode::invalidArgument);
    QVERIFY(none.error().message.find("give the passphrase") != std::string::npos);
    QVERIFY(fresh.agent->staged->entries == entries);
    QCOMPARE(fresh.agent->store.commits, commits);
    QVERIFY(fresh.agent->tokens()->empty());
}

void TestControlKeyBackup::aConfigurationThatIsRefusedBringsNoKeys()
{
    Machine old;
    auto backup = old.exported();
    QVERIFY(backup);
    backup->applications.push_back(sampleApplication("bad"));
    backup->applications.back().upstream = "ftp://nowhere";
    Machine fresh;
    const auto own = fresh.keys().current->kid();
    QVERIFY(!fresh.bring(*backup));
    QCOMPARE(fresh.keys().current->kid(), own);
    // The key was in the vault already, and is cleared away again.
    QTRY_COMPARE(fresh.kidsInVault(), std::vector{own});
    QVERIFY(fresh.restart());
    QCOMPARE(fresh.keys().current->kid(), own);
}

void TestControlKeyBackup::aVaultThatRefusesChangesNothing()
{
    Machine old;
    QVERIFY(old.agent->createToken("ci"));
    const auto backup = old.exported();
    QVERIFY(backup);
    Machine fresh;
    const auto own = fresh.keys().current->kid();
    fresh.agent->staged->writeError = Error{ErrorCode::vaultLocked, "It is locked.", {}};
    const auto refused = fresh.bring(*backup);
    QVERIFY(!refused && refused.error().code == ErrorCode::vaultLocked);
    QCOMPARE(fresh.keys().current->kid(), own);
    QVERIFY(fresh.agent->tokens()->empty());
    fresh.agent->staged->writeError.reset();
    QTRY_VERIFY(fresh.bring(*backup).has_value());   // not before the note of the first attempt is gone
    QCOMPARE(fresh.keys().current->kid(), old.keys().current->kid());
}

void TestControlKeyBackup::aRehearsalChangesNothing()
{
    Machine old;
    QVERIFY(old.authority());
    const auto backup = old.exported();
    QVERIFY(backup);
    Machine fresh;
    const auto entries = fresh.agent->staged->entries;
    const auto changes = fresh.bring(*backup, phrase, true);
    QVERIFY(changes);
    QVERIFY(namesOf(*changes).contains(QStringLiteral("signing keys")));
    QVERIFY(namesOf(*changes).contains(QStringLiteral("certificate authority")));
    QVERIFY(fresh.agent->staged->entries == entries);
    QVERIFY(!fresh.bring(*backup, "another passphrase", true));
}

void TestControlKeyBackup::whatIsInServiceIsNoChange()
{
    Machine old;
    QVERIFY(old.authority());
    const auto backup = old.exported();
    QVERIFY(backup);
    const auto published = old.agent->edge.snapshots.size();
    const auto changes = old.bring(*backup);
    QVERIFY(changes);
    QCOMPARE(namesOf(*changes), QStringList());
    QCOMPARE(old.agent->edge.snapshots.size(), published);
}

void TestControlKeyBackup::aRotationThatIsAskedForMeanwhileComesAfter()
{
    Machine old;
    const auto backup = old.exported();
    QVERIFY(backup);
    Machine fresh;
    int answers = 0;
    std::optional<Result<ConfigurationChanges>> brought;
    ImportOptions options;
    options.passphrase.emplace(phrase);
    fresh.agent->staged->afterChange = [&] {
        // The key of the backup is just being written.
        fresh.agent->staged->afterChange = nullptr;
        fresh.agent->control().rotateKeys([&](const Result<access::KeyRotation>& rotated) {
            QVERIFY(rotated);
            ++answers;
        });
    };
    fresh.agent->control().importConfiguration(*backup, std::move(options), [&](auto changes) { brought = std::move(changes); });
    QTRY_VERIFY_WITH_TIMEOUT(brought && answers == 1, 20'000);
    QVERIFY(*brought);
    QCOMPARE(fresh.keys().previous->kid(), old.keys().current->kid());
}

void TestControlKeyBackup::aPassphraseThatCouldBeGuessedIsRefused()
{
    Machine old;
    const auto refused = old.exported("short");
    QVERIFY(!refused && refused.error().code == ErrorCode::invalidArgument);
    QVERIFY(refused.error().message.find("12") != std::string::npos);
}

void TestControlKeyBackup::theBundleReadsBack()
{
    Machine old;
    KeyBundle bundle;
    bundle.signing.push_back({old.keys().current, std::nullopt});
    const auto text = encodeKeys(bundle);
    QVERIFY(text);
    const auto read = decodeKeys(*text);
    QVERIFY(read && read->signing.size() == 1 && !read->authority);
    QCOMPARE(read->signing.front().key->kid(), old.keys().current->kid());
    const std::string whole(text->reveal());
    const std::string damaged[] = {"", "latchkey-keys 2", "latchkey-keys 1", whole + "\n" + whole.substr(16), whole.substr(0, whole.size() - 2),
                                   whole + "\nfoo", "latchkey-keys 1\nkey x - 00", "latchkey-keys 1\nkey 1 y 00", whole + "\nca 00 00"};
    for (const auto& each : damaged) {
        const auto refused = decodeKeys(SecretBytes(std::string_view(each)));
        QVERIFY2(!refused && refused.error().code == ErrorCode::damaged, each.substr(0, 40).c_str());
    }
}

LATCHKEY_TEST(TestControlKeyBackup)

} // namespace tst_control_keybackup

#include "tst_control_keybackup.moc"
