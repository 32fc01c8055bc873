// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/InterruptedWork.h"

#include "TestProgram.h"

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_interruptedwork {

using namespace latchkey;
using namespace Qt::StringLiterals;
using app::InterruptedWork;

class TestInterruptedWork final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatWasRunningIsToldAtTheNextStart()
    {
        QTemporaryDir directory;
        {
            InterruptedWork journal(directory.path());
            QVERIFY(journal.sentence().isEmpty());
            InterruptedWork::Running running(journal, {u"Delete 12 tokens"_s, u"Production"_s, 12, 0});
            for (int i = 0; i < 5; ++i)
                running.stepDone();
            // A crash: nobody tidies up.
            QVERIFY(QFile::copy(directory.filePath(u"running.json"_s), directory.filePath(u"at-the-crash"_s)));
        }
        QVERIFY(!QFile::exists(directory.filePath(u"running.json"_s)));   // done is done
        QVERIFY(InterruptedWork(directory.path()).sentence().isEmpty());

        QVERIFY(QFile::rename(directory.filePath(u"at-the-crash"_s), directory.filePath(u"running.json"_s)));
        InterruptedWork next(directory.path());
        QCOMPARE(next.interrupted(), (std::vector{InterruptedWork::Entry{u"Delete 12 tokens"_s, u"Production"_s, 12, 5}}));
        QVERIFY(next.sentence().startsWith(u"“Delete 12 tokens” in Production was interrupted after 5 of 12."_s));
        QVERIFY(InterruptedWork(directory.path()).sentence().isEmpty());   // told once
    }

    void severalAtOnceAndOneThatIsLeft()
    {
        QTemporaryDir directory;
        {
            InterruptedWork journal(directory.path());
            InterruptedWork::Running left(journal, {u"Refresh 3 tokens"_s, u"Local agent"_s, 3, 0});
            {
                InterruptedWork::Running done(journal, {u"Rename 2 tokens"_s, u"Local agent"_s, 2, 0});
                done.stepDone();
            }
            left.stepDone();
            left.interrupt();   // quit in the middle
        }
        InterruptedWork next(directory.path());
        QCOMPARE(next.interrupted().size(), 1u);
        QCOMPARE(next.interrupted().front().done, 1);
        next.setTold();
        QVERIFY(next.sentence().isEmpty());
    }

    void namesAreTextAndRubbishIsPassedOver()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(u"running.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"running":[7,{"title":"x"},{"title":"%1 %2 %3","account":"%1","total":2,"done":1}]})");
        file.close();
        const InterruptedWork journal(directory.path());
        QCOMPARE(journal.interrupted().size(), 1u);
        QVERIFY(journal.sentence().startsWith(u"“%1 %2 %3” in %1 was interrupted after 1 of 2."_s));
    }
};

LATCHKEY_WIDGET_TEST(TestInterruptedWork)

} // namespace tst_app_interruptedwork

#include "tst_app_interruptedwork.moc"
