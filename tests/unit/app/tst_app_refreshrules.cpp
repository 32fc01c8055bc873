// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/AutoRefresh.h"

#include "TestProgram.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_refreshrules {

using namespace latchkey;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::days;

namespace {

class SetClock final : public Clock {
public:
    [[nodiscard]] std::chrono::sys_seconds now() const override { return time; }
    std::chrono::sys_seconds time{1'795'435'471s};
};

access::ServiceToken token(const std::string& name, std::chrono::sys_seconds end)
{
    access::ServiceToken made;
    made.id.value = "id-" + name;
    made.name = name;
    made.clientId.value = "88bf3b6d86161464f6509f7219099e57.access";
    made.expiresAt = end;
    return made;
}

ui::RefreshRule rule(const QString& query, int daysBefore = 14, bool on = true)
{
    return {.id = u"rule-"_s + query, .on = on, .query = query, .profileId = {}, .daysBefore = daysBefore};
}

/// Keeps a list, and refreshes in it or fails.
class ListSource final : public app::WatchedSource {
public:
    struct State {
        std::vector<access::ServiceToken> tokens;
        std::vector<std::string> refreshed;
        bool fails = false;
        int atOnce = 0;
        int mostAtOnce = 0;
    };
    ListSource(std::shared_ptr<State> state, const Clock& clock) : m_state(std::move(state)), m_clock(clock) { }
    [[nodiscard]] std::string profileId() const override { return "here"; }
    [[nodiscard]] QString name() const override { return u"Here"_s; }
    [[nodiscard]] std::chrono::seconds interval() const override { return 300s; }
    void look(ListHandler handler) override
    {
        QTimer::singleShot(0, &m_context, [this, handler = std::make_shared<ListHandler>(std::move(handler))] { (*handler)(m_state->tokens); });
    }
    void refresh(const access::TokenId& id, TokenHandler handler) override
    {
        m_state->mostAtOnce = std::max(m_state->mostAtOnce, ++m_state->atOnce);
        QTimer::singleShot(5, &m_context, [this, id, handler = std::make_shared<TokenHandler>(std::move(handler))] {
            --m_state->atOnce;
            m_state->refreshed.push_back(id.value);
            if (m_state->fails)
                return (*handler)(fail(ErrorCode::forbidden, "The API token may not refresh."));
            const auto found = std::ranges::find(m_state->tokens, id, &access::ServiceToken::id);
            found->expiresAt = m_clock.now() + days(365);
            (*handler)(*found);
        });
    }

private:
    std::shared_ptr<State> m_state;
    const Clock& m_clock;
    QObject m_context;
};

} // namespace

class TestRefreshRules final : public QObject {
    Q_OBJECT

    SetClock m_clock;

    std::vector<std::string> planned(const std::vector<ui::RefreshRule>& rules, const std::vector<access::ServiceToken>& tokens, bool dryRun = false)
    {
        std::vector<std::string> names;
        for (const auto& each : app::planRefreshes(rules, dryRun, {"here", tokens}, m_clock.now()))
            names.push_back(each.name);
        return names;
    }

private Q_SLOTS:
    void whatARuleRefreshes_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<bool>("on");
        QTest::addColumn<qint64>("endsIn");
        QTest::addColumn<bool>("enabled");
        QTest::addColumn<bool>("refreshed");
        const auto in = [](std::chrono::seconds span) { return static_cast<qint64>(span.count()); };
        QTest::newRow("near its end") << u"name:ci*"_s << true << in(days(14)) << true << true;
        QTest::newRow("a second too early") << u"name:ci*"_s << true << in(days(14) + 1s) << true << false;
        QTest::newRow("the rule is off") << u"name:ci*"_s << false << in(days(3)) << true << false;
        QTest::newRow("disabled") << u"name:ci*"_s << true << in(days(3)) << false << false;
        QTest::newRow("a second before the end") << u"name:ci*"_s << true << in(1s) << true << true;
        QTest::newRow("past the end stays past it") << u"name:ci*"_s << true << in(0s) << true << false;
        QTest::newRow("another name") << u"name:prod*"_s << true << in(days(3)) << true << false;
        QTest::newRow("free text") << u"deploy"_s << true << in(days(3)) << true << true;
        QTest::newRow("no tokens named") << QString() << true << in(days(3)) << true << false;
        QTest::newRow("a term that is wrong widens nothing") << u"ci state:nonsense"_s << true << in(days(3)) << true << false;
        QTest::newRow("owners cannot be told") << u"ci -owner:ada"_s << true << in(days(3)) << true << false;
        QTest::newRow("applications cannot be told") << u"ci app:none"_s << true << in(days(3)) << true << false;
    }
    void whatARuleRefreshes()
    {
        QFETCH(QString, query);
        QFETCH(bool, on);
        QFETCH(qint64, endsIn);
        QFETCH(bool, enabled);
        QFETCH(bool, refreshed);
        auto made = token("ci-deploy", m_clock.now() + std::chrono::seconds(endsIn));
        made.enabled = enabled;
        QCOMPARE(planned({rule(query, 14, on)}, {made}).size(), refreshed ? 1u : 0u);
        if (!on)   // a dry run asks what would be
            QCOMPARE(planned({rule(query, 14, on)}, {made}, true).size(), 1u);
    }

    void rulesAreLimitedToTheirAccountAndEachTokenIsTakenOnce()
    {
        const std::vector tokens{token("ci-b", m_clock.now() + days(5)), token("ci-a", m_clock.now() + days(2))};
        QCOMPARE(planned({rule(u"ci"_s), rule(u"name:ci*"_s)}, tokens), (std::vector<std::string>{"ci-a", "ci-b"}));
        auto elsewhere = rule(u"ci"_s);
        elsewhere.profileId = "there";
        QVERIFY(planned({elsewhere}, tokens).empty());
    }

    void rulesSurviveInTheirFile()
    {
        auto second = rule(u"name:prod*"_s, 3, false);
        second.profileId = "there";
        const std::vector rules{rule(u"ci"_s), second};
        QCOMPARE(app::refreshRulesFrom(app::toJson(rules)), rules);
        auto broken = app::toJson({rule(u"state:nonsense"_s), rule(u"ci"_s, 0)});
        QVERIFY(app::refreshRulesFrom(broken).empty());
        QVERIFY(app::refreshRulesFrom({}).empty());
    }

    void refreshesOneAfterTheOtherAndLogsIt()
    {
        QTemporaryDir directory;
        auto state = std::make_shared<ListSource::State>();
        for (const char* name : {"ci-1", "ci-2", "ci-3", "other"})
            state->tokens.push_back(token(name, m_clock.now() + days(3)));
        app::Watcher watcher(m_clock);
        app::AutoRefresh refresh(watcher, m_clock, directory.path());
        watcher.add(std::make_unique<ListSource>(state, m_clock));
        QTest::qWait(100);
        QVERIFY(state->refreshed.empty());   // no rule, no refresh

        const auto dry = refresh.dryRun(rule(u"name:ci*"_s, 14, false));
        QCOMPARE(dry.now.size(), 3u);
        QCOMPARE(dry.meant, 3);
        QCOMPARE(refresh.dryRun(rule(u"name:ci*"_s, 1, false)).now.size(), 0u);
        QCOMPARE(refresh.dryRun(rule(u"name:ci*"_s, 1, false)).meant, 3);
        QTest::qWait(100);
        QVERIFY(state->refreshed.empty());   // a dry run does nothing

        QVERIFY(refresh.setRules({rule(u"name:ci*"_s)}));
        QTRY_COMPARE_WITH_TIMEOUT(refresh.log().size(), 3u, 10'000);
        QCOMPARE(state->mostAtOnce, 1);
        QVERIFY(refresh.log().front().error.isEmpty());
        QCOMPARE(refresh.log().front().end, std::optional(m_clock.now() + days(365)));
        watcher.lookSoon("here");
        QTest::qWait(3000);
        QCOMPARE(state->refreshed.size(), 3u);   // done is done

        app::AutoRefresh again(watcher, m_clock, directory.path());
        QCOMPARE(again.rules(), refresh.rules());
        QCOMPARE(again.log(), refresh.log());
    }

    void aFailureIsToldOnceAndTriedAgainHoursLater()
    {
        QTemporaryDir directory;
        auto state = std::make_shared<ListSource::State>();
        state->tokens = {token("ci-1", m_clock.now() + days(3))};
        state->fails = true;
        const auto lookAgain = [&](app::Watcher& watcher, app::AutoRefresh& refresh) {
            const auto before = refresh.log().size();
            watcher.add(std::make_unique<ListSource>(state, m_clock));
            (void)QTest::qWaitFor([&] { return refresh.log().size() > before; }, 500);
        };
        {
            app::Watcher watcher(m_clock);
            app::AutoRefresh refresh(watcher, m_clock, directory.path());
            QVERIFY(refresh.setRules({rule(u"ci"_s)}));
            int told = 0;
            connect(&refresh, &app::AutoRefresh::failed, this, [&](const app::WatchedToken&, const QString& name, const QString& reason) {
                ++told;
                QCOMPARE(name, u"ci-1"_s);
                QVERIFY(reason.contains(u"may not refresh"_s));
            });
            lookAgain(watcher, refresh);
            QCOMPARE(told, 1);
            lookAgain(watcher, refresh);
            QCOMPARE(state->refreshed.size(), 1u);   // too soon
            m_clock.time += app::AutoRefresh::retryAfter;
            lookAgain(watcher, refresh);
            QCOMPARE(state->refreshed.size(), 2u);
            QCOMPARE(told, 1);
        }
        // Restarted: still told.
        app::Watcher watcher(m_clock);
        app::AutoRefresh refresh(watcher, m_clock, directory.path());
        int told = 0;
        connect(&refresh, &app::AutoRefresh::failed, this, [&] { ++told; });
        m_clock.time += app::AutoRefresh::retryAfter;
        lookAgain(watcher, refresh);
        QCOMPARE(state->refreshed.size(), 3u);
        QCOMPARE(told, 0);
        // It works at last, and fails the next time: that is news.
        state->fails = false;
        m_clock.time += app::AutoRefresh::retryAfter;
        lookAgain(watcher, refresh);
        QVERIFY(refresh.log().front().error.isEmpty());
        state->fails = true;
        m_clock.time += days(360);
        lookAgain(watcher, refresh);
        QCOMPARE(told, 1);
    }
};

LATCHKEY_WIDGET_TEST(TestRefreshRules)

} // namespace tst_app_refreshrules

#include "tst_app_refreshrules.moc"
