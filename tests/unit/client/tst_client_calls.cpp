// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "ScriptedServer.h"

#include "agent/client/ManagementClient.h"

#include "TestProgram.h"

namespace tst_client_calls {

using namespace latchkey;
using namespace latchkey::client;
using latchkey::test::ScriptedServer;
using Kind = ScriptedServer::Answer::Kind;

namespace {

constexpr const char* bearer = "client-test-api-token";
const access::TokenId tokenId{"11111111-2222-4333-8444-555555555555"};

QByteArray tokenJson(const QByteArray& name = "ci", const QByteArray& more = {})
{
    return QByteArray(R"({"id":"11111111-2222-4333-8444-555555555555","client_id":"88bf3b6d86161464f6509f7219099e57.access",)"
                      R"("name":"<name>","duration":"8760h","created_at":"2026-11-01T00:00:00Z",)"
                      R"("updated_at":"2026-11-01T00:00:00Z","expires_at":"2027-11-01T00:00:00Z"<more>})")
        .replace("<name>", name)
        .replace("<more>", more);
}

QByteArray success(const QByteArray& result, const QByteArray& more = {})
{
    return QByteArray(R"({"success":true,"errors":[],"messages":[],"result":<result>})").replace("<result>", result + more);
}

QByteArray refusal(int code, const QByteArray& message)
{
    return QByteArray(R"({"success":false,"errors":[{"code":<code>,"message":"<message>"}],"messages":[],"result":null})")
        .replace("<code>", QByteArray::number(code))
        .replace("<message>", message);
}

QByteArray page(const QByteArrayList& tokens, int page, int pages)
{
    return success('[' + tokens.join(',') + ']',
                   QStringLiteral(R"(,"result_info":{"page":%1,"per_page":1000,"count":%2,"total_count":%3,"total_pages":%4})")
                       .arg(page).arg(tokens.size()).arg(pages * 2).arg(pages).toUtf8());
}

/// Remembers an answer and how often it came.
template <typename T>
struct Answered {
    std::optional<Result<T>> result;
    int times = 0;

    Handler<T> handler()
    {
        return [this](Result<T> answer) {
            result = std::move(answer);
            ++times;
        };
    }
    [[nodiscard]] std::optional<ErrorCode> error() const
    {
        return result && !*result ? std::optional(result->error().code) : std::nullopt;
    }
};

/// A write of the API, by name, with its answer reduced to whether it worked.
using Write = std::function<CallHandle(ManagementClient&, Handler<void>)>;

template <typename T>
Handler<T> dropping(Handler<void> handler)
{
    return [handler = std::move(handler)](Result<T> answer) mutable {
        if (answer)
            handler({});
        else
            handler(std::unexpected(answer.error()));
    };
}

const QList<std::pair<const char*, Write>>& writes()
{
    static const QList<std::pair<const char*, Write>> all{
        {"create token", [](ManagementClient& c, Handler<void> h) { return c.createToken("ci", access::Duration::oneYear(), dropping<IssuedToken>(std::move(h))); }},
        {"update token", [](ManagementClient& c, Handler<void> h) { return c.updateToken(tokenId, {.name = "new", .duration = {}, .enabled = {}}, dropping<access::ServiceToken>(std::move(h))); }},
        {"refresh token", [](ManagementClient& c, Handler<void> h) { return c.refreshToken(tokenId, dropping<access::ServiceToken>(std::move(h))); }},
        {"rotate token", [](ManagementClient& c, Handler<void> h) { return c.rotateToken(tokenId, std::nullopt, dropping<IssuedToken>(std::move(h))); }},
        {"delete token", [](ManagementClient& c, Handler<void> h) { return c.deleteToken(tokenId, std::move(h)); }},
        {"create application", [](ManagementClient& c, Handler<void> h) {
             access::Application wanted;
             wanted.name = "app";
             return c.createApplication(wanted, dropping<access::Application>(std::move(h)));
         }},
        {"update application", [](ManagementClient& c, Handler<void> h) { return c.updateApplication({"a"}, access::Application{}, dropping<access::Application>(std::move(h))); }},
        {"import", [](ManagementClient& c, Handler<void> h) { return c.importConfiguration("{}", {}, dropping<Json>(std::move(h))); }},
        {"delete application", [](ManagementClient& c, Handler<void> h) { return c.deleteApplication({"a"}, std::move(h)); }},
        {"revoke sessions", [](ManagementClient& c, Handler<void> h) { return c.revokeSessions({"a"}, std::move(h)); }},
        {"shutdown", [](ManagementClient& c, Handler<void> h) { return c.shutdownAgent(std::move(h)); }},
    };
    return all;
}

} // namespace

class TestClient : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ManagementClient> m_client;

    void requestCount(qsizetype count)
    {
        // A request too many would come after the answer: let what is on its way arrive.
        QTest::qWait(50);
        QCOMPARE(m_server->requests().size(), count);
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        m_client = std::make_unique<ManagementClient>(Endpoint{m_server->url(QStringLiteral("/client/v4")), "0123456789abcdef0123456789abcdef"},
                                                      SecretBytes(std::string_view(bearer)));
    }
    void cleanup()
    {
        m_client.reset();
        m_server.reset();
    }

    void asksWithBearerAtTheAccountsPath()
    {
        m_server->thenReply(200, success(tokenJson()));
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QCOMPARE(answered.times, 0);   // never from inside the call
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        QCOMPARE((*answered.result)->name, std::string("ci"));
        const auto& request = m_server->requests().constFirst();
        QCOMPARE(request.method, "GET");
        QCOMPARE(request.target, "/client/v4/accounts/0123456789abcdef0123456789abcdef/access/service_tokens/" + QByteArray::fromStdString(tokenId.value));
        QCOMPARE(request.header("Authorization"), QByteArray("Bearer ") + bearer);
    }

    void anIdCannotLeaveItsPlaceInThePath()
    {
        m_server->thenReply(404, refusal(11021, "x"));
        Answered<access::ServiceToken> answered;
        m_client->getToken({"../../user?x=1#y"}, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(m_server->requests().constFirst().target,
                 "/client/v4/accounts/0123456789abcdef0123456789abcdef/access/service_tokens/..%2F..%2Fuser%3Fx%3D1%23y");
    }

    void createTellsNameAndDurationAndHandsOverTheSecret()
    {
        m_server->thenReply(200, success(tokenJson("ci", R"(,"client_secret":"cfast_secret")")));
        Answered<IssuedToken> answered;
        m_client->createToken("ci", access::Duration::hours(24), answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        QCOMPARE((*answered.result)->secret.reveal(), std::string_view("cfast_secret"));
        const auto& request = m_server->requests().constFirst();
        QCOMPARE(request.method, "POST");
        QCOMPARE(request.header("Content-Type"), "application/json");
        const QJsonObject body = QJsonDocument::fromJson(request.body).object();
        QCOMPARE(body.value(QLatin1String("name")).toString(), QStringLiteral("ci"));
        QCOMPARE(body.value(QLatin1String("duration")).toString(), QStringLiteral("24h"));
        requestCount(1);
    }

    void aSearchIsEncoded()
    {
        m_server->thenReply(200, page({tokenJson()}, 2, 3));
        Answered<ListPage<access::ServiceToken>> answered;
        wire::ListQuery query;
        query.search = "a b&c=d/é";
        query.page = 2;
        m_client->listTokens(query, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        QCOMPARE((*answered.result)->totalCount, 6);
        QVERIFY2(m_server->requests().constFirst().target.contains("search=a%20b%26c%3Dd%2F%C3%A9"),
                 m_server->requests().constFirst().target.constData());
    }

    void readsAreTriedAgain_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        for (const int status : {429, 500, 502, 503, 504})
            QTest::addRow("%d", status) << static_cast<int>(Kind::reply) << status;
        QTest::addRow("connection lost") << static_cast<int>(Kind::drop) << 0;
    }
    void readsAreTriedAgain()
    {
        QFETCH(int, kind);
        QFETCH(int, status);
        m_server->then({.kind = static_cast<Kind>(kind), .status = status, .body = refusal(1, "x"), .headers = {}});
        m_server->thenReply(200, success(tokenJson()));
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        requestCount(2);
    }

    void readsGiveUp_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("requests");
        QTest::addColumn<int>("error");
        QTest::newRow("429 after three") << 429 << 3 << static_cast<int>(ErrorCode::rateLimited);
        QTest::newRow("503 after three") << 503 << 3 << static_cast<int>(ErrorCode::protocol);
        QTest::newRow("504 after three") << 504 << 3 << static_cast<int>(ErrorCode::timedOut);
        QTest::newRow("400 at once") << 400 << 1 << static_cast<int>(ErrorCode::invalidArgument);
        QTest::newRow("401 at once") << 401 << 1 << static_cast<int>(ErrorCode::unauthenticated);
        QTest::newRow("403 at once") << 403 << 1 << static_cast<int>(ErrorCode::forbidden);
        QTest::newRow("404 at once") << 404 << 1 << static_cast<int>(ErrorCode::notFound);
        QTest::newRow("409 at once") << 409 << 1 << static_cast<int>(ErrorCode::conflict);
        QTest::newRow("501 at once") << 501 << 1 << static_cast<int>(ErrorCode::protocol);
    }
    void readsGiveUp()
    {
        QFETCH(int, status);
        QFETCH(int, requests);
        QFETCH(int, error);
        for (int i = 0; i < requests; ++i)
            m_server->thenReply(status, refusal(1, "access.api.error.invalid_request: the reason"));
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(static_cast<int>(answered.error().value_or(ErrorCode::internal)), error);
        requestCount(requests);
    }

    void aWriteThatMayHaveHappenedIsNeverSentTwice_data()
    {
        QTest::addColumn<int>("write");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        for (int i = 0; i < writes().size(); ++i) {
            const char* name = writes().at(i).first;
            QTest::addRow("%s, 500", name) << i << static_cast<int>(Kind::reply) << 500;
            QTest::addRow("%s, 503", name) << i << static_cast<int>(Kind::reply) << 503;
            QTest::addRow("%s, connection lost", name) << i << static_cast<int>(Kind::drop) << 0;
            QTest::addRow("%s, lost in mid-answer", name) << i << static_cast<int>(Kind::dropMidBody) << 200;
        }
    }
    void aWriteThatMayHaveHappenedIsNeverSentTwice()
    {
        QFETCH(int, write);
        QFETCH(int, kind);
        QFETCH(int, status);
        m_server->then({.kind = static_cast<Kind>(kind), .status = status, .body = refusal(1, "x"), .headers = {}});
        for (int i = 0; i < 4; ++i)
            m_server->thenReply(200, success(tokenJson("ci", R"(,"client_secret":"s")")));
        Answered<void> answered;
        writes().at(write).second(*m_client, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY2(!answered.result->has_value(), "an outcome that nobody knows was told as success");
        requestCount(1);
    }

    void aWriteOnAConnectionThatDiedMeanwhileIsNotSentTwice()
    {
        // A kept-alive connection that the server closes after reading the request: Qt by itself would send it again.
        m_server->thenReply(200, success(tokenJson())).thenDrop();
        for (int i = 0; i < 4; ++i)
            m_server->thenReply(200, success(tokenJson("ci", R"(,"client_secret":"s")")));
        Answered<access::ServiceToken> read;
        m_client->getToken(tokenId, read.handler());
        QTRY_COMPARE(read.times, 1);
        Answered<IssuedToken> created;
        m_client->createToken("ci", access::Duration::oneYear(), created.handler());
        QTRY_COMPARE(created.times, 1);
        QCOMPARE(created.error(), std::optional(ErrorCode::network));
        requestCount(2);
    }

    void aWriteIsTriedAgainAfter429_data()
    {
        QTest::addColumn<int>("write");
        for (int i = 0; i < writes().size(); ++i)
            QTest::newRow(writes().at(i).first) << i;
    }
    void aWriteIsTriedAgainAfter429()
    {
        QFETCH(int, write);
        m_server->thenReply(429, refusal(971, "slow down")).thenReply(400, refusal(12130, "that is the answer"));
        Answered<void> answered;
        writes().at(write).second(*m_client, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::invalidArgument));
        requestCount(2);
        QCOMPARE(m_server->requests().at(0).body, m_server->requests().at(1).body);
        QCOMPARE(m_server->requests().at(0).target, m_server->requests().at(1).target);
        QCOMPARE(m_server->requests().at(0).method, m_server->requests().at(1).method);
    }

    void retryAfterIsObeyed()
    {
        m_server->thenReply(429, refusal(971, "slow down"), "Retry-After: 1\r\n").thenReply(200, success(tokenJson()));
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        const auto pause = m_server->requests().at(1).at - m_server->requests().at(0).at;
        QVERIFY2(pause >= 950, qPrintable(QString::number(pause)));   // a lower bound; the clocks' grain aside
    }

    void aLongRetryAfterIsAnErrorAtOnce()
    {
        m_server->thenReply(429, refusal(971, "slow down"), "Retry-After: 31\r\n");
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::rateLimited));
        requestCount(1);
    }

    void aCallCancelledBeforeItWasSentSendsNothing()
    {
        Answered<access::ServiceToken> answered;
        CallHandle handle = m_client->getToken(tokenId, answered.handler());
        handle.cancel();
        handle.cancel();
        QCOMPARE(answered.times, 0);
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::cancelled));
        requestCount(0);
        QCOMPARE(answered.times, 1);
        QVERIFY(!handle.isActive());
        handle.cancel();   // harmless afterwards
    }

    void aCallIsCancelledWhileTheServerThinks()
    {
        m_server->thenSilence();
        Answered<access::ServiceToken> answered;
        CallHandle handle = m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(m_server->requests().size(), 1);
        handle.cancel();
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::cancelled));
        requestCount(1);
    }

    void aCallIsCancelledWhileItWaitsToTryAgain()
    {
        m_server->thenReply(429, refusal(971, "x"), "Retry-After: 20\r\n");
        Answered<access::ServiceToken> answered;
        CallHandle handle = m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(m_server->requests().size(), 1);
        QTest::qWait(50);   // the reply arrives and the pause begins
        handle.cancel();
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::cancelled));
        requestCount(1);
    }

    void aClientThatGoesTakesItsCallsAlong()
    {
        m_server->thenSilence().thenSilence();
        Answered<access::ServiceToken> one;
        Answered<std::vector<access::ServiceToken>> all;
        CallHandle handle = m_client->getToken(tokenId, one.handler());
        m_client->listAllTokens(all.handler());
        QTRY_COMPARE(m_server->requests().size(), 2);
        m_client.reset();
        handle.cancel();
        QTest::qWait(20);
        QCOMPARE(one.times + all.times, 0);
    }

    void theHandlerMayDestroyTheClient()
    {
        m_server->thenReply(200, success(tokenJson()));
        int times = 0;
        m_client->getToken(tokenId, [&](const Result<access::ServiceToken>&) {
            m_client.reset();
            ++times;
        });
        QTRY_COMPARE(times, 1);
        QTest::qWait(20);
    }

    void rubbishIsAProtocolError_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << 200 << QByteArray();
        QTest::newRow("a web page") << 200 << QByteArray("<!doctype html><title>Sign in</title>");
        QTest::newRow("a web page as an error") << 404 << QByteArray("<html>not here</html>");
        QTest::newRow("cut off") << 200 << success(tokenJson()).chopped(5);
        QTest::newRow("something after it") << 200 << success(tokenJson()) + "x";
        QTest::newRow("duplicate members") << 200 << QByteArray(R"({"success":true,"success":false,"result":{}})");
        QTest::newRow("an array") << 200 << QByteArray("[]");
        QTest::newRow("no success") << 200 << QByteArray(R"({"result":{}})");
        QTest::newRow("success in words") << 200 << QByteArray(R"({"success":"true","result":{}})");
        QTest::newRow("no result") << 200 << success("null");
        QTest::newRow("a list where a token should be") << 200 << success("[]");
        QTest::newRow("a token without an id") << 200 << success(R"({"client_id":"x","name":"n"})");
        QTest::newRow("a token with a numeric id") << 200 << success(R"({"id":7,"client_id":"x","name":"n"})");
        QTest::newRow("a token with a time that is none") << 200 << success(R"({"id":"i","client_id":"x","name":"n","expires_at":"soon"})");
        QTest::newRow("deeply nested") << 200 << success(QByteArray(5000, '[') + QByteArray(5000, ']'));
        QTest::newRow("not UTF-8") << 200 << success(tokenJson("\xff"));
        QTest::newRow("refused with 200") << 200 << refusal(1, "no");
        QTest::newRow("success with 300") << 300 << success(tokenJson());
    }
    void rubbishIsAProtocolError()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        m_server->thenReply(status, body);
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::protocol));
        QVERIFY(!answered.result->error().message.empty());
        requestCount(1);
    }

    void anAnswerCutOffIsNotTakenForOne()
    {
        for (int i = 0; i < 3; ++i)
            m_server->then({.kind = Kind::dropMidBody, .status = 200, .body = success(tokenJson()), .headers = {}});
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY2(!answered.result->has_value(), "a body shorter than its Content-Length was accepted");
    }

    void anErrorNeverQuotesTheSecretOrTheBearer()
    {
        m_server->thenReply(200, R"({"success":true,"result":{"client_secret":"cfast_very_secret","id":7}})");
        Answered<IssuedToken> answered;
        m_client->createToken("ci", access::Duration::oneYear(), answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::protocol));
        const Error& error = answered.result->error();
        for (const std::string& text : {error.message, error.detail}) {
            QVERIFY(text.find("cfast_very_secret") == std::string::npos);
            QVERIFY(text.find(bearer) == std::string::npos);
        }
    }

    void aRedirectIsNotFollowed_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {301, 302, 303, 307, 308})
            QTest::addRow("%d", status) << status;
    }
    void aRedirectIsNotFollowed()
    {
        QFETCH(int, status);
        ScriptedServer elsewhere;
        m_server->thenReply(status, {}, "Location: " + elsewhere.url(QStringLiteral("/stolen")).toEncoded() + "\r\n");
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::protocol));
        requestCount(1);
        QCOMPARE(elsewhere.connections(), 0);
    }

    void aRefusalBecomesWordsForAPerson_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("no right to it: Cloudflare's 10000") << 403 << refusal(10000, "Authentication error")
            << static_cast<int>(ErrorCode::unauthenticated) << QStringLiteral("not accepted");
        QTest::newRow("9109") << 403 << refusal(9109, "Unauthorized to access requested resource")
            << static_cast<int>(ErrorCode::forbidden) << QStringLiteral("Unauthorized to access requested resource");
        QTest::newRow("12130, without its prefix") << 400 << refusal(12130, "access.api.error.invalid_request: name is required")
            << static_cast<int>(ErrorCode::invalidArgument) << QStringLiteral("name is required");
        QTest::newRow("nothing said") << 404 << QByteArray(R"({"success":false,"errors":[]})")
            << static_cast<int>(ErrorCode::notFound) << QStringLiteral("not there");
    }
    void aRefusalBecomesWordsForAPerson()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, code);
        QFETCH(QString, words);
        m_server->thenReply(status, body);
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(static_cast<int>(answered.error().value_or(ErrorCode::internal)), code);
        const QString message = QString::fromStdString(answered.result->error().message);
        QVERIFY2(message.contains(words) && !message.contains(QLatin1String("access.api.error")), qPrintable(message));
    }

    void pagesAreJoinedInOrder()
    {
        m_server->thenReply(200, page({tokenJson("a"), tokenJson("b")}, 1, 3))
            .thenReply(200, page({tokenJson("c"), tokenJson("d")}, 2, 3))
            .thenReply(200, page({tokenJson("e")}, 3, 3));
        Answered<std::vector<access::ServiceToken>> answered;
        m_client->listAllTokens(answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        std::string names;
        for (const auto& token : **answered.result)
            names += token.name;
        QCOMPARE(names, std::string("abcde"));
        requestCount(3);
        for (int i = 0; i < 3; ++i)
            QVERIFY(m_server->requests().at(i).target.contains("page=" + QByteArray::number(i + 1) + '&')
                    || m_server->requests().at(i).target.endsWith("page=" + QByteArray::number(i + 1))
                    || (i == 0 && !m_server->requests().at(i).target.contains("&page=")));
    }

    void aListThatShrinksMeanwhileEnds()
    {
        m_server->thenReply(200, page({tokenJson("a")}, 1, 3)).thenReply(200, page({}, 2, 3));
        Answered<std::vector<access::ServiceToken>> answered;
        m_client->listAllTokens(answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QVERIFY(answered.result->has_value());
        QCOMPARE((*answered.result)->size(), std::size_t(1));
        requestCount(2);
    }

    void apageThatFailsFailsTheList()
    {
        m_server->thenReply(200, page({tokenJson("a")}, 1, 2)).thenReply(403, refusal(10000, "Authentication error"));
        Answered<std::vector<access::ServiceToken>> answered;
        m_client->listAllTokens(answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::unauthenticated));
    }

    void aListIsCancelledOnItsSecondPage()
    {
        m_server->thenReply(200, page({tokenJson("a")}, 1, 2)).thenSilence();
        Answered<std::vector<access::ServiceToken>> answered;
        CallHandle handle = m_client->listAllTokens(answered.handler());
        QTRY_COMPARE(m_server->requests().size(), 2);
        QVERIFY(handle.isActive());
        handle.cancel();
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::cancelled));
    }

    void nobodyAtTheAddressIsANetworkErrorThatNamesIt()
    {
        const auto port = QString::number(m_server->serverPort());
        m_server->close();
        Answered<access::ServiceToken> answered;
        m_client->getToken(tokenId, answered.handler());
        QTRY_COMPARE(answered.times, 1);
        QCOMPARE(answered.error(), std::optional(ErrorCode::network));
        QVERIFY(QString::fromStdString(answered.result->error().message).contains(port));
    }
};

LATCHKEY_TEST(TestClient)

} // namespace tst_client_calls

#include "tst_client_calls.moc"
