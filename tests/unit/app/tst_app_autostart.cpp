// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/AutoStart.h"

#include "TestProgram.h"

#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

namespace tst_app_autostart {

using namespace latchkey;
using namespace Qt::StringLiterals;

class TestAutoStart final : public QObject {
    Q_OBJECT

    static QByteArray contentOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void execLineIsQuoted_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("exec");
        QTest::newRow("plain") << u"/usr/bin/latchkey"_s << u"/usr/bin/latchkey --background"_s;
        QTest::newRow("a blank") << u"/opt/My Apps/latchkey"_s << u"\"/opt/My Apps/latchkey\" --background"_s;
        QTest::newRow("a percent sign is no field code") << u"/opt/100%/latchkey"_s << u"/opt/100%%/latchkey --background"_s;
        QTest::newRow("a dollar sign") << u"/opt/$x/latchkey"_s << u"\"/opt/\\\\$x/latchkey\" --background"_s;
        QTest::newRow("a quotation mark") << u"/opt/a\"b/latchkey"_s << u"\"/opt/a\\\\\"b/latchkey\" --background"_s;
        QTest::newRow("a backslash") << u"/opt/a\\b/latchkey"_s << u"\"/opt/a\\\\\\\\b/latchkey\" --background"_s;
        QTest::newRow("letters of any language") << u"/home/zoë/latchkey"_s << u"/home/zoë/latchkey --background"_s;
        QTest::newRow("a semicolon") << u"/opt/a;b/latchkey"_s << u"\"/opt/a;b/latchkey\" --background"_s;
    }
    void execLineIsQuoted()
    {
        QFETCH(QString, program);
        QFETCH(QString, exec);
        const QString entry = app::xdgAutoStartEntry({.program = program});
        QVERIFY(entry.startsWith(u"[Desktop Entry]\nType=Application\n"_s));
        QCOMPARE(entry.split(u'\n').filter(u"Exec="_s), QStringList{u"Exec="_s + exec});
    }

    void aFileComesAndGoes()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(u"config/autostart/x.desktop"_s);
        app::FileAutoStart start(path, app::xdgAutoStartEntry({.program = u"/usr/bin/latchkey"_s}));
        QVERIFY(!start.isEnabled());
        QVERIFY(start.setEnabled(false));   // nothing to remove is no error
        QVERIFY(start.setEnabled(true));
        QVERIFY(start.isEnabled());
        // The desktop's own settings say so in the file.
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append));
        file.write("Hidden=true\n");
        file.close();
        QVERIFY(!start.isEnabled());
        QVERIFY(start.setEnabled(true));
        QVERIFY(start.isEnabled());
        QVERIFY(start.setEnabled(false));
        QVERIFY(!QFile::exists(path));
    }

    void aFileThatCannotBeWrittenIsTold()
    {
        QTemporaryDir directory;
        QFile inTheWay(directory.filePath(u"autostart"_s));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        app::FileAutoStart start(directory.filePath(u"autostart/x.desktop"_s), u"x"_s);
        const auto result = start.setEnabled(true);
        QVERIFY(!result);
        QVERIFY(result.error().message.find("autostart/x.desktop") != std::string::npos);
    }

    void theLaunchAgentIsAPropertyList()
    {
        const QString plist = app::launchAgentPlist({.program = u"/Applications/A & B <x>/latchkey"_s});
        QXmlStreamReader reader(plist);
        QStringList strings;
        QStringList keys;
        while (!reader.atEnd()) {
            if (reader.readNext() != QXmlStreamReader::StartElement)
                continue;
            if (reader.name() == u"string")
                strings << reader.readElementText();
            else if (reader.name() == u"key")
                keys << reader.readElementText();
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(strings, (QStringList{u"org.latchkey.Latchkey"_s, u"/Applications/A & B <x>/latchkey"_s, u"--background"_s, u"Background"_s}));
        QCOMPARE(keys, (QStringList{u"Label"_s, u"ProgramArguments"_s, u"RunAtLoad"_s, u"ProcessType"_s}));
    }

    void theRunKeyCommandIsQuoted_data()
    {
        QTest::addColumn<QString>("argument");
        QTest::addColumn<QString>("quoted");
        QTest::newRow("a blank") << u"a b"_s << u"\"a b\""_s;
        QTest::newRow("a quotation mark") << u"a\"b"_s << u"\"a\\\"b\""_s;
        QTest::newRow("a backslash before one") << u"a\\\"b"_s << u"\"a\\\\\\\"b\""_s;
        QTest::newRow("a backslash at the end") << u"a\\"_s << u"\"a\\\\\""_s;
        QTest::newRow("a backslash elsewhere") << u"C:\\x"_s << u"\"C:\\x\""_s;
    }
    void theRunKeyCommandIsQuoted()
    {
        QFETCH(QString, argument);
        QFETCH(QString, quoted);
        QCOMPARE(app::runKeyCommand({.program = u"p"_s, .arguments = {argument}}), u"\"p\" "_s + quoted);
    }

    void theRunKeyComesAndGoes()
    {
        QTemporaryDir directory;
        const QString file = directory.filePath(u"run.ini"_s);
        app::RunKeyAutoStart start(u"\"C:\\latchkey.exe\" \"--background\""_s, file);
        QVERIFY(!start.isEnabled());
        QVERIFY(start.setEnabled(true));
        QVERIFY(start.isEnabled());
        QCOMPARE(QSettings(file, QSettings::IniFormat).value(u"Latchkey"_s).toString(), u"\"C:\\latchkey.exe\" \"--background\""_s);
        QVERIFY(start.setEnabled(false));
        QVERIFY(!start.isEnabled());
    }
};

LATCHKEY_TEST(TestAutoStart)

} // namespace tst_app_autostart

#include "tst_app_autostart.moc"
