// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Every state a keychain can be in, each in a session of its own (LATCHKEY_TEST_KEYRING says which): locked, absent, reset
// while the app was away, refusing to write. The two offers and repair are reached by clicks.
#include "AppUnderTest.h"
#include "TestProgram.h"

#include <QApplication>
#include <QClipboard>
#include <QDirIterator>
#include <QGuiApplication>
#include <QProcess>

namespace tst_gui_keychain {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestKeychain final : public QObject {
    Q_OBJECT

    static bool sessionIs(const char* state) { return qgetenv("LATCHKEY_TEST_KEYRING") == state; }

    static QByteArray everyFileIn(const QString& directory)
    {
        QByteArray all;
        QDirIterator files(directory, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly))
                all += file.readAll();
        }
        return all;
    }

    static void forgetEntries(const QString& like)
    {
        // Attributes of QtKeychain's entries: user is our key, server our service.
        // The system's Python: another one on the path need not have D-Bus.
        QProcess::execute(u"/usr/bin/python3"_s, {u"-c"_s, uR"(
import dbus, sys
bus = dbus.SessionBus()
service = dbus.Interface(bus.get_object('org.freedesktop.secrets', '/org/freedesktop/secrets'), 'org.freedesktop.Secret.Service')
items, locked = service.SearchItems(dbus.Dictionary({'server': 'org.latchkey.Latchkey'}, signature='ss'))
for path in items:
    item = bus.get_object('org.freedesktop.secrets', path)
    attributes = dbus.Interface(item, 'org.freedesktop.DBus.Properties').Get('org.freedesktop.Secret.Item', 'Attributes')
    if sys.argv[1] in attributes.get('user', ''):
        dbus.Interface(item, 'org.freedesktop.Secret.Item').Delete()
)"_s, like});
    }

    void memorySession(AppUnderTest& app, const QTemporaryDir& directory)
    {
        const QString without = ui::names::problemAction(ui::ProblemAction::useWithoutKeychain);
        QVERIFY(app.find(without, 20'000) != nullptr);
        QVERIFY(app.click(without));
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.isVisible(ui::names::banner(ui::BannerKind::memorySession)));
        QVERIFY(app.click(names::emptyCreate));
        QVERIFY(app.type(names::createName, u"fleeting"_s));
        QVERIFY(app.click(names::createSubmit));
        QVERIFY(app.find(names::secretPage) != nullptr);
        QVERIFY(app.click(ui::names::secretCopy(ui::CopyKind::clientSecret)));
        const QByteArray secret = QGuiApplication::clipboard()->text().toUtf8();
        QVERIFY(secret.startsWith("cfast_"));
        QVERIFY(app.closeSecretPage());
        QCOMPARE(app.rows(), 1);
        // Nothing was quietly written anywhere else.
        QVERIFY(!everyFileIn(directory.path()).contains(secret));
        QVERIFY(!everyFileIn(QDir::homePath()).contains(secret));
        QVERIFY(!everyFileIn(app.supervisor().dataDirectory()).contains(secret));
    }

private Q_SLOTS:
    void lockedThenUnlockedAndRetried()
    {
        if (!sessionIs("locked"))
            QSKIP("needs a locked keychain");
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        const QString unlock = ui::names::problemAction(ui::ProblemAction::unlockAndRetry);
        QVERIFY(app.find(unlock, 20'000) != nullptr);
        // The person dismisses the prompt (there is no prompter here): the page stays and says so.
        QVERIFY(app.click(unlock));
        QTest::qWait(1000);
        QVERIFY(app.find(names::problemPage) != nullptr);
        QVERIFY(app.supervisor().client() == nullptr);
        // The person unlocks it.
        QVERIFY(runSupport(u"keyring-unlock"_s));
        QVERIFY(app.click(app.isVisible(unlock) ? unlock : ui::names::problemAction(ui::ProblemAction::retry)));
        QVERIFY(app.waitUntilReady());
        QVERIFY(!app.isVisible(names::problemPage));
        QVERIFY(runSupport(u"keyring-lock"_s));   // as the next test wants it
    }

    void lockedAndUsedWithoutKeychain()
    {
        if (!sessionIs("locked"))
            QSKIP("needs a locked keychain");
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        memorySession(app, directory);
    }

    void absentAndUsedWithoutKeychain()
    {
        if (!sessionIs("absent"))
            QSKIP("needs a session without a keychain");
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        memorySession(app, directory);
    }

    void resetWhileAwayIsRepaired_data()
    {
        QTest::addColumn<QString>("entry");
        QTest::newRow("the signing key is gone") << u"signing-key"_s;
        QTest::newRow("the API token is gone") << u"api-token"_s;
    }
    void resetWhileAwayIsRepaired()
    {
        if (!sessionIs("unlocked"))
            QSKIP("needs an open keychain");
        QFETCH(QString, entry);
        QTemporaryDir directory;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.createToken(u"kept-over"_s));
            QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
            QVERIFY(app.closeSecretPage());
        }
        forgetEntries(entry);
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.find(ui::names::problemAction(ui::ProblemAction::repair), 20'000) != nullptr);
        QVERIFY(app.supervisor().client() == nullptr);
        QVERIFY(app.click(ui::names::problemAction(ui::ProblemAction::repair)));
        QVERIFY(app.click(names::confirmYes));
        QVERIFY(app.waitUntilReady());
        QTRY_COMPARE(app.rows(), 1);   // the tokens were never in danger
    }

    void aRefusedWriteIsToldAndCanBeTriedAgain()
    {
        if (!sessionIs("unlocked"))
            QSKIP("needs an open keychain");
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(runSupport(u"keyring-lock"_s));
        QVERIFY(app.createToken(u"not-kept-yet"_s));
        QVERIFY(app.find(names::secretKeepRetry, 20'000) != nullptr);   // told, not hidden
        auto* done = app.find<QAbstractButton>(names::secretDone);
        QVERIFY(done != nullptr);
        QVERIFY(!done->isEnabled());
        QVERIFY(runSupport(u"keyring-unlock"_s));
        QVERIFY(app.click(names::secretKeepRetry));
        QTRY_VERIFY_WITH_TIMEOUT(done->isEnabled(), 20'000);
        QVERIFY(app.closeSecretPage());
        QVERIFY(app.selectRow(u"not-kept-yet"_s));
        QVERIFY(app.isVisible(names::copySecret));
    }
};

LATCHKEY_WIDGET_TEST(TestKeychain)

} // namespace tst_gui_keychain

#include "tst_gui_keychain.moc"
