// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Samples.h"
#include "TestProgram.h"

#include <QProcess>
#include <QRandomGenerator>

#include <cstdio>

#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#endif

namespace tst_store_durability {

using namespace latchkey;
using namespace latchkey::store;
using namespace latchkey::store::test;

namespace {

constexpr const char* kWriterArgument = "--write-until-killed";

/// What the child does: one token a transaction, each told on stdout once commit() has returned.
int writeUntilKilled(const std::string& directory)
{
    auto store = Store::open(directory);
    if (!store) {
        std::fprintf(stderr, "%s\n", words(store).c_str());
        return 1;
    }
    const auto known = (*store)->allTokens();
    if (!known)
        return 1;
    for (int i = static_cast<int>(known->size());; ++i) {
        const bool isDone = (*store)->begin() && (*store)->insertToken(fullToken(i))
                            && (*store)->appendLog(std::vector{logRow(i)}, 50) && (*store)->commit();
        if (!isDone)
            return 1;
        std::printf("%d\n", i);
        std::fflush(stdout);
    }
}

} // namespace

class TestStoreDurability : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedThirtyTimesLosesNothingAcknowledged();
    void aFullDiskChangesNothing_data();
    void aFullDiskChangesNothing();
    void aStartCutShortStartsAnew();
};

void TestStoreDurability::killedThirtyTimesLosesNothingAcknowledged()
{
    QTemporaryDir directory;
    int acknowledged = 0;
    for (int round = 0; round < 30; ++round) {
        QProcess child;
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {QLatin1StringView("tst_store_durability"), QLatin1StringView(kWriterArgument), directory.path()});
        QVERIFY(child.waitForStarted());
        // After some acknowledgements, in the middle of whatever it is doing then.
        const int wanted = 1 + static_cast<int>(QRandomGenerator::global()->bounded(6));
        QByteArray told;
        while (told.count('\n') < wanted) {
            QVERIFY(child.waitForReadyRead(30'000));
            told += child.readAllStandardOutput();
        }
        QTest::qSleep(static_cast<int>(QRandomGenerator::global()->bounded(8)));
        child.kill();
        QVERIFY(child.waitForFinished(30'000));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        told += child.readAllStandardOutput();
        const QByteArrayList lines = told.left(told.lastIndexOf('\n')).split('\n');
        acknowledged = lines.last().toInt() + 1;

        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        const auto tokens = (*store)->allTokens();
        LATCHKEY_REQUIRE(tokens);
        const auto count = static_cast<int>(tokens->size());
        QVERIFY2(count == acknowledged || count == acknowledged + 1, qPrintable(QStringLiteral("%1 of %2").arg(count).arg(acknowledged)));
        for (int i = 0; i < count; ++i)
            QVERIFY(tokens->at(static_cast<std::size_t>(i)) == fullToken(i));
        auto reader = Reader::open(pathOf(directory));
        LATCHKEY_REQUIRE(reader);
        const auto log = (*reader)->log(1000);
        LATCHKEY_REQUIRE(log);
        QCOMPARE(static_cast<int>(log->size()), std::min(count, 50));
        QCOMPARE(log->front().rayId, logRow(count - 1).rayId);   // The whole transaction or none of it.
    }
    QVERIFY(acknowledged >= 30);
}

void TestStoreDurability::aFullDiskChangesNothing_data()
{
    QTest::addColumn<int>("room");   // Bytes the write-ahead log may still grow by.
    QTest::newRow("no byte left") << 0;
    QTest::newRow("in the middle of a frame") << 1000;
    QTest::newRow("between frames") << 24 + 4096;
    QTest::newRow("well into the transaction") << 200'000;
}

void TestStoreDurability::aFullDiskChangesNothing()
{
#ifdef Q_OS_UNIX
    QFETCH(int, room);
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    for (int i = 0; i < 10; ++i)
        LATCHKEY_REQUIRE((*store)->insertToken(fullToken(i)));
    LATCHKEY_REQUIRE((*store)->commit());

    // A limit of the file size stands for the disk's end.
    const auto size = QFileInfo(directory.filePath(QStringLiteral("latchkey.db-wal"))).size();
    rlimit old{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{static_cast<rlim_t>(size + room), old.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    std::optional<Error> error;
    bool isBegun = (*store)->begin().has_value();
    for (int i = 10; i < 5000 && !error; ++i) {
        if (const auto done = (*store)->insertToken(fullToken(i)); !done)
            error = done.error();
    }
    // A transaction that lost its footing is not committed in part, nor is what follows committed on its own.
    const auto later = error ? (*store)->insertToken(fullToken(9999)) : Result<void>{};
    const auto committed = (*store)->commit();
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::signal(SIGXFSZ, handler);

    QVERIFY(isBegun);
    QVERIFY(!committed.has_value());
    QCOMPARE(committed.error().code, ErrorCode::io);
    if (error) {
        QCOMPARE(error->code, ErrorCode::io);
        QCOMPARE(later.error().code, ErrorCode::io);
    }
    QCOMPARE((*store)->allTokens()->size(), std::size_t{10});

    // Once there is room again, it goes on.
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->insertToken(fullToken(10)));
    LATCHKEY_REQUIRE((*store)->commit());
    store->reset();
    store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    QCOMPARE((*store)->allTokens()->size(), std::size_t{11});
#endif
}

void TestStoreDurability::aStartCutShortStartsAnew()
{
    QTemporaryDir directory;
    // What a first start leaves that was killed before its database was whole.
    for (const char* name : {"latchkey.db.new", "latchkey.db.new-journal"}) {
        QFile file(directory.filePath(QLatin1StringView(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write(QByteArray(5000, 'x')) == 5000);
    }
    LATCHKEY_REQUIRE(Store::open(pathOf(directory)));
    QVERIFY(!QFile::exists(directory.filePath(QStringLiteral("latchkey.db.new"))));
    QVERIFY(!QFile::exists(directory.filePath(QStringLiteral("latchkey.db.new-journal"))));
    LATCHKEY_REQUIRE(Store::open(pathOf(directory)));
}

int runMain(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && std::string_view(argv[1]) == kWriterArgument)
        return writeUntilKilled(argv[2]);
    TestStoreDurability test;
    return QTest::qExec(&test, argc, argv);
}

LATCHKEY_TEST_RUN(&runMain)

} // namespace tst_store_durability

#include "tst_store_durability.moc"
