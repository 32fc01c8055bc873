// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "agent/store/RuleCodec.h"

#include "TestProgram.h"

namespace tst_rule_codec {

using namespace latchkey;

class TestRuleCodec : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyKindComesBackUnchanged();
    void refusesWhatItNeverWrote_data();
    void refusesWhatItNeverWrote();
};

void TestRuleCodec::everyKindComesBackUnchanged()
{
    const std::vector<access::Rule> rules{
        access::ServiceTokenRule{access::TokenId{"4c1f"}}, access::AnyValidServiceTokenRule{}, access::EveryoneRule{},
        access::IpRule{*access::IpNetwork::parse("2001:DB8::/32")}, access::CertificateRule{},
        access::CommonNameRule{"a \"b\" \\ ü"}, access::UnknownRule{"okta", "{\"okta\" : {\"name\":\"DE\"}}"},
        access::GeoRule{"DE"}, access::GroupRule{{"4c1f"}}, access::EmailRule{"a@example.com"},
        access::EmailDomainRule{"example.com"}, access::LoginMethodRule{"idp"}};
    const auto back = store::decodeRules(store::encodeRules(rules));
    QVERIFY(back.has_value());
    QVERIFY(*back == rules);
    QCOMPARE(store::encodeRules({}), std::string("[]"));
    QVERIFY(store::decodeRules("[]")->empty());
}

void TestRuleCodec::refusesWhatItNeverWrote_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no JSON") << QByteArray("[[");
    QTest::newRow("no array") << QByteArray("{}");
    QTest::newRow("a rule that is no array") << QByteArray(R"(["everyone"])");
    QTest::newRow("an empty rule") << QByteArray("[[]]");
    QTest::newRow("an unknown kind") << QByteArray(R"([["moon","DE"]])");
    QTest::newRow("a part too few") << QByteArray(R"([["token"]])");
    QTest::newRow("a part too many") << QByteArray(R"([["everyone","x"]])");
    QTest::newRow("a part that is no text") << QByteArray(R"([["token",1]])");
    QTest::newRow("a network that is none") << QByteArray(R"([["ip","10.0.0.0/99"]])");
}

void TestRuleCodec::refusesWhatItNeverWrote()
{
    QFETCH(QByteArray, text);
    const auto rules = store::decodeRules(text.toStdString());
    QVERIFY(!rules.has_value());
    QCOMPARE(rules.error().code, ErrorCode::damaged);
}

LATCHKEY_TEST(TestRuleCodec)

} // namespace tst_rule_codec

#include "tst_rule_codec.moc"
