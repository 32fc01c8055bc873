// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/Decision.h"
#include "agent/access/Policy.h"

#include "agent/base/Encoding.h"

#include "TestProgram.h"

#include <QTest>

#include <set>
#include <type_traits>

namespace tst_access_reason {

using namespace latchkey;
using namespace latchkey::access;

class TestReason : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decisionsHaveCodes();
    void rulesAreDescribed();
    void reasonCodesAreStable_data();
    void reasonCodesAreStable();
    void reasonsSayWhatToDo();
    void idsOfDifferentKindsDoNotMix();
    void everyBitOfADigestCounts();
};

void TestReason::decisionsHaveCodes()
{
    QVERIFY(code(PolicyDecision::allow) == "allow");
    QVERIFY(code(PolicyDecision::deny) == "deny");
    QVERIFY(code(PolicyDecision::nonIdentity) == "non_identity");
    QVERIFY(code(PolicyDecision::bypass) == "bypass");
    for (const auto decision : {PolicyDecision::allow, PolicyDecision::deny, PolicyDecision::nonIdentity, PolicyDecision::bypass})
        QVERIFY(policyDecisionFrom(code(decision)) == decision);
    for (const char* other : {"", "Allow", "service_auth", "non-identity", "nonIdentity", "block"})
        QVERIFY(!policyDecisionFrom(other).has_value());
}

void TestReason::rulesAreDescribed()
{
    QCOMPARE(describe(ServiceTokenRule{{"4c1f"}}), std::string("service token 4c1f"));
    QCOMPARE(describe(AnyValidServiceTokenRule{}), std::string("any valid service token"));
    QCOMPARE(describe(EveryoneRule{}), std::string("everyone"));
    QCOMPARE(describe(IpRule{IpNetwork::parse("10.0.0.0/8").value()}), std::string("IP 10.0.0.0/8"));
    QCOMPARE(describe(CertificateRule{}), std::string("any valid client certificate"));
    QCOMPARE(describe(CommonNameRule{"ci"}), std::string("common name ci"));
    QCOMPARE(describe(GeoRule{"DE"}), std::string("country DE"));
    QCOMPARE(describe(GroupRule{{"4c1f"}}), std::string("group 4c1f"));
    QCOMPARE(describe(EmailRule{"a@example.com"}), std::string("email a@example.com"));
    QCOMPARE(describe(EmailDomainRule{"example.com"}), std::string("emails ending in example.com"));
    QCOMPARE(describe(LoginMethodRule{"idp"}), std::string("login method idp"));
    QCOMPARE(describe(UnknownRule{"geo", "{}"}), std::string("geo (not emulated: never matches)"));
}

void TestReason::reasonCodesAreStable_data()
{
    QTest::addColumn<int>("reason");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](Reason reason, const char* text) { QTest::newRow(text) << int(reason) << QByteArray(text); };
    row(Reason::allowed, "allowed");
    row(Reason::bypassed, "bypassed");
    row(Reason::missingCredentials, "missing_credentials");
    row(Reason::incompleteCredentials, "incomplete_credentials");
    row(Reason::duplicateCredentials, "duplicate_credentials");
    row(Reason::malformedCredentials, "malformed_credentials");
    row(Reason::unknownClientId, "unknown_client_id");
    row(Reason::wrongSecret, "wrong_secret");
    row(Reason::tokenExpired, "token_expired");
    row(Reason::tokenDisabled, "token_disabled");
    row(Reason::tokenNotActiveYet, "token_not_active_yet");
    row(Reason::previousSecretExpired, "previous_secret_expired");
    row(Reason::noMatchingPolicy, "no_matching_policy");
    row(Reason::matchedAllowNotServiceAuth, "matched_allow_not_service_auth");
    row(Reason::excludedByPolicy, "excluded_by_policy");
    row(Reason::requirementNotMet, "requirement_not_met");
    row(Reason::deniedByPolicy, "denied_by_policy");
    row(Reason::unknownApplication, "unknown_application");
    row(Reason::ambiguousPath, "ambiguous_path");
    row(Reason::upstreamMissing, "upstream_missing");
    row(Reason::upstreamUnreachable, "upstream_unreachable");
    row(Reason::upstreamTimedOut, "upstream_timed_out");
    row(Reason::upstreamProtocol, "upstream_protocol");
}

void TestReason::reasonCodesAreStable()
{
    QFETCH(int, reason);
    QFETCH(QByteArray, text);
    const std::string_view actual = code(static_cast<Reason>(reason));
    QCOMPARE(QByteArray(actual.data(), qsizetype(actual.size())), text);
}

void TestReason::reasonsSayWhatToDo()
{
    std::set<std::string_view> sentences;
    const int last = int(Reason::upstreamProtocol);
    for (int reason = 0; reason <= last; ++reason) {
        const std::string_view sentence = explain(static_cast<Reason>(reason));
        const std::string quoted(sentence);
        QVERIFY2(sentence.size() > 20 && (sentence.ends_with('.') || sentence.ends_with('?')), quoted.c_str());
        QVERIFY2(base::isUtf8(sentence), quoted.c_str());
        sentences.insert(sentence);
    }
    QCOMPARE(int(sentences.size()), last + 1);
    QVERIFY(explain(Reason::wrongSecret).find("Copy the secret again") != std::string_view::npos);
    QVERIFY(explain(Reason::matchedAllowNotServiceAuth).find("Service Auth") != std::string_view::npos);
    QVERIFY(explain(Reason::tokenExpired).find("Refresh") != std::string_view::npos);
}

void TestReason::idsOfDifferentKindsDoNotMix()
{
    static_assert(!std::is_convertible_v<TokenId, ClientId> && !std::is_constructible_v<TokenId, ClientId>);
    static_assert(!std::is_convertible_v<std::string, TokenId>);
    QVERIFY(TokenId{"a"} < TokenId{"b"} && TokenId{"a"} == TokenId{"a"} && TokenId{}.isEmpty());
    QVERIFY(std::hash<TokenId>()({"a"}) == std::hash<TokenId>()({"a"}));
}

void TestReason::everyBitOfADigestCounts()
{
    constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'795'000'000)};
    TokenEntry token;
    token.current = base::sha256("current");
    token.previous = base::sha256("previous");
    token.previousUntil = now.time_since_epoch().count() + 60;
    for (const base::Digest& right : {token.current, token.previous}) {
        QCOMPARE(authenticate(&token, right, now), Reason::allowed);
        for (std::size_t bit = 0; bit < 256; ++bit) {
            base::Digest wrong = right;
            wrong[bit / 8] = static_cast<std::uint8_t>(wrong[bit / 8] ^ (1U << (bit % 8)));
            QCOMPARE(authenticate(&token, wrong, now), Reason::wrongSecret);
        }
    }
}

LATCHKEY_TEST(TestReason)

} // namespace tst_access_reason

#include "tst_access_reason.moc"
