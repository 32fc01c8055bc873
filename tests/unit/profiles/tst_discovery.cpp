// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>

#include "agent/profiles/Discovery.h"

#include "TestProgram.h"

#include <sys/stat.h>
#include <unistd.h>

namespace tst_discovery {

using namespace latchkey;
using namespace latchkey::profiles;

namespace {

unsigned modeOf(const QString& path)
{
    struct stat status {};
    return ::lstat(path.toLocal8Bit().constData(), &status) == 0 ? status.st_mode & 07777U : 0U;
}

constexpr const char* goodFile = "{\"agent_id\":\"a1\",\"version\":\"1\",\"pid\":7,\"api\":\"http://127.0.0.1:1/client/v4\",\"data_dir\":\"/d\"}";

} // namespace

class TestDiscovery : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_root;
    QString m_folder, m_data;

    [[nodiscard]] AgentInfo sample(const std::string& id = "0d7c3a52-6f0a-4c0e-9a57-0123456789ab") const
    {
        AgentInfo info;
        info.agentId = id;
        info.version = "0.1.0";
        info.pid = 4711;
        info.startedAt = "2026-11-24T12:00:00Z";
        info.api = "http://127.0.0.1:8401/client/v4";
        info.edge = "http://127.0.0.1:8400";
        info.dataDirectory = m_data.toStdString();
        info.vault = "os";
        return info;
    }

    QString write(const char* name, const QByteArray& bytes, QFile::Permissions permissions = QFile::ReadOwner | QFile::WriteOwner)
    {
        const QString path = m_folder + QLatin1Char('/') + QLatin1String(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.setPermissions(permissions))
            qFatal("a file could not be prepared");
        return path;
    }

private Q_SLOTS:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        qputenv("XDG_RUNTIME_DIR", m_root->path().toLocal8Bit());
        m_folder = m_root->filePath(QStringLiteral("latchkey"));
        m_data = m_root->filePath(QStringLiteral("data"));
        QVERIFY(QDir().mkpath(m_folder) && QDir().mkpath(m_data));
    }

    void whatIsPublishedIsFound()
    {
        const auto file = DiscoveryFile::publish(sample());
        QVERIFY(file.has_value());
        QCOMPARE(findAgent(m_data.toStdString()), std::optional(sample()));
        QCOMPARE(findAgents({}).size(), std::size_t(1));
        QVERIFY(!findAgent("/another").has_value());
    }

    void onlyTheOwnerMayReadIt()
    {
        QVERIFY(QDir(m_folder).removeRecursively());
        const auto file = DiscoveryFile::publish(sample());
        QVERIFY(file.has_value());
        const QStringList names = QDir(m_folder).entryList(QDir::Files);
        QCOMPARE(names, QStringList(QString::fromStdString(sample().agentId) + QStringLiteral(".json")));
        QCOMPARE(modeOf(m_folder), 0700U);
        QCOMPARE(modeOf(m_folder + QLatin1Char('/') + names.constFirst()), 0600U);
    }

    void anOlderLooserFileBecomesTight()
    {
        const QString path = write((sample().agentId + ".json").c_str(), "{}", QFile::Permissions(0x6666));
        const auto file = DiscoveryFile::publish(sample());
        QVERIFY(file.has_value());
        QCOMPARE(modeOf(path), 0600U);
        QCOMPARE(findAgent(m_data.toStdString()), std::optional(sample()));
    }

    void itIsGoneWithTheAgent()
    {
        {
            auto file = DiscoveryFile::publish(sample());
            QVERIFY(file.has_value());
            const DiscoveryFile moved(std::move(*file));
            QCOMPARE(findAgents({}).size(), std::size_t(1));
        }
        QVERIFY(findAgents({}).empty());
        QVERIFY(QDir(m_folder).isEmpty());
    }

    void withoutARuntimeDirectoryItLiesInTheDataDirectory()
    {
        qunsetenv("XDG_RUNTIME_DIR");
        const auto file = DiscoveryFile::publish(sample());
        QVERIFY(file.has_value());
        QCOMPARE(modeOf(m_data + QStringLiteral("/run.json")), 0600U);
        QCOMPARE(findAgent(m_data.toStdString()), std::optional(sample()));
    }

    void severalAgentsAreFound()
    {
        AgentInfo other = sample("another");
        other.dataDirectory = "/other";
        const auto one = DiscoveryFile::publish(sample());
        const auto two = DiscoveryFile::publish(other);
        QVERIFY(one && two);
        QCOMPARE(findAgents({}).size(), std::size_t(2));
        QCOMPARE(findAgent("/other"), std::optional(other));
    }

    void aFileThatOthersCouldHaveWrittenIsPassedOver_data()
    {
        QTest::addColumn<int>("permissions");
        QTest::addColumn<bool>("found");
        QTest::newRow("0600") << 0x6600 << true;
        QTest::newRow("0400") << 0x4400 << true;
        QTest::newRow("0644 can be read, not written") << 0x6644 << true;
        QTest::newRow("0620") << 0x6620 << false;
        QTest::newRow("0602") << 0x6602 << false;
        QTest::newRow("0666") << 0x6666 << false;
    }
    void aFileThatOthersCouldHaveWrittenIsPassedOver()
    {
        QFETCH(int, permissions);
        QFETCH(bool, found);
        write("a1.json", goodFile, QFile::Permissions(permissions));
        QCOMPARE(findAgents({}).size(), std::size_t(found ? 1 : 0));
    }

    void aForeignFileIsPassedOver()
    {
        const QString path = write("a1.json", goodFile);
        QCOMPARE(findAgents({}).size(), std::size_t(1));
        if (::chown(path.toLocal8Bit().constData(), 65534, static_cast<gid_t>(-1)) != 0)
            QSKIP("only root can give a file away");
        QVERIFY(findAgents({}).empty());
    }

    void aLinkIsPassedOver()
    {
        const QString path = write("elsewhere.txt", goodFile);
        QVERIFY(QFile::link(path, m_folder + QStringLiteral("/a1.json")));
        QVERIFY(findAgents({}).empty());
    }

    void rubbishIsPassedOver_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("hello");
        QTest::newRow("an array") << QByteArray("[]");
        QTest::newRow("cut off") << QByteArray(goodFile).chopped(1);
        QTest::newRow("duplicate member") << QByteArray("{\"agent_id\":\"a\",\"agent_id\":\"b\",\"api\":\"http://127.0.0.1:1/client/v4\"}");
        QTest::newRow("no agent id") << QByteArray("{\"api\":\"http://127.0.0.1:1/client/v4\"}");
        QTest::newRow("no address") << QByteArray("{\"agent_id\":\"a\"}");
        QTest::newRow("an address that is a number") << QByteArray("{\"agent_id\":\"a\",\"api\":8401}");
        QTest::newRow("another scheme") << QByteArray("{\"agent_id\":\"a\",\"api\":\"file:///etc/passwd\"}");
        QTest::newRow("too large") << QByteArray(goodFile).chopped(1) + ",\"x\":\"" + QByteArray(20000, 'x') + "\"}";
    }
    void rubbishIsPassedOver()
    {
        QFETCH(QByteArray, bytes);
        write("a1.json", bytes);
        write("good.json", goodFile);
        QCOMPARE(findAgents({}).size(), std::size_t(1));   // and it does not hide the good one
    }

    void aFolderOfThatNameIsPassedOver()
    {
        QVERIFY(QDir().mkpath(m_folder + QStringLiteral("/a1.json")));
        QVERIFY(findAgents({}).empty());
    }

    void aPlaceThatCannotBeWrittenIsAnError()
    {
        QVERIFY(QDir(m_folder).removeRecursively());
        QFile inTheWay(m_folder);
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        const auto file = DiscoveryFile::publish(sample());
        QVERIFY(!file.has_value());
        QCOMPARE(file.error().code, ErrorCode::io);
    }
};

LATCHKEY_TEST(TestDiscovery)

} // namespace tst_discovery

#include "tst_discovery.moc"
