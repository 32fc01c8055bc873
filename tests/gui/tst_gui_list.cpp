// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// What is done with the list as a whole: exported, and shown month by month.
#include "AppUnderTest.h"
#include "TestProgram.h"

#include <QAction>
#include <QApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>

namespace tst_gui_list {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestList final : public QObject {
    Q_OBJECT

    /// By its entry and the file dialog, as a person does; false when no dialog came or not what is to be told.
    static bool exportTo(AppUnderTest& app, const QString& action, const QString& path, const QString& told = u"exported to"_s)
    {
        app.window().findChild<QAction*>(action)->trigger();
        auto* dialog = app.window().findChild<QFileDialog*>();
        if (!dialog)
            return false;
        auto* name = dialog->findChild<QLineEdit*>(u"fileNameEdit"_s);
        name->setText(path);   // typed, its suggestions would take the Enter key
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save), Qt::LeftButton);
        if (QTest::qWaitFor([&] { return AppUnderTest::text(names::statusNotice).contains(told); }))
            return true;
        qWarning() << AppUnderTest::text(names::statusNotice) << dialog->isVisible() << name->text();
        return false;
    }

    static QByteArray contentOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void whatTheListShowsIsExported()
    {
        QTemporaryDir directory;
        QTemporaryDir out;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        for (const QString& name : {u"ci-deploy"_s, u"grafana"_s}) {
            QVERIFY(app.createToken(name));
            QVERIFY(app.closeSecretPage());
            QTRY_VERIFY(AppUnderTest::isVisible(names::tokenTable));
        }
        QVERIFY(AppUnderTest::type(names::searchField, u"ci"_s));
        QTRY_COMPARE(app.rows(), 1);

        const QString json = out.filePath(u"list.json"_s);
        QVERIFY(exportTo(app, u"actionExportJson"_s, json));
        const QJsonArray tokens = QJsonDocument::fromJson(contentOf(json)).array();
        QCOMPARE(tokens.size(), 1);
        QCOMPARE(tokens[0].toObject()[u"name"_s].toString(), u"ci-deploy"_s);

        const QString pdf = out.filePath(u"report"_s);   // the ending is added
        QVERIFY(exportTo(app, u"actionExportReport"_s, pdf));
        QVERIFY(contentOf(pdf + u".pdf"_s).startsWith("%PDF-"));
        const QString calendar = out.filePath(u"ends.ics"_s);
        QVERIFY(exportTo(app, u"actionExportCalendar"_s, calendar));
        QCOMPARE(contentOf(calendar).count("BEGIN:VEVENT"), 1);
        const QString csv = out.filePath(u"list.csv"_s);
        QVERIFY(exportTo(app, u"actionExportCsv"_s, csv));
        QCOMPARE(contentOf(csv).count("\r\n"), 2);
        for (const QString& path : {json, pdf + u".pdf"_s, calendar, csv})
            QVERIFY2(!contentOf(path).contains("cfast_"), qPrintable(path));
    }

    void aPlaceThatCannotBeWrittenIsTold()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.createToken(u"ci-deploy"_s));
        QVERIFY(app.closeSecretPage());
        QVERIFY(exportTo(app, u"actionExportCsv"_s, u"/proc/list.csv"_s, u"list.csv could not be written: "_s));
    }

    void aMonthChosenShowsItsTokens()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY2(!AppUnderTest::isVisible(names::expiryTimeline), "nothing to tell without tokens");
        QVERIFY(app.createToken(u"ci-deploy"_s));
        QVERIFY(app.closeSecretPage());
        auto* timeline = AppUnderTest::find(names::expiryTimeline);
        QVERIFY(timeline);
        const auto bars = timeline->findChildren<QAbstractButton*>();
        QTRY_COMPARE(std::ranges::count_if(bars, [](const QAbstractButton* bar) { return bar->accessibleDescription() == u"1 token"_s; }), 1);
        for (QAbstractButton* bar : bars) {
            const bool its = bar->accessibleDescription() == u"1 token"_s;
            QTest::mouseClick(bar, Qt::LeftButton);
            QCOMPARE(app.rows(), its ? 1 : 0);
        }
        QVERIFY(AppUnderTest::isVisible(names::noMatchPage));   // "never" is the last
        QVERIFY(AppUnderTest::click(names::clearFilter));
        QCOMPARE(app.rows(), 1);
    }
};

LATCHKEY_WIDGET_TEST(TestList)

} // namespace tst_gui_list

#include "tst_gui_list.moc"
