// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The table of policies: decision × rule × who asks × strict or legacy, and the states of a token × decision × mode. The
// outcomes are written here by hand, one character a case, from what Cloudflare documents and what was chosen where it does
// not; nothing of the table is computed.
#include "agent/access/ClientSecret.h"
#include "agent/access/CompiledApplication.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_access_policytable {

using namespace latchkey;
using namespace latchkey::access;
using namespace std::chrono_literals;

namespace {

const std::string askingId = "11111111-1111-4111-8111-111111111111";
const std::string otherId = "22222222-2222-4222-8222-222222222222";
const std::string staffId = "44444444-4444-4444-8444-444444444444";
const std::string officeId = "55555555-5555-4555-8555-555555555555";
constexpr std::chrono::sys_seconds now{1'795'000'000s};

// The columns. T the asking token, U another one, V any valid one, E everyone, P the peer's network, Q another one, Y the
// request's country, K a group of the peer's network, C a client certificate, N its common name, M the person's email,
// O emails ending in its domain, L its login method, H a group of its email, X a kind that is not emulated.
const char* const columns = "TUVEPQYKCNMOLHX";

Rule ruleOf(char column)
{
    switch (column) {
    case 'T': return ServiceTokenRule{{askingId}};
    case 'U': return ServiceTokenRule{{otherId}};
    case 'V': return AnyValidServiceTokenRule{};
    case 'E': return EveryoneRule{};
    case 'P': return IpRule{IpNetwork::parse("10.0.0.0/8").value()};
    case 'Q': return IpRule{IpNetwork::parse("192.0.2.0/24").value()};
    case 'Y': return GeoRule{"de"};
    case 'K': return GroupRule{{officeId}};
    case 'C': return CertificateRule{};
    case 'N': return CommonNameRule{"build-7"};
    case 'M': return EmailRule{"Ada@Example.com"};
    case 'O': return EmailDomainRule{"example.com"};
    case 'L': return LoginMethodRule{"idp-1"};
    case 'H': return GroupRule{{staffId}};
    default: return UnknownRule{"okta", R"({"okta":{"name":"x","identity_provider_id":"y"}})"};
    }
}

const CompiledGroups& groups()
{
    static const CompiledGroups compiled = [] {
        Group staff{{staffId}, "Staff", {EmailRule{"ada@example.com"}}, {}, {}, {}, {}, {}};
        Group office{{officeId}, "Office", {IpRule{IpNetwork::parse("10.0.0.0/8").value()}}, {}, {}, {}, {}, {}};
        return CompiledGroups::compile(std::vector{staff, office}).value();
    }();
    return compiled;
}

PolicyDecision decisionOf(char letter)
{
    switch (letter) {
    case 'S': return PolicyDecision::nonIdentity;
    case 'B': return PolicyDecision::bypass;
    case 'A': return PolicyDecision::allow;
    default: return PolicyDecision::deny;
    }
}

Policy policyOf(char decision, int precedence, Rule rule)
{
    Policy policy;
    policy.id = {"p" + std::to_string(precedence)};
    policy.decision = decisionOf(decision);
    policy.precedence = precedence;
    policy.include = {std::move(rule)};
    return policy;
}

/// A token in a state, and what its owner sends.
struct Credentials {
    TokenEntry entry;
    base::Digest presented = hashClientSecret("current");
    bool known = true;

    explicit Credentials(const QByteArray& state)
    {
        entry.clientId = "0123456789abcdef0123456789abcdef.access";
        entry.id = uuidBytes(state == "other" ? otherId : askingId).value();
        entry.current = hashClientSecret("current");
        const std::int64_t seconds = now.time_since_epoch().count();
        if (state == "expired")
            entry.expiresAt = seconds;
        else if (state == "disabled")
            entry.enabled = false;
        else if (state == "not active yet")
            entry.activeFrom = seconds + 1;
        else if (state == "wrong secret")
            presented = hashClientSecret("other");
        else if (state == "unknown")
            known = false;
        else if (state.startsWith("previous")) {
            presented = entry.previous = hashClientSecret("previous");
            entry.current = hashClientSecret("new");
            entry.previousUntil = state == "previous" ? seconds + 1 : seconds;
        }
    }

    void put(Subject& subject) const
    {
        const Reason reason = authenticate(known ? &entry : nullptr, presented, now);
        subject.token = reason == Reason::allowed ? &entry : nullptr;
        subject.refused = reason;
    }
};

/// o allow, b bypass, 4 unauthenticated, d forbidden by a Block policy, 3 forbidden otherwise.
char letterOf(const Decision& decision)
{
    switch (decision.outcome) {
    case Outcome::allow: return decision.reason == Reason::allowed ? 'o' : '?';
    case Outcome::bypass: return decision.reason == Reason::bypassed ? 'b' : '?';
    case Outcome::unauthenticated: return '4';
    case Outcome::forbidden: return decision.reason == Reason::deniedByPolicy ? 'd' : '3';
    }
    return '?';
}

// Who asks: nobody, a valid token, an expired one, a person who logged in, both, a client certificate, an expired token and
// a person.
enum Who { nobody, token, expired, person, both, certificate, expiredAndPerson };
const char* const whoNames[] = {"nobody", "a token", "an expired token", "a person", "a token and a person", "a certificate",
                                "an expired token and a person"};

struct Line {
    char decision;
    Who who;
    const char* strict;
    const char* legacy;
};

// An application whose only policy includes one rule.
const Line alone[] = {
    //                       TUVEPQYKCNMOLHX    TUVEPQYKCNMOLHX
    {'S', nobody,           "444444444444444", "444444444444444"},
    {'S', token,            "o3ooo3oo3333333", "o3ooo3oo3333333"},
    {'S', expired,          "444444444444444", "444444444444444"},
    {'S', person,           "444444444444444", "444444444444444"},
    {'S', both,             "o3ooo3oo3333333", "o3ooo3oo3333333"},
    {'S', certificate,      "333oo3oooo33333", "333oo3oooo33333"},
    {'S', expiredAndPerson, "444444444444444", "444444444444444"},
    {'B', nobody,           "444bb4bb4444444", "444bb4bb4444444"},
    {'B', token,            "b3bbb3bb3333333", "b3bbb3bb3333333"},
    {'B', expired,          "444bb4bb4444444", "444bb4bb4444444"},
    {'B', person,           "444bb4bb4444444", "444bb4bb4444444"},
    {'B', both,             "b3bbb3bb3333333", "b3bbb3bb3333333"},
    {'B', certificate,      "333bb3bbbb33333", "333bb3bbbb33333"},
    {'B', expiredAndPerson, "444bb4bb4444444", "444bb4bb4444444"},
    {'A', nobody,           "444444444444444", "444444444444444"},
    {'A', token,            "333333333333333", "333333333333333"},
    {'A', expired,          "444444444444444", "444444444444444"},
    {'A', person,           "444oo3oo33oooo3", "444oo3oo33oooo3"},
    {'A', both,             "333333333333333", "333oo3oo33oooo3"},
    {'A', certificate,      "333444444444444", "333444444444444"},
    {'A', expiredAndPerson, "444444444444444", "444oo3oo33oooo3"},
    {'D', nobody,           "444444444444444", "444444444444444"},
    {'D', token,            "d3ddd3dd3333333", "d3ddd3dd3333333"},
    {'D', expired,          "444444444444444", "444444444444444"},
    {'D', person,           "444444444444444", "444444444444444"},
    {'D', both,             "d3ddd3dd3333333", "d3ddd3dd3333333"},
    {'D', certificate,      "333dd3dddd33333", "333dd3dddd33333"},
    {'D', expiredAndPerson, "444444444444444", "444444444444444"},
};

// The same policy before an Allow policy for everyone who logs in.
const Line beforeAllow[] = {
    //                       TUVEPQYKCNMOLHX    TUVEPQYKCNMOLHX
    {'S', nobody,           "444444444444444", "444444444444444"},
    {'S', token,            "o3ooo3oo3333333", "o3ooo3oo3333333"},
    {'S', expired,          "444444444444444", "444444444444444"},
    {'S', person,           "ooooooooooooooo", "ooooooooooooooo"},
    {'S', both,             "o3ooo3oo3333333", "ooooooooooooooo"},
    {'S', certificate,      "444oo4oooo44444", "444oo4oooo44444"},
    {'S', expiredAndPerson, "444444444444444", "ooooooooooooooo"},
    {'B', nobody,           "444bb4bb4444444", "444bb4bb4444444"},
    {'B', token,            "b3bbb3bb3333333", "b3bbb3bb3333333"},
    {'B', expired,          "444bb4bb4444444", "444bb4bb4444444"},
    {'B', person,           "ooobbobbooooooo", "ooobbobbooooooo"},
    {'B', both,             "b3bbb3bb3333333", "bobbbobbooooooo"},
    {'B', certificate,      "444bb4bbbb44444", "444bb4bbbb44444"},
    {'B', expiredAndPerson, "444bb4bb4444444", "ooobbobbooooooo"},
    {'D', nobody,           "444444444444444", "444444444444444"},
    {'D', token,            "d3ddd3dd3333333", "d3ddd3dd3333333"},
    {'D', expired,          "444444444444444", "444444444444444"},
    {'D', person,           "oooddoddooddddo", "oooddoddooddddo"},
    {'D', both,             "d3ddd3dd3333333", "dodddoddooddddo"},
    {'D', certificate,      "444444444444444", "444444444444444"},
    {'D', expiredAndPerson, "444444444444444", "oooddoddooddddo"},
};

int cases = 0;

} // namespace

class TestPolicyTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rules_data();
    void rules();
    void tokenStates_data();
    void tokenStates();
    void thereAreEnoughCases();
};

void TestPolicyTable::rules_data()
{
    QTest::addColumn<char>("decision");
    QTest::addColumn<char>("column");
    QTest::addColumn<bool>("hasAllow");
    QTest::addColumn<int>("who");
    QTest::addColumn<bool>("strict");
    QTest::addColumn<char>("expected");
    const auto add = [](std::span<const Line> lines, bool hasAllow) {
        for (const Line& line : lines) {
            for (const bool strict : {true, false}) {
                const QByteArray outcomes = strict ? line.strict : line.legacy;
                QCOMPARE(outcomes.size(), qsizetype(15));
                for (int i = 0; i < 15; ++i) {
                    QTest::addRow("%c +%c%s, %s, %s", line.decision, columns[i], hasAllow ? "; A +E" : "", whoNames[line.who], strict ? "strict" : "legacy")
                        << line.decision << columns[i] << hasAllow << int(line.who) << strict << outcomes[i];
                }
            }
        }
    };
    add(alone, false);
    add(beforeAllow, true);
}

void TestPolicyTable::rules()
{
    QFETCH(const char, decision);
    QFETCH(const char, column);
    QFETCH(const bool, hasAllow);
    QFETCH(const int, who);
    QFETCH(const bool, strict);
    QFETCH(const char, expected);
    ++cases;
    Application application;
    application.policies = {policyOf(decision, 1, ruleOf(column))};
    if (hasAllow)
        application.policies.push_back(policyOf('A', 9, EveryoneRule{}));
    const auto compiled = CompiledApplication::compile(application, groups()).value();

    const Identity ada{"ada@EXAMPLE.com", "Ada", {}, {}, "idp-1"};
    const Credentials valid("valid");
    const Credentials old("expired");
    Subject subject;
    subject.peer = IpAddress::parse("10.1.2.3").value();
    subject.country = "DE";
    if (who == token || who == both)
        valid.put(subject);
    if (who == expired || who == expiredAndPerson)
        old.put(subject);
    if (who == person || who == both || who == expiredAndPerson)
        subject.identity = &ada;
    if (who == certificate) {
        subject.hasCertificate = true;
        subject.commonName = "build-7";
    }
    const Mode mode = strict ? Mode::strict : Mode::legacy;
    const Decision decided = compiled->decide(subject, mode, now);
    QCOMPARE(letterOf(decided), expected);
    const Decision explained = compiled->explain(subject, mode, now).decision;
    QCOMPARE(letterOf(explained), expected);
    QVERIFY(explained.reason == decided.reason && explained.policyId == decided.policyId && explained.rule == decided.rule);
    // Whom the JWT is about.
    if (decided.outcome == Outcome::allow) {
        const Principal principal = decided.policyId == "p9" || decision == 'A' ? Principal::identity
                                    : who == certificate                        ? Principal::certificate
                                                                                : Principal::token;
        QVERIFY(decided.principal == principal);
    } else {
        QVERIFY(decided.principal == Principal::none);
    }
}

void TestPolicyTable::tokenStates_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<char>("decision");
    QTest::addColumn<bool>("strict");
    QTest::addColumn<QByteArray>("expected");
    // A policy that includes the asking token, and what becomes of a request with it in this state.
    const struct {
        const char* state;
        const char* serviceAuth;
        const char* bypass;
        const char* allow;
        const char* block;
    } lines[] = {
        {"valid", "allowed", "bypassed", "matched_allow_not_service_auth", "denied_by_policy"},
        {"previous", "allowed", "bypassed", "matched_allow_not_service_auth", "denied_by_policy"},
        {"other", "no_matching_policy", "no_matching_policy", "no_matching_policy", "no_matching_policy"},
        {"expired", "token_expired", "token_expired", "token_expired", "token_expired"},
        {"disabled", "token_disabled", "token_disabled", "token_disabled", "token_disabled"},
        {"not active yet", "token_not_active_yet", "token_not_active_yet", "token_not_active_yet", "token_not_active_yet"},
        {"wrong secret", "wrong_secret", "wrong_secret", "wrong_secret", "wrong_secret"},
        {"unknown", "unknown_client_id", "unknown_client_id", "unknown_client_id", "unknown_client_id"},
        {"previous ended", "previous_secret_expired", "previous_secret_expired", "previous_secret_expired", "previous_secret_expired"},
        {"none sent", "missing_credentials", "missing_credentials", "missing_credentials", "missing_credentials"},
    };
    for (const auto& line : lines) {
        for (const bool strict : {true, false}) {
            const auto add = [&](char decision, const char* expected) {
                QTest::addRow("%c, %s, %s", decision, line.state, strict ? "strict" : "legacy")
                    << QByteArray(line.state) << decision << strict << QByteArray(expected);
            };
            add('S', line.serviceAuth);
            add('B', line.bypass);
            add('A', line.allow);
            add('D', line.block);
        }
    }
}

void TestPolicyTable::tokenStates()
{
    QFETCH(const QByteArray, state);
    QFETCH(const char, decision);
    QFETCH(const bool, strict);
    QFETCH(const QByteArray, expected);
    ++cases;
    Application application;
    application.policies = {policyOf(decision, 1, ServiceTokenRule{{askingId}})};
    const auto compiled = CompiledApplication::compile(application).value();
    const Credentials credentials(state);
    Subject subject;
    if (state != "none sent")
        credentials.put(subject);
    const Decision decided = compiled->decide(subject, strict ? Mode::strict : Mode::legacy, now);
    QCOMPARE(QByteArray::fromStdString(std::string(code(decided.reason))), expected);
    const bool authenticates = QByteArrayList{"valid", "previous", "other"}.contains(state);
    QCOMPARE(decided.outcome == Outcome::unauthenticated, !authenticates);
}

void TestPolicyTable::thereAreEnoughCases()
{
    // 28 and 21 lines of 15 rules in two modes, ten states at four decisions in two modes.
    QCOMPARE(cases, 28 * 15 * 2 + 21 * 15 * 2 + 10 * 4 * 2);
    QVERIFY(cases >= 300);
}

LATCHKEY_TEST(TestPolicyTable)

} // namespace tst_access_policytable

#include "tst_access_policytable.moc"
