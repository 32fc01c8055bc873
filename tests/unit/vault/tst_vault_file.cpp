// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Answers.h"
#include "TestProgram.h"

#include <QTemporaryDir>

#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#endif

namespace tst_vault_file {

using namespace latchkey;
using namespace latchkey::vault;
using namespace latchkey::vault::test;

namespace {

std::unique_ptr<Vault> open(VaultKind kind, const QTemporaryDir& directory)
{
    VaultOptions options;
    options.kind = kind;
    options.directory = directory.path().toStdString() + "/data";
    return makeVault(std::move(options));
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void overwrite(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(bytes), bytes.size());
    file.close();
    QVERIFY(QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner));
}

} // namespace

/// The kinds that need no keychain: memory and file.
class TestVaultFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kindsHaveTheirNames();
    void keepsReadsAndForgets_data();
    void keepsReadsAndForgets();
    void anyBytesComeBack_data();
    void anyBytesComeBack();
    void nothingIsAnsweredOnceItIsGone_data();
    void nothingIsAnsweredOnceItIsGone();
    void mayBeDestroyedByItsAnswer_data();
    void mayBeDestroyedByItsAnswer();
    void theFileOutlivesTheVaultAndHidesItsBytes();
    void onlyTheOwnerCanReadTheFile();
    void aFileThatOthersCanReadIsRefused();
    void damageIsToldAndLeftAlone_data();
    void damageIsToldAndLeftAlone();
    void aFullDiskLeavesTheOldFile();
    void twoVaultsOnOneFileSeeEachOther();

private:
    static void kinds()
    {
        QTest::addColumn<VaultKind>("kind");
        QTest::newRow("memory") << VaultKind::memory;
        QTest::newRow("file") << VaultKind::file;
    }
};

void TestVaultFile::kindsHaveTheirNames()
{
    for (const auto kind : {VaultKind::os, VaultKind::file, VaultKind::memory})
        QCOMPARE(*vaultKindFrom(code(kind)), kind);
    QCOMPARE(vaultKindFrom("File").error().code, ErrorCode::invalidArgument);
    QCOMPARE(vaultKindFrom("").error().code, ErrorCode::invalidArgument);
}

void TestVaultFile::keepsReadsAndForgets_data() { kinds(); }
void TestVaultFile::keepsReadsAndForgets()
{
    QFETCH(VaultKind, kind);
    QTemporaryDir directory;
    auto vault = open(kind, directory);
    QCOMPARE(vault->kind(), kind);
    QVERIFY(!vault->backend().empty());
    QCOMPARE(stateOf(*vault), std::optional(VaultState::open));
    QVERIFY(succeeded(unlock(*vault)));
    QCOMPARE(errorOf(read(*vault, "agent/1/api-token")).code, ErrorCode::vaultMissing);
    QVERIFY(succeeded(remove(*vault, "agent/1/api-token")));
    QVERIFY(succeeded(write(*vault, "agent/1/api-token", "first")));
    QVERIFY(succeeded(write(*vault, "agent/1/api-token", "second")));
    QVERIFY(succeeded(write(*vault, "other \"key\" ü", "third")));
    QVERIFY(holds(read(*vault, "agent/1/api-token"), "second"));
    QVERIFY(holds(read(*vault, "other \"key\" ü"), "third"));
    QVERIFY(succeeded(remove(*vault, "agent/1/api-token")));
    QCOMPARE(errorOf(read(*vault, "agent/1/api-token")).code, ErrorCode::vaultMissing);
    QVERIFY(holds(read(*vault, "other \"key\" ü"), "third"));
}

void TestVaultFile::anyBytesComeBack_data()
{
    QTest::addColumn<VaultKind>("kind");
    QTest::addColumn<QByteArray>("bytes");
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all.append(static_cast<char>(i));
    for (const auto kind : {VaultKind::memory, VaultKind::file}) {
        const QByteArray name(code(kind).data());
        QTest::newRow(name + ": none") << kind << QByteArray();
        QTest::newRow(name + ": every byte") << kind << all;
        QTest::newRow(name + ": a private key's size") << kind << all.repeated(8);
    }
}

void TestVaultFile::anyBytesComeBack()
{
    QFETCH(VaultKind, kind);
    QFETCH(QByteArray, bytes);
    QTemporaryDir directory;
    auto vault = open(kind, directory);
    const std::string value = bytes.toStdString();
    QVERIFY(succeeded(write(*vault, "key", value)));
    QVERIFY(holds(read(*vault, "key"), value));
}

void TestVaultFile::nothingIsAnsweredOnceItIsGone_data() { kinds(); }
void TestVaultFile::nothingIsAnsweredOnceItIsGone()
{
    QFETCH(VaultKind, kind);
    QTemporaryDir directory;
    auto vault = open(kind, directory);
    bool isAnswered = false;
    vault->read("key", [&](auto) { isAnswered = true; });
    vault->write("key", SecretBytes("value"), [&](auto) { isAnswered = true; });
    vault->remove("key", [&](auto) { isAnswered = true; });
    vault->state([&](auto) { isAnswered = true; });
    vault->unlock([&](auto) { isAnswered = true; });
    vault.reset();
    QCoreApplication::processEvents();
    QVERIFY(!isAnswered);
}

void TestVaultFile::mayBeDestroyedByItsAnswer_data() { kinds(); }
void TestVaultFile::mayBeDestroyedByItsAnswer()
{
    QFETCH(VaultKind, kind);
    QTemporaryDir directory;
    auto vault = open(kind, directory);
    vault->write("key", SecretBytes("value"), [&](auto) { vault.reset(); });
    QTRY_VERIFY(!vault);
}

void TestVaultFile::theFileOutlivesTheVaultAndHidesItsBytes()
{
    QTemporaryDir directory;
    QVERIFY(succeeded(write(*open(VaultKind::file, directory), "key", "cfast_secret")));
    QVERIFY(holds(read(*open(VaultKind::file, directory), "key"), "cfast_secret"));
    const QByteArray bytes = contents(directory.filePath(QStringLiteral("data/vault.json")));
    QVERIFY(bytes.contains("\"key\""));
    QVERIFY(!bytes.contains("cfast_secret"));
    const auto document = QJsonDocument::fromJson(bytes);
    QCOMPARE(document.object().value(QStringLiteral("version")).toInt(), 1);
    QCOMPARE(QDir(directory.filePath(QStringLiteral("data"))).entryList(QDir::Files), QStringList{QStringLiteral("vault.json")});
}

void TestVaultFile::onlyTheOwnerCanReadTheFile()
{
#ifdef Q_OS_UNIX
    QTemporaryDir directory;
    const auto mask = ::umask(0);
    const auto written = write(*open(VaultKind::file, directory), "key", "value");
    ::umask(mask);
    QVERIFY(succeeded(written));
    const auto mode = [&](const char* name) {
        struct stat status{};
        const std::string path = directory.path().toStdString() + name;
        return ::stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 07777U) : -1;
    };
    QCOMPARE(mode("/data"), 0700);
    QCOMPARE(mode("/data/vault.json"), 0600);
#endif
}

void TestVaultFile::aFileThatOthersCanReadIsRefused()
{
#ifdef Q_OS_UNIX
    QTemporaryDir directory;
    auto vault = open(VaultKind::file, directory);
    QVERIFY(succeeded(write(*vault, "key", "value")));
    const std::string path = directory.path().toStdString() + "/data/vault.json";
    for (const mode_t mode : {0640U, 0604U, 0660U}) {
        QCOMPARE(::chmod(path.c_str(), mode), 0);
        const Error error = errorOf(read(*vault, "key"));
        QCOMPARE(error.code, ErrorCode::vaultDenied);
        QVERIFY(error.message.find("chmod 600") != std::string::npos);
        QCOMPARE(errorOf(write(*vault, "key", "other")).code, ErrorCode::vaultDenied);
        QCOMPARE(errorOf(remove(*vault, "key")).code, ErrorCode::vaultDenied);
    }
    QCOMPARE(::chmod(path.c_str(), 0600), 0);
    QVERIFY(holds(read(*vault, "key"), "value"));

    QVERIFY(QFile::rename(QString::fromStdString(path), QString::fromStdString(path) + QStringLiteral(".real")));
    QVERIFY(QFile::link(QString::fromStdString(path) + QStringLiteral(".real"), QString::fromStdString(path)));
    QCOMPARE(errorOf(read(*vault, "key")).code, ErrorCode::vaultDenied);
#endif
}

void TestVaultFile::damageIsToldAndLeftAlone_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("cut short") << QByteArray(R"({"version":1,"entries":{"key":"dmFs)");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no version") << QByteArray(R"({"entries":{}})");
    QTest::newRow("another version") << QByteArray(R"({"version":2,"entries":{}})");
    QTest::newRow("no entries") << QByteArray(R"({"version":1})");
    QTest::newRow("a value that is no text") << QByteArray(R"({"version":1,"entries":{"key":1}})");
    QTest::newRow("a value that is no base64url") << QByteArray(R"({"version":1,"entries":{"key":"dmFs*"}})");
    QTest::newRow("a key twice") << QByteArray(R"({"version":1,"entries":{"key":"dmFs","key":"dmFs"}})");
    QTest::newRow("too large") << QByteArray((4 << 20) + 1, ' ');
}

void TestVaultFile::damageIsToldAndLeftAlone()
{
    QFETCH(QByteArray, bytes);
    QTemporaryDir directory;
    QVERIFY(QDir(directory.path()).mkdir(QStringLiteral("data")));
    const QString path = directory.filePath(QStringLiteral("data/vault.json"));
    overwrite(path, bytes);
    auto vault = open(VaultKind::file, directory);
    QCOMPARE(errorOf(read(*vault, "key")).code, ErrorCode::damaged);
    QCOMPARE(errorOf(write(*vault, "key", "value")).code, ErrorCode::damaged);
    QCOMPARE(errorOf(remove(*vault, "key")).code, ErrorCode::damaged);
    QCOMPARE(contents(path), bytes);
}

void TestVaultFile::aFullDiskLeavesTheOldFile()
{
#ifdef Q_OS_UNIX
    QTemporaryDir directory;
    auto vault = open(VaultKind::file, directory);
    QVERIFY(succeeded(write(*vault, "key", "value")));
    const QByteArray before = contents(directory.filePath(QStringLiteral("data/vault.json")));

    // A limit of the file size stands for the disk's end: writes fail in the middle all the same.
    rlimit old{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{static_cast<rlim_t>(before.size() + 10), old.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const Error error = errorOf(write(*vault, "another", std::string(1000, 'x')));
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &old), 0);
    ::signal(SIGXFSZ, handler);

    QCOMPARE(error.code, ErrorCode::io);
    QCOMPARE(contents(directory.filePath(QStringLiteral("data/vault.json"))), before);
    QCOMPARE(QDir(directory.filePath(QStringLiteral("data"))).entryList(QDir::Files), QStringList{QStringLiteral("vault.json")});
    QVERIFY(succeeded(write(*vault, "another", "y")));
#endif
}

void TestVaultFile::twoVaultsOnOneFileSeeEachOther()
{
    QTemporaryDir directory;
    auto first = open(VaultKind::file, directory);
    auto second = open(VaultKind::file, directory);
    QVERIFY(succeeded(write(*first, "a", "1")));
    QVERIFY(succeeded(write(*second, "b", "2")));
    QVERIFY(holds(read(*first, "b"), "2"));
    QVERIFY(holds(read(*second, "a"), "1"));
}

LATCHKEY_TEST(TestVaultFile)

} // namespace tst_vault_file

#include "tst_vault_file.moc"
