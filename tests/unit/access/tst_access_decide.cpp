// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The evaluator, as tables. Policies are written `S1 +T &P -Q; A2 +E`: the decision (S Service Auth, B Bypass, A Allow,
// D Block (deny)) and its precedence, then its rules (+ include, & require, - exclude), one letter each:
//   T the token that asks   U another token   V any valid service token   E everyone   C certificate
//   N common name (the asking token's Client ID)   X a rule that is not emulated
//   P 10.0.0.0/8   Q 192.0.2.0/24   R 2001:db8::/32   W ::/0   Z 0.0.0.0/0
// Who asks is `t` (a token) or `-` (none), `@`, and from where: 10 (10.1.2.3), 192 (192.0.2.9), 6 (2001:db8::1).
// The answer is one of the words below, then the policy and the rule that it names.
#include "agent/access/CompiledApplication.h"

#include "TestProgram.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <map>

namespace tst_access_decide {

using namespace latchkey;
using namespace latchkey::access;
using namespace std::chrono_literals;

namespace {

const std::string askingId = "11111111-1111-4111-8111-111111111111";
const std::string otherId = "22222222-2222-4222-8222-222222222222";
const std::string askingClientId = "0123456789abcdef0123456789abcdef.access";
constexpr std::chrono::sys_seconds now{1'795'000'000s};

const std::map<char, Rule>& rules()
{
    static const std::map<char, Rule> table{
        {'T', ServiceTokenRule{{askingId}}},
        {'U', ServiceTokenRule{{otherId}}},
        {'V', AnyValidServiceTokenRule{}},
        {'E', EveryoneRule{}},
        {'C', CertificateRule{}},
        {'N', CommonNameRule{askingClientId}},
        {'X', UnknownRule{"okta", R"({"okta":{"name":"x","identity_provider_id":"y"}})"}},
        {'P', IpRule{IpNetwork::parse("10.0.0.0/8").value()}},
        {'Q', IpRule{IpNetwork::parse("192.0.2.0/24").value()}},
        {'R', IpRule{IpNetwork::parse("2001:db8::/32").value()}},
        {'W', IpRule{IpNetwork::parse("::/0").value()}},
        {'Z', IpRule{IpNetwork::parse("0.0.0.0/0").value()}},
    };
    return table;
}

char letterOf(std::string_view description)
{
    for (const auto& [letter, rule] : rules()) {
        if (describe(rule) == description)
            return letter;
    }
    return '?';
}

Application applicationOf(const QByteArray& policies)
{
    Application application;
    application.id = {"33333333-3333-4333-8333-333333333333"};
    for (const QByteArray& text : policies.split(';')) {
        const auto words = text.simplified().split(' ');
        if (words.front().isEmpty())
            continue;
        Policy policy;
        policy.decision = std::map<char, PolicyDecision>{{'S', PolicyDecision::nonIdentity}, {'B', PolicyDecision::bypass},
                                                          {'A', PolicyDecision::allow}, {'D', PolicyDecision::deny}}.at(words.front().at(0));
        policy.precedence = words.front().mid(1).toInt();
        policy.id = {"p" + std::to_string(policy.precedence)};
        policy.name = "Policy " + std::to_string(policy.precedence);
        for (qsizetype i = 1; i < words.size(); ++i) {
            const Rule& rule = rules().at(words[i].at(1));
            (words[i].at(0) == '+' ? policy.include : words[i].at(0) == '&' ? policy.require : policy.exclude).push_back(rule);
        }
        application.policies.push_back(std::move(policy));
    }
    return application;
}

struct Asking {
    TokenEntry token;
    Subject subject;

    explicit Asking(const QByteArray& who)
    {
        token.clientId = askingClientId;
        token.id = uuidBytes(askingId).value();
        subject.token = who.startsWith('t') ? &token : nullptr;
        const QByteArray where = who.mid(2);
        subject.peer = IpAddress::parse(where == "10" ? "10.1.2.3" : where == "192" ? "192.0.2.9" : "2001:db8::1").value();
    }
    Asking(const Asking&) = delete;
};

const char* word(const Decision& decision)
{
    switch (decision.outcome) {
    case Outcome::allow: return decision.reason == Reason::allowed ? "ok" : "?";
    case Outcome::bypass: return decision.reason == Reason::bypassed ? "by" : "?";
    case Outcome::unauthenticated: return decision.reason == Reason::missingCredentials ? "401" : "?";
    case Outcome::forbidden: break;
    }
    switch (decision.reason) {
    case Reason::noMatchingPolicy: return "none";
    case Reason::matchedAllowNotServiceAuth: return "allow!";
    case Reason::deniedByPolicy: return "deny";
    case Reason::requirementNotMet: return "req";
    case Reason::excludedByPolicy: return "excl";
    default: return "?";
    }
}

QByteArray summary(const Decision& decision)
{
    QByteArray text = word(decision);
    if (!decision.policyId.empty() || !decision.rule.empty())
        text += " " + QByteArray::fromStdString(std::string(decision.policyId)) + " " + letterOf(decision.rule);
    return text;
}

std::shared_ptr<const CompiledApplication> compiled(const QByteArray& policies)
{
    return CompiledApplication::compile(applicationOf(policies)).value();
}

/// The rules of the game once more, as plainly as they can be said: the answer without its policy and rule.
QByteArray plainly(const Application& application, const Subject& subject)
{
    const bool hasToken = subject.token != nullptr;
    const auto holds = [&](const Rule& rule) {
        switch (letterOf(describe(rule))) {
        case 'T':
        case 'V': return hasToken;
        case 'E': return true;
        case 'P':
        case 'Q':
        case 'R':
        case 'W':
        case 'Z': return std::get<IpRule>(rule).network.contains(subject.peer);
        default: return false;
        }
    };
    const auto any = [&](const std::vector<Rule>& list) { return std::ranges::any_of(list, holds); };
    const auto all = [&](const std::vector<Rule>& list) { return std::ranges::all_of(list, holds); };
    const auto matches = [&](const Policy& policy) { return any(policy.include) && all(policy.require) && !any(policy.exclude); };

    std::vector<Policy> policies = application.policies;
    std::ranges::sort(policies, {}, &Policy::precedence);
    for (const Policy& policy : policies) {
        if (policy.decision == PolicyDecision::bypass && matches(policy))
            return "by";
        if (policy.decision == PolicyDecision::nonIdentity && hasToken && matches(policy))
            return "ok";
    }
    if (!hasToken)
        return "401";
    for (const Policy& policy : policies) {
        if (policy.decision == PolicyDecision::deny && matches(policy))
            return "deny";
    }
    const auto some = [&](auto&& test) { return std::ranges::any_of(policies, test); };
    const auto counts = [](const Policy& policy) { return policy.decision == PolicyDecision::bypass || policy.decision == PolicyDecision::nonIdentity; };
    if (some([&](const Policy& policy) { return counts(policy) && any(policy.include) && any(policy.exclude); }))
        return "excl";
    if (some([&](const Policy& policy) { return counts(policy) && any(policy.include) && !all(policy.require); }))
        return "req";
    if (some([&](const Policy& policy) { return policy.decision == PolicyDecision::allow && matches(policy); }))
        return "allow!";
    return "none";
}

} // namespace

class TestDecide : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneRule_data();
    void oneRule();
    void policies_data();
    void policies();
    void agreesWithThePlainRules();
    void aSessionIsThePolicysElseTheApplications_data();
    void aSessionIsThePolicysElseTheApplications();
    void aDecisionNamesItsPolicy();
    void aTokenWithoutUuidMatchesNoTokenRule();
    void compilingRefuses_data();
    void compilingRefuses();
    void compilingCarriesOver();
};

void TestDecide::oneRule_data()
{
    QTest::addColumn<QByteArray>("policies");
    QTest::addColumn<QByteArray>("who");
    QTest::addColumn<QByteArray>("answer");
    // One policy with one include rule, asked from 10.1.2.3: decision × rule × token. `_` is no rule at all.
    const char* const rulesInOrder = "TUVEPQCNX_";
    const struct {
        char decision;
        const char* who;
        const char* answers[10];
    } grid[] = {
        //             T         U       V         E         P         Q       C       N       X       _
        {'S', "t@10", {"ok",     "none", "ok",     "ok",     "ok",     "none", "none", "none", "none", "none"}},
        {'S', "-@10", {"401",    "401",  "401",    "401",    "401",    "401",  "401",  "401",  "401",  "401"}},
        {'B', "t@10", {"by",     "none", "by",     "by",     "by",     "none", "none", "none", "none", "none"}},
        {'B', "-@10", {"401",    "401",  "401",    "by",     "by",     "401",  "401",  "401",  "401",  "401"}},
        {'A', "t@10", {"allow!", "none", "allow!", "allow!", "allow!", "none", "none", "none", "none", "none"}},
        {'A', "-@10", {"401",    "401",  "401",    "401",    "401",    "401",  "401",  "401",  "401",  "401"}},
        {'D', "t@10", {"deny",   "none", "deny",   "deny",   "deny",   "none", "none", "none", "none", "none"}},
        {'D', "-@10", {"401",    "401",  "401",    "401",    "401",    "401",  "401",  "401",  "401",  "401"}},
    };
    for (const auto& line : grid) {
        for (int i = 0; i < 10; ++i) {
            const char rule = rulesInOrder[i];
            const QByteArray policies = QByteArray(1, line.decision) + "1" + (rule != '_' ? QByteArray(" +") + rule : QByteArray());
            QByteArray answer = line.answers[i];
            if (answer != "none" && answer != "401")
                answer += QByteArray(" p1 ") + rule;
            QTest::addRow("%s asked by %s", policies.constData(), line.who) << policies << QByteArray(line.who) << answer;
        }
    }
}

void TestDecide::oneRule()
{
    QFETCH(QByteArray, policies);
    QFETCH(QByteArray, who);
    QFETCH(QByteArray, answer);
    const Asking asking(who);
    QCOMPARE(summary(compiled(policies)->decide(asking.subject, Mode::strict, now)), answer);
}

void TestDecide::policies_data()
{
    QTest::addColumn<QByteArray>("policies");
    QTest::addColumn<QByteArray>("who");
    QTest::addColumn<QByteArray>("answer");
    const auto row = [](const char* policies, const char* who, const char* answer) {
        QTest::addRow("%s asked by %s", policies, who) << QByteArray(policies) << QByteArray(who) << QByteArray(answer);
    };
    // No policy: nothing matches.
    row("", "t@10", "none");
    row("", "-@10", "401");
    // Include: any of them; the first that matches is named.
    row("S1 +U +T", "t@10", "ok p1 T");
    row("S1 +Q +V +T", "t@10", "ok p1 V");
    row("S1 +U +Q", "t@10", "none");
    row("S1 +X +C +N +P", "t@10", "ok p1 P");
    row("B1 +Q +P", "-@10", "by p1 P");
    // Require: all of them; the first that fails is named.
    row("S1 +T &P", "t@10", "ok p1 T");
    row("S1 +T &P", "t@192", "req p1 P");
    row("S1 +T &V", "t@10", "ok p1 T");
    row("S1 +T &U", "t@10", "req p1 U");
    row("S1 +E &T", "t@10", "ok p1 E");
    row("S1 +E &U", "t@10", "req p1 U");
    row("S1 +T &P &Q", "t@10", "req p1 Q");
    row("S1 +T &Q &U", "t@10", "req p1 Q");
    row("S1 +T &P &V &E", "t@10", "ok p1 T");
    row("S1 +T &C", "t@10", "req p1 C");
    row("S1 +T &N", "t@10", "req p1 N");
    row("S1 +T &X", "t@10", "req p1 X");
    row("S1 +U &Q", "t@10", "none");
    row("S1 &T", "t@10", "none");
    row("S1 +T &P", "-@10", "401");
    row("S1 +E &P", "-@10", "401");
    // Exclude: none of them; it beats require in what is named.
    row("S1 +T -P", "t@192", "ok p1 T");
    row("S1 +T -P", "t@10", "excl p1 P");
    row("S1 +T -T", "t@10", "excl p1 T");
    row("S1 +V -T", "t@10", "excl p1 T");
    row("S1 +V -U", "t@10", "ok p1 V");
    row("S1 +E -V", "t@10", "excl p1 V");
    row("S1 +T -E", "t@10", "excl p1 E");
    row("S1 +T -X", "t@10", "ok p1 T");
    row("S1 +T -C -N", "t@10", "ok p1 T");
    row("S1 +T -Q -P", "t@10", "excl p1 P");
    row("S1 +T &Q -P", "t@10", "excl p1 P");
    row("S1 +T &P -Q", "t@10", "ok p1 T");
    row("S1 +U -T", "t@10", "none");
    row("S1 -T", "t@10", "none");
    // Bypass looks at no credentials, but at everything else.
    row("B1 +E &P", "-@10", "by p1 E");
    row("B1 +E &P", "-@192", "401");
    row("B1 +E &P", "t@192", "req p1 P");
    row("B1 +E -P", "-@10", "401");
    row("B1 +E -P", "-@192", "by p1 E");
    row("B1 +E -P", "t@10", "excl p1 P");
    row("B1 +E &V", "-@10", "401");
    row("B1 +E &V", "t@10", "by p1 E");
    row("B1 +E -V", "-@10", "by p1 E");
    row("B1 +E -V", "t@10", "excl p1 V");
    // Bypass and Service Auth first, by precedence, however they are written.
    row("S1 +T; B2 +E", "t@10", "ok p1 T");
    row("S1 +T; B2 +E", "-@10", "by p2 E");
    row("B1 +E; S2 +T", "t@10", "by p1 E");
    row("B2 +E; S1 +T", "t@10", "ok p1 T");
    row("S2 +T; B1 +E", "t@10", "by p1 E");
    row("S1 +U; S2 +T", "t@10", "ok p2 T");
    row("S1 +V; S2 +T", "t@10", "ok p1 V");
    row("S10 +T; S9 +V", "t@10", "ok p9 V");
    row("D1 +E; S2 +T", "t@10", "ok p2 T");
    row("D1 +T; S2 +T", "t@10", "ok p2 T");
    row("D1 +E; B2 +E", "-@10", "by p2 E");
    row("D1 +E; B2 +P", "t@10", "by p2 P");
    row("A1 +T; S2 +T", "t@10", "ok p2 T");
    row("A1 +E; B2 +E", "-@10", "by p2 E");
    row("D0 +E; A1 +E; B2 +Q; S3 +T", "t@10", "ok p3 T");
    // Then Allow, which never counts in strict mode, and Block.
    row("A1 +E; D2 +E", "t@10", "deny p2 E");
    row("D1 +E; A2 +T", "t@10", "deny p1 E");
    row("D1 +U; A2 +T", "t@10", "allow! p2 T");
    row("D1 +U; D2 +T", "t@10", "deny p2 T");
    row("D2 +T; D1 +E", "t@10", "deny p1 E");
    row("A1 +T; A2 +V", "t@10", "allow! p1 T");
    row("A2 +T; A1 +V", "t@10", "allow! p1 V");
    row("A1 +E; D2 +E", "-@10", "401");
    row("D1 +P", "-@10", "401");
    row("S1 +U; D2 +E", "t@10", "deny p2 E");
    row("S1 +U; A2 +T", "t@10", "allow! p2 T");
    row("S1 +U; D2 +U", "t@10", "none");
    // What a refusal names: excluded > requirement > Allow > nothing, the first of equals.
    row("S1 +T &Q; A2 +T", "t@10", "req p1 Q");
    row("A1 +T; S2 +T &Q", "t@10", "req p2 Q");
    row("S1 +T &Q; S2 +T -P", "t@10", "excl p2 P");
    row("S1 +T -P; S2 +T &Q", "t@10", "excl p1 P");
    row("S1 +T -P; S2 +V -T", "t@10", "excl p1 P");
    row("S1 +T &Q; S2 +V &U", "t@10", "req p1 Q");
    row("S1 +T -P; A2 +T", "t@10", "excl p1 P");
    row("B1 +E &Q; S2 +T -P", "t@10", "excl p2 P");
    row("S1 +U &Q; A2 +U", "t@10", "none");
    // A Block that matches decided; near misses are then of no interest. Nor does a miss stop a later match.
    row("S1 +T -P; D2 +E", "t@10", "deny p2 E");
    row("S1 +T &Q; D2 +T", "t@10", "deny p2 T");
    row("S1 +T &Q; S2 +T", "t@10", "ok p2 T");
    row("S1 +T -P; B2 +E", "t@10", "by p2 E");
    // Allow and Block that do not match are no near misses.
    row("D1 +E -T", "t@10", "none");
    row("D1 +E &Q", "t@10", "none");
    row("D1 +E &P", "t@10", "deny p1 E");
    row("A1 +T &Q", "t@10", "none");
    row("A1 +T -P", "t@10", "none");
    row("A1 +E &T", "t@10", "allow! p1 E");
    // Addresses of both families.
    row("S1 +T &R", "t@6", "ok p1 T");
    row("S1 +T &R", "t@10", "req p1 R");
    row("B1 +W", "-@6", "by p1 W");
    row("B1 +W", "-@10", "401");
    row("B1 +Z", "-@10", "by p1 Z");
    row("B1 +Z", "-@6", "401");
}

void TestDecide::policies()
{
    oneRule();
}

void TestDecide::agreesWithThePlainRules()
{
    QRandomGenerator random(20261124);
    const QByteArray decisions = "SSBAD";
    const QByteArray letters = "TTUVEPQCXR";
    std::map<QByteArray, int> seen;
    for (int round = 0; round < 5'000; ++round) {
        QByteArray text;
        QList<int> precedences{1, 2, 3, 4, 5};
        std::shuffle(precedences.begin(), precedences.end(), random);
        const int count = random.bounded(6);
        for (int i = 0; i < count; ++i) {
            text += QByteArray(1, decisions[random.bounded(int(decisions.size()))]) + QByteArray::number(precedences[i]);
            for (const char* kind : {" +", " +", " &", " -"}) {
                if (random.bounded(*(kind + 1) == '+' ? 4 : 3) == 0 || kind[1] == '+')
                    text += kind + QByteArray(1, letters[random.bounded(int(letters.size()))]);
            }
            text += ";";
        }
        const QByteArray who = QByteArray(random.bounded(4) != 0 ? "t@" : "-@") + QByteArrayList{"10", "192", "6"}[random.bounded(3)];
        const Asking asking(who);
        const Application application = applicationOf(text);
        const Decision decision = CompiledApplication::compile(application).value()->decide(asking.subject, Mode::strict, now);
        const QByteArray expected = plainly(application, asking.subject);
        QVERIFY2(word(decision) == expected, (text + " " + who + ": " + word(decision) + " instead of " + expected).constData());
        ++seen[expected];
    }
    QCOMPARE(int(seen.size()), 8);
    for (const auto& [answer, times] : seen)
        QVERIFY2(times > 25, answer.constData());
}

void TestDecide::aSessionIsThePolicysElseTheApplications_data()
{
    QTest::addColumn<QByteArray>("application");
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<qint64>("seconds");
    const auto row = [](const char* name, const char* application, const char* policy, qint64 seconds) {
        QTest::newRow(name) << QByteArray(application) << QByteArray(policy) << seconds;
    };
    row("neither: a day", "", "", 86'400);
    row("the application's", "30m", "", 1'800);
    row("the policy's", "", "15m", 900);
    row("the policy's before the application's", "30m", "2h", 7'200);
    row("seconds", "5s", "", 5);
    row("part of a second rounds up", "1500ms", "", 2);
    row("never nothing", "1ns", "", 1);
    row("a century at most", "2562047h", "", qint64(24) * 365 * 100 * 3'600);
    row("forever is a century", "forever", "", qint64(24) * 365 * 100 * 3'600);
}

void TestDecide::aSessionIsThePolicysElseTheApplications()
{
    QFETCH(QByteArray, application);
    QFETCH(QByteArray, policy);
    QFETCH(qint64, seconds);
    Application wanted = applicationOf("S1 +T; B2 +E; D3 +E");
    if (!application.isEmpty())
        wanted.sessionDuration = Duration::parse(application.toStdString()).value();
    if (!policy.isEmpty())
        wanted.policies.front().sessionDuration = Duration::parse(policy.toStdString()).value();
    const Asking asking("t@10");
    const auto decision = CompiledApplication::compile(wanted).value()->decide(asking.subject, Mode::strict, now);
    QVERIFY(decision.outcome == Outcome::allow);
    QCOMPARE(qint64(decision.session.count()), seconds);
}

void TestDecide::aDecisionNamesItsPolicy()
{
    const auto application = compiled("S1 +U; S2 +T");
    const Asking asking("t@10");
    const Decision decision = application->decide(asking.subject, Mode::strict, now);
    QVERIFY(decision.policyId == "p2");
    QVERIFY(decision.policyName == "Policy 2");
    QVERIFY(decision.rule == "service token " + askingId);
    QCOMPARE(qint64(compiled("D1 +E")->decide(asking.subject, Mode::strict, now).session.count()), qint64(0));
}

void TestDecide::aTokenWithoutUuidMatchesNoTokenRule()
{
    const QByteArray nil = "00000000-0000-0000-0000-000000000000";
    for (const QByteArray& id : {nil, QByteArray("not a UUID"), QByteArray()}) {
        Application application = applicationOf("S1 +T");
        application.policies.front().include = {ServiceTokenRule{{id.toStdString()}}};
        Asking asking("t@10");
        asking.token.id = {};   // what the entry of a token whose id is no UUID holds
        QCOMPARE(summary(CompiledApplication::compile(application).value()->decide(asking.subject, Mode::strict, now)), QByteArray("none"));
    }
    Application application = applicationOf("S1 +T");
    application.policies.front().include = {ServiceTokenRule{{QByteArray::fromStdString(askingId).toUpper().toStdString()}}};
    const Asking asking("t@10");
    QVERIFY(CompiledApplication::compile(application).value()->decide(asking.subject, Mode::strict, now).outcome == Outcome::allow);
}

void TestDecide::compilingRefuses_data()
{
    QTest::addColumn<QByteArray>("policies");
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("two of one precedence") << QByteArray("S1 +T; S2 +T; S1 +U") << QByteArray() << QByteArray("Two policies have precedence 1;");
    QTest::newRow("of different decisions too") << QByteArray("S7 +T; D7 +E") << QByteArray() << QByteArray("precedence 7;");
    QTest::newRow("a domain that is none") << QByteArray("S1 +T") << QByteArray("https://app.example.com") << QByteArray("leave out the scheme");
}

void TestDecide::compilingRefuses()
{
    QFETCH(QByteArray, policies);
    QFETCH(QByteArray, domain);
    QFETCH(QByteArray, words);
    Application application = applicationOf(policies);
    application.domain = domain.toStdString();
    const auto result = CompiledApplication::compile(application);
    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, ErrorCode::invalidArgument);
    QVERIFY2(QByteArray::fromStdString(result.error().message).contains(words), result.error().message.c_str());
}

void TestDecide::compilingCarriesOver()
{
    Application application = applicationOf("S1 +T");
    application.audience = {std::string(64, 'a')};
    application.name = "Ledger";
    application.domain = "Ledger.example.com/API/";
    application.upstream = "http://127.0.0.1:3000";
    application.port = 8410;
    application.sessionEpoch = 4;
    std::shared_ptr<const CompiledApplication> result;
    {
        const Application copy = application;
        result = CompiledApplication::compile(copy).value();
    }
    QVERIFY(result->id() == application.id && result->audience() == application.audience);
    QCOMPARE(result->name(), std::string("Ledger"));
    QVERIFY((result->hostAndPath() == HostAndPath{"ledger.example.com", "/API"}));
    QCOMPARE(result->upstream(), application.upstream);
    QVERIFY(result->port() == std::uint16_t{8410});
    QCOMPARE(quint64(result->sessionEpoch()), quint64(4));
    application.domain.clear();
    application.port.reset();
    result = CompiledApplication::compile(application).value();
    QVERIFY(result->hostAndPath().host.empty() && !result->port());
}

LATCHKEY_TEST(TestDecide)

} // namespace tst_access_decide

#include "tst_access_decide.moc"
