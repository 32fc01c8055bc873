// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/ExpiryNotices.h"
#include "app/NoticeText.h"
#include "app/StateFile.h"
#include "ui/EnglishPlurals.h"

#include "TestProgram.h"

#include <QApplication>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_expirynotices {

using namespace latchkey;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using app::ExpiryStep;
using std::chrono::days;

namespace {

constexpr std::chrono::sys_seconds start{std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h};

access::ServiceToken token(const std::string& name, std::optional<std::chrono::seconds> endsIn)
{
    access::ServiceToken made;
    made.id.value = "id-of-" + name;
    made.name = name;
    made.createdAt = start - days(300);
    if (endsIn)
        made.expiresAt = start + *endsIn;
    else
        made.duration = access::Duration::forever();
    return made;
}

using Tokens = std::vector<access::ServiceToken>;

std::vector<ExpiryStep> stepsOf(const std::vector<app::ExpiryNotice>& notices)
{
    std::vector<ExpiryStep> result;
    for (const auto& notice : notices)
        result.push_back(notice.step);
    return result;
}

std::vector<ExpiryStep> look(app::ExpiryNotices& engine, const Tokens& tokens, std::chrono::sys_seconds now)
{
    const app::WatchedList list{"here", tokens};
    return stepsOf(engine.due({&list, 1}, now));
}

/// As from one look an hour to the next, so that no step of the clock is too far to be believed.
std::vector<ExpiryStep> watchFor(app::ExpiryNotices& engine, const Tokens& tokens, std::chrono::sys_seconds from, std::chrono::hours span)
{
    std::vector<ExpiryStep> told;
    for (std::chrono::hours passed{0}; passed <= span; ++passed)
        std::ranges::copy(look(engine, tokens, from + passed), std::back_inserter(told));
    return told;
}

} // namespace

class TestExpiryNotices final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTokensStep_data()
    {
        QTest::addColumn<std::chrono::seconds>("endsIn");
        QTest::addColumn<std::chrono::seconds>("duration");
        QTest::addColumn<bool>("enabled");
        QTest::addColumn<ExpiryStep>("step");
        const std::chrono::seconds year = days(365);
        QTest::newRow("more than 30 days") << std::chrono::seconds(days(30) + 1s) << year << true << ExpiryStep::none;
        QTest::newRow("exactly 30 days") << std::chrono::seconds(days(30)) << year << true << ExpiryStep::month;
        QTest::newRow("more than 7 days") << std::chrono::seconds(days(7) + 1s) << year << true << ExpiryStep::month;
        QTest::newRow("exactly 7 days") << std::chrono::seconds(days(7)) << year << true << ExpiryStep::week;
        QTest::newRow("exactly a day") << std::chrono::seconds(days(1)) << year << true << ExpiryStep::day;
        QTest::newRow("a second") << 1s << year << true << ExpiryStep::day;
        QTest::newRow("at the end") << 0s << year << true << ExpiryStep::ended;
        QTest::newRow("past the end") << -100s << year << true << ExpiryStep::ended;
        QTest::newRow("disabled") << 1s << year << false << ExpiryStep::none;
        QTest::newRow("made for 24 hours") << std::chrono::seconds(24h) << std::chrono::seconds(24h) << true << ExpiryStep::none;
        QTest::newRow("made for 24 hours, over") << 0s << std::chrono::seconds(24h) << true << ExpiryStep::ended;
        QTest::newRow("made for a week") << std::chrono::seconds(23h) << std::chrono::seconds(days(7)) << true << ExpiryStep::day;
    }
    void aTokensStep()
    {
        QFETCH(std::chrono::seconds, endsIn);
        QFETCH(std::chrono::seconds, duration);
        QFETCH(bool, enabled);
        QFETCH(ExpiryStep, step);
        auto made = token("a", endsIn);
        made.enabled = enabled;
        made.duration = access::Duration::hours(std::chrono::duration_cast<std::chrono::hours>(duration).count());
        QCOMPARE(app::expiryStepAt(made, start), step);
    }

    void eachStepIsToldOnceInTheCourseOfTime()
    {
        app::ExpiryNotices engine;
        const std::vector<ExpiryStep> all{ExpiryStep::month, ExpiryStep::week, ExpiryStep::day, ExpiryStep::ended};
        QCOMPARE(watchFor(engine, {token("a", days(40)), token("forever", std::nullopt)}, start, 45 * 24h), all);
    }

    void restartsForgetNothing()
    {
        QTemporaryDir directory;
        const app::StateFile file(directory.filePath(u"deep/er/told.json"_s));
        const Tokens tokens{token("a", days(6))};
        {
            app::ExpiryNotices engine;
            QCOMPARE(look(engine, tokens, start), std::vector{ExpiryStep::week});
            QVERIFY(file.write(engine.save()));
        }
        QCOMPARE(QFileInfo(file.path()).permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther), QFileDevice::Permissions());
        app::ExpiryNotices again;
        again.restore(file.read());
        QCOMPARE(look(again, tokens, start + 1h), std::vector<ExpiryStep>());
        QCOMPARE(look(again, tokens, start + 20h), std::vector<ExpiryStep>());
        // Five days asleep: the step that holds now, and only that.
        app::ExpiryNotices later;
        later.restore(file.read());
        QCOMPARE(look(later, tokens, start + days(5) + 1h), std::vector{ExpiryStep::day});
    }

    void rubbishInTheFileIsNoNews()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(u"told.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"version\":1,\"told\":[{\"token\":\"x\"},7,{\"token\":\"y\",\"step\":\"soon\",\"end\":\"1\",\"at\":\"2\"}]}");
        file.close();
        app::ExpiryNotices engine;
        engine.restore(app::StateFile(file.fileName()).read());
        QCOMPARE(engine.save().value(u"told"_s), app::ExpiryNotices().save().value(u"told"_s));
    }

    void aRefreshIsQuietAndArmsTheStepsAnew()
    {
        app::ExpiryNotices engine;
        Tokens tokens{token("a", days(1))};
        QCOMPARE(look(engine, tokens, start), std::vector{ExpiryStep::day});
        tokens.front().expiresAt = start + days(20);   // somebody gave it 20 days: they know
        QCOMPARE(look(engine, tokens, start + 1h), std::vector<ExpiryStep>());
        const std::vector<ExpiryStep> rest{ExpiryStep::week, ExpiryStep::day, ExpiryStep::ended};
        QCOMPARE(watchFor(engine, tokens, start + 2h, 21 * 24h), rest);
        const auto refreshed = start + days(22);
        tokens.front().expiresAt = refreshed + days(365);
        QCOMPARE(look(engine, tokens, refreshed), std::vector<ExpiryStep>());
        QCOMPARE(watchFor(engine, tokens, refreshed + 1h, 364 * 24h),
                 (std::vector{ExpiryStep::month, ExpiryStep::week, ExpiryStep::day}));
    }

    void anEarlierEndIsTold()
    {
        app::ExpiryNotices engine;
        Tokens tokens{token("a", days(25))};
        QCOMPARE(look(engine, tokens, start), std::vector{ExpiryStep::month});
        tokens.front().expiresAt = start + days(20);
        QCOMPARE(look(engine, tokens, start + 1h), std::vector<ExpiryStep>());   // the same step
        tokens.front().expiresAt = start + days(3);
        QCOMPARE(look(engine, tokens, start + 2h), std::vector{ExpiryStep::week});
    }

    void aClockThatJumps()
    {
        app::ExpiryNotices engine;
        const Tokens tokens{token("a", days(200))};
        QCOMPARE(look(engine, tokens, start), std::vector<ExpiryStep>());
        // Years ahead for one look: not believed, and mended before the next.
        QCOMPARE(look(engine, tokens, start + days(2000)), std::vector<ExpiryStep>());
        QVERIFY(engine.isSettling());
        QCOMPARE(look(engine, tokens, start + 60s), std::vector<ExpiryStep>());
        QCOMPARE(look(engine, tokens, start + 120s), std::vector<ExpiryStep>());
        QVERIFY(!engine.isSettling());
        // Ahead for good, as it seems, so told; then set right: what was told was not so and is told when it is.
        QCOMPARE(look(engine, tokens, start + days(195)), std::vector<ExpiryStep>());
        QCOMPARE(look(engine, tokens, start + days(195) + 60s), std::vector{ExpiryStep::week});
        QCOMPARE(look(engine, tokens, start + 200s), std::vector<ExpiryStep>());
        QCOMPARE(look(engine, tokens, start + 260s), std::vector<ExpiryStep>());
        QCOMPARE(watchFor(engine, tokens, start + 1h, 199 * 24h), (std::vector{ExpiryStep::month, ExpiryStep::week, ExpiryStep::day}));
        // A clock that starts in 1970 is wrong; nothing is forgotten for it.
        QCOMPARE(look(engine, tokens, std::chrono::sys_seconds(1000s)), std::vector<ExpiryStep>());
        QCOMPARE(look(engine, tokens, std::chrono::sys_seconds(1060s)), std::vector<ExpiryStep>());
        QCOMPARE(watchFor(engine, tokens, start + days(199) + 1h, 10h), std::vector<ExpiryStep>());
    }

    void oldEndsAreNoNewsAtTheFirstLook()
    {
        app::ExpiryNotices engine;
        const Tokens tokens{token("old", -days(90)), token("lately", -days(2))};
        const app::WatchedList list{"here", tokens};
        const auto news = engine.due({&list, 1}, start);
        QCOMPARE(news.size(), 1u);
        QCOMPARE(news.front().name, std::string("lately"));
    }

    void profilesAreToldApartAndForgottenOneByOne()
    {
        app::ExpiryNotices engine;
        const Tokens tokens{token("a", days(3))};
        const std::array lists{app::WatchedList{"here", tokens}, app::WatchedList{"there", tokens}};
        QCOMPARE(engine.due(lists, start).size(), 2u);
        // A profile that could not be looked at keeps its marks; one whose token is gone does not.
        const std::array onlyHere{app::WatchedList{"here", {}}};
        QVERIFY(engine.due(onlyHere, start + 1h).empty());
        const auto news = engine.due(lists, start + 2h);
        QCOMPARE(news.size(), 1u);
        QCOMPARE(news.front().token.profileId, std::string("here"));
    }

    void whatReachedNobodyIsDueAgain()
    {
        app::ExpiryNotices engine;
        const Tokens tokens{token("a", days(3))};
        const app::WatchedList list{"here", tokens};
        const auto news = engine.due({&list, 1}, start);
        engine.untell(news);
        QCOMPARE(engine.due({&list, 1}, start + 60s), news);
    }

    void theNextStepIsKnown()
    {
        const Tokens tokens{token("a", days(40)), token("b", days(8)), token("forever", std::nullopt)};
        const app::WatchedList list{"here", tokens};
        QCOMPARE(app::ExpiryNotices::nextStep({&list, 1}, start), std::optional(start + days(1)));
        QCOMPARE(app::ExpiryNotices::nextStep({&list, 1}, start + days(41)), std::nullopt);
    }

    void wordsOfOneAndOfMany()
    {
        ui::EnglishPlurals plurals;
        QCoreApplication::installTranslator(&plurals);
        const app::NoticeText text(ui::DateText(QLocale::c(), QTimeZone::utc()),
                                   [](const std::string& profile) { return profile == "prod" ? u"Production"_s : QString(); });
        const auto notice = [](const char* name, const char* profile, std::chrono::seconds endsIn, ExpiryStep step) {
            return app::ExpiryNotice{{profile, {std::string("id-").append(name)}}, name, start + endsIn, step};
        };
        const auto one = text.about({notice("grafana", "prod", days(7), ExpiryStep::week)}, start);
        QCOMPARE(one.title, u"grafana (Production) expires in 7 days"_s);
        QVERIFY(one.body.contains(u"30 Nov 2026"_s));
        QCOMPARE(one.actions.size(), 1);
        QVERIFY(!one.pressing);
        const auto target = app::NoticeTarget::from(one.target);
        QVERIFY(target.token.has_value());
        QCOMPARE(target.token->id.value, std::string("id-grafana"));
        QCOMPARE(target.token->profileId, std::string("prod"));

        std::vector<app::ExpiryNotice> many;
        for (const char* name : {"a", "b", "c", "d", "e", "f"})
            many.push_back(notice(name, "", days(1), ExpiryStep::day));
        auto summary = text.about(many, start);
        QCOMPARE(summary.title.left(2), u"6 "_s);
        QCOMPARE(summary.body.split(u'\n').size(), 5);
        QVERIFY(summary.body.endsWith(u"and 2 more"_s));
        QVERIFY(summary.pressing);
        QVERIFY(summary.actions.isEmpty());
        QVERIFY(!app::NoticeTarget::from(summary.target).token);
        many.front().step = ExpiryStep::ended;
        summary = text.about(many, start);
        QCOMPARE(summary.title, u"Tokens expired: 1, expiring soon: 5"_s);
        QVERIFY(summary.body.startsWith(u"a has expired"_s));
    }
};

LATCHKEY_WIDGET_TEST(TestExpiryNotices)

} // namespace tst_app_expirynotices

#include "tst_app_expirynotices.moc"
