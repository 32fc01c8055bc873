// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// A second start finds the first, wakes it and knows that it is the second.
#include "app/SingleInstance.h"

#include "TestProgram.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>

namespace tst_app_singleinstance {

using latchkey::app::SingleInstance;
using namespace Qt::StringLiterals;

class TestSingleInstance final : public QObject {
    Q_OBJECT

    // A name of this run's own, so that tests running side by side do not meet.
    const QString m_scope = u"test-%1"_s.arg(QCoreApplication::applicationPid());

private Q_SLOTS:
    void theFirstClaimsAndTheSecondWakesIt()
    {
        SingleInstance first(m_scope);
        QVERIFY(first.claim());
        QSignalSpy woken(&first, &SingleInstance::activationRequested);
        SingleInstance second(m_scope);
        QVERIFY(!second.claim());
        QTRY_COMPARE(woken.size(), 1);
    }

    void anotherScopeIsAnotherInstance()
    {
        SingleInstance first(m_scope);
        QVERIFY(first.claim());
        SingleInstance other(m_scope + u"-other"_s);
        QVERIFY(other.claim());
    }

    void theNextOneIsFirstWhenTheFirstIsGone()
    {
        {
            SingleInstance first(m_scope);
            QVERIFY(first.claim());
        }
        SingleInstance next(m_scope);
        QVERIFY(next.claim());
    }
};

LATCHKEY_WIDGET_TEST(TestSingleInstance)

} // namespace tst_app_singleinstance

#include "tst_app_singleinstance.moc"
