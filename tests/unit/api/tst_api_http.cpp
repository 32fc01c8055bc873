// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApiTesting.h"
#include "TestProgram.h"

namespace tst_api_http {

using namespace apiTesting;

/// Tokens, applications and the organization in Cloudflare's shapes.
class TestApiHttp : public ApiTest {
    Q_OBJECT
private Q_SLOTS:
    void aTokensLifeHasCloudflaresShapes();
    void aTokenCanBeMadeDisabled();
    void theSecretIsToldOnce();
    void theSecretIsWellPlacedWhateverElseIsThere();
    void refreshOfATokenThatNeverExpiresSaysSo();
    void unknownMembersComeBack();
    void theOrganizationIsReadReplacedAndPatched();
    void wrongOrganizationsAreRefused_data();
    void wrongOrganizationsAreRefused();
    void theOrganizationSurvivesARestart();
    void listsArePaged();
    void listsAreFiltered();
    void wrongBodiesAreRefused_data();
    void wrongBodiesAreRefused();
    void anApplicationsLifeHasCloudflaresShapes();
    void aPutKeepsWhatSdksCannotKnow();
    void aTakenPortIsAConflict();
    void zonesAreAliases();
};

void TestApiHttp::aTokensLifeHasCloudflaresShapes()
{
    const auto created = send("POST", tokens(), R"({"name":"CI","duration":"1h"})");
    QCOMPARE(created.status, 201);
    QVERIFY(created.envelope.success);
    QVERIFY(created.envelope.errors.empty());
    QVERIFY(access::isClientId(created.text("client_id")));
    QVERIFY(access::checkClientSecret(created.text("client_secret")) == access::SecretForm::cfast);
    const auto id = created.text("id");
    const auto now = m_agent->clock.now();
    QCOMPARE(created.text("expires_at"), base::formatRfc3339(now + 1h));

    const auto read = get(tokens(slash(id)));
    QCOMPARE(read.status, 200);
    QCOMPARE(read.text("name"), std::string("CI"));
    QCOMPARE(read.text("duration"), std::string("1h"));
    QCOMPARE(read.text("created_at"), base::formatRfc3339(now));

    m_agent->clock.advance(10min);
    const auto refreshed = send("POST", tokens(slash(id) + u"/refresh"_s));
    QCOMPARE(refreshed.status, 200);
    QCOMPARE(refreshed.text("duration"), std::string("8760h"));
    QCOMPARE(refreshed.text("expires_at"), base::formatRfc3339(now + 10min + 8760h));
    QVERIFY(refreshed.envelope.messages.empty());

    const auto renamed = send("PUT", tokens(slash(id)), R"({"name":"Deploy","enabled":false})");
    QCOMPARE(renamed.status, 200);
    QCOMPARE(renamed.text("name"), std::string("Deploy"));
    QVERIFY(renamed.result().find("enabled")->asBool() == false);
    QCOMPARE(renamed.text("duration"), std::string("8760h"));

    const auto removed = send("DELETE", tokens(slash(id)));
    QCOMPARE(removed.status, 200);
    QCOMPARE(removed.text("id"), id);
    QCOMPARE(get(tokens(slash(id))).status, 404);
    QCOMPARE(get(tokens()).result().asArray()->size(), 0U);
}

void TestApiHttp::aTokenCanBeMadeDisabled()
{
    const auto created = send("POST", tokens(), R"({"name":"CI","enabled":false})");
    QCOMPARE(created.status, 201);
    QVERIFY(created.result().find("enabled")->asBool() == false);
    QVERIFY(get(tokens(slash(created.text("id")))).result().find("enabled")->asBool() == false);
}

void TestApiHttp::theSecretIsToldOnce()
{
    const auto created = send("POST", tokens(), R"({"name":"CI"})");
    const auto secret = QByteArray::fromStdString(created.text("client_secret"));
    QVERIFY(!secret.isEmpty());
    QCOMPARE(created.body.count(secret), 1);
    const auto id = slash(created.text("id"));
    for (const auto& reply : {get(tokens()), get(tokens(id)), send("PUT", tokens(id), R"({"name":"x"})"),
                              send("POST", tokens(id + u"/refresh"_s)), send("DELETE", tokens(id))}) {
        QCOMPARE(reply.status, 200);
        QVERIFY(!reply.body.contains(secret));
        QVERIFY(!reply.body.contains("client_secret\""));
    }
    QVERIFY(m_agent->log.text().find(secret.toStdString()) == std::string::npos);
}

void TestApiHttp::theSecretIsWellPlacedWhateverElseIsThere()
{
    const auto created = send("POST", tokens(), R"({"name":"\"client_secret\":\"\"","x":{"client_secret":""}})");
    QCOMPARE(created.status, 201);
    QVERIFY(access::checkClientSecret(created.text("client_secret")));
    QCOMPARE(created.text("name"), std::string(R"("client_secret":"")"));
}

void TestApiHttp::refreshOfATokenThatNeverExpiresSaysSo()
{
    const auto created = send("POST", tokens(), R"({"name":"CI","duration":"forever"})");
    QCOMPARE(created.status, 201);
    QVERIFY(!created.result().find("expires_at"));
    const auto refreshed = send("POST", tokens(slash(created.text("id")) + u"/refresh"_s));
    QCOMPARE(refreshed.status, 200);
    QCOMPARE(refreshed.text("duration"), std::string("forever"));
    QCOMPARE(refreshed.envelope.messages.size(), 1U);
}

void TestApiHttp::theOrganizationIsReadReplacedAndPatched()
{
    const auto path = m_account + u"/access/organizations"_s;
    const auto first = get(path);
    QCOMPARE(first.status, 200);
    QCOMPARE(first.text("name"), std::string("local"));
    QCOMPARE(first.text("auth_domain"), std::string("local.cloudflareaccess.com"));
    QVERIFY(first.result().find("strict_service_token_auth")->asBool() == true);
    QCOMPARE(first.result().find("service_token_inactivity")->dump(),
             std::string(R"({"enabled":false,"inactivity_threshold_days":90,"action":"disable"})"));

    const auto patched = send("PATCH", path, R"({"service_token_inactivity":{"enabled":true,"inactivity_threshold_days":30,"action":"delete"},
        "session_duration":"6h","is_ui_read_only":true,
        "latchkey":{"activation_delay":"5m","country_header":"X-Country","theme":"dark",
                    "test_identities":[{"email":"alice@example.com","groups":["staff"]}]}})");
    QCOMPARE(patched.status, 200);
    QCOMPARE(m_agent->edge.newest().organization->countryHeader, std::string("X-Country"));
    QCOMPARE(m_agent->edge.newest().organization->testIdentities.size(), 1U);
    const auto read = get(path);
    QCOMPARE(read.result().dump(), patched.result().dump());
    QVERIFY(read.result().find("is_ui_read_only")->asBool() == true);
    const auto* own = read.result().find("latchkey");
    QCOMPARE(own->find("activation_delay")->asInteger().value_or(0), 300);
    QVERIFY(own->find("theme"));

    // An older SDK's PUT does not know of strictness, inactivity and ours.
    const auto put = send("PUT", path, R"({"name":"Acme","auth_domain":"local.cloudflareaccess.com","strict_service_token_auth":false})");
    QCOMPARE(put.status, 200);
    QCOMPARE(put.text("name"), std::string("Acme"));
    QVERIFY(!put.result().find("session_duration"));
    QVERIFY(!put.result().find("is_ui_read_only"));
    QVERIFY(put.result().find("service_token_inactivity")->find("enabled")->asBool() == true);
    QCOMPARE(put.result().find("latchkey")->find("activation_delay")->asInteger().value_or(0), 300);
    QVERIFY(!m_agent->edge.newest().organization->strict);

    // The same again is no change for the edge.
    const auto revision = m_agent->edge.newest().revision;
    QCOMPARE(send("PATCH", path, R"({"name":"Acme"})").status, 200);
    QCOMPARE(m_agent->edge.newest().revision, revision);
}

void TestApiHttp::wrongOrganizationsAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("names");
    const auto row = [](const char* name, QByteArray body, QString names) { QTest::newRow(name) << body << names; };
    row("no object", "[]", u"object"_s);
    row("broken JSON", "{", u"JSON"_s);
    row("name of another kind", R"({"name":1})", u"name"_s);
    row("an empty name", R"({"name":""})", u"name"_s);
    row("another team", R"({"auth_domain":"other.cloudflareaccess.com"})", u"auth_domain"_s);
    row("an endless session", R"({"session_duration":"forever"})", u"session_duration"_s);
    row("strict as text", R"({"strict_service_token_auth":"yes"})", u"strict_service_token_auth"_s);
    row("inactivity as text", R"({"service_token_inactivity":"on"})", u"service_token_inactivity"_s);
    row("29 days", R"({"service_token_inactivity":{"inactivity_threshold_days":29}})", u"inactivity_threshold_days"_s);
    row("366 days", R"({"service_token_inactivity":{"inactivity_threshold_days":366}})", u"inactivity_threshold_days"_s);
    row("half a day", R"({"service_token_inactivity":{"inactivity_threshold_days":30.5}})", u"inactivity_threshold_days"_s);
    row("another action", R"({"service_token_inactivity":{"action":"mail"}})", u"service_token_inactivity.action"_s);
    row("a negative delay", R"({"latchkey":{"activation_delay":-1}})", u"latchkey.activation_delay"_s);
    row("an endless delay", R"({"latchkey":{"activation_delay":"forever"}})", u"latchkey.activation_delay"_s);
    row("a negative limit", R"({"latchkey":{"rate_limit":-5}})", u"latchkey.rate_limit"_s);
    row("a header with a space", R"({"latchkey":{"country_header":"X Country"}})", u"latchkey.country_header"_s);
    row("an identity without email", R"({"latchkey":{"test_identities":[{"name":"A"}]}})", u"email"_s);
    row("an identity twice", R"({"latchkey":{"test_identities":[{"email":"a@b.c"},{"email":"A@b.c"}]}})", u"twice"_s);
    row("a country of three letters", R"({"latchkey":{"test_identities":[{"email":"a@b.c","country":"DEU"}]}})", u"country"_s);
}

void TestApiHttp::wrongOrganizationsAreRefused()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, names);
    const auto path = m_account + u"/access/organizations"_s;
    const auto before = get(path).result().dump();
    for (const char* verb : {"PUT", "PATCH"}) {
        const auto refused = send(verb, path, body);
        QCOMPARE(refused.status, 400);
        QCOMPARE(refused.errorCode(), 12130);
        QVERIFY2(QString::fromStdString(refused.message()).contains(names), refused.message().c_str());
        QCOMPARE(get(path).result().dump(), before);
    }
}

void TestApiHttp::theOrganizationSurvivesARestart()
{
    const auto path = m_account + u"/access/organizations"_s;
    const auto patched = send("PATCH", path, R"({"name":"Acme","session_duration":"6h","strict_service_token_auth":false})");
    QCOMPARE(patched.status, 200);
    m_api->stop(1s);
    m_api.reset();
    m_agent->stop();
    m_agent->options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
    QVERIFY(m_agent->start());
    QVERIFY(!m_agent->control().organization()->strict);
    QCOMPARE(m_agent->control().organization()->name, std::string("Acme"));
    QCOMPARE(m_agent->control().organization()->authDomain, std::string("local.cloudflareaccess.com"));
    QVERIFY(!m_agent->edge.newest().organization->strict);
}

void TestApiHttp::unknownMembersComeBack()
{
    const auto created = send("POST", tokens(), R"({"name":"CI","team_tag":{"a":[1,2.50]}})");
    QCOMPARE(created.status, 201);
    const auto read = get(tokens(slash(created.text("id"))));
    QCOMPARE(read.result().find("team_tag")->dump(), std::string(R"({"a":[1,2.50]})"));
}

void TestApiHttp::listsArePaged()
{
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(send("POST", tokens(), "{\"name\":\"token " + QByteArray::number(i) + "\"}").status, 201);
        m_agent->clock.advance(1s);
    }
    const auto page = get(tokens(u"?page=2&per_page=2"_s));
    QCOMPARE(page.status, 200);
    QCOMPARE(page.result().asArray()->size(), 2U);
    QVERIFY((page.envelope.pageInfo == wire::PageInfo{2, 2, 2, 5, 3}));
    QCOMPARE(*(*page.result().asArray())[0].find("name")->asString(), std::string("token 2"));
    const auto beyond = get(tokens(u"?page=9&per_page=2"_s));
    QCOMPARE(beyond.result().asArray()->size(), 0U);
    QCOMPARE(beyond.envelope.pageInfo->totalCount, 5);
    const auto usual = get(tokens());
    QCOMPARE(usual.envelope.pageInfo->perPage, 100);
    QCOMPARE(get(tokens(u"?per_page=5000"_s)).envelope.pageInfo->perPage, 1000);
    QCOMPARE(get(tokens(u"?page=0"_s)).status, 400);
    QCOMPARE(get(tokens(u"?per_page=x"_s)).status, 400);
}

void TestApiHttp::listsAreFiltered()
{
    for (const char* name : {"alpha", "alphabet", "beta & co"})
        QCOMPARE(send("POST", tokens(), QByteArray("{\"name\":\"") + name + "\"}").status, 201);
    QCOMPARE(get(tokens(u"?name=alpha"_s)).envelope.pageInfo->totalCount, 1);
    QCOMPARE(get(tokens(u"?search=ALPHA"_s)).envelope.pageInfo->totalCount, 2);
    QCOMPARE(get(tokens(u"?name=beta+%26+co"_s)).envelope.pageInfo->totalCount, 1);
    QCOMPARE(get(tokens(u"?name=gamma"_s)).envelope.pageInfo->totalCount, 0);
}

void TestApiHttp::wrongBodiesAreRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("no JSON") << QByteArray("name=x");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no name") << QByteArray("{}");
    QTest::newRow("name twice") << QByteArray(R"({"name":"a","name":"b"})");
    QTest::newRow("name no text") << QByteArray(R"({"name":7})");
    QTest::newRow("name empty") << QByteArray(R"({"name":""})");
    QTest::newRow("name too long") << "{\"name\":\"" + QByteArray(256, 'x') + "\"}";
    QTest::newRow("duration rubbish") << QByteArray(R"({"name":"x","duration":"a year"})");
    QTest::newRow("duration negative") << QByteArray(R"({"name":"x","duration":"-1h"})");
    QTest::newRow("cut short") << QByteArray(R"({"name":"x")");
}

void TestApiHttp::wrongBodiesAreRefused()
{
    QFETCH(QByteArray, body);
    const auto refused = send("POST", tokens(), body);
    QCOMPARE(refused.status, 400);
    QVERIFY(!refused.envelope.success);
    QVERIFY(refused.result().isNull());
    QCOMPARE(refused.errorCode(), 12130);
    QVERIFY(refused.message().starts_with("access.api.error.invalid_request: "));
    QCOMPARE(get(tokens()).envelope.pageInfo->totalCount, 0);
}

void TestApiHttp::anApplicationsLifeHasCloudflaresShapes()
{
    const QByteArray body = R"({"name":"Grafana","type":"self_hosted","domain":"grafana.example.com","session_duration":"30m",
        "http_only_cookie_attribute":true,"latchkey":{"upstream":"http://127.0.0.1:3000"},
        "policies":[{"name":"Machines","decision":"non_identity","include":[{"any_valid_service_token":{}}]}]})";
    const auto created = send("POST", apps(), body);
    QCOMPARE(created.status, 201);
    QCOMPARE(created.text("aud").size(), 64U);
    QCOMPARE(created.text("type"), std::string("self_hosted"));
    QVERIFY(created.result().find("latchkey")->find("port")->asInteger() == 8410);
    QVERIFY(created.result().find("http_only_cookie_attribute")->asBool() == true);
    const auto id = slash(created.text("id"));

    QCOMPARE(get(apps(id)).result(), created.result());
    const auto list = get(apps());
    QCOMPARE(list.envelope.pageInfo->totalCount, 1);
    QCOMPARE(list.result().asArray()->front(), created.result());

    m_agent->clock.advance(1min);
    const auto revoked = send("POST", apps(id + u"/revoke_tokens"_s));
    QCOMPARE(revoked.status, 202);
    QVERIFY(revoked.envelope.success);
    QCOMPARE(m_agent->edge.newest().applications.front()->sessionEpoch(), 1U);

    const auto removed = send("DELETE", apps(id));
    QCOMPARE(removed.status, 202);
    QCOMPARE(removed.text("id"), created.text("id"));
    QCOMPARE(get(apps(id)).status, 404);
}

void TestApiHttp::aPutKeepsWhatSdksCannotKnow()
{
    const auto created = send("POST", apps(), R"({"name":"Grafana","domain":"grafana.example.com",
        "latchkey":{"upstream":"http://127.0.0.1:3000","port":9000},
        "policies":[{"name":"Machines","decision":"non_identity","include":[{"any_valid_service_token":{}}]}]})");
    QCOMPARE(created.status, 201);
    const auto id = slash(created.text("id"));
    const auto renamed = send("PUT", apps(id), R"({"name":"Renamed","type":"self_hosted","domain":"other.example.com"})");
    QCOMPARE(renamed.status, 200);
    QCOMPARE(renamed.text("name"), std::string("Renamed"));
    QCOMPARE(renamed.text("domain"), std::string("other.example.com"));
    QCOMPARE(*renamed.result().find("latchkey"), *created.result().find("latchkey"));
    QCOMPARE(*renamed.result().find("policies"), *created.result().find("policies"));

    const auto moved = send("PUT", apps(id), R"({"type":"self_hosted","policies":[],"latchkey":{"upstream":"http://127.0.0.1:4000"}})");
    QCOMPARE(moved.status, 200);
    QCOMPARE(moved.text("name"), std::string("Renamed"));
    QCOMPARE(moved.result().find("policies")->asArray()->size(), 0U);
    QCOMPARE(*moved.result().find("latchkey")->find("upstream")->asString(), std::string("http://127.0.0.1:4000"));
    QVERIFY(moved.result().find("latchkey")->find("port")->asInteger() == 9000);
}

void TestApiHttp::aTakenPortIsAConflict()
{
    m_agent->edge.takenByOthers = {9000};
    const auto refused = send("POST", apps(), R"({"name":"x","latchkey":{"port":9000}})");
    QCOMPARE(refused.status, 409);
    QVERIFY(refused.message().find("9000") != std::string::npos);
}

void TestApiHttp::zonesAreAliases()
{
    QCOMPARE(send("POST", tokens(), R"({"name":"CI"})").status, 201);
    const auto list = get(u"/client/v4/zones/anything/access/service_tokens"_s);
    QCOMPARE(list.status, 200);
    QCOMPARE(list.envelope.pageInfo->totalCount, 1);
}

LATCHKEY_TEST(TestApiHttp)

} // namespace tst_api_http

#include "tst_api_http.moc"
