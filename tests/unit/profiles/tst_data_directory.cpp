// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "agent/profiles/DataDirectory.h"

#include "TestProgram.h"

#include <cstdio>
#include <sys/stat.h>

namespace tst_data_directory {

using namespace latchkey;
using namespace latchkey::profiles;

namespace {

unsigned modeOf(const QString& path)
{
    struct stat status {};
    return ::lstat(path.toLocal8Bit().constData(), &status) == 0 ? status.st_mode & 07777U : 0U;
}

std::optional<ErrorCode> errorOf(const Result<DataDirectory>& result)
{
    return result ? std::nullopt : std::optional(result.error().code);
}

/// This program again, as another process that holds the directory until its input ends.
class OtherProcess {
public:
    explicit OtherProcess(const QString& directory)
    {
        m_process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("tst_data_directory"), QStringLiteral("--hold"), directory});
        if (!m_process.waitForReadyRead(10000))
            qFatal("the other process said nothing");
        m_said = m_process.readLine().trimmed();
    }
    [[nodiscard]] QByteArray said() const { return m_said; }
    void end()
    {
        m_process.closeWriteChannel();
        QVERIFY(m_process.waitForFinished());
    }
    void kill()
    {
        m_process.kill();
        QVERIFY(m_process.waitForFinished());
    }
    ~OtherProcess()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

private:
    QProcess m_process;
    QByteArray m_said;
};

} // namespace

class TestDataDirectory : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_root;
    [[nodiscard]] QString at(const char* name) const { return m_root->filePath(QLatin1String(name)); }

private Q_SLOTS:
    void init() { m_root = std::make_unique<QTemporaryDir>(); }

    void aDirectoryIsMadeForItsOwnerAlone()
    {
        const auto directory = DataDirectory::lock(at("a/b/c").toStdString());
        QVERIFY(directory.has_value());
        QCOMPARE(directory->path(), at("a/b/c").toStdString());
        QCOMPARE(modeOf(at("a/b/c")), 0700U);
        QCOMPARE(modeOf(at("a/b/c/lock")), 0600U);
    }

    void aSecondProcessIsKeptOut()
    {
        const auto mine = DataDirectory::lock(at("data").toStdString());
        QVERIFY(mine.has_value());
        OtherProcess other(at("data"));
        QCOMPARE(other.said(), "in use");
    }

    void anotherProcessKeepsUsOutUntilItEnds()
    {
        OtherProcess other(at("data"));
        QCOMPARE(other.said(), "held");
        const auto refused = DataDirectory::lock(at("data").toStdString());
        QCOMPARE(errorOf(refused), std::optional(ErrorCode::inUse));
        QVERIFY(refused.error().message.find(at("data").toStdString()) != std::string::npos);
        other.end();
        QVERIFY(DataDirectory::lock(at("data").toStdString()).has_value());
    }

    void aKilledProcessLeavesNoLock()
    {
        OtherProcess other(at("data"));
        QCOMPARE(other.said(), "held");
        other.kill();
        QVERIFY(DataDirectory::lock(at("data").toStdString()).has_value());
    }

    void theSameProcessIsKeptOutToo()
    {
        const auto first = DataDirectory::lock(at("data").toStdString());
        QVERIFY(first.has_value());
        QCOMPARE(errorOf(DataDirectory::lock(at("data").toStdString())), std::optional(ErrorCode::inUse));
    }

    void aMovedLockIsHeldOnce()
    {
        auto first = DataDirectory::lock(at("data").toStdString());
        QVERIFY(first.has_value());
        {
            const DataDirectory moved(std::move(*first));
            QCOMPARE(errorOf(DataDirectory::lock(at("data").toStdString())), std::optional(ErrorCode::inUse));
        }
        QVERIFY(DataDirectory::lock(at("data").toStdString()).has_value());
    }

    void theLockOutlivesItsFileOnDisk()
    {
        { const auto gone = DataDirectory::lock(at("data").toStdString()); }
        QVERIFY(QFileInfo::exists(at("data/lock")));   // removing it would let two processes lock two files
    }

    void aDirectoryThatCannotBeIsAnIoError()
    {
        QFile file(at("file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(errorOf(DataDirectory::lock(at("file/data").toStdString())), std::optional(ErrorCode::io));
        QCOMPARE(errorOf(DataDirectory::lock(at("file").toStdString())), std::optional(ErrorCode::io));
    }

    void aLockThatPointsElsewhereIsRefused()
    {
        QVERIFY(QDir().mkpath(at("data")));
        QVERIFY(QFile::link(at("victim"), at("data/lock")));
        QCOMPARE(errorOf(DataDirectory::lock(at("data").toStdString())), std::optional(ErrorCode::io));
        QVERIFY(!QFileInfo::exists(at("victim")));
    }

    void thePathIsTheOptionElseTheVariableElseTheUsualPlace()
    {
        qputenv("XDG_DATA_HOME", at("xdg").toLocal8Bit());
        qunsetenv("LATCHKEY_DATA_DIR");
        QCOMPARE(dataDirectoryPath(), at("xdg/latchkey/agent").toStdString());
        qputenv("LATCHKEY_DATA_DIR", at("variable").toLocal8Bit());
        QCOMPARE(dataDirectoryPath(), at("variable").toStdString());
        QCOMPARE(dataDirectoryPath(at("option/../option").toStdString()), at("option").toStdString());
        QVERIFY(QDir::setCurrent(m_root->path()));
        QCOMPARE(dataDirectoryPath("here/"), (QDir::currentPath() + QStringLiteral("/here")).toStdString());
        QVERIFY2(!QFileInfo::exists(at("option")) && !QFileInfo::exists(at("xdg")), "asking for a path made it");
        QDir::setCurrent(QDir::tempPath());
    }

    void withoutARuntimeDirectoryThereIsNone()
    {
        qunsetenv("XDG_RUNTIME_DIR");
        QCOMPARE(runtimeDirectoryPath(), std::string());
        qputenv("XDG_RUNTIME_DIR", at("missing").toLocal8Bit());
        QCOMPARE(runtimeDirectoryPath(), std::string());
        qputenv("XDG_RUNTIME_DIR", m_root->path().toLocal8Bit());
        QCOMPARE(runtimeDirectoryPath(), at("latchkey").toStdString());
    }
};

int runMain(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && QByteArray(argv[1]) == "--hold") {
        const auto directory = DataDirectory::lock(argv[2]);
        std::puts(directory ? "held" : directory.error().code == ErrorCode::inUse ? "in use" : "failed");
        std::fflush(stdout);
        while (std::getchar() != EOF) { }
        return 0;
    }
    TestDataDirectory test;
    return QTest::qExec(&test, argc, argv);
}

LATCHKEY_TEST_RUN(&runMain)

} // namespace tst_data_directory

#include "tst_data_directory.moc"
