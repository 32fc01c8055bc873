// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// What is done with the list as a whole: exported, and shown month by month.
#include "AppUnderTest.h"
#include "TestProgram.h"

#include "ui/TokenModel.h"

#include <QAction>
#include <QApplication>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableWidget>

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

    void manyAreCreatedFromAListOfNames()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.createToken(u"ci-1"_s));
        QVERIFY(app.closeSecretPage());
        QTRY_VERIFY(AppUnderTest::isVisible(names::tokenTable));

        app.window().findChild<QAction*>(u"actionCreateMany"_s)->trigger();
        auto* list = AppUnderTest::find<QPlainTextEdit>(names::createManyNames);
        QVERIFY(list && !AppUnderTest::find(names::createManyNext)->isEnabled());
        list->setPlainText(QString(u'x').repeated(256));
        QVERIFY(AppUnderTest::text(names::createManyHint).contains(u"too long"_s));
        list->setPlainText(u"ci-1\n  ci-2 \n\nci-3\nci-2\n"_s);
        QCOMPARE(AppUnderTest::text(names::createManyHint), u"3 tokens"_s);
        QVERIFY(AppUnderTest::click(names::createManyNext));
        QVERIFY(AppUnderTest::find(names::createManyDialog));
        auto* plan = AppUnderTest::find<QTableWidget>(names::batchTable);
        QCOMPARE(plan->rowCount(), 3);
        QVERIFY(plan->item(0, 2)->text().contains(u"called so already"_s));
        QVERIFY(plan->item(1, 2)->text().isEmpty());
        QCOMPARE(app.rows(), 1);

        QVERIFY(AppUnderTest::click(names::batchStart));
        for (int row = 0; row < 3; ++row)
            QTRY_COMPARE_WITH_TIMEOUT(plan->item(row, 3)->text(), u"Created, and kept"_s, 10'000);
        QTRY_COMPARE(app.rows(), 4);
        QVERIFY(AppUnderTest::click(names::batchCancel));   // "Done" by then
        QTRY_VERIFY(!AppUnderTest::isVisible(names::createManyDialog));
        // From the keychain, whence each can be copied.
        const ui::TokenModel& model = app.window().tokenModel();
        for (int row = 0; row < app.rows(); ++row)
            QVERIFY(model.isSecretKept(model.tokenAt(row).id));
    }

    void noTokenIsLeftWhoseSecretCouldNotBeKept()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        app.window().findChild<QAction*>(u"actionCreateMany"_s)->trigger();
        auto* list = AppUnderTest::find<QPlainTextEdit>(names::createManyNames);
        QVERIFY(list);
        list->setPlainText(u"one\ntwo"_s);
        QVERIFY(AppUnderTest::click(names::createManyNext));
        auto* plan = AppUnderTest::find<QTableWidget>(names::batchTable);
        QVERIFY(plan);
        QVERIFY(runSupport(u"keyring-lock"_s));
        QVERIFY(AppUnderTest::click(names::batchStart));
        QTRY_VERIFY_WITH_TIMEOUT(plan->item(0, 3)->text().contains(u"the token was deleted again"_s), 30'000);
        QVERIFY(plan->item(1, 3)->text() == u"Not done"_s);
        QCOMPARE(app.window().tokenModel().tokenCount(), 0);

        QVERIFY(runSupport(u"keyring-unlock"_s));
        QVERIFY(AppUnderTest::click(names::batchStart));   // "Try 2 again"
        for (int row = 0; row < 2; ++row)
            QTRY_COMPARE_WITH_TIMEOUT(plan->item(row, 3)->text(), u"Created, and kept"_s, 10'000);
        QCOMPARE(app.window().tokenModel().tokenCount(), 2);
        QVERIFY(AppUnderTest::click(names::batchCancel));
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
