// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FakeDesktop.h"

#include "app/SystemComfort.h"

#include "TestProgram.h"

#include <QSignalSpy>
#include <QTest>

namespace tst_app_systemcomfort {

using namespace latchkey;
using namespace Qt::StringLiterals;

class TestSystemComfort final : public QObject {
    Q_OBJECT

    OwnBus m_bus;

private Q_SLOTS:
    void followsTheDesktop_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("on");
        QTest::addColumn<QVariant>("off");
        QTest::addColumn<bool>("contrast");
        QTest::newRow("the portal's contrast") << u"org.freedesktop.appearance"_s << u"contrast"_s << QVariant(1u) << QVariant(0u) << true;
        QTest::newRow("GNOME's contrast") << u"org.gnome.desktop.a11y.interface"_s << u"high-contrast"_s << QVariant(true) << QVariant(false) << true;
        QTest::newRow("the portal's motion") << u"org.freedesktop.appearance"_s << u"reduced-motion"_s << QVariant(1u) << QVariant(0u) << false;
        QTest::newRow("GNOME's animations") << u"org.gnome.desktop.interface"_s << u"enable-animations"_s << QVariant(false) << QVariant(true) << false;
    }
    void followsTheDesktop()
    {
        QFETCH(QString, group);
        QFETCH(QString, key);
        QFETCH(QVariant, on);
        QFETCH(QVariant, off);
        QFETCH(bool, contrast);
        FakePortal portal(m_bus.connect(u"portal"_s));
        portal.settings.insert(group + u'/' + key, on);
        app::SystemComfort comfort(m_bus.connect(u"app"_s));
        const auto now = [&] { return contrast ? comfort.highContrast() : comfort.motionReduced(); };
        const auto other = [&] { return contrast ? comfort.motionReduced() : comfort.highContrast(); };
        QVERIFY(!now());   // not asked for yet
        QTRY_VERIFY(now());
        QVERIFY(!other());
        QSignalSpy high(&comfort, &app::SystemComfort::highContrastChanged);
        QSignalSpy motion(&comfort, &app::SystemComfort::motionReducedChanged);
        portal.change(group, key, off);
        QTRY_VERIFY(!now());
        QCOMPARE(high.size() + motion.size(), 1);
        portal.change(u"org.example.other"_s, u"something"_s, on);
        portal.change(group, key, on);
        QTRY_VERIFY(now());
        QVERIFY(!other());
    }

    void withoutAPortalNothingIsAskedFor()
    {
        app::SystemComfort comfort(m_bus.connect(u"app2"_s));
        QTest::qWait(300);
        QVERIFY(!comfort.highContrast());
        QVERIFY(!comfort.motionReduced());
    }
};

LATCHKEY_TEST(TestSystemComfort)

} // namespace tst_app_systemcomfort

#include "tst_app_systemcomfort.moc"
