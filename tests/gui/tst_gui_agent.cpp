// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The agent as the app sees it: started, killed in mid-use and restarted, adopted, refused for a taken port; and the app
// ends only the one it started.
#include "AppUnderTest.h"

#include "agent/profiles/Discovery.h"

#include "TestProgram.h"

#include <QApplication>
#include <QProcess>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>

#include <csignal>

namespace tst_gui_agent {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestAgent final : public QObject {
    Q_OBJECT

    static bool isAlive(qint64 pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0; }

private Q_SLOTS:
    void aKilledAgentComesBackAndTheListStaysTrue()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.createToken(u"survivor"_s));
        QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
        QVERIFY(app.closeSecretPage());
        QCOMPARE(app.rows(), 1);

        const qint64 first = app.supervisor().agent()->pid;
        QCOMPARE(::kill(static_cast<pid_t>(first), SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(app.supervisor().client() == nullptr, 10'000);
        QTRY_VERIFY(app.isVisible(ui::names::banner(ui::BannerKind::agentDied)) || app.isVisible(names::problemPage));
        QCOMPARE(app.rows(), 1);   // what was known stays on screen

        QTRY_VERIFY_WITH_TIMEOUT(app.supervisor().client() != nullptr, 30'000);
        QVERIFY(app.supervisor().agent()->pid != first);
        QTRY_COMPARE_WITH_TIMEOUT(app.rows(), 1, 10'000);
        QTRY_VERIFY(!app.isVisible(ui::names::banner(ui::BannerKind::agentDied)));
        QVERIFY(app.selectRow(u"survivor"_s));
        QVERIFY(app.isVisible(names::copySecret));
    }

    void anAgentKilledWhileACreateWaitsTellsSoAndKeepsTheForm()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.click(names::emptyCreate));
        QVERIFY(app.type(names::createName, u"half-way"_s));
        // Stopped, it accepts the connection and never answers: the create is under way when it is killed.
        const auto pid = static_cast<pid_t>(app.supervisor().agent()->pid);
        ::kill(pid, SIGSTOP);
        QVERIFY(app.click(names::createSubmit));
        QTest::qWait(200);
        ::kill(pid, SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(app.isVisible(names::createError), 15'000);
        QCOMPARE(app.text(names::createName), u"half-way"_s);
        QVERIFY(!app.isVisible(names::secretPage));
    }

    void theAppEndsTheAgentItStarted()
    {
        QTemporaryDir directory;
        qint64 pid = 0;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            pid = app.supervisor().agent()->pid;
            QVERIFY(isAlive(pid));
        }
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), 10'000);
    }

    void theAppAdoptsARunningAgentAndLeavesItRunning()
    {
        QTemporaryDir directory;
        QProcess agent;
        agent.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        agent.start(QStringLiteral(LATCHKEY_BIN_DIR "/latchkey-agent"),
                    {u"serve"_s, u"--data-dir"_s, directory.filePath(u"agent"_s), u"--api"_s, u"127.0.0.1:0"_s, u"--edge"_s, u"127.0.0.1:0"_s});
        QTRY_VERIFY_WITH_TIMEOUT(agent.canReadLine(), 20'000);
        QVERIFY(agent.readLine().contains("\"ready\""));
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QCOMPARE(app.supervisor().agent()->pid, agent.processId());
        }
        QVERIFY(isAlive(agent.processId()));

        // When an adopted agent goes, the app notices and starts its own.
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        const qint64 adopted = agent.processId();
        QCOMPARE(app.supervisor().agent()->pid, adopted);
        agent.terminate();
        QVERIFY(agent.waitForFinished(10'000));
        QTRY_VERIFY_WITH_TIMEOUT(app.supervisor().agent() != nullptr && app.supervisor().agent()->pid != adopted, 40'000);
    }

    void aStaleDiscoveryFileIsPassedOver()
    {
        QTemporaryDir directory;
        QTcpServer stranger;   // somebody else sits on the port the file names
        QVERIFY(stranger.listen(QHostAddress::LocalHost));
        bool tokenSent = false;
        connect(&stranger, &QTcpServer::newConnection, &stranger, [&] {
            QTcpSocket* socket = stranger.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&tokenSent, socket] {
                tokenSent = tokenSent || socket->readAll().toLower().contains("authorization");
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            });
        });
        profiles::AgentInfo info;
        info.agentId = "00000000-0000-4000-8000-000000000000";
        info.api = "http://127.0.0.1:" + std::to_string(stranger.serverPort()) + "/client/v4";
        info.edge = "http://127.0.0.1:1";
        info.vault = "os";
        info.dataDirectory = directory.filePath(u"agent"_s).toStdString();
        const auto file = profiles::DiscoveryFile::publish(info);
        QVERIFY(file.has_value());

        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.supervisor().agent()->agentId != info.agentId);
        QVERIFY(!tokenSent);
    }

    void aDataDirectoryInUseIsSaidAndCanBeRetried()
    {
        QTemporaryDir directory;
        QProcess other;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"LATCHKEY_API_TOKEN"_s, u"0123456789abcdef0123456789abcdef0123456789abcdef"_s);
        other.setProcessEnvironment(environment);
        other.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        // One that no app can adopt: it keeps its API token to itself.
        other.start(QStringLiteral(LATCHKEY_BIN_DIR "/latchkey-agent"),
                    {u"serve"_s, u"--data-dir"_s, directory.filePath(u"agent"_s), u"--vault"_s, u"memory"_s, u"--api"_s, u"127.0.0.1:0"_s, u"--edge"_s, u"127.0.0.1:0"_s});
        QTRY_VERIFY_WITH_TIMEOUT(other.canReadLine(), 20'000);
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.find(ui::names::problemAction(ui::ProblemAction::retry), 20'000) != nullptr);
        QVERIFY(app.isVisible(names::problemPage));
    }
};

LATCHKEY_WIDGET_TEST(TestAgent)

} // namespace tst_gui_agent

#include "tst_gui_agent.moc"
