// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Answers.h"
#include "FakeKeychain.h"
#include "TestProgram.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QProcess>

namespace tst_vault_os {

using namespace latchkey;
using namespace latchkey::vault;
using namespace latchkey::vault::test;

namespace {

constexpr const char* kKey = "agent/1/api-token";
constexpr const char* kFakeArgument = "--fake-keychain";
constexpr std::chrono::milliseconds kGenerous(20'000);   // For tests that are not about the deadline: machines are slow at times.
constexpr std::chrono::milliseconds kShort(150);         // For tests that wait for it.

std::unique_ptr<Vault> open(bool mayPrompt = false, std::chrono::milliseconds deadline = kGenerous)
{
    VaultOptions options;
    options.deadline = deadline;
    options.mayPrompt = mayPrompt;
    return makeVault(std::move(options));
}

/// Runs one of the scripts beside tests/support/keyring-session.
bool runSupport(const QString& name)
{
    return QProcess::execute(QStringLiteral(LATCHKEY_SOURCE_DIR "/tests/support/") + name) == 0;
}

/// A FakeKeychain in a process of its own, as libsecret must not talk to itself.
class FakeProcess {
public:
    explicit FakeProcess(const char* mode)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(), {QLatin1StringView("tst_vault_os"), QLatin1StringView(kFakeArgument), QLatin1StringView(mode)});
    }
    ~FakeProcess() { kill(); }

    [[nodiscard]] bool says(const char* word)
    {
        return QTest::qWaitFor([&] { return hasSaid(word); }, kPatience);
    }
    [[nodiscard]] bool hasSaid(const char* word)
    {
        m_said += m_process.readAllStandardOutput();
        return m_said.contains(word);
    }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

private:
    QProcess m_process;
    QByteArray m_said;
};

/// Deletes every entry of ours behind the vault's back, as somebody does who resets their keyring.
int deleteAllEntries()
{
    const QString service = QStringLiteral("org.freedesktop.secrets");
    auto bus = QDBusConnection::sessionBus();
    auto search = QDBusMessage::createMethodCall(service, QStringLiteral("/org/freedesktop/secrets"),
                                                 QStringLiteral("org.freedesktop.Secret.Service"), QStringLiteral("SearchItems"));
    QMap<QString, QString> attributes{{QStringLiteral("server"), QStringLiteral("org.latchkey.Latchkey")}};
    search << QVariant::fromValue(attributes);
    const auto found = qdbus_cast<QList<QDBusObjectPath>>(bus.call(search).arguments().value(0));
    for (const QDBusObjectPath& path : found)
        bus.call(QDBusMessage::createMethodCall(service, path.path(), QStringLiteral("org.freedesktop.Secret.Item"),
                                                QStringLiteral("Delete")));
    return static_cast<int>(found.size());
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
    void unlockedThenResetIsMissing();

    void lockedIsToldAtOnceAndOpensLater();
    void lockedUnlockWithoutAPersonIsDeclined();

    void absentIsToldAtOnce();
    void aNewKeyringWithoutADefaultCollectionCountsAsLocked();
    void aServiceThatNeverAnswersTimesOut();
    void aJobThatNeverEndsTimesOutAndIsLeftAlone();
    void aJobThatEndsLateLetsTheNextOneRun();
    void aRefusedWriteIsDenied();
    void anEntryInAnotherLockedKeyringRaisesNoPrompt();
    void anAcceptedPromptOpens_data();
    void anAcceptedPromptOpens();
    void aPromptHasNoDeadlineAndGoesWithTheVault();
    void aServiceThatDiesDuringItsPromptIsAbsent();

    void withoutABusItIsAbsent();
    void withoutGlibItIsAbsentAndSaysWhy();
    void kwalletOpensKeepsAndForgets();

private:
    QByteArray m_keyring;
};

#define LATCHKEY_ONLY_IN(state) \
    if (m_keyring != (state)) \
        QSKIP("for another state of the keychain")

void TestVaultOs::initTestCase()
{
    m_keyring = qgetenv("LATCHKEY_TEST_KEYRING");
    qDBusRegisterMetaType<QMap<QString, QString>>();
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
    QTRY_VERIFY(runSupport(QStringLiteral("keyring-lock")));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QVERIFY(runSupport(QStringLiteral("keyring-unlock")));
    QVERIFY(holds(read(*vault, kKey), "value"));
    QVERIFY(succeeded(remove(*vault, kKey)));
}

void TestVaultOs::unlockedThenResetIsMissing()
{
    LATCHKEY_ONLY_IN("unlocked");
    auto vault = open();
    QVERIFY(succeeded(write(*vault, kKey, "value")));
    QVERIFY(succeeded(write(*vault, "another", "value")));
    QVERIFY(deleteAllEntries() >= 2);
    const Error error = errorOf(read(*vault, kKey));
    QCOMPARE(error.code, ErrorCode::vaultMissing);
    QVERIFY(error.message.find(kKey) != std::string::npos);
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
    QTRY_VERIFY(runSupport(QStringLiteral("keyring-lock")));
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

void TestVaultOs::aNewKeyringWithoutADefaultCollectionCountsAsLocked()
{
    LATCHKEY_ONLY_IN("absent");
    QProcess daemon;   // As a new account has it: no password was ever given, so there is no collection.
    daemon.start(QStringLiteral("gnome-keyring-daemon"), {QStringLiteral("--foreground"), QStringLiteral("--components=secrets")});
    QVERIFY(daemon.waitForStarted());
    auto vault = open();
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*vault), std::optional(VaultState::locked), kPatience);
    const Error error = errorOf(write(*vault, kKey, "value"));
    QCOMPARE(error.code, ErrorCode::vaultLocked);
    QVERIFY(error.message.find("default keyring") != std::string::npos);
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(unlock(*vault)).code, ErrorCode::vaultDenied);   // Nobody is there to choose a password.
    daemon.terminate();
    QVERIFY(daemon.waitForFinished());
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*vault), std::optional(VaultState::absent), kPatience);
}

void TestVaultOs::aServiceThatNeverAnswersTimesOut()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("silent");
    QVERIFY(fake.says("ready"));
    auto vault = open(true, kShort);
    QCOMPARE(stateOf(*vault), std::optional(VaultState::absent));
    QCOMPARE(errorOf(unlock(*vault)).code, ErrorCode::timedOut);
    // All that wait behind the one that hangs are told together.
    std::vector<ErrorCode> codes;
    for (int i = 0; i < 5; ++i)
        vault->read(kKey, [&](Result<SecretBytes> result) { codes.push_back(result ? ErrorCode::internal : result.error().code); });
    QTRY_COMPARE_WITH_TIMEOUT(codes.size(), std::size_t{5}, kPatience);
    QVERIFY(codes == std::vector(5, ErrorCode::timedOut));
}

void TestVaultOs::aJobThatNeverEndsTimesOutAndIsLeftAlone()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("stuck");
    QVERIFY(fake.says("ready"));
    auto vault = open(false, kShort);
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::timedOut);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::timedOut);
    QCOMPARE(errorOf(remove(*vault, kKey)).code, ErrorCode::timedOut);
    bool isAnswered = false;
    vault->read(kKey, [&](auto) { isAnswered = true; });
    QCoreApplication::processEvents();
    vault.reset();   // While its job hangs.
    fake.kill();
    auto other = open();
    QCOMPARE(errorOf(read(*other, kKey)).code, ErrorCode::vaultAbsent);
    QVERIFY(!isAnswered);
}

void TestVaultOs::aJobThatEndsLateLetsTheNextOneRun()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("stuck");
    QVERIFY(fake.says("ready"));
    auto hasty = open(false, kShort);
    QCOMPARE(errorOf(read(*hasty, kKey)).code, ErrorCode::timedOut);
    std::optional<ErrorCode> code;
    auto patient = open();   // Waits in QtKeychain's queue behind the hasty one's job.
    patient->read(kKey, [&](Result<SecretBytes> result) { code = result ? ErrorCode::internal : result.error().code; });
    QCOMPARE(errorOf(read(*hasty, kKey)).code, ErrorCode::timedOut);
    QVERIFY(!code);
    fake.kill();             // Now libsecret gives up both.
    QTRY_VERIFY_WITH_TIMEOUT(code.has_value(), kPatience);
    QCOMPARE(*code, ErrorCode::vaultAbsent);
    QTRY_COMPARE_WITH_TIMEOUT(errorOf(read(*hasty, kKey)).code, ErrorCode::vaultAbsent, kPatience);
}

void TestVaultOs::aRefusedWriteIsDenied()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("refusing");
    QVERIFY(fake.says("ready"));
    auto vault = open();
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    const Error error = errorOf(write(*vault, kKey, "the-value"));
    QCOMPARE(error.code, ErrorCode::vaultDenied);
    QVERIFY(error.message.find("the-value") == std::string::npos && error.detail.find("the-value") == std::string::npos);
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultDenied);
    QCOMPARE(errorOf(remove(*vault, kKey)).code, ErrorCode::vaultDenied);
}

void TestVaultOs::anEntryInAnotherLockedKeyringRaisesNoPrompt()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("elsewhere");
    QVERIFY(fake.says("ready"));
    auto vault = open();
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(remove(*vault, kKey)).code, ErrorCode::vaultLocked);
    QVERIFY(!fake.hasSaid("prompted"));
}

void TestVaultOs::anAcceptedPromptOpens_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::newRow("of a locked collection") << QByteArray("prompting");
    QTest::newRow("for a first collection") << QByteArray("new");
}

void TestVaultOs::anAcceptedPromptOpens()
{
    LATCHKEY_ONLY_IN("absent");
    QFETCH(QByteArray, mode);
    {
        FakeProcess fake(mode.constData());
        QVERIFY(fake.says("ready"));
        auto vault = open();
        QCOMPARE(stateOf(*vault), std::optional(VaultState::locked));
        QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultLocked);
        QVERIFY(succeeded(unlock(*vault)));
        QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    }
    FakeProcess fake(mode.constData());
    QVERIFY(fake.says("ready"));
    auto vault = open(true);
    QCOMPARE(stateOf(*vault), std::optional(VaultState::locked));
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultDenied);   // It unlocked; this fake keeps nothing.
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
}

void TestVaultOs::aPromptHasNoDeadlineAndGoesWithTheVault()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("waiting");
    QVERIFY(fake.says("ready"));
    auto vault = open(true, kShort);
    int answers = 0;
    vault->unlock([&](auto) { ++answers; });
    vault->unlock([&](auto) { ++answers; });   // Of the same prompt.
    vault->read(kKey, [&](auto) { ++answers; });
    // Many deadlines' worth of other calls go by.
    auto other = open(false, kShort);
    for (int i = 0; i < 3; ++i) {
        QTimer deadline;
        deadline.setSingleShot(true);
        deadline.start(kShort);
        QTRY_VERIFY_WITH_TIMEOUT(!deadline.isActive(), kPatience);
        QCOMPARE(stateOf(*other), std::optional(VaultState::locked));
    }
    QCOMPARE(answers, 0);
    vault.reset();
    QVERIFY(fake.says("dismissed"));
    QCOMPARE(answers, 0);
}

void TestVaultOs::aServiceThatDiesDuringItsPromptIsAbsent()
{
    LATCHKEY_ONLY_IN("absent");
    FakeProcess fake("waiting");
    QVERIFY(fake.says("ready"));
    auto vault = open();
    std::vector<ErrorCode> codes;
    for (int i = 0; i < 2; ++i)
        vault->unlock([&](Result<void> result) { codes.push_back(result ? ErrorCode::internal : result.error().code); });
    QCOMPARE(stateOf(*vault), std::optional(VaultState::locked));
    fake.kill();
    QTRY_COMPARE_WITH_TIMEOUT(codes.size(), std::size_t{2}, kPatience);
    QVERIFY(codes == std::vector(2, ErrorCode::vaultAbsent));
}

void TestVaultOs::withoutABusItIsAbsent()
{
    LATCHKEY_ONLY_IN("no bus");
    auto vault = open(true);
    QCOMPARE(stateOf(*vault), std::optional(VaultState::absent));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultAbsent);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultAbsent);
    QCOMPARE(errorOf(unlock(*vault)).code, ErrorCode::vaultAbsent);
}

void TestVaultOs::withoutGlibItIsAbsentAndSaysWhy()
{
    LATCHKEY_ONLY_IN("no glib");
    auto vault = open();
    QCOMPARE(stateOf(*vault), std::optional(VaultState::absent));
    const Error error = errorOf(read(*vault, kKey));
    QCOMPARE(error.code, ErrorCode::vaultAbsent);
    QVERIFY(error.message.find("QT_NO_GLIB") != std::string::npos);
}

void TestVaultOs::kwalletOpensKeepsAndForgets()
{
    LATCHKEY_ONLY_IN("kwallet");
    FakeProcess fake("kwallet");
    QVERIFY(fake.says("ready"));
    auto vault = open();
    QCOMPARE(vault->backend(), std::string("KWallet"));
    QCOMPARE(stateOf(*vault), std::optional(VaultState::locked));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultLocked);
    QCOMPARE(errorOf(write(*vault, kKey, "value")).code, ErrorCode::vaultLocked);
    QVERIFY(succeeded(unlock(*vault)));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultMissing);
    QVERIFY(succeeded(remove(*vault, kKey)));
    QVERIFY(succeeded(write(*vault, kKey, std::string_view("va\0lue", 6))));
    QVERIFY(holds(read(*vault, kKey), std::string_view("va\0lue", 6)));
    QVERIFY(succeeded(remove(*vault, kKey)));
    QCOMPARE(errorOf(read(*vault, kKey)).code, ErrorCode::vaultMissing);
    fake.kill();
    QCOMPARE(stateOf(*vault), std::optional(VaultState::absent));   // Nor is there a Secret Service to fall back to.
}

int runMain(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && std::string_view(argv[1]) == kFakeArgument)
        return FakeKeychain::serve(QString::fromLocal8Bit(argv[2]));
    TestVaultOs test;
    return QTest::qExec(&test, argc, argv);
}

LATCHKEY_TEST_RUN(&runMain)

} // namespace tst_vault_os

#include "tst_vault_os.moc"
