// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Groups and the rules of identity, and what explain() tells of them.
#include "agent/access/CompiledApplication.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_access_groups {

using namespace latchkey;
using namespace latchkey::access;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{1'795'000'000s};

GroupId idOf(int number)
{
    return {"44444444-4444-4444-8444-4444444444" + std::to_string(10 + number)};
}

Group group(int number, std::vector<Rule> include, std::vector<Rule> require = {}, std::vector<Rule> exclude = {})
{
    return {idOf(number), "Group " + std::to_string(number), std::move(include), std::move(require), std::move(exclude), {}, {}, {}};
}

Rule named(int number)
{
    return GroupRule{idOf(number)};
}

/// Whether an Allow policy for this rule lets the person in.
bool letsIn(const Rule& rule, const Identity& identity, std::vector<Group> groups = {}, std::string_view country = {})
{
    Application application;
    Policy policy;
    policy.include = {rule};
    application.policies = {policy};
    const auto compiled = CompiledApplication::compile(application, CompiledGroups::compile(groups).value()).value();
    Subject subject;
    subject.identity = &identity;
    subject.country = country;
    return compiled->decide(subject, Mode::strict, now).outcome == Outcome::allow;
}

Identity mailOf(const char* email)
{
    return {email, {}, {}, {}, {}};
}

} // namespace

class TestGroups : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void emails_data();
    void emails();
    void countries();
    void aGroupMatchesAsAPolicyDoes();
    void groupsUseGroups();
    void aPersonCanBeAMemberByName();
    void whatIsNotThereNeverMatches();
    void refusals();
    void identityPolicies_data();
    void identityPolicies();
    void explainTellsEverything();
};

void TestGroups::emails_data()
{
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<QByteArray>("email");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char* domain, const char* email, bool matches) {
        QTest::addRow("%s: %s", domain, email) << QByteArray(domain) << QByteArray(email) << matches;
    };
    row("example.com", "ada@example.com", true);
    row("Example.COM", "ada@eXample.com", true);
    row("example.com", "ada@sub.example.com", false);
    row("example.com", "ada@notexample.com", false);
    row("example.com", "example.com", false);
    row("example.com", "@example.com", false);
    row("example.com", "", false);
    row("@example.com", "ada@example.com", true);
    row("@example.com", "ada@sub.example.com", false);
    row("-ops@example.com", "eu-ops@example.com", true);
    row("-ops@example.com", "ada@example.com", false);
    row("-ops@example.com", "-ops@example.com", false);
    row("", "ada@example.com", false);
    row("", "", false);
}

void TestGroups::emails()
{
    QFETCH(const QByteArray, domain);
    QFETCH(const QByteArray, email);
    QFETCH(const bool, matches);
    QCOMPARE(letsIn(EmailDomainRule{domain.toStdString()}, mailOf(email.constData())), matches);
}

void TestGroups::countries()
{
    const Identity german{"ada@example.com", {}, {}, "DE", {}};
    QVERIFY(letsIn(GeoRule{"DE"}, german));
    QVERIFY(letsIn(GeoRule{"de"}, german));
    QVERIFY(!letsIn(GeoRule{"FR"}, german));
    QVERIFY(letsIn(GeoRule{"FR"}, german, {}, "FR"));   // what the request tells comes first
    QVERIFY(!letsIn(GeoRule{"DE"}, german, {}, "FR"));
    QVERIFY(!letsIn(GeoRule{""}, mailOf("ada@example.com")));   // unknown is no country
    QVERIFY(!letsIn(EmailRule{""}, mailOf("")));
    QVERIFY(!letsIn(LoginMethodRule{""}, mailOf("ada@example.com")));
}

void TestGroups::aGroupMatchesAsAPolicyDoes()
{
    const Rule ours = EmailDomainRule{"example.com"};
    const Rule ada = EmailRule{"ada@example.com"};
    QVERIFY(letsIn(named(1), mailOf("ada@example.com"), {group(1, {ours})}));
    QVERIFY(!letsIn(named(1), mailOf("ada@example.net"), {group(1, {ours})}));
    QVERIFY(!letsIn(named(1), mailOf("ada@example.com"), {group(1, {ours}, {}, {ada})}));
    QVERIFY(letsIn(named(1), mailOf("bob@example.com"), {group(1, {ours}, {}, {ada})}));
    QVERIFY(letsIn(named(1), mailOf("ada@example.com"), {group(1, {ours}, {ada})}));
    QVERIFY(!letsIn(named(1), mailOf("bob@example.com"), {group(1, {ours}, {ada})}));
    QVERIFY(!letsIn(named(1), mailOf("ada@example.com"), {group(1, {})}));
}

void TestGroups::groupsUseGroups()
{
    const Rule ours = EmailDomainRule{"example.com"};
    // In the order in which they are written as well as against it.
    const std::vector<Group> chain{group(1, {named(2)}), group(2, {named(3)}, {}, {named(4)}), group(3, {ours}), group(4, {EmailRule{"bob@example.com"}})};
    QVERIFY(letsIn(named(1), mailOf("ada@example.com"), chain));
    QVERIFY(!letsIn(named(1), mailOf("bob@example.com"), chain));
    // Twice the same one is no cycle.
    QVERIFY(letsIn(named(1), mailOf("ada@example.com"), {group(3, {ours}), group(2, {named(3)}), group(1, {named(2)}, {named(3)})}));
}

void TestGroups::aPersonCanBeAMemberByName()
{
    const Rule okta = UnknownRule{"okta", "{}"};
    const Identity byName{"ada@example.com", {}, {"Group 1"}, {}, {}};
    const Identity byId{"ada@example.com", {}, {"other", idOf(1).value}, {}, {}};
    const Identity member{"ada@example.com", {}, {"Group 2"}, {}, {}};
    for (const Identity& identity : {byName, byId})
        QVERIFY(letsIn(named(1), identity, {group(1, {okta})}));
    QVERIFY(!letsIn(named(1), member, {group(1, {okta})}));
    QVERIFY(letsIn(named(1), member, {group(1, {named(2)}), group(2, {okta})}));
}

void TestGroups::whatIsNotThereNeverMatches()
{
    const Identity identity{"ada@example.com", {}, {idOf(1).value}, {}, {}};
    QVERIFY(!letsIn(named(1), identity));
    QVERIFY(!letsIn(named(2), identity, {group(2, {named(1)})}));
}

void TestGroups::refusals()
{
    const auto refused = [](std::vector<Group> groups) {
        const auto compiled = CompiledGroups::compile(groups);
        return compiled ? std::string() : compiled.error().message;
    };
    QVERIFY(refused({group(1, {named(1)})}).find("Group 1") != std::string::npos);
    QVERIFY(!refused({group(1, {named(2)}), group(2, {}, {named(3)}), group(3, {}, {}, {named(1)})}).empty());
    QVERIFY(refused({group(1, {named(2)}), group(2, {named(3)}), group(3, {})}).empty());
    std::vector<Group> deep{group(0, {EveryoneRule{}})};
    for (int i = 1; i < 16; ++i)
        deep.push_back(group(i, {named(i - 1)}));
    QVERIFY(refused(deep).empty());
    deep.push_back(group(16, {named(15)}));
    QVERIFY(refused(deep).find("16 levels") != std::string::npos);
    // Ten names of the one before, five times over, would be 100,000 rules for a request.
    std::vector<Group> wide{group(0, std::vector<Rule>(10, EveryoneRule{}))};
    for (int i = 1; i < 5; ++i)
        wide.push_back(group(i, std::vector<Rule>(10, named(i - 1))));
    QVERIFY(refused(wide).find("10000 rules") != std::string::npos);
}

void TestGroups::identityPolicies_data()
{
    QTest::addColumn<int>("decision");
    QTest::addColumn<int>("rule");
    QTest::addColumn<bool>("expected");
    // 0 everyone, 1 any token, 2 email, 3 a group of tokens, 4 a group of people, 5 not emulated, 6 a group that is not there
    const auto row = [](PolicyDecision decision, int rule, bool expected) {
        QTest::addRow("%s %d", code(decision).data(), rule) << int(decision) << rule << expected;
    };
    const bool allowed[] = {true, false, true, false, true, true, false};
    for (int rule = 0; rule < 7; ++rule) {
        row(PolicyDecision::allow, rule, allowed[rule]);
        row(PolicyDecision::nonIdentity, rule, false);
        row(PolicyDecision::bypass, rule, false);
        row(PolicyDecision::deny, rule, false);
    }
}

void TestGroups::identityPolicies()
{
    QFETCH(const int, decision);
    QFETCH(const int, rule);
    QFETCH(const bool, expected);
    const Rule rules[] = {EveryoneRule{}, AnyValidServiceTokenRule{}, EmailRule{"a@example.com"}, named(1), named(2), UnknownRule{"okta", "{}"}, named(3)};
    const auto groups = CompiledGroups::compile(std::vector{group(1, {AnyValidServiceTokenRule{}}), group(2, {EmailRule{"a@example.com"}})}).value();
    Policy policy;
    policy.decision = static_cast<PolicyDecision>(decision);
    policy.include = {rules[rule]};
    Application application;
    application.policies = {policy};
    QCOMPARE(CompiledApplication::compile(application, groups).value()->hasIdentityPolicy(), expected);
    application.policies[0].require = {AnyValidServiceTokenRule{}};
    QVERIFY(!CompiledApplication::compile(application, groups).value()->hasIdentityPolicy());
}

void TestGroups::explainTellsEverything()
{
    const auto policy = [](int precedence, PolicyDecision decision, std::vector<Rule> include, std::vector<Rule> require, std::vector<Rule> exclude) {
        Policy made;
        made.id = {"p" + std::to_string(precedence)};
        made.name = "Policy";
        made.precedence = precedence;
        made.decision = decision;
        made.include = std::move(include);
        made.require = std::move(require);
        made.exclude = std::move(exclude);
        return made;
    };
    const Rule token = AnyValidServiceTokenRule{};
    const Rule ten = IpRule{IpNetwork::parse("10.0.0.0/8").value()};
    Application application;
    application.policies = {policy(1, PolicyDecision::allow, {token}, {}, {}),
                            policy(2, PolicyDecision::nonIdentity, {token}, {UnknownRule{"device_posture", "{}"}}, {}),
                            policy(3, PolicyDecision::nonIdentity, {EveryoneRule{}}, {}, {ten}),
                            policy(4, PolicyDecision::bypass, {named(1)}, {}, {}),
                            policy(5, PolicyDecision::deny, {token}, {}, {}),
                            policy(6, PolicyDecision::deny, {token}, {}, {})};
    const auto compiled = CompiledApplication::compile(application, CompiledGroups::compile(std::vector{group(1, {EmailRule{"a@example.com"}})}).value()).value();
    const auto told = [](const Trace& trace) {
        QByteArray text;
        for (const PolicyTrace& each : trace.policies) {
            text += QByteArray::fromStdString(each.id) + '=' + code(each.verdict).data();
            for (const RuleTrace& rule : each.rules)
                text += QByteArray(" ") + code(rule.part).data() + ':' + QByteArray::fromStdString(rule.description) + (rule.matched ? "+" : "-") + (rule.emulated ? "" : "!");
            text += "; ";
        }
        return text;
    };
    TokenEntry entry;
    Subject subject;
    subject.peer = IpAddress::parse("10.1.2.3").value();
    subject.token = &entry;
    const Trace refused = compiled->explain(subject, Mode::strict, now);
    QVERIFY(refused.decision.reason == Reason::deniedByPolicy);
    QCOMPARE(told(refused),
             QByteArray("p2=requirement_not_met include:any valid service token+ require:device_posture (not emulated: never matches)-!; "
                        "p3=excluded include:everyone+ exclude:IP 10.0.0.0/8+; p4=not_included include:group Group 1-; "
                        "p1=matched_in_vain include:any valid service token+; p5=decided include:any valid service token+; "
                        "p6=not_reached include:any valid service token+; "));
    subject.token = nullptr;
    QCOMPARE(told(compiled->explain(subject, Mode::strict, now)),
             QByteArray("p2=not_applicable include:any valid service token- require:device_posture (not emulated: never matches)-!; "
                        "p3=not_applicable include:everyone+ exclude:IP 10.0.0.0/8+; p4=not_included include:group Group 1-; "
                        "p1=not_applicable include:any valid service token-; p5=not_applicable include:any valid service token-; "
                        "p6=not_applicable include:any valid service token-; "));
}

LATCHKEY_TEST(TestGroups)

} // namespace tst_access_groups

#include "tst_access_groups.moc"
