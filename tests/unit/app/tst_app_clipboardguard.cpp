// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The clipboard holds a secret for a while, marked as one, and is cleared only while it is still ours.
#include "app/ClipboardGuard.h"

#include "TestProgram.h"

#include <QApplication>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

namespace tst_app_clipboardguard {

using latchkey::SecretBytes;
using latchkey::app::ClipboardGuard;
using namespace Qt::StringLiterals;

class TestClipboardGuard final : public QObject {
    Q_OBJECT

    static QString clipboard() { return QGuiApplication::clipboard()->text(); }

private Q_SLOTS:
    void init() { QGuiApplication::clipboard()->clear(); }

    void aSecretIsPutAndMarkedAsOne()
    {
        ClipboardGuard guard;
        guard.putSecret(SecretBytes("cfast_secret"));
        QCOMPARE(clipboard(), u"cfast_secret"_s);
        const QMimeData* data = QGuiApplication::clipboard()->mimeData();
#ifdef Q_OS_LINUX
        QCOMPARE(data->data(u"x-kde-passwordManagerHint"_s), QByteArray("secret"));
#endif
        QVERIFY(guard.left().has_value());
    }

    void itIsClearedWhenItsTimeIsOver()
    {
        ClipboardGuard guard(std::chrono::seconds(1));
        QSignalSpy countdown(&guard, &ClipboardGuard::countdown);
        guard.putSecret(SecretBytes("cfast_secret"));
        QTRY_VERIFY_WITH_TIMEOUT(clipboard().isEmpty(), 10'000);
        QVERIFY(!guard.left().has_value());
        QVERIFY(countdown.size() >= 2);
        const auto last = countdown.constLast().constFirst().value<std::optional<std::chrono::seconds>>();
        QVERIFY(!last.has_value());
    }

    void whatThePersonCopiedSinceStays()
    {
        ClipboardGuard guard(std::chrono::seconds(1));
        guard.putSecret(SecretBytes("cfast_secret"));
        QGuiApplication::clipboard()->setText(u"a shopping list"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!guard.left().has_value(), 10'000);
        QCOMPARE(clipboard(), u"a shopping list"_s);
    }

    void aSecondSecretStartsTheTimeAnew()
    {
        ClipboardGuard guard(std::chrono::seconds(60));
        guard.putSecret(SecretBytes("first"));
        guard.putSecret(SecretBytes("second"));
        QCOMPARE(clipboard(), u"second"_s);
        QCOMPARE(guard.left(), std::optional(std::chrono::seconds(60)));
    }

    void publicTextIsNeitherMarkedNorCleared()
    {
        ClipboardGuard guard(std::chrono::seconds(1));
        guard.putSecret(SecretBytes("cfast_secret"));
        guard.putPublic(u"0123.access"_s);
        QVERIFY(!guard.left().has_value());
        guard.clearIfOurs();
        QCOMPARE(clipboard(), u"0123.access"_s);
        QVERIFY(!QGuiApplication::clipboard()->mimeData()->hasFormat(u"x-kde-passwordManagerHint"_s));
    }

    void nothingSurvivesTheApp()
    {
        {
            ClipboardGuard guard;
            guard.putSecret(SecretBytes("cfast_secret"));
        }
        QVERIFY(clipboard().isEmpty());
    }
};

LATCHKEY_WIDGET_TEST(TestClipboardGuard)

} // namespace tst_app_clipboardguard

#include "tst_app_clipboardguard.moc"
