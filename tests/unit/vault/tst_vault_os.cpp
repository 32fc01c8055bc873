// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Answers.h"

#include <QProcess>

using namespace latchkey;
using namespace latchkey::vault;
using namespace latchkey::vault::test;

namespace {

constexpr const char* kKey = "agent/1/api-token";

std::unique_ptr<Vault> open(bool mayPrompt = false)
{
    VaultOptions options;
    options.deadline = std::chrono::seconds(20);   // These tests are not about it, and machines are slow at times.
    options.mayPrompt = mayPrompt;
    return makeVault(std::move(options));
}

/// Runs one of the scripts beside tests/support/keyring-session.
bool runSupport(const QString& name)
{
    return QProcess::execute(QStringLiteral(LATCHKEY_SOURCE_DIR "/tests/support/") + name) == 0;
}

} // namespace

/// The operating system's keychain with a real gnome-keyring. Run by tests/support/keyring-session, which says in
/// LATCHKEY_TEST_KEYRING what state the keychain is in; the tests of the other states skip.
class TestVaultOs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();

    void unlockedKeepsReadsAndForgets();
    void unlockedKeepsAnyBytes();
    void unlockedAnswersManyCallsInOrder();
    void unlockedNothingIsAnsweredOnceItIsGone();
    void unlockedMayBeDestroyedByItsAnswer();
    void unlockedThenLockedIsLockedNotMissing();

    void lockedIsToldAtOnceAndOpensLater();
    void lockedUnlockWithoutAPersonIsDeclined();

    void absentIsToldAtOnce();

private:
    QByteArray m_keyring;
};

#define LATCHKEY_ONLY_IN(state) \
    if (m_keyring != (state)) \
        QSKIP("for another state of the keychain")

void TestVaultOs::initTestCase()
{
    m_keyring = qgetenv("LATCHKEY_TEST_KEYRING");
    QVERIFY2(!m_keyring.isEmpty(), "run it in tests/support/keyring-session");
}

void TestVaultOs::unlockedKeepsReadsAndForgets()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    QCOMPARE(vault->kind(), VaultKind::os);
    QCOMPARE(vault->backend(), std::string("Secret Service"));
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    QVERIFY(succeeded(unlock(*vault)));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultMissing);
    QVERIFY(succeeded(remove(*vault, kKey)));
    QVERIFY(succeeded(write(*vault, kKey, "first")));
    QVERIFY(succeeded(write(*vault, kKey, "second")));
    QVERIFY(holds(read(*vault, kKey), "second"));
    QVERIFY(holds(read(*open(), kKey), "second"));
    QVERIFY(succeeded(remove(*vault, kKey)));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultMissing);
}

void TestVaultOs::unlockedKeepsAnyBytes()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    std::string bytes;
    for (int i = 0; i < 2048; ++i)
        bytes += static_cast<char>(i % 256);
    QVERIFY(succeeded(write(*vault, "bytes", bytes)));
    QVERIFY(holds(read(*vault, "bytes"), bytes));
    QVERIFY(succeeded(write(*vault, "bytes", "")));
    QVERIFY(holds(read(*vault, "bytes"), ""));
    QVERIFY(succeeded(remove(*vault, "bytes")));
}

void TestVaultOs::unlockedAnswersManyCallsInOrder()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    std::vector<int> order;
    int failures = 0;
    for (int i = 0; i < 20; ++i)
        vault->write("many", SecretBytes(std::to_string(i)), [&, i](Result<void> done) {
            order.push_back(i);
            failures += done ? 0 : 1;
        });
    QTRY_COMPARE_WITH_TIMEOUT(order.size(), std::size_t{20}, kPatience);
    QCOMPARE(failures, 0);
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    QVERIFY(holds(read(*vault, "many"), "19"));
    QVERIFY(succeeded(remove(*vault, "many")));
}

void TestVaultOs::unlockedNothingIsAnsweredOnceItIsGone()
{
    LATCHKEY_ONLY_IN("unlocked");
    bool isAnswered = false;
    auto vault = open();
    vault->read(kKey, [&](auto) { isAnswered = true; });
    vault->write("gone", SecretBytes("x"), [&](auto) { isAnswered = true; });
    vault->state([&](auto) { isAnswered = true; });
    vault.reset();
    // Jobs run one after another, so this answer comes after whatever the first vault had under way.
    auto other = open();
    QVERIFY(succeeded(write(*other, "gone", "y")));

    // In the midst of a job: the entry is written already, the answer is not given yet.
    vault = open();
    vault->write("gone", SecretBytes("x"), [&](auto) { isAnswered = true; });
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    vault.reset();
    QVERIFY(succeeded(remove(*other, "gone")));
    QVERIFY(!isAnswered);
}

void TestVaultOs::unlockedMayBeDestroyedByItsAnswer()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    vault->read("nothing", [&](auto) { vault.reset(); });
    QTRY_VERIFY_WITH_TIMEOUT(!vault, kPatience);
    vault = open();
    vault->state([&](auto) { vault.reset(); });
    QTRY_VERIFY_WITH_TIMEOUT(!vault, kPatience);
    vault = open();
    vault->unlock([&](auto) { vault.reset(); });
    QTRY_VERIFY_WITH_TIMEOUT(!vault, kPatience);
}

void TestVaultOs::unlockedThenLockedIsLockedNotMissing()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    QVERIFY(succeeded(write(*vault, kKey, "value")));
    QVERIFY(runSupport(QStringLiteral("keyring-lock")));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QVERIFY(runSupport(QStringLiteral("keyring-unlock")));
    QVERIFY(holds(read(*vault, kKey), "value"));
    QVERIFY(succeeded(remove(*vault, kKey)));
}

void TestVaultOs::lockedIsToldAtOnceAndOpensLater()
{
    LATCHKEY_ONLY_IN("locked");
    auto vault = open();
    QCOMPARE(stateOf(*vault), std::optional(VaultState::locked));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(remove(*vault, kKey)).code, ErrorCode::vaultLocked);
    QVERIFY(runSupport(QStringLiteral("keyring-unlock")));
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    QVERIFY(succeeded(write(*vault, kKey, "value")));
    QVERIFY(holds(read(*vault, kKey), "value"));
    QVERIFY(succeeded(remove(*vault, kKey)));
    QVERIFY(runSupport(QStringLiteral("keyring-lock")));
}

void TestVaultOs::lockedUnlockWithoutAPersonIsDeclined()
{
    LATCHKEY_ONLY_IN("locked");
    // This session's bus has no prompter, so gnome-keyring dismisses its prompt as a person would.
    auto vault = open();
    const Error error = errorOf(unlock(*vault));
    QCOMPARE(error.code, ErrorCode::vaultDenied);
    QCOMPARE(error.detail, std::string("declined"));
    QCOMPARE(errorOf(read(*open(true), kKey)).code, ErrorCode::vaultDenied);   // May prompt, so it did.
}

void TestVaultOs::absentIsToldAtOnce()
{
    LATCHKEY_ONLY_IN("absent");
    auto vault = open(true);
    QCOMPARE(stateOf(*vault), std::optional(VaultState::absent));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultAbsent);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultAbsent);
    QCOMPARE(errorOf(remove(*vault, kKey)).code, ErrorCode::vaultAbsent);
    QCOMPARE(errorOf(unlock(*vault)).code, ErrorCode::vaultAbsent);
}

QTEST_GUILESS_MAIN(TestVaultOs)
#include "tst_vault_os.moc"
