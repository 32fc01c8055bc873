// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Samples.h"
#include "Tampering.h"
#include "TestProgram.h"

#include <sys/stat.h>

namespace tst_store_file {

using namespace latchkey;
using namespace latchkey::store;
using namespace latchkey::store::test;

namespace {

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
}

} // namespace

/// The database as a file: who may read it, and what is said of one that is damaged or from a newer version.
class TestStoreFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void opensTwiceAndRefusesANewerVersion();
    void damageIsToldAndLeftAlone_data();
    void damageIsToldAndLeftAlone();
    void aDamagedRowIsToldNotRead_data();
    void aDamagedRowIsToldNotRead();
    void aDirectoryThatCannotBeMadeIsIo();
    void onlyTheOwnerCanReadTheFiles();
    void noNameOfASecretIsInTheFile();
};

void TestStoreFile::opensTwiceAndRefusesANewerVersion()
{
    QTemporaryDir directory;
    LATCHKEY_REQUIRE(Store::open(pathOf(directory)));
    LATCHKEY_REQUIRE(Store::open(pathOf(directory)));
    QVERIFY(!QFile::exists(directory.filePath(QStringLiteral("latchkey.db.new"))));
    tamper(pathOf(directory), {QStringLiteral("PRAGMA user_version = 99")});
    const QByteArray before = contents(directory.filePath(QStringLiteral("latchkey.db")));
    const auto store = Store::open(pathOf(directory));
    QVERIFY(!store.has_value());
    QCOMPARE(store.error().code, ErrorCode::unsupported);
    QVERIFY(store.error().message.find("newer") != std::string::npos);
    QCOMPARE(Reader::open(pathOf(directory)).error().code, ErrorCode::unsupported);
    QCOMPARE(contents(directory.filePath(QStringLiteral("latchkey.db"))), before);
}

void TestStoreFile::damageIsToldAndLeftAlone_data()
{
    QTest::addColumn<int>("offset");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("size");   // -1: as it is
    QTest::newRow("an empty file") << 0 << QByteArray() << 0;
    QTest::newRow("half a header") << 0 << QByteArray() << 50;
    QTest::newRow("only its first page") << 0 << QByteArray() << 4096;
    QTest::newRow("cut in the middle") << 0 << QByteArray() << 4096 * 7 + 100;
    QTest::newRow("rubbish for a header") << 0 << QByteArray(100, 'x') << -1;
    QTest::newRow("another program's database") << 68 << QByteArray(4, '\x01') << -1;
    QTest::newRow("no schema version") << 60 << QByteArray(4, '\0') << -1;
    QTest::newRow("the schema's page flipped") << 100 << QByteArray(3996, '\xFF') << -1;
    QTest::newRow("a table's page flipped") << 4096 * 3 << QByteArray(4096, '\xFF') << -1;
    QTest::newRow("a page of zeroes") << 4096 * 3 << QByteArray(4096, '\0') << -1;
}

void TestStoreFile::damageIsToldAndLeftAlone()
{
    QFETCH(int, offset);
    QFETCH(QByteArray, bytes);
    QFETCH(int, size);
    QTemporaryDir directory;
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        for (int i = 0; i < 200; ++i)
            LATCHKEY_REQUIRE((*store)->insertToken(fullToken(i)));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    const QString path = directory.filePath(QStringLiteral("latchkey.db"));
    QByteArray damaged = contents(path);
    QVERIFY(damaged.size() > 4096 * 10);
    damaged.replace(offset, bytes.size(), bytes);
    if (size >= 0)
        damaged.truncate(size);
    overwrite(path, damaged);

    const auto store = Store::open(pathOf(directory));
    QVERIFY(!store.has_value());
    QVERIFY2(store.error().code == ErrorCode::damaged, words(store).c_str());
    QVERIFY(store.error().message.find("backup") != std::string::npos);
    QCOMPARE(contents(path), damaged);
}

void TestStoreFile::aDamagedRowIsToldNotRead_data()
{
    QTest::addColumn<QString>("statement");
    QTest::newRow("duration") << QStringLiteral("UPDATE tokens SET duration = 'long'");
    QTest::newRow("session") << QStringLiteral("UPDATE applications SET session_duration = ''");
    QTest::newRow("port") << QStringLiteral("UPDATE applications SET port = 70000");
    QTest::newRow("decision") << QStringLiteral("UPDATE policies SET decision = 'maybe'");
    QTest::newRow("rules") << QStringLiteral("UPDATE policies SET exclude_rules = '[['");
    QTest::newRow("precedence") << QStringLiteral("UPDATE policies SET precedence = 1 << 40");
}

void TestStoreFile::aDamagedRowIsToldNotRead()
{
    QFETCH(QString, statement);
    QTemporaryDir directory;
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
        LATCHKEY_REQUIRE((*store)->insertApplication(fullApplication(1)));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    tamper(pathOf(directory), {statement});
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    const auto tokens = (*store)->allTokens();
    const auto applications = (*store)->allApplications();
    QVERIFY(tokens.has_value() != applications.has_value());
    QCOMPARE(tokens ? applications.error().code : tokens.error().code, ErrorCode::damaged);
}

void TestStoreFile::aDirectoryThatCannotBeMadeIsIo()
{
    QTemporaryDir directory;
    overwrite(directory.filePath(QStringLiteral("file")), "x");
    QCOMPARE(Store::open(pathOf(directory) + "/file").error().code, ErrorCode::io);
    QCOMPARE(Store::open(pathOf(directory) + "/file/below").error().code, ErrorCode::io);
    QCOMPARE(Reader::open(pathOf(directory)).error().code, ErrorCode::io);   // There is no database yet.
    QVERIFY(!QFile::exists(directory.filePath(QStringLiteral("latchkey.db"))));
    // A write-ahead log without its database would be replayed onto a new one.
    overwrite(directory.filePath(QStringLiteral("latchkey.db-wal")), "x");
    QCOMPARE(Store::open(pathOf(directory)).error().code, ErrorCode::damaged);
}

void TestStoreFile::onlyTheOwnerCanReadTheFiles()
{
#ifdef Q_OS_UNIX
    const auto mode = [](const std::string& path) {
        struct stat status{};
        return ::stat(path.c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 07777U) : -1;
    };
    const auto mask = ::umask(0);
    QTemporaryDir parent;
    const std::string directory = pathOf(parent) + "/a/b";
    auto store = Store::open(directory);
    ::umask(mask);
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    LATCHKEY_REQUIRE((*store)->commit());
    QCOMPARE(mode(directory), 0700);
    for (const char* name : {"/latchkey.db", "/latchkey.db-wal", "/latchkey.db-shm"})
        QCOMPARE(mode(directory + name), 0600);
    store->reset();

    QCOMPARE(::chmod(directory.c_str(), 0755), 0);
    QCOMPARE(::chmod((directory + "/latchkey.db").c_str(), 0644), 0);
    LATCHKEY_REQUIRE(Store::open(directory));
    QCOMPARE(mode(directory), 0700);
    QCOMPARE(mode(directory + "/latchkey.db"), 0600);
#endif
}

void TestStoreFile::noNameOfASecretIsInTheFile()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(1)));
    LATCHKEY_REQUIRE((*store)->commit());
    for (const char* name : {"latchkey.db", "latchkey.db-wal"}) {
        const QByteArray bytes = contents(directory.filePath(QLatin1StringView(name)));
        QVERIFY(!bytes.isEmpty());
        QVERIFY(!bytes.contains("client_secret"));
        QVERIFY(!bytes.contains("cfast_"));
    }
}

LATCHKEY_TEST(TestStoreFile)

} // namespace tst_store_file

#include "tst_store_file.moc"
