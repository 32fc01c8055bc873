// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Watching as a person meets it: notifications on a session bus with a daemon, the tray, what closing the window does,
// starting at login and in the background. LATCHKEY_TEST_TRAY says whether the desktop has a tray; Qt asks only once in a
// process.
#include "AppUnderTest.h"
#include "FakeDesktop.h"
#include "FakeTray.h"

#include "ui/TokenModel.h"

#include "TestProgram.h"

#include <QApplication>
#include <QCheckBox>
#include <QMenu>
#include <QSignalSpy>
#include <QStandardPaths>

namespace tst_gui_watching {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestWatching final : public QObject {
    Q_OBJECT

    const bool m_hasTray = qgetenv("LATCHKEY_TEST_TRAY") == "yes";
    std::unique_ptr<FakeTray> m_tray;

    static QDBusConnection daemonBus() { return QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"fake-daemon"_s); }

    static bool createFor(AppUnderTest& app, const std::string& name, const char* duration)
    {
        std::optional<bool> made;
        app.supervisor().client()->createToken(name, *access::Duration::parse(duration), [&](auto issued) { made = issued.has_value(); });
        if (!QTest::qWaitFor([&] { return made.has_value(); }, 10'000) || !*made)
            return false;
        Q_EMIT app.window().reloadRequested();
        return true;
    }

    static QAction* trayAction(AppUnderTest& app, const QString& beginning)
    {
        for (QAction* action : app.watching().tray().menu().actions()) {
            if (action->text().startsWith(beginning))
                return action;
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (m_hasTray)
            m_tray = std::make_unique<FakeTray>();
    }
    void cleanupTestCase() { m_tray.reset(); }

    void anEndIsToldOnceAndItsActionOpensTheToken()
    {
        FakeNotificationDaemon daemon(daemonBus());
        QTemporaryDir directory;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(createFor(app, "short-lived", "4s"));
            QTRY_COMPARE_WITH_TIMEOUT(daemon.shown.size(), 1u, 30'000);
            const auto& shown = daemon.shown.front();
            QCOMPARE(shown.title, u"short-lived has expired"_s);
            QVERIFY(shown.actions.contains(u"refresh"_s));

            app.window().hide();
            daemon.invoke(shown.id, u"default"_s);
            QTRY_VERIFY(app.window().isVisible());
            QTRY_COMPARE(app.text(names::detailsTitle), u"short-lived"_s);
            QVERIFY(!app.isVisible(names::refreshDialog));
            daemon.invoke(shown.id, u"refresh"_s);
            QVERIFY(app.find(names::refreshDialog) != nullptr);
            QVERIFY(app.click(names::batchStart));
            QTRY_VERIFY_WITH_TIMEOUT(app.text(names::batchCancel) == u"Done"_s, 10'000);
            QVERIFY(app.click(names::batchCancel));
            QTest::qWait(5000);   // two looks later it is still told once only
            QCOMPARE(daemon.shown.size(), 1u);
            QTRY_VERIFY(app.watching().tray().toolTip().contains(u"Next: short-lived expires in"_s));
            QVERIFY(createFor(app, "second", "3s"));
            QTRY_COMPARE_WITH_TIMEOUT(daemon.shown.size(), 2u, 30'000);
        }
        // Restarted: the second one's end was told already.
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QTRY_COMPARE(app.watching().watcher().lists().size(), 1u);
        QTest::qWait(3000);
        QCOMPARE(daemon.shown.size(), 2u);
    }

    void severalAtOnceAreOneSummary()
    {
        FakeNotificationDaemon daemon(daemonBus());
        QTemporaryDir directory;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            app.watching().unwatch(app.supervisor().agent()->agentId);   // nobody looks until the next start
            for (const char* name : {"a", "b", "c", "d", "e", "f"})
                QVERIFY(createFor(app, name, "1s"));
        }
        QTest::qWait(1500);
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QTRY_COMPARE_WITH_TIMEOUT(daemon.shown.size(), 1u, 20'000);
        QCOMPARE(daemon.shown.front().title, u"6 tokens have expired"_s);
        QVERIFY(daemon.shown.front().body.endsWith(u"and 2 more"_s));
        QVERIFY(app.watching().tray().toolTip().contains(u"6 tokens past the end"_s));
    }

    void closingTheWindowHidesItToTheTray()
    {
        if (!m_hasTray)
            QSKIP("needs a tray");
        FakeNotificationDaemon daemon(daemonBus());
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QTRY_VERIFY(!m_tray->items().isEmpty());
        app.window().close();
        QTRY_VERIFY(!app.window().isVisible());
        QVERIFY(app.supervisor().client() != nullptr);
        QTRY_COMPARE(daemon.shown.size(), 1u);   // where it went
        QVERIFY(daemon.shown.front().body.contains(u"tray"_s));

        QAction* open = trayAction(app, u"Open Latchkey"_s);
        QVERIFY(open != nullptr);
        open->trigger();
        QTRY_VERIFY(app.window().isVisible());
        app.window().close();
        QTRY_VERIFY(!app.window().isVisible());
        QTest::qWait(500);
        QCOMPARE(daemon.shown.size(), 1u);   // said once

        QAction* create = trayAction(app, u"New token"_s);
        QVERIFY(create != nullptr);
        create->trigger();
        QVERIFY(app.find(names::createDialog) != nullptr);
        QVERIFY(app.window().isVisible());
        QTest::keyClick(app.find(names::createDialog), Qt::Key_Escape);
        QTRY_VERIFY(!app.isVisible(names::createDialog));

        // The person wants closing to quit.
        QAction* settings = trayAction(app, u"Watching"_s);
        QVERIFY(settings != nullptr);
        settings->trigger();
        auto* box = app.find<QCheckBox>(u"watchTray"_s);
        QVERIFY(box != nullptr && box->isChecked() && box->isEnabled());
        QTest::keyClick(box, Qt::Key_Space);
        QVERIFY(app.click(u"watchClose"_s));
        QTRY_VERIFY(!app.isVisible(u"watchDialog"_s));
        QSignalSpy stopped(&app.supervisor(), &app::AgentSupervisor::stopped);
        app.window().close();
        QVERIFY(stopped.wait(15'000));
    }

    void withoutATrayClosingAsksOnceThenQuits()
    {
        if (m_hasTray)
            QSKIP("needs a desktop without a tray");
        QTemporaryDir directory;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            app.window().close();
            QVERIFY(app.find(names::confirmDialog) != nullptr);
            QVERIFY(app.click(names::confirmNo));
            QTRY_VERIFY(!app.isVisible(names::confirmDialog));
            QVERIFY(app.window().isVisible());
            app.window().close();
            QVERIFY(app.find(names::confirmDialog) != nullptr);
            QSignalSpy stopped(&app.supervisor(), &app::AgentSupervisor::stopped);
            QVERIFY(app.click(names::confirmYes));
            QVERIFY(stopped.wait(15'000));
        }
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QSignalSpy stopped(&app.supervisor(), &app::AgentSupervisor::stopped);
        app.window().close();
        QVERIFY(!app.isVisible(names::confirmDialog));
        QVERIFY(stopped.wait(15'000));
    }

    void startsAtLoginWhenToldTo()
    {
        const QString entry = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/autostart/org.latchkey.Latchkey.desktop"_s;
        QVERIFY(entry.startsWith(QDir::tempPath().section(u'/', 0, 2)));   // the session's own, never the person's
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(!QFile::exists(entry));
        app.watching().openSettings();
        auto* box = app.find<QCheckBox>(u"watchLogin"_s);
        QVERIFY(box != nullptr && !box->isChecked());
        QTest::keyClick(box, Qt::Key_Space);
        QVERIFY(box->isChecked());
        QFile file(entry);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("tst_gui --background\n"));
        QTest::keyClick(box, Qt::Key_Space);
        QVERIFY(!QFile::exists(entry));
    }

    void inTheBackgroundThereIsNoWindowUntilAskedFor()
    {
        FakeNotificationDaemon daemon(daemonBus());
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.startInBackground();
        QVERIFY(QTest::qWaitFor([&] { return app.supervisor().client() != nullptr; }, 30'000));
        QVERIFY(!app.window().isVisible());
        QTRY_COMPARE(app.watching().watcher().lists().size(), 1u);
        QCOMPARE(app.watching().tray().isShown(), m_hasTray);
        QVERIFY(createFor(app, "unseen", "1s"));
        app.watching().watcher().lookSoon(app.supervisor().agent()->agentId);
        QTRY_COMPARE_WITH_TIMEOUT(daemon.shown.size(), 1u, 20'000);
        QVERIFY(!app.window().isVisible());
        daemon.invoke(daemon.shown.front().id, u"default"_s);
        QTRY_VERIFY(app.window().isVisible());
    }
};

LATCHKEY_WIDGET_TEST(TestWatching)

} // namespace tst_gui_watching

#include "tst_gui_watching.moc"
