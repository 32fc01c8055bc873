// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApiTesting.h"
#include "TestProgram.h"

namespace tst_api_policies {

using namespace apiTesting;

namespace {

constexpr const char* kBypass = R"({"name":"p","decision":"bypass","include":[{"everyone":{}}]})";
constexpr const char* kNobody = "11111111-2222-4333-8444-555555555555";

QStringList membersOf(const Json& object)
{
    QStringList names;
    for (const auto& [name, value] : *object.asObject())
        names << QString::fromStdString(name);
    names.sort();
    return names;
}

const Json& item(const Reply& reply, std::size_t index)
{
    return reply.result().asArray()->at(index);
}

std::string textOf(const Json& object, std::string_view name)
{
    const Json* member = object.find(name);
    return member && member->asString() ? *member->asString() : std::string();
}

} // namespace

/// Policies, an application's own and the reusable ones, groups, and explain: every route over HTTP, in Cloudflare's shapes.
class TestApiPolicies : public ApiTest {
    Q_OBJECT
private Q_SLOTS:
    void ownPoliciesLiveAtTheirApplication();
    void ownPoliciesKeepTheirPlace();
    void aReusablePolicyIsNotChangedThroughAnApplication();
    void reusablePoliciesHaveCloudflaresShape();
    void groupsHaveCloudflaresShape();
    void listsArePaged();
    void whatIsNotThereIsNamed();
    void bodiesAreRefusedByName_data();
    void bodiesAreRefusedByName();
    void explainHasItsShape();
    void explainRefusesByName_data();
    void explainRefusesByName();
    void explainTellsNoSecret();

private:
    QString policies(const QString& tail = {}) const { return m_account + u"/access/policies"_s + tail; }
    QString groups(const QString& tail = {}) const { return m_account + u"/access/groups"_s + tail; }
    QString own(const QString& tail = {}) const { return apps(slash(m_application) + u"/policies"_s + tail); }
    void makeApplication(const QByteArray& members = {})
    {
        const auto made = send("POST", apps(), QByteArray(R"({"name":"App","type":"self_hosted","domain":"app.example.com"<>})").replace("<>", members));
        QCOMPARE(made.status, 201);
        m_application = made.text("id");
    }
    Reply explain(const QByteArray& members)
    {
        return send("POST", u"/latchkey/v1/explain"_s,
                    QByteArray(R"({"application_id":"<id>"<>})").replace("<id>", QByteArray::fromStdString(m_application)).replace("<>", members));
    }

    std::string m_application;
};

void TestApiPolicies::ownPoliciesLiveAtTheirApplication()
{
    makeApplication();
    const auto made = send("POST", own(), R"({"name":"first","decision":"non_identity","include":[{"any_valid_service_token":{}}],"session_duration":"30m","purpose_justification_required":false})");
    QCOMPARE(made.status, 201);
    QVERIFY(made.envelope.success && made.envelope.errors.empty());
    QCOMPARE(membersOf(made.result()), (QStringList{u"created_at"_s, u"decision"_s, u"exclude"_s, u"id"_s, u"include"_s, u"name"_s, u"precedence"_s,
                                                    u"purpose_justification_required"_s, u"require"_s, u"session_duration"_s, u"updated_at"_s}));
    QCOMPARE(made.text("name"), std::string("first"));
    QCOMPARE(made.text("session_duration"), std::string("30m"));
    QCOMPARE(made.text("created_at"), base::formatRfc3339(m_agent->clock.now()));
    const QString id = slash(made.text("id"));
    QCOMPARE(get(own(id)).body, QByteArray(made.body));

    m_agent->clock.advance(1h);
    const auto changed = send("PUT", own(id), R"({"name":"second","decision":"deny","include":[{"ip":{"ip":"10.0.0.0/8"}}],"exclude":[{"geo":{"country_code":"DE"}}]})");
    QCOMPARE(changed.status, 200);
    QCOMPARE(changed.text("id"), made.text("id"));
    QCOMPARE(changed.text("decision"), std::string("deny"));
    QCOMPARE(changed.text("created_at"), made.text("created_at"));
    QCOMPARE(changed.text("updated_at"), base::formatRfc3339(m_agent->clock.now()));
    // It is the application's: there, too, it is as it was changed.
    const auto application = get(apps(slash(m_application)));
    QCOMPARE(application.result().find("policies")->asArray()->size(), std::size_t{1});
    QVERIFY(application.result().find("policies")->asArray()->front() == changed.result());
    QCOMPARE(application.text("updated_at"), base::formatRfc3339(m_agent->clock.now()));

    const auto removed = send("DELETE", own(id));
    QCOMPARE(removed.status, 202);
    QCOMPARE(membersOf(removed.result()), QStringList{u"id"_s});
    QCOMPARE(removed.text("id"), made.text("id"));
    QCOMPARE(get(own(id)).status, 404);
    QCOMPARE(get(own()).result().asArray()->size(), std::size_t{0});
}

void TestApiPolicies::ownPoliciesKeepTheirPlace()
{
    makeApplication();
    const auto precedenceOf = [](const Reply& reply) { return reply.result().find("precedence")->asInteger().value_or(-1); };
    const auto first = send("POST", own(), kBypass);
    QCOMPARE(precedenceOf(first), 1);
    QCOMPARE(precedenceOf(send("POST", own(), R"({"name":"far","decision":"deny","include":[{"everyone":{}}],"precedence":7})")), 7);
    QCOMPARE(precedenceOf(send("POST", own(), R"({"name":"behind","decision":"deny","include":[{"everyone":{}}]})")), 8);
    const auto taken = send("POST", own(), R"({"name":"taken","decision":"deny","include":[{"everyone":{}}],"precedence":7})");
    QCOMPARE(taken.status, 400);
    QVERIFY2(taken.message().find("precedence") != std::string::npos, taken.message().c_str());
    QCOMPARE(precedenceOf(send("PUT", own(slash(first.text("id"))), kBypass)), 1);   // said nothing of it
    QCOMPARE(precedenceOf(send("PUT", own(slash(first.text("id"))), R"({"name":"p","decision":"bypass","include":[{"everyone":{}}],"precedence":9})")), 9);
    QCOMPARE(send("PUT", own(slash(first.text("id"))), R"({"name":"p","decision":"bypass","include":[{"everyone":{}}],"precedence":8})").status, 400);
    QStringList names;
    const auto list = get(own());
    for (const Json& each : *list.result().asArray())
        names << QString::fromStdString(textOf(each, "name"));
    QCOMPARE(names, (QStringList{u"far"_s, u"behind"_s, u"p"_s}));
}

void TestApiPolicies::aReusablePolicyIsNotChangedThroughAnApplication()
{
    const auto reusable = send("POST", policies(), kBypass);
    QCOMPARE(reusable.status, 201);
    const QByteArray id = QByteArray::fromStdString(reusable.text("id"));
    makeApplication(QByteArray(R"(,"policies":["<id>"])").replace("<id>", id));
    const QString path = own(slash(id.toStdString()));
    QVERIFY(get(path).result().find("reusable")->asBool() == true);
    for (const auto& refused : {send("PUT", path, kBypass), send("DELETE", path)}) {
        QCOMPARE(refused.status, 400);
        QVERIFY2(refused.message().find("access/policies") != std::string::npos, refused.message().c_str());
    }
    const auto inUse = send("DELETE", policies(slash(id.toStdString())));
    QCOMPARE(inUse.status, 409);
    QVERIFY2(inUse.message().find("1 application") != std::string::npos, inUse.message().c_str());
}

void TestApiPolicies::reusablePoliciesHaveCloudflaresShape()
{
    const auto made = send("POST", policies(), R"({"name":"Machines","decision":"non_identity","include":[{"any_valid_service_token":{}}],"approval_required":true})");
    QCOMPARE(made.status, 201);
    QCOMPARE(membersOf(made.result()), (QStringList{u"app_count"_s, u"approval_required"_s, u"created_at"_s, u"decision"_s, u"exclude"_s, u"id"_s, u"include"_s,
                                                    u"name"_s, u"require"_s, u"reusable"_s, u"updated_at"_s}));
    QVERIFY(made.result().find("app_count")->asInteger() == 0 && made.result().find("reusable")->asBool() == true);
    const QString id = slash(made.text("id"));
    QCOMPARE(get(policies(id)).body, made.body);
    m_agent->clock.advance(1h);
    const auto changed = send("PUT", policies(id), R"({"name":"Nobody","decision":"deny","include":[{"everyone":{}}],"session_duration":"2h"})");
    QCOMPARE(changed.status, 200);
    QCOMPARE(changed.text("session_duration"), std::string("2h"));
    QCOMPARE(changed.text("updated_at"), base::formatRfc3339(m_agent->clock.now()));
    QCOMPARE(send("DELETE", policies(id)).status, 202);
    QCOMPARE(get(policies(id)).status, 404);
    QCOMPARE(send("PATCH", policies(id), kBypass).header("Allow"), QByteArray("GET, PUT, DELETE"));
}

void TestApiPolicies::groupsHaveCloudflaresShape()
{
    const auto made = send("POST", groups(), R"({"name":"Ops","include":[{"email":{"email":"ada@example.com"}}],"is_default":false})");
    QCOMPARE(made.status, 201);
    QCOMPARE(membersOf(made.result()), (QStringList{u"created_at"_s, u"exclude"_s, u"id"_s, u"include"_s, u"is_default"_s, u"name"_s, u"require"_s, u"updated_at"_s}));
    const QString id = slash(made.text("id"));
    QCOMPARE(get(groups(id)).body, made.body);
    const auto renamed = send("PUT", groups(id), R"({"name":"Dev","include":[{"email_domain":{"domain":"example.com"}}]})");
    QCOMPARE(renamed.status, 200);
    QCOMPARE(renamed.text("name"), std::string("Dev"));
    QCOMPARE(get(groups(u"?name=Dev"_s)).result().asArray()->size(), std::size_t{1});
    QCOMPARE(get(groups(u"?name=Ops"_s)).result().asArray()->size(), std::size_t{0});
    QCOMPARE(send("DELETE", groups(id)).status, 202);
    QCOMPARE(get(groups(id)).status, 404);
}

void TestApiPolicies::listsArePaged()
{
    makeApplication();
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(send("POST", own(), kBypass).status, 201);
        QCOMPARE(send("POST", policies(), kBypass).status, 201);
    }
    for (const QString& list : {own(), policies()}) {
        const auto second = get(list + u"?page=2&per_page=2"_s);
        QCOMPARE(second.result().asArray()->size(), std::size_t{2});
        QVERIFY(second.envelope.pageInfo.has_value());
        QCOMPARE(second.envelope.pageInfo->totalCount, 5);
        QCOMPARE(second.envelope.pageInfo->page, 2);
        QCOMPARE(get(list + u"?page=3&per_page=2"_s).result().asArray()->size(), std::size_t{1});
        QCOMPARE(get(list + u"?page=4&per_page=2"_s).result().asArray()->size(), std::size_t{0});
        QCOMPARE(get(list + u"?page=0"_s).status, 400);
        QCOMPARE(get(list + u"?per_page=x"_s).status, 400);
    }
    // An application's own come in the order in which they are asked.
    QCOMPARE(item(get(own(u"?page=2&per_page=2"_s)), 0).find("precedence")->asInteger().value_or(0), 3);
}

void TestApiPolicies::whatIsNotThereIsNamed()
{
    makeApplication();
    const QString nobody = slash(kNobody);
    const QString elsewhere = apps(nobody + u"/policies"_s);
    for (const auto& reply : {get(own(nobody)), send("PUT", own(nobody), kBypass), send("DELETE", own(nobody)), get(policies(nobody)),
                              send("PUT", policies(nobody), kBypass), send("DELETE", policies(nobody)), get(elsewhere), send("POST", elsewhere, kBypass),
                              get(groups(nobody)), send("DELETE", groups(nobody))}) {
        QCOMPARE(reply.status, 404);
        QVERIFY2(reply.message().find(kNobody) != std::string::npos, reply.message().c_str());
    }
}

void TestApiPolicies::bodiesAreRefusedByName_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray("JSON");
    QTest::newRow("no object") << QByteArray("[]") << QByteArray("object");
    QTest::newRow("name of another kind") << QByteArray(R"({"name":1,"decision":"deny","include":[]})") << QByteArray("name");
    QTest::newRow("no decision") << QByteArray(R"({"name":"x","include":[{"everyone":{}}]})") << QByteArray("decision");
    QTest::newRow("another decision") << QByteArray(R"({"name":"x","decision":"maybe","include":[{"everyone":{}}]})") << QByteArray("decision");
    QTest::newRow("include of another kind") << QByteArray(R"({"name":"x","decision":"deny","include":{}})") << QByteArray("include");
    QTest::newRow("a rule of two kinds") << QByteArray(R"({"name":"x","decision":"deny","include":[{"everyone":{},"ip":{}}]})") << QByteArray("include");
    QTest::newRow("a network") << QByteArray(R"({"name":"x","decision":"deny","include":[{"everyone":{}}],"require":[{"ip":{"ip":"10.0.0.0/99"}}]})") << QByteArray("require");
    QTest::newRow("a Client ID for an id") << QByteArray(R"({"name":"x","decision":"deny","include":[{"everyone":{}}],"exclude":[{"service_token":{"token_id":"a.access"}}]})") << QByteArray("exclude");
    QTest::newRow("a session") << QByteArray(R"({"name":"x","decision":"deny","include":[{"everyone":{}}],"session_duration":"long"})") << QByteArray("session_duration");
}

void TestApiPolicies::bodiesAreRefusedByName()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, words);
    makeApplication();
    const QString mine = own(slash(send("POST", own(), kBypass).text("id")));
    const QString reusable = policies(slash(send("POST", policies(), kBypass).text("id")));
    for (const auto& reply : {send("POST", own(), body), send("PUT", mine, body), send("POST", policies(), body), send("PUT", reusable, body)}) {
        QCOMPARE(reply.status, 400);
        QVERIFY2(QByteArray::fromStdString(reply.message()).contains(words), reply.message().c_str());
    }
    QCOMPARE(get(mine).text("decision"), std::string("bypass"));   // Nothing was changed,
    QCOMPARE(get(own()).result().asArray()->size(), std::size_t{1});   // nor added.
    QCOMPARE(get(policies()).result().asArray()->size(), std::size_t{1});
}

void TestApiPolicies::explainHasItsShape()
{
    const auto token = send("POST", tokens(), R"({"name":"ci"})");
    const QByteArray tokenId = QByteArray::fromStdString(token.text("id"));
    makeApplication(QByteArray(R"(,"session_duration":"2h","policies":[{"name":"ci","decision":"non_identity","include":[{"service_token":{"token_id":"<id>"}},{"okta":{"name":"x"}}],"require":[{"geo":{"country_code":"DE"}}]}])")
                        .replace("<id>", tokenId));
    const auto allowed = explain(QByteArray(R"(,"token_id":"<id>","country":"DE","time":"2026-11-24T12:00:00Z")").replace("<id>", tokenId));
    QCOMPARE(allowed.status, 200);
    QCOMPARE(membersOf(allowed.result()), (QStringList{u"application"_s, u"client_id"_s, u"decision"_s, u"mode"_s, u"policies"_s, u"session"_s, u"time"_s}));
    const Json& decision = *allowed.result().find("decision");
    QCOMPARE(membersOf(decision), (QStringList{u"allowed"_s, u"explanation"_s, u"outcome"_s, u"policy_id"_s, u"policy_name"_s, u"principal"_s, u"reason"_s, u"rule"_s, u"session_seconds"_s}));
    QCOMPARE(textOf(decision, "outcome"), std::string("allow"));
    QCOMPARE(textOf(decision, "principal"), std::string("token"));
    QCOMPARE(textOf(decision, "rule"), "service token " + token.text("id"));
    QVERIFY(decision.find("session_seconds")->asInteger() == 7200);
    QCOMPARE(allowed.text("mode"), std::string("strict"));
    QCOMPARE(allowed.text("time"), std::string("2026-11-24T12:00:00Z"));
    QCOMPARE(allowed.text("client_id"), token.text("client_id"));
    QVERIFY(allowed.result().find("session")->isNull());
    QCOMPARE(textOf(*allowed.result().find("application"), "name"), std::string("App"));
    QVERIFY(allowed.result().find("application")->find("lets_people_log_in")->asBool() == false);
    const Json& policy = allowed.result().find("policies")->asArray()->front();
    QCOMPARE(membersOf(policy), (QStringList{u"decision"_s, u"id"_s, u"name"_s, u"precedence"_s, u"rules"_s, u"verdict"_s}));
    QCOMPARE(textOf(policy, "verdict"), std::string("decided"));
    QCOMPARE(policy.find("rules")->asArray()->size(), std::size_t{3});
    QCOMPARE(membersOf(policy.find("rules")->asArray()->front()), (QStringList{u"emulated"_s, u"matched"_s, u"message"_s, u"part"_s, u"rule"_s}));
    QVERIFY(policy.find("rules")->asArray()->at(1).find("emulated")->asBool() == false);

    const auto refused = explain(QByteArray(R"(,"token_id":"<id>")").replace("<id>", tokenId));
    QCOMPARE(textOf(*refused.result().find("decision"), "reason"), std::string("requirement_not_met"));
    QVERIFY(refused.result().find("decision")->find("session_seconds") == nullptr);
    QCOMPARE(get(u"/latchkey/v1/explain"_s).header("Allow"), QByteArray("POST"));
}

void TestApiPolicies::explainRefusesByName_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char* members, int status, const char* words) { QTest::newRow(members) << QByteArray(members) << status << QByteArray(words); };
    row(R"(,"token_id":"11111111-2222-4333-8444-555555555555")", 404, kNobody);
    row(R"(,"token_id":7)", 400, "token_id must be a string");
    row(R"(,"client_id":{})", 400, "client_id must be a string");
    row(R"(,"client_secret":[])", 400, "client_secret must be a string");
    row(R"(,"address":"localhost")", 400, "address: ");
    row(R"(,"address":7)", 400, "address must be a string");
    row(R"(,"country":7)", 400, "country must be a string");
    row(R"(,"time":"noon")", 400, "time must be a date and time as RFC 3339 writes it");
    row(R"(,"port":0)", 400, "port must be a whole number from 1 to 65535");
    row(R"(,"port":"80")", 400, "port must be a whole number");
    row(R"(,"host":7)", 400, "host must be a string");
    row(R"(,"path":7)", 400, "path must be a string");
    row(R"(,"identity":"ada@example.com")", 400, "identity must be an object");
    row(R"(,"identity":{"email":7})", 400, "email must be a string");
    row(R"(,"identity":{"groups":"ops"})", 400, "groups must be an array of strings");
    row(R"(,"identity":{"groups":[7]})", 400, "groups must be an array of strings");
    row(R"(,"certificate":"yes")", 400, "certificate must be true, or an object with a common_name");
    row(R"(,"certificate":{"common_name":7})", 400, "common_name must be a string");
    row(R"(,"headers":[])", 400, "headers must be an object of header names and their values");
    row(R"(,"headers":{"x-a":7})", 400, "headers: the value of");
    row(R"(,"headers":{"x a":"b"})", 400, "headers: the edge refuses these");
    row(R"(,"headers":{"x-a":"b\r\nx-c: d"})", 400, "headers: a line of a request holds no line break.");
    row(R"(,"headers":{},"client_id":"a")", 400, "headers tell who is asking");
}

void TestApiPolicies::explainRefusesByName()
{
    QFETCH(QByteArray, members);
    QFETCH(int, status);
    QFETCH(QByteArray, words);
    makeApplication();
    const auto refused = explain(members);
    QCOMPARE(refused.status, status);
    QVERIFY2(QByteArray::fromStdString(refused.message()).contains(words), refused.message().c_str());
}

void TestApiPolicies::explainTellsNoSecret()
{
    makeApplication(R"(,"read_service_tokens_from_header":"Authorization")");
    const QByteArray secret = "hunter2hunter2hunter2";
    for (const char* const members : {R"(,"client_id":"88bf3b6d86161464f6509f7219099e57.access","client_secret":"<>")", R"(,"client_secret":"<>")",
                                      R"(,"headers":{"CF-Access-Client-Id":"88bf3b6d86161464f6509f7219099e57.access","CF-Access-Client-Secret":"<>"})",
                                      R"(,"headers":{"Authorization":"{\"cf-access-client-secret\":\"<>\"}"})", R"(,"headers":{"Cookie":"CF_Authorization=<>"})"}) {
        const auto told = explain(QByteArray(members).replace("<>", secret));
        QCOMPARE(told.status, 200);
        QVERIFY(told.result().find("decision")->find("allowed")->asBool() == false);
        QVERIFY(!told.body.contains("hunter2"));
    }
}

LATCHKEY_TEST(TestApiPolicies)

} // namespace tst_api_policies

#include "tst_api_policies.moc"
