// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FakeDesktop.h"

#include "app/DBusNotifier.h"

#include "TestProgram.h"

#include <QSignalSpy>
#include <QTest>

#include <optional>

namespace tst_app_notifier {

using namespace latchkey;
using namespace Qt::StringLiterals;

class TestNotifier final : public QObject {
    Q_OBJECT

    OwnBus m_bus;

    static app::Notification notification(const QString& target)
    {
        return {target, u"a expires in 7 days"_s, u"name <b>bold</b> & more"_s, true, {{u"refresh"_s, u"Refresh…"_s}}};
    }

    static std::optional<bool> show(app::Notifier& notifier, const app::Notification& notification)
    {
        std::optional<bool> result;
        notifier.show(notification, [&](bool shown) { result = shown; });
        if (result)
            return std::nullopt;   // from inside the call: against the contract
        (void)QTest::qWaitFor([&] { return result.has_value(); }, 15'000);
        return result;
    }

private Q_SLOTS:
    void reachesTheDaemonAndComesBackWithTheAction()
    {
        FakeNotificationDaemon daemon(m_bus.connect(u"daemon"_s));
        app::DBusNotifier notifier(m_bus.connect(u"app"_s));
        QSignalSpy activated(&notifier, &app::Notifier::activated);
        QCOMPARE(show(notifier, notification(u"one"_s)), std::optional(true));
        QCOMPARE(show(notifier, notification(u"two"_s)), std::optional(true));
        QCOMPARE(daemon.shown.size(), 2u);
        const auto& first = daemon.shown.front();
        QCOMPARE(first.title, u"a expires in 7 days"_s);
        QCOMPARE(first.body, u"name <b>bold</b> & more"_s);   // a daemon that reads no markup gets the text as it is
        QCOMPARE(first.actions, (QStringList{u"default"_s, u"Open"_s, u"refresh"_s, u"Refresh…"_s}));
        QCOMPARE(first.hints.value(u"urgency"_s).value<uchar>(), uchar(2));
        QCOMPARE(first.hints.value(u"desktop-entry"_s).toString(), u"org.latchkey.Latchkey"_s);

        daemon.invoke(999, u"refresh"_s);   // another program's
        daemon.invoke(daemon.shown[1].id, u"refresh"_s);
        QTRY_COMPARE(activated.size(), 1);
        QCOMPARE(activated.front().at(0).toString(), u"two"_s);
        QCOMPARE(activated.front().at(1).toString(), u"refresh"_s);

        // The same target replaces what is there; once closed it is a new one.
        QCOMPARE(show(notifier, notification(u"one"_s)), std::optional(true));
        QCOMPARE(daemon.shown[2].id, daemon.shown[0].id);
        daemon.close(daemon.shown[0].id);
        daemon.invoke(daemon.shown[0].id, u"default"_s);   // closed: nothing to act on
        daemon.invoke(daemon.shown[1].id, u"default"_s);
        QTRY_COMPARE(activated.size(), 2);
        QCOMPARE(activated.back().at(0).toString(), u"two"_s);
        QCOMPARE(show(notifier, notification(u"one"_s)), std::optional(true));
        QVERIFY(daemon.shown[3].id != daemon.shown[0].id);
    }

    void namesAreNoMarkupWhereMarkupIsUnderstood()
    {
        FakeNotificationDaemon daemon(m_bus.connect(u"daemon"_s));
        daemon.capabilities = {u"body-markup"_s};
        app::DBusNotifier notifier(m_bus.connect(u"app2"_s));
        QCOMPARE(show(notifier, notification(u"one"_s)), std::optional(true));
        QCOMPARE(daemon.shown.front().body, u"name &lt;b&gt;bold&lt;/b&gt; &amp; more"_s);
        QVERIFY(daemon.shown.front().actions.isEmpty());   // a daemon without actions would show them as text
    }

    void withoutADaemonItSaysSo()
    {
        app::DBusNotifier notifier(m_bus.connect(u"app3"_s));
        QCOMPARE(show(notifier, notification(u"one"_s)), std::optional(false));
        app::TrayNotifier tray;
        QCOMPARE(show(tray, notification(u"one"_s)), std::optional(false));
    }
};

LATCHKEY_TEST(TestNotifier)

} // namespace tst_app_notifier

#include "tst_app_notifier.moc"
