// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApiTesting.h"
#include "TestProgram.h"

namespace tst_api_access {

using namespace apiTesting;

/// Who gets in, what strangers are told, and what the agent tells of itself.
class TestApiAccess : public ApiTest {
    Q_OBJECT
private Q_SLOTS:
    void accountsAndTheApiTokenAreTold();
    void whatIsNotThereIs404();
    void strangersGetTheSameAnswer_data();
    void strangersGetTheSameAnswer();
    void requestsForOtherNamesAreRefused();
    void repliesAreNotCachedNorShared();
    void refusalsOfTheListenerAreEnvelopes();
    void healthIsOpenAndProvesTheToken();
    void recentRequestsTellWhy();
    void statusTellsWhatIsThere();
    void shutdownIsAskedFor();
    void aFailedCommitIsNoSuccess();
    void stopLetsAReplyUnderWayFinish();
    void aTakenPortIsTold();
};

void TestApiAccess::accountsAndTheApiTokenAreTold()
{
    const auto accounts = get(u"/client/v4/accounts"_s);
    QCOMPARE(accounts.status, 200);
    QCOMPARE(*accounts.result().asArray()->front().find("id")->asString(), std::string("0123456789abcdef0123456789abcdef"));
    // Official SDKs page until a page is empty.
    QCOMPARE(get(u"/client/v4/accounts?page=2"_s).result().asArray()->size(), 0U);
    QCOMPARE(get(apps(u"?page=2"_s)).result().asArray()->size(), 0U);
    QCOMPARE(get(m_account).text("id"), std::string("0123456789abcdef0123456789abcdef"));
    for (const auto& path : {u"/client/v4/user/tokens/verify"_s, m_account + u"/tokens/verify"_s}) {
        const auto verified = get(path);
        QCOMPARE(verified.status, 200);
        QCOMPARE(verified.text("status"), std::string("active"));
        QCOMPARE(verified.text("id").size(), 32U);
    }
}

void TestApiAccess::whatIsNotThereIs404()
{
    const QString nobody = u"/11111111-2222-4333-8444-555555555555"_s;
    for (const auto& reply : {get(tokens(nobody)), send("PUT", tokens(nobody), R"({"name":"x"})"), send("DELETE", tokens(nobody)),
                              send("POST", tokens(nobody + u"/refresh"_s)), get(apps(nobody)), get(tokens(u"/%27%20or%201=1"_s)),
                              send("POST", apps(nobody + u"/revoke_tokens"_s)), get(u"/client/v4/nowhere"_s), get(u"/"_s)}) {
        QCOMPARE(reply.status, 404);
        QVERIFY(!reply.envelope.success);
        QVERIFY(reply.errorCode() != 0);
    }
    const auto wrong = send("PATCH", tokens());
    QCOMPARE(wrong.status, 405);
    QCOMPARE(wrong.header("Allow"), QByteArray("GET, POST"));
}

void TestApiAccess::strangersGetTheSameAnswer_data()
{
    QTest::addColumn<QByteArray>("bearer");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("wrong") << QByteArray("Bearer preset-api-tokem");
    QTest::newRow("key of old") << QByteArray("Basic preset-api-token-0123");
}

void TestApiAccess::strangersGetTheSameAnswer()
{
    QFETCH(QByteArray, bearer);
    m_bearer = bearer;
    for (const auto& path : {tokens(), u"/client/v4/user/tokens/verify"_s, u"/nowhere"_s, u"/latchkey/v1/status"_s}) {
        const auto refused = get(path);
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.body, QByteArray(R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null})"));
    }
    QCOMPARE(send("POST", u"/latchkey/v1/shutdown"_s).status, 403);
    QCOMPARE(send("POST", tokens(), R"({"name":"x"})").status, 403);
    QCOMPARE(m_agent->tokens()->size(), 0U);
}

void TestApiAccess::requestsForOtherNamesAreRefused()
{
    const auto ask = [&](const QByteArray& headers) {
        return raw("GET /client/v4/accounts HTTP/1.1\r\n" + headers + "Authorization: Bearer preset-api-token-0123\r\nConnection: close\r\n\r\n");
    };
    QVERIFY(ask("Host: localhost\r\n").startsWith("HTTP/1.1 200 "));
    QVERIFY(ask("Host: AGENT.internal:80\r\n").startsWith("HTTP/1.1 200 "));
    QVERIFY(ask("Host: evil.example.com\r\n").startsWith("HTTP/1.1 403 "));
    QVERIFY(ask("Host: localhost\r\nOrigin: https://evil.example.com\r\n").startsWith("HTTP/1.1 403 "));
    QVERIFY(ask("Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://localhost\r\n").startsWith("HTTP/1.1 403 "));
    const auto absolute = raw("GET http://evil.example.com/client/v4/accounts HTTP/1.1\r\nHost: evil.example.com\r\n"
                              "Authorization: Bearer preset-api-token-0123\r\nConnection: close\r\n\r\n");
    QVERIFY(absolute.startsWith("HTTP/1.1 403 "));
    const auto twice = raw("GET /client/v4/accounts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n"
                           "Authorization: Bearer preset-api-token-0123\r\nConnection: close\r\n\r\n");
    QVERIFY(twice.startsWith("HTTP/1.1 403 "));
    const auto preflight = raw("OPTIONS /client/v4/accounts HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example.com\r\n"
                               "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
    QVERIFY(preflight.startsWith("HTTP/1.1 403 "));
    QVERIFY(!preflight.toLower().contains("access-control-allow"));
}

void TestApiAccess::repliesAreNotCachedNorShared()
{
    const auto list = get(tokens());
    QCOMPARE(list.header("Content-Type"), QByteArray("application/json"));
    QCOMPARE(list.header("Cache-Control"), QByteArray("no-store"));
    QCOMPARE(list.header("X-Content-Type-Options"), QByteArray("nosniff"));
    QVERIFY(list.header("Access-Control-Allow-Origin").isEmpty());
}

void TestApiAccess::refusalsOfTheListenerAreEnvelopes()
{
    const auto answer = raw("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 400 "));
    const auto envelope = wire::decodeEnvelope(answer.mid(answer.indexOf("\r\n\r\n") + 4).toStdString());
    QVERIFY(envelope);
    QVERIFY(!envelope->success);
    const auto head = raw("HEAD /latchkey/v1/health?nonce=0123456789abcdef HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    QVERIFY(head.startsWith("HTTP/1.1 200 "));
    QVERIFY(head.endsWith("\r\n\r\n"));
}

void TestApiAccess::healthIsOpenAndProvesTheToken()
{
    m_bearer.clear();
    const auto health = get(u"/latchkey/v1/health?nonce=0123456789abcdef"_s);
    QCOMPARE(health.status, 200);
    const auto status = m_agent->control().status();
    QCOMPARE(health.text("agent_id"), status.agentId);
    QCOMPARE(health.text("version"), std::string("1.2.3"));
    QCOMPARE(health.text("account_id"), status.accountId);
    QCOMPARE(health.text("proof"), base::toHex(base::asText(base::hmacSha256("preset-api-token-0123", "0123456789abcdef"))));
    QVERIFY(!health.body.contains("preset-api-token-0123"));
    QCOMPARE(get(u"/latchkey/v1/health"_s).status, 400);
}

void TestApiAccess::recentRequestsTellWhy()
{
    edge::RequestEvent event;
    event.at = m_agent->clock.now();
    event.method = "GET";
    event.host = "grafana.example.com";
    event.path = "/d";
    event.reason = access::Reason::wrongSecret;
    event.status = 401;
    m_agent->edge.events->deliver({.requests = {event}, .seen = {}});
    Reply requests;
    QTRY_VERIFY((requests = get(u"/latchkey/v1/requests?limit=10"_s)).result().asArray()->size() == 1U);
    const auto& row = requests.result().asArray()->front();
    QCOMPARE(*row.find("reason")->asString(), std::string("wrong_secret"));
    QVERIFY(!row.find("explanation")->asString()->empty());
    QCOMPARE(*row.find("created_at")->asString(), base::formatRfc3339(m_agent->clock.now()));
    QVERIFY(row.find("status")->asInteger() == 401);
    QCOMPARE(get(u"/latchkey/v1/requests?limit=0"_s).status, 400);
}

void TestApiAccess::statusTellsWhatIsThere()
{
    QCOMPARE(send("POST", tokens(), R"({"name":"CI"})").status, 201);
    const auto status = get(u"/latchkey/v1/status"_s);
    QCOMPARE(status.status, 200);
    QVERIFY(status.result().find("service_tokens")->asInteger() == 1);
    QCOMPARE(status.text("vault"), std::string("memory"));
    QCOMPARE(status.text("edge"), std::string("http://127.0.0.1:8400"));
}

void TestApiAccess::shutdownIsAskedFor()
{
    QSignalSpy asked(&m_agent->control(), &control::Control::shutdownRequested);
    QCOMPARE(send("POST", u"/latchkey/v1/shutdown"_s).status, 202);
    QTRY_COMPARE(asked.size(), 1);
}

void TestApiAccess::aFailedCommitIsNoSuccess()
{
    m_agent->store.failCommit = true;
    const auto refused = send("POST", tokens(), R"({"name":"CI"})");
    QCOMPARE(refused.status, 500);
    QVERIFY(!refused.envelope.success);
    QVERIFY(!refused.body.contains("client_secret"));
    m_agent->store.failCommit = false;
    QCOMPARE(get(tokens()).envelope.pageInfo->totalCount, 0);
}

void TestApiAccess::stopLetsAReplyUnderWayFinish()
{
    m_agent->edge.holdAdoption = true;
    QNetworkRequest request(QUrl(m_origin + tokens()));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setRawHeader("Authorization", m_bearer);
    std::unique_ptr<QNetworkReply> reply(m_network->post(request, QByteArray(R"({"name":"CI"})")));
    QTRY_COMPARE(m_agent->edge.held.size(), 1U);
    QTimer::singleShot(0, this, [this] { m_agent->edge.adoptAll(); });
    m_api->stop(20s);
    QTRY_VERIFY(reply->isFinished());
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 201);
    QCOMPARE(get(tokens()).status, 0);
}

void TestApiAccess::aTakenPortIsTold()
{
    auto second = api::Api::start({.host = "127.0.0.1", .port = m_api->port(), .hostNames = {}}, m_agent->control(), m_agent->log);
    QVERIFY(!second);
    QVERIFY(second.error().code == ErrorCode::portTaken);
}

LATCHKEY_TEST(TestApiAccess)

} // namespace tst_api_access

#include "tst_api_access.moc"
