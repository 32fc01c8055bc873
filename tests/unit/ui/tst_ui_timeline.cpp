// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"

#include "ui/ExpiryTimeline.h"
#include "ui/Theme.h"
#include "ui/TimelineBar.h"
#include "ui/TokenModel.h"

#include "TestProgram.h"

#include <QApplication>
#include <QTest>

namespace tst_ui_timeline {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

access::ServiceToken token(int number, std::optional<std::chrono::sys_seconds> end)
{
    access::ServiceToken made;
    made.id = {"00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number)};
    made.clientId = {std::to_string(number) + ".access"};
    made.name = "token " + std::to_string(number);
    made.createdAt = now - 24h * 400;
    made.expiresAt = end;
    return made;
}

std::chrono::sys_seconds at(int year, unsigned month, unsigned day)
{
    return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
}

} // namespace

class TestTimeline : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void init()
    {
        m_theme = std::make_unique<Theme>();
        m_model = std::make_unique<TokenModel>(DateText(QLocale()), now);
        m_model->setTokens({token(1, at(2026, 11, 20)), token(2, now + 24h), token(3, at(2026, 12, 1)), token(4, at(2026, 12, 31)),
                            token(5, at(2027, 10, 31)), token(6, at(2027, 11, 1)), token(7, {})});
        m_timeline = std::make_unique<ExpiryTimeline>(*m_theme, *m_model);
        m_timeline->resize(900, 80);
        m_timeline->show();
    }

    void cleanup()
    {
        m_timeline.reset();
        m_model.reset();
        m_theme.reset();
    }

    void spansMeetAndLeaveNothingOut()
    {
        for (const QByteArray& zone : {QByteArray("UTC"), QByteArray("Europe/Berlin"), QByteArray("Pacific/Auckland")}) {
            const auto spans = ExpiryTimeline::spansAt(now, QTimeZone(zone));
            QVERIFY(!spans.front().span.from);
            for (std::size_t i = 0; i + 2 < spans.size(); ++i)
                QCOMPARE(spans[i].span.to, spans[i + 1].span.from);
            QVERIFY(!spans[ExpiryTimeline::monthCount + 1].span.to);
            for (const auto end : {at(1970, 1, 1), now, at(2026, 12, 1), at(2027, 3, 28), at(2099, 1, 1)}) {
                const auto holding = std::ranges::count_if(spans, [&](const auto& span) { return span.span.holds(end); });
                QCOMPARE(holding, 1);
            }
            QCOMPARE(std::ranges::count_if(spans, [](const auto& span) { return span.span.holds({}); }), 1);
        }
    }

    void monthsAreThePersons()
    {
        const auto berlin = ExpiryTimeline::spansAt(now, QTimeZone("Europe/Berlin"));
        QCOMPARE(berlin[2].longText, u"December 2026"_s);
        QCOMPARE(*berlin[2].span.from, at(2026, 12, 1) - 1h);
        QCOMPARE(*berlin[6].span.to, at(2027, 5, 1) - 2h);   // April ends in summer time
    }

    void barsCount()
    {
        const QStringList expected{u"1 token(s)"_s, u"1 token(s)"_s, u"2 token(s)"_s};
        for (int i = 0; i < expected.size(); ++i)
            QCOMPARE(bar(i).accessibleDescription(), expected[i]);
        QCOMPARE(bar(2).accessibleName(), u"December 2026"_s);
        QCOMPARE(bar(12).accessibleDescription(), u"1 token(s)"_s);   // October
        QCOMPARE(bar(13).accessibleDescription(), u"1 token(s)"_s);   // November 2027 or later
        QCOMPARE(bar(14).accessibleDescription(), u"1 token(s)"_s);   // never
    }

    void aBarShowsItsTokensAndThenAllAgain()
    {
        QTest::mouseClick(&bar(2), Qt::LeftButton);
        QCOMPARE(m_model->shownCount(), 2);
        QVERIFY(bar(2).isChecked());
        QTest::mouseClick(&bar(14), Qt::LeftButton);
        QCOMPARE(m_model->shownCount(), 1);
        QVERIFY(!bar(2).isChecked());
        QTest::mouseClick(&bar(14), Qt::LeftButton);
        QCOMPARE(m_model->shownCount(), 7);
        QVERIFY(!bar(14).isChecked());
        QVERIFY(!m_model->span());
    }

    void theKeyboardReachesEveryBar()
    {
        m_timeline->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_timeline.get()));
        bar(0).setFocus();
        QTest::keyClick(&bar(0), Qt::Key_Space);
        QCOMPARE(m_model->shownCount(), 1);
        for (int i = 0; i < 2; ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QVERIFY(bar(2).isChecked());
        QCOMPARE(m_model->shownCount(), 2);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(m_model->shownCount(), 7);
    }

    void whoeverClearsTheSpanLeavesNoBarChosen()
    {
        QTest::mouseClick(&bar(2), Qt::LeftButton);
        m_model->setSpan({});
        QVERIFY(!bar(2).isChecked());
        QTest::mouseClick(&bar(2), Qt::LeftButton);
        m_timeline->clearChoice();
        QVERIFY(!bar(2).isChecked());
        QCOMPARE(m_model->shownCount(), 7);
    }

    void changesAreCounted()
    {
        m_model->putToken(token(8, at(2026, 12, 15)));
        QTRY_COMPARE(bar(2).accessibleDescription(), u"3 token(s)"_s);
        m_model->removeToken(token(8, {}).id);
        QTRY_COMPARE(bar(2).accessibleDescription(), u"2 token(s)"_s);
    }

    void aChosenMonthGoesOnWithTime()
    {
        QTest::mouseClick(&bar(0), Qt::LeftButton);
        QCOMPARE(m_model->shownCount(), 1);
        m_model->setNow(now + 48h);   // token 2 has ended since
        QTRY_COMPARE(m_model->shownCount(), 2);
        QVERIFY(bar(0).isChecked());
    }

private:
    TimelineBar& bar(int number) { return *m_timeline->findChildren<TimelineBar*>().at(number); }

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<TokenModel> m_model;
    std::unique_ptr<ExpiryTimeline> m_timeline;
};

LATCHKEY_WIDGET_TEST(TestTimeline)

} // namespace tst_ui_timeline

#include "tst_ui_timeline.moc"
