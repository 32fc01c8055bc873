// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "ScriptedServer.h"

#include "agent/client/ManagementClient.h"

#include "TestProgram.h"

namespace tst_client_rotation {

using namespace latchkey;
using namespace latchkey::client;
using latchkey::test::ScriptedServer;
using Severity = access::Finding::Severity;

namespace {

const access::TokenId tokenId{"11111111-2222-4333-8444-555555555555"};
const QByteArray account = "/client/v4/accounts/0123456789abcdef0123456789abcdef";
constexpr std::chrono::sys_seconds later{std::chrono::seconds(1'795'521'600)};   // 2026-11-24T12:00:00Z

QByteArray success(const QByteArray& result)
{
    return QByteArray(R"({"success":true,"errors":[],"messages":[],"result":<result>})").replace("<result>", result);
}

QByteArray refusal(int code, const QByteArray& message)
{
    return QByteArray(R"({"success":false,"errors":[{"code":<code>,"message":"<message>"}],"messages":[],"result":null})")
        .replace("<code>", QByteArray::number(code))
        .replace("<message>", message);
}

QByteArray rotated(const QByteArray& more)
{
    return success(QByteArray(R"({"id":"11111111-2222-4333-8444-555555555555","client_id":"88bf3b6d86161464f6509f7219099e57.access","name":"ci","duration":"8760h","client_secret_version":2<more>})")
                       .replace("<more>", more));
}

} // namespace

/// Rotation, whose reply tells a secret once, and the agent's advice.
class TestClientRotation : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ManagementClient> m_client;
    int m_answers = 0;

    template <typename T>
    Handler<T> keeping(std::optional<Result<T>>& into)
    {
        return [this, &into](Result<T> answer) {
            into = std::move(answer);
            ++m_answers;
        };
    }
    void rotate(std::optional<std::chrono::sys_seconds> previousEnd, std::optional<Result<IssuedToken>>& into)
    {
        m_client->rotateToken(tokenId, previousEnd, keeping(into));
        QCOMPARE(m_answers, 0);   // never from inside the call
        QTRY_COMPARE(m_answers, 1);
    }
    void askAdvice(std::optional<Result<std::vector<access::Finding>>>& into)
    {
        m_client->advice(keeping(into));
        QTRY_COMPARE(m_answers, 1);
    }

private Q_SLOTS:
    void init()
    {
        m_answers = 0;
        m_server = std::make_unique<ScriptedServer>();
        m_client = std::make_unique<ManagementClient>(Endpoint{m_server->url(QStringLiteral("/client/v4")), "0123456789abcdef0123456789abcdef"},
                                                      SecretBytes(std::string_view("client-test-api-token")));
    }
    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }
    void aRotationTellsTheNewSecret();
    void theOldSecretGetsItsTime_data();
    void theOldSecretGetsItsTime();
    void aZonesTokenIsRotatedThere();
    void aRefusedRotationIsTold_data();
    void aRefusedRotationIsTold();
    void aRotationWithoutASecretIsNoSuccess();
    void adviceIsUnderstood();
    void adviceThatIsNotUnderstoodIsAnError_data();
    void adviceThatIsNotUnderstoodIsAnError();
    void adviceIsAskedForAgain();
};

void TestClientRotation::aRotationTellsTheNewSecret()
{
    m_server->thenReply(200, rotated(R"(,"client_secret":"cfast_new","previous_client_secret_expires_at":"2026-11-24T12:00:00Z")"));
    std::optional<Result<IssuedToken>> answer;
    rotate(later, answer);
    QVERIFY(answer->has_value());
    QCOMPARE((*answer)->secret.reveal(), std::string_view("cfast_new"));
    const access::ServiceToken& token = (*answer)->token;
    QCOMPARE(token.clientSecretVersion, 2);
    QVERIFY(token.previousClientSecretExpiresAt == later);
    QVERIFY(token.extra.find("cfast_new") == std::string::npos);   // nowhere but in the one place
    const auto& request = m_server->requests().constFirst();
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.target, account + "/access/service_tokens/11111111-2222-4333-8444-555555555555/rotate");
    QCOMPARE(request.header("Authorization"), "Bearer client-test-api-token");
}

void TestClientRotation::theOldSecretGetsItsTime_data()
{
    QTest::addColumn<bool>("hasEnd");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("until then") << true << QByteArray(R"({"previous_client_secret_expires_at":"2026-11-24T12:00:00Z"})");
    QTest::newRow("none") << false << QByteArray("{}");
}

void TestClientRotation::theOldSecretGetsItsTime()
{
    QFETCH(bool, hasEnd);
    QFETCH(QByteArray, body);
    m_server->thenReply(200, rotated(R"(,"client_secret":"s")"));
    std::optional<Result<IssuedToken>> answer;
    rotate(hasEnd ? std::optional(later) : std::nullopt, answer);
    QVERIFY(answer->has_value());
    QCOMPARE(QJsonDocument::fromJson(m_server->requests().constFirst().body), QJsonDocument::fromJson(body));
    QCOMPARE(m_server->requests().constFirst().header("Content-Type"), "application/json");
}

void TestClientRotation::aZonesTokenIsRotatedThere()
{
    m_client = std::make_unique<ManagementClient>(Endpoint{m_server->url(QStringLiteral("/client/v4")), "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"},
                                                  SecretBytes(std::string_view("client-test-api-token")));
    m_server->thenReply(200, rotated(R"(,"client_secret":"s")"));
    std::optional<Result<IssuedToken>> answer;
    rotate(std::nullopt, answer);
    QVERIFY(answer->has_value());
    QCOMPARE(m_server->requests().constFirst().target,
             "/client/v4/zones/fedcba9876543210fedcba9876543210/access/service_tokens/11111111-2222-4333-8444-555555555555/rotate");
}

void TestClientRotation::aRefusedRotationIsTold_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("error");
    QTest::newRow("gone") << 404 << 11021 << static_cast<int>(ErrorCode::notFound);
    QTest::newRow("not allowed") << 403 << 9109 << static_cast<int>(ErrorCode::forbidden);
    QTest::newRow("a wrong end") << 400 << 12130 << static_cast<int>(ErrorCode::invalidArgument);
    QTest::newRow("a broken server") << 500 << 1 << static_cast<int>(ErrorCode::protocol);
}

void TestClientRotation::aRefusedRotationIsTold()
{
    QFETCH(int, status);
    QFETCH(int, code);
    QFETCH(int, error);
    m_server->thenReply(status, refusal(code, "the server's words"));
    std::optional<Result<IssuedToken>> answer;
    rotate(later, answer);
    QVERIFY(!answer->has_value());
    QCOMPARE(static_cast<int>(answer->error().code), error);
    QVERIFY2(answer->error().message.find("the server's words") != std::string::npos, answer->error().message.c_str());
    QCOMPARE(m_server->requests().size(), 1);
}

void TestClientRotation::aRotationWithoutASecretIsNoSuccess()
{
    m_server->thenReply(200, rotated({}));
    std::optional<Result<IssuedToken>> answer;
    rotate(std::nullopt, answer);
    QVERIFY(!answer->has_value());
    QCOMPARE(answer->error().code, ErrorCode::protocol);
}

void TestClientRotation::adviceIsUnderstood()
{
    m_server->thenReply(200, success(R"([{"code":"bypass_over_service_auth","severity":"error","message":"Look.","application":{"id":"a","name":"Wiki"},"token":null,"policy":{"id":"p","name":"all"},"group":null},{"code":"token_never_used","severity":"info","message":"Old.","token":{"id":"t","name":"ci"}},{"code":"from_the_future","severity":"dire","message":"New.","group":{"id":"g"},"more":1}])"));
    std::optional<Result<std::vector<access::Finding>>> answer;
    askAdvice(answer);
    QVERIFY(answer->has_value());
    const std::vector<access::Finding> expected{
        {"bypass_over_service_auth", Severity::error, "Look.", {{"a", "Wiki"}}, {}, {{"p", "all"}}, {}},
        {"token_never_used", Severity::info, "Old.", {}, {{"t", "ci"}}, {}, {}},
        {"from_the_future", Severity::warning, "New.", {}, {}, {}, {{"g", ""}}},
    };
    QVERIFY(**answer == expected);
    const auto& request = m_server->requests().constFirst();
    QCOMPARE(request.method, "GET");
    QCOMPARE(request.target, "/latchkey/v1/advice");
}

void TestClientRotation::adviceThatIsNotUnderstoodIsAnError_data()
{
    QTest::addColumn<QByteArray>("result");
    QTest::newRow("no list") << QByteArray("{}");
    QTest::newRow("nothing") << QByteArray("null");
    QTest::newRow("a finding without a code") << QByteArray(R"([{"message":"x"}])");
    QTest::newRow("a finding without a message") << QByteArray(R"([{"code":"x"}])");
    QTest::newRow("a message of another kind") << QByteArray(R"([{"code":"x","message":1}])");
    QTest::newRow("a name of another kind") << QByteArray(R"([{"code":"x","message":"y","token":{"id":"t","name":1}}])");
}

void TestClientRotation::adviceThatIsNotUnderstoodIsAnError()
{
    QFETCH(QByteArray, result);
    m_server->thenReply(200, success(result));
    std::optional<Result<std::vector<access::Finding>>> answer;
    askAdvice(answer);
    QVERIFY(!answer->has_value());
    QCOMPARE(answer->error().code, ErrorCode::protocol);
}

void TestClientRotation::adviceIsAskedForAgain()
{
    m_server->thenReply(503, refusal(1, "x")).thenReply(200, success("[]"));
    std::optional<Result<std::vector<access::Finding>>> answer;
    askAdvice(answer);
    QVERIFY(answer->has_value());
    QVERIFY((*answer)->empty());
    QCOMPARE(m_server->requests().size(), 2);
}

LATCHKEY_TEST(TestClientRotation)

} // namespace tst_client_rotation

#include "tst_client_rotation.moc"
