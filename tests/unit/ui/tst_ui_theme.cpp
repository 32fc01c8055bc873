// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ui/Icon.h"
#include "ui/Theme.h"

#include "TestProgram.h"

#include <QApplication>
#include <QFile>
#include <QPalette>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

namespace tst_ui_theme {

using namespace latchkey::ui;

namespace {

/// WCAG 2.2, relative luminance.
double luminance(const QColor& color)
{
    const auto linear = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
    return (light + 0.05) / (dark + 0.05);
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theMeasureOfContrastIsRight()
    {
        QCOMPARE(contrast(Qt::black, Qt::white), 21.0);
        QVERIFY(std::abs(contrast(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01);
    }

    void everyTextCanBeReadOnEverySurface_data()
    {
        QTest::addColumn<Scheme>("scheme");
        QTest::addColumn<bool>("highContrast");
        QTest::addColumn<Role>("text");
        QTest::addColumn<Role>("surface");
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            for (const bool high : {false, true}) {
                for (const Theme::Pair& pair : Theme::textPairs())
                    QTest::addRow("%s%s: role %d on role %d", scheme == Scheme::light ? "light" : "dark", high ? ", high contrast" : "", static_cast<int>(pair.text),
                                  static_cast<int>(pair.surface))
                        << scheme << high << pair.text << pair.surface;
            }
        }
    }

    void everyTextCanBeReadOnEverySurface()
    {
        QFETCH(Scheme, scheme);
        QFETCH(bool, highContrast);
        QFETCH(Role, text);
        QFETCH(Role, surface);
        const double ratio = contrast(Theme::color(scheme, text, highContrast), Theme::color(scheme, surface, highContrast));
        QVERIFY2(ratio >= (highContrast ? 7.0 : 4.5), qPrintable(QStringLiteral("%1:1").arg(ratio, 0, 'f', 2)));
    }

    void inHighContrastLinesAreLines_data() { theFrameOfATickBoxStandsOut_data(); }
    void inHighContrastLinesAreLines()
    {
        QFETCH(Scheme, scheme);
        QVERIFY(contrast(Theme::color(scheme, Role::hairline, true), Theme::color(scheme, Role::surface, true)) >= 4.5);
        Theme theme(scheme);
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setHighContrast(true);
        theme.setHighContrast(true);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(theme.color(Role::text), Theme::color(scheme, Role::text, true));
    }

    void theFrameOfATickBoxStandsOut_data()
    {
        QTest::addColumn<Scheme>("scheme");
        QTest::newRow("light") << Scheme::light;
        QTest::newRow("dark") << Scheme::dark;
    }

    void theFrameOfATickBoxStandsOut()
    {
        QFETCH(Scheme, scheme);
        QVERIFY(contrast(Theme::color(scheme, Role::controlBorder), Theme::color(scheme, Role::surface)) >= 3.0);
    }

    void changingTheSchemeChangesThePaletteOnce()
    {
        Theme theme(Scheme::light);
        theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::color(Scheme::light, Role::surface));
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setScheme(Scheme::dark);
        theme.setScheme(Scheme::dark);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::color(Scheme::dark, Role::surface));
        // The style refers to this theme, which ends here.
        QApplication::setStyle(QStringLiteral("Fusion"));
    }

    void everyIconIsThereAndTakesTheColourOfItsRole()
    {
        const Theme theme(Scheme::light);
        for (int i = 0; i <= static_cast<int>(IconName::chevron); ++i) {
            const auto name = static_cast<IconName>(i);
            const QImage image = theme.pixmap(name, Role::danger, 24, 2).toImage();
            QCOMPARE(image.size(), QSize(48, 48));
            QVERIFY2(QFile::exists(iconFile(name)), qPrintable(iconFile(name)));
            bool colored = false;
            for (int y = 0; y < image.height() && !colored; ++y) {
                for (int x = 0; x < image.width() && !colored; ++x)
                    colored = image.pixelColor(x, y).alpha() == 255 && image.pixelColor(x, y).rgb() == theme.color(Role::danger).rgb();
            }
            QVERIFY2(colored, qPrintable(iconFile(name)));
        }
        QVERIFY(!applicationIcon().pixmap(48, 48).isNull());
    }

    void anIconFollowsTheScheme()
    {
        Theme theme(Scheme::light);
        const QIcon icon = theme.icon(IconName::disabled, Role::text);
        const QImage light = icon.pixmap(24, 24).toImage();
        theme.setScheme(Scheme::dark);
        QVERIFY(icon.pixmap(24, 24).toImage() != light);
    }
};

LATCHKEY_WIDGET_TEST(TestTheme)

} // namespace tst_ui_theme

#include "tst_ui_theme.moc"
