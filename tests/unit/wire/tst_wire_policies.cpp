// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Reusable policies, the ways an application lists them, and groups.
#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/GroupCodec.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_policies {

using namespace latchkey;

namespace {

Json json(std::string_view text)
{
    return parseJson(text).value();
}

constexpr std::string_view reusable = R"({"id":"699d9864-2c56-4d2e-855e-9661899b7252","name":"CI","decision":"non_identity",)"
    R"("include":[{"any_valid_service_token":{}}],"require":[{"group":{"id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}}],)"
    R"("session_duration":"30m","approval_required":false,"reusable":true,"app_count":3,"account_id":"x"})";

} // namespace

class TestWirePolicies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anApplicationListsPoliciesById();
    void aReusablePolicyComesBack();
    void reusablePoliciesAreRefused_data();
    void reusablePoliciesAreRefused();
    void aGroupComesBack();
    void groupsAreRefused_data();
    void groupsAreRefused();
};

void TestWirePolicies::anApplicationListsPoliciesById()
{
    const auto application = wire::decodeApplicationBody(
        R"({"policies":["a",{"id":"b"},{"id":"c","precedence":9},{"name":"own","decision":"bypass"},{"id":"d","decision":"allow","reusable":true},{"id":"e","decision":"allow","reusable":false}]})");
    QVERIFY2(application, application ? "" : application.error().message.c_str());
    const auto& policies = application->policies;
    QCOMPARE(policies.size(), std::size_t(6));
    const char* const ids[] = {"a", "b", "c", "", "d", "e"};
    const bool links[] = {true, true, true, false, true, false};
    const int precedences[] = {1, 2, 9, 10, 11, 12};
    for (std::size_t i = 0; i < 6; ++i) {
        QCOMPARE(policies[i].id.value, std::string(ids[i]));
        QCOMPARE(policies[i].reusable, links[i]);
        QCOMPARE(policies[i].precedence, precedences[i]);
    }
    const Json encoded = wire::encode(*application);
    QVERIFY(encoded.find("policies")->asArray()->at(0).find("reusable")->asBool() == true);
    QVERIFY(encoded.find("policies")->asArray()->at(3).find("reusable") == nullptr);
    QVERIFY(encoded.find("policies")->asArray()->at(5).find("reusable")->asBool() == false);
}

void TestWirePolicies::aReusablePolicyComesBack()
{
    const auto policy = wire::decodeReusable(json(reusable));
    QVERIFY2(policy, policy ? "" : policy.error().message.c_str());
    QVERIFY(policy->reusable);
    QCOMPARE(policy->extra, std::string(R"({"approval_required":false})"));
    const Json encoded = wire::encodeReusable(*policy, 2);
    QVERIFY(encoded.find("app_count")->asInteger() == 2);
    QVERIFY(encoded.find("reusable")->asBool() == true);
    QVERIFY(encoded.find("precedence") == nullptr);
    QVERIFY(wire::decodeReusable(encoded).value() == *policy);
}

void TestWirePolicies::reusablePoliciesAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("names");
    QTest::newRow("no name") << QByteArray(R"({"decision":"allow","include":[]})") << QByteArray("name");
    QTest::newRow("no decision") << QByteArray(R"({"name":"a","include":[]})") << QByteArray("decision");
    QTest::newRow("no include") << QByteArray(R"({"name":"a","decision":"allow"})") << QByteArray("include");
    QTest::newRow("an array") << QByteArray("[]") << QByteArray("object");
    QTest::newRow("a text") << QByteArray(R"("a")") << QByteArray("object");
    QTest::newRow("a rule") << QByteArray(R"({"name":"a","decision":"allow","include":[{"geo":{"country_code":"X"}}]})") << QByteArray("two letters");
}

void TestWirePolicies::reusablePoliciesAreRefused()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, names);
    const auto policy = wire::decodeReusable(json(body.toStdString()));
    QVERIFY(!policy.has_value());
    QCOMPARE(policy.error().code, ErrorCode::invalidArgument);
    QVERIFY2(QByteArray::fromStdString(policy.error().message).contains(names), policy.error().message.c_str());
}

void TestWirePolicies::aGroupComesBack()
{
    const auto group = wire::decodeGroupBody(R"({"name":"Staff","include":[{"email_domain":{"domain":"example.com"}}],)"
                                             R"("exclude":[{"okta":{"name":"x","identity_provider_id":"y"}}],"is_default":true})");
    QVERIFY2(group, group ? "" : group.error().message.c_str());
    QCOMPARE(group->name, std::string("Staff"));
    QCOMPARE(group->extra, std::string(R"({"is_default":true})"));
    QVERIFY(wire::decodeGroup(wire::encode(*group)).value() == *group);
    QVERIFY(wire::encode(*group).find("require")->asArray()->empty());
}

void TestWirePolicies::groupsAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("names");
    QTest::newRow("no name") << QByteArray(R"({"include":[]})") << QByteArray("name");
    QTest::newRow("no include") << QByteArray(R"({"name":"a"})") << QByteArray("include");
    QTest::newRow("name") << QByteArray(R"({"name":1,"include":[]})") << QByteArray("name must be");
    QTest::newRow("include") << QByteArray(R"({"name":"a","include":{}})") << QByteArray("include must be an array");
    QTest::newRow("an array") << QByteArray("[]") << QByteArray("object");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray();
}

void TestWirePolicies::groupsAreRefused()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, names);
    const auto group = wire::decodeGroupBody(body.toStdString());
    QVERIFY(!group.has_value());
    QVERIFY2(QByteArray::fromStdString(group.error().message).contains(names), group.error().message.c_str());
}

LATCHKEY_TEST(TestWirePolicies)

} // namespace tst_wire_policies

#include "tst_wire_policies.moc"
