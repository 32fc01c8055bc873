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
    void understandsWhatAnOlderVersionDidNot_data();
    void understandsWhatAnOlderVersionDidNot();
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

void TestRuleCodec::understandsWhatAnOlderVersionDidNot_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("now");   // As it is written back.
    const auto row = [](const char* name, const char* kind, const char* json, const char* now) {
        QTest::newRow(name) << QByteArray(kind) << QByteArray(json) << QByteArray(now);
    };
    row("email", "email", R"({"email":{"email":"a@b.c"}})", R"([["email","a@b.c"]])");
    row("with more members", "geo", R"({"geo" : {"country_code":"DE","x":1}})", R"([["geo","DE"]])");
    row("one of no text", "certificate", R"({"certificate":{}})", R"([["certificate"]])");
    row("a network", "ip", R"({"ip":{"ip":"10.0.0.0/8"}})", R"([["ip","10.0.0.0/8"]])");
    const auto stays = [&row](const char* name, const char* kind, const char* json) {
        const QByteArray quoted = QByteArray(json).replace('"', "\\\"");
        row(name, kind, json, QByteArray("[[\"unknown\",\"" + QByteArray(kind) + "\",\"" + quoted + "\"]]").constData());
    };
    stays("a kind that is still unknown", "okta", R"({"okta" : {"name":"x"}})");
    stays("what is refused today", "geo", R"({"geo":{"country_code":"Germany"}})");
    stays("a member that is missing", "email", R"({"email":{}})");
    stays("a network that is none", "ip", R"({"ip":{"ip":"10.0.0.0/99"}})");
    stays("no rule at all", "unknown", R"([1])");
    stays("no JSON", "odd", "{");
}

void TestRuleCodec::understandsWhatAnOlderVersionDidNot()
{
    QFETCH(QByteArray, kind);
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, now);
    const auto stored = store::encodeRules({access::UnknownRule{kind.toStdString(), json.toStdString()}});
    const auto rules = store::decodeRules(stored);
    QVERIFY(rules.has_value());
    QCOMPARE(QByteArray::fromStdString(store::encodeRules(*rules)), now);
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
