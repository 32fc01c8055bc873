// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/Advice.h"

#include "TestProgram.h"

#include <QtTest>

namespace tst_access_advice {

using namespace latchkey;
using namespace latchkey::access;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{1'800'000'000s};   // 2027-01-15T08:00:00Z

std::string uuid(int number)
{
    std::string text = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - text.size(), '0') + text;
}

/// A token that nothing is to be said of, if a policy names it.
ServiceToken token(int number, const std::string& name)
{
    ServiceToken made;
    made.id = {uuid(number)};
    made.name = name;
    made.createdAt = now - std::chrono::days(100);
    made.expiresAt = now + std::chrono::days(200);
    made.lastSeenAt = now - 1h;
    return made;
}

Policy policy(const std::string& name, PolicyDecision decision, std::vector<Rule> include, int precedence = 1)
{
    Policy made;
    made.id = {uuid(5000 + precedence)};
    made.name = name;
    made.decision = decision;
    made.include = std::move(include);
    made.precedence = precedence;
    return made;
}

Rule names(int number)
{
    return ServiceTokenRule{{uuid(number)}};
}

Rule ip(const char* network)
{
    return IpRule{*IpNetwork::parse(network)};
}

/// A configuration under construction.
struct World {
    std::vector<ServiceToken> tokens;
    std::vector<std::shared_ptr<const Application>> applications;
    std::vector<std::shared_ptr<const Policy>> policies;
    std::vector<std::shared_ptr<const Group>> groups;

    World& with(ServiceToken each)
    {
        tokens.push_back(std::move(each));
        return *this;
    }
    World& app(std::vector<Policy> its, std::string upstream = "http://127.0.0.1:3000")
    {
        Application made;
        made.id = {uuid(9000 + static_cast<int>(applications.size()))};
        made.name = "Grafana";
        made.upstream = std::move(upstream);
        made.policies = std::move(its);
        applications.push_back(std::make_shared<const Application>(std::move(made)));
        return *this;
    }
    World& reusable(Policy each)
    {
        each.reusable = true;
        policies.push_back(std::make_shared<const Policy>(std::move(each)));
        return *this;
    }
    World& group(int number, std::vector<Rule> include, std::vector<Rule> require = {}, std::vector<Rule> exclude = {})
    {
        Group made;
        made.id = {uuid(number)};
        made.name = "group " + std::to_string(number);
        made.include = std::move(include);
        made.require = std::move(require);
        made.exclude = std::move(exclude);
        groups.push_back(std::make_shared<const Group>(std::move(made)));
        return *this;
    }
    std::vector<Finding> findings() const { return findAdvice({tokens, applications, policies, groups}, now); }
};

constexpr auto allow = PolicyDecision::allow;
constexpr auto block = PolicyDecision::deny;
constexpr auto bypass = PolicyDecision::bypass;
constexpr auto serviceAuth = PolicyDecision::nonIdentity;

/// `code token|policy|group`, a line for each.
QStringList linesOf(const std::vector<Finding>& findings)
{
    QStringList lines;
    for (const Finding& finding : findings) {
        QString line = QString::fromStdString(finding.code);
        for (const auto& reference : {finding.token, finding.policy, finding.group}) {
            if (reference)
                line += QLatin1Char(' ') + QString::fromStdString(reference->name.empty() ? reference->id.substr(32) : reference->name);
        }
        lines << line;
    }
    return lines;
}

} // namespace

class TestAccessAdvice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsFound_data();
    void whatIsFound();
    void aFindingSaysWhatItIsAboutAndWhatToDo();
    void theMostSevereComesFirst();
    void manyTokensTakeLinearTime();
};

void TestAccessAdvice::whatIsFound_data()
{
    QTest::addColumn<World>("world");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, World world, const char* expected) {
        QTest::newRow(name) << std::move(world) << QString::fromLatin1(expected);
    };
    const auto good = [] { return World().with(token(1, "ci")).app({policy("Machines", serviceAuth, {names(1)})}); };
    const auto with = [&](auto change) {
        World world = good();
        change(world.tokens.front());
        return world;
    };

    row("nothing at all", {}, "");
    row("nothing is wrong", good(), "");

    // Service token in an Allow policy.
    row("token in Allow", World().with(token(1, "ci")).app({policy("People", allow, {names(1)})}), "service_token_in_allow_policy ci People");
    row("token among people", World().with(token(1, "ci")).app({policy("People", allow, {EmailRule{"a@b.c"}, names(1)})}),
        "service_token_in_allow_policy ci People");
    row("token required of people",
        [&] {
            auto people = policy("People", allow, {EveryoneRule{}});
            people.require = {names(1)};
            return World().with(token(1, "ci")).app({people});
        }(),
        "service_token_in_allow_policy ci People");
    row("token excluded from people",
        [&] {
            auto people = policy("People", allow, {EveryoneRule{}});
            people.exclude = {names(1)};
            return World().with(token(1, "ci")).app({people});
        }(),
        "");
    row("named twice, told once", World().with(token(1, "ci")).app({policy("People", allow, {names(1), names(1)})}),
        "service_token_in_allow_policy ci People");
    row("any token in Allow", World().app({policy("People", allow, {AnyValidServiceTokenRule{}})}), "service_token_in_allow_policy People");
    row("group of tokens in Allow",
        World().with(token(1, "ci")).group(70, {names(1)}).app({policy("People", allow, {GroupRule{{uuid(70)}}})}),
        "service_token_in_allow_policy People group 70");
    row("group of groups of tokens in Allow",
        World().with(token(1, "ci")).group(70, {GroupRule{{uuid(71)}}}).group(71, {names(1)}).app({policy("People", allow, {GroupRule{{uuid(70)}}})}),
        "service_token_in_allow_policy People group 70");
    row("group of people and tokens in Allow",
        World().with(token(1, "ci")).group(70, {names(1), EmailRule{"a@b.c"}}).app({policy("People", allow, {GroupRule{{uuid(70)}}})}), "");
    row("reusable policy, told once",
        [&] {
            auto people = policy("People", allow, {names(1)});
            people.reusable = true;
            return World().with(token(1, "ci")).reusable(people).app({people}).app({people});
        }(),
        "service_token_in_allow_policy ci People");

    // Token that no policy names.
    row("unnamed", World().with(token(1, "ci")), "token_not_in_any_policy ci");
    row("unnamed beside a named one", good().with(token(2, "other")), "token_not_in_any_policy other");
    row("any valid token", World().with(token(1, "ci")).app({policy("Machines", serviceAuth, {AnyValidServiceTokenRule{}})}), "");
    row("any token of a network", World().with(token(1, "ci")).app({policy("Machines", serviceAuth, {ip("10.0.0.0/8")})}), "");
    row("certificates only", World().with(token(1, "ci")).app({policy("Machines", serviceAuth, {CertificateRule{}})}), "token_not_in_any_policy ci");
    row("named in a group that a policy uses",
        World().with(token(1, "ci")).group(70, {names(1)}).app({policy("Machines", serviceAuth, {GroupRule{{uuid(70)}}})}), "");
    row("named in a group of a group",
        World().with(token(1, "ci")).group(70, {GroupRule{{uuid(71)}}}).group(71, {names(1)}).app({policy("Machines", serviceAuth, {GroupRule{{uuid(70)}}})}),
        "");
    row("any token by way of a group",
        World().with(token(1, "ci")).group(70, {AnyValidServiceTokenRule{}}).app({policy("Machines", serviceAuth, {GroupRule{{uuid(70)}}})}), "");
    row("named in a group that nobody uses", World().with(token(1, "ci")).group(70, {names(1)}), "token_not_in_any_policy ci");
    row("named in a reusable policy", World().with(token(1, "ci")).reusable(policy("Machines", serviceAuth, {names(1)})), "");
    row("blocked is named", World().with(token(1, "ci")).app({policy("Away", block, {names(1)})}), "");
    row("unnamed but disabled",
        [&] {
            auto put = token(1, "ci");
            put.enabled = false;
            return World().with(put);
        }(),
        "");

    // Missing tokens.
    row("missing", World().app({policy("Machines", serviceAuth, {names(404)})}), "policy_names_missing_token 0404 Machines");
    row("missing, excluded", [&] {
        auto machines = policy("Machines", serviceAuth, {AnyValidServiceTokenRule{}});
        machines.exclude = {names(404), names(404)};
        return World().app({machines});
    }(), "policy_names_missing_token 0404 Machines");
    row("missing in Allow is said once", World().app({policy("People", allow, {names(404)})}), "policy_names_missing_token 0404 People");
    row("missing in a reusable policy", World().reusable(policy("Machines", serviceAuth, {names(404)})), "policy_names_missing_token 0404 Machines");
    row("missing in a group", World().group(70, {names(404)}), "policy_names_missing_token 0404 group 70");

    // The end.
    row("30 days", with([](auto& each) { each.expiresAt = now + std::chrono::days(30); }), "token_expires_soon ci");
    row("more than 30 days", with([](auto& each) { each.expiresAt = now + std::chrono::days(30) + 1s; }), "");
    row("now", with([](auto& each) { each.expiresAt = now; }), "token_expired ci");
    row("for ever", with([](auto& each) { each.expiresAt.reset(); }), "");
    row("disabled and expired", with([](auto& each) { each.expiresAt = now; each.enabled = false; }), "");

    // Use.
    row("never used for a week", with([](auto& each) { each.lastSeenAt.reset(); each.createdAt = now - std::chrono::days(7); }), "token_never_used ci");
    row("never used, but young", with([](auto& each) { each.lastSeenAt.reset(); each.createdAt = now - std::chrono::days(7) + 1s; }), "");
    row("never used and disabled", with([](auto& each) { each.lastSeenAt.reset(); each.enabled = false; }), "");
    row("never used and expired", with([](auto& each) { each.lastSeenAt.reset(); each.expiresAt = now - 1s; }), "token_expired ci");

    // Bypass over Service Auth. Precedence 1 is before 2.
    const auto machines = [&](int precedence, std::vector<Rule> include = {AnyValidServiceTokenRule{}}) {
        return policy("Machines", serviceAuth, std::move(include), precedence);
    };
    const auto open = [&](int precedence, std::vector<Rule> include) { return policy("Open", bypass, std::move(include), precedence); };
    const auto app = [](std::vector<Policy> its) { return World().app(std::move(its)); };
    const char* const told = "bypass_over_service_auth Open";
    row("Bypass for everyone first", app({open(1, {EveryoneRule{}}), machines(2)}), told);
    row("Bypass for everyone last", app({machines(1), open(2, {EveryoneRule{}})}), told);
    row("Bypass for every address", app({open(1, {ip("0.0.0.0/0")}), machines(2)}), told);
    row("Bypass for a network", app({open(1, {ip("10.0.0.0/8")}), machines(2)}), "");
    row("Bypass for a group of everyone", app({open(1, {GroupRule{{uuid(70)}}}), machines(2)}).group(70, {EveryoneRule{}}), told);
    row("Bypass for a group with exceptions", app({open(1, {GroupRule{{uuid(70)}}}), machines(2)}).group(70, {EveryoneRule{}}, {}, {ip("10.0.0.0/8")}), "");
    row("Bypass with a requirement", [&] {
        auto some = open(1, {EveryoneRule{}});
        some.require = {ip("10.0.0.0/8")};
        return app({some, machines(2)});
    }(), "");
    row("Bypass with an exception", [&] {
        auto most = open(1, {EveryoneRule{}});
        most.exclude = {ip("10.0.0.0/8")};
        return app({most, machines(2)});
    }(), "");
    row("Bypass alone", app({open(1, {EveryoneRule{}})}), "");
    row("Bypass of another application", app({open(1, {EveryoneRule{}})}).app({machines(1)}), "");
    row("Bypass of the same rules first", app({open(1, {ip("10.0.0.0/8")}), machines(2, {ip("10.0.0.0/8")})}), told);
    row("Bypass of the same rules last", app({machines(1, {ip("10.0.0.0/8")}), open(2, {ip("10.0.0.0/8")})}), "");
    row("Bypass of some of the rules", app({open(1, {ip("10.0.0.0/8")}), machines(2, {ip("10.0.0.0/8"), AnyValidServiceTokenRule{}})}), "");
    row("Bypass for any token over a named one", app({open(1, {AnyValidServiceTokenRule{}}), machines(2, {names(1)})}).with(token(1, "ci")), told);
    row("reusable ones count in the application", [&] {
        auto all = open(1, {EveryoneRule{}});
        all.reusable = true;
        return World().reusable(all).app({all, machines(2)});
    }(), told);
    row("rules of unknown kinds hide nothing", app({open(1, {UnknownRule{"okta", "{}"}}), machines(2, {UnknownRule{"okta", "{}"}})}), "");

    row("no upstream", World().app({}, ""), "application_without_upstream");
}

void TestAccessAdvice::whatIsFound()
{
    QFETCH(World, world);
    QFETCH(QString, expected);
    QCOMPARE(linesOf(world.findings()).join(QLatin1Char('\n')), expected);
}

void TestAccessAdvice::aFindingSaysWhatItIsAboutAndWhatToDo()
{
    World world;
    world.with(token(1, "ci")).app({policy("People", allow, {names(1)})});
    const auto findings = world.findings();
    QCOMPARE(findings.size(), 1U);
    const Finding& finding = findings.front();
    QVERIFY(finding.severity == Finding::Severity::error);
    QVERIFY(finding.application == Finding::Reference({uuid(9000), "Grafana"}));
    QVERIFY(finding.policy == Finding::Reference({uuid(5001), "People"}));
    QVERIFY(finding.token == Finding::Reference({uuid(1), "ci"}));
    QVERIFY(!finding.group);
    QCOMPARE(finding.message, std::string("The Allow policy “People” names the service token “ci”, and Allow is for people: it lets no service "
                                          "token in. Use a policy whose action is Service Auth."));

    // A policy of two applications is of neither.
    auto shared = policy("Shared", allow, {AnyValidServiceTokenRule{}});
    shared.reusable = true;
    QVERIFY(!World().reusable(shared).app({shared}).app({shared}).findings().front().application);
    QVERIFY(World().reusable(shared).app({shared}).findings().front().application);

    auto soon = token(1, "ci");
    soon.expiresAt = now + std::chrono::days(12) + 5h;
    World ending;
    ending.with(soon).app({policy("Machines", serviceAuth, {names(1)})});
    QCOMPARE(ending.findings().front().message, std::string("The service token “ci” expires in 12 days, on 2027-01-27. Refresh it before."));
}

void TestAccessAdvice::theMostSevereComesFirst()
{
    auto unused = token(2, "unused");
    unused.lastSeenAt.reset();
    auto expired = token(3, "expired");
    expired.expiresAt = now;
    const auto lines = linesOf(World().with(unused).with(token(1, "unnamed")).with(expired)
                                   .app({policy("Machines", serviceAuth, {names(2), names(3)})}).findings());
    QCOMPARE(lines, QStringList({QStringLiteral("token_expired expired"), QStringLiteral("token_not_in_any_policy unnamed"),
                                 QStringLiteral("token_never_used unused")}));
}

void TestAccessAdvice::manyTokensTakeLinearTime()
{
    // 20,000 tokens, all of them in a hundred policies' group, in a policy of their own, and missing in part: two nested loops
    // would be hundreds of millions of steps, and this would be stopped for taking minutes.
    World world;
    std::vector<Rule> all;
    for (int i = 1; i <= 20'000; ++i) {
        world.with(token(i, "token"));
        all.push_back(names(i));
    }
    world.group(90'000, all);
    std::vector<Policy> policies;
    for (int i = 1; i <= 100; ++i)
        policies.push_back(policy("Machines", serviceAuth, {GroupRule{{uuid(90'000)}}}, i));
    policies.push_back(policy("Open", bypass, all, 101));
    policies.push_back(policy("Named", serviceAuth, all, 102));
    world.app(policies);
    const auto findings = world.findings();
    QCOMPARE(linesOf(findings), QStringList({QStringLiteral("bypass_over_service_auth Open")}));
}

LATCHKEY_TEST(TestAccessAdvice)

} // namespace tst_access_advice

#include "tst_access_advice.moc"
