// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// What is found out about an API token before it is kept, and the pause that a server asks for.
#include <QtTest>

#include "ScriptedServer.h"

#include "agent/client/ApiTokenCheck.h"
#include "agent/client/Pacer.h"

#include "TestProgram.h"

namespace tst_client_apitoken {

using namespace latchkey;
using namespace latchkey::client;
using latchkey::test::ScriptedServer;
using Right = ApiTokenReport::Right;

namespace {

const std::string account = "0123456789abcdef0123456789abcdef";

QByteArray yes(const QByteArray& result)
{
    return "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" + result + "}";
}

QByteArray no(int code, const QByteArray& message)
{
    return "{\"success\":false,\"errors\":[{\"code\":" + QByteArray::number(code) + ",\"message\":\"" + message + "\"}],\"messages\":[],\"result\":null}";
}

const QByteArray active = yes(R"({"id":"1","status":"active"})");
const QByteArray accounts = yes(R"([{"id":"0123456789abcdef0123456789abcdef","name":"Acme"},{"id":"fedcba9876543210fedcba9876543210","name":"Lab"}])");
const QByteArray denied = no(10000, "Authentication error");

} // namespace

class TestApiToken final : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;

    ApiTokenReport check(const std::string& accountId = {})
    {
        std::optional<ApiTokenReport> report;
        ApiTokenCheck check(m_server->url(QStringLiteral("/client/v4")), SecretBytes("test-token"), accountId, {});
        check.start([&](ApiTokenReport answer) { report = std::move(answer); });
        (void)QTest::qWaitFor([&] { return report.has_value(); }, 20'000);
        return report.value_or(ApiTokenReport{.error = Error{ErrorCode::timedOut, "no answer", {}}, .status = {}, .accounts = {}, .accountId = {}, .rights = {}});
    }

    QByteArrayList asked() const
    {
        QByteArrayList lines;
        for (const auto& request : m_server->requests())
            lines << request.method + ' ' + request.target.split('?').first();
        return lines;
    }

private Q_SLOTS:
    void aTokenThatWorkedIsNotCalledWrongWhenItLacksARight()
    {
        const QByteArray empty = R"({"success":true,"errors":[],"messages":[],"result":[],"result_info":{"page":1,"per_page":1000,"count":0,"total_count":0}})";
        m_server->thenReply(403, denied).thenReply(200, empty).thenReply(403, denied).thenReply(403, denied).thenReply(403, denied);
        ManagementClient client({m_server->url(QStringLiteral("/client/v4")), account}, SecretBytes("test-token"));
        std::vector<Error> errors;
        const auto note = [&](auto result) { errors.push_back(result ? Error{} : result.error()); };
        client.listTokens({}, note);
        QTRY_COMPARE(errors.size(), 1U);
        QCOMPARE(errors.back().code, ErrorCode::unauthenticated);   // nothing is known of it
        client.listTokens({}, note);
        QTRY_COMPARE(errors.size(), 2U);
        QCOMPARE(errors.back(), Error{});
        client.createToken("ci", access::Duration::oneYear(), note);
        QTRY_COMPARE(errors.size(), 3U);
        QCOMPARE(errors.back().code, ErrorCode::forbidden);
        QCOMPARE(errors.back().message, std::string("The API token is good for reading, but it may not create, change or delete service tokens. That needs “Access: Service Tokens” (Edit)."));
        // A read that is refused leaves open whether it is the token or a right.
        client.listTokens({}, note);
        QTRY_COMPARE(errors.size(), 4U);
        QCOMPARE(errors.back().code, ErrorCode::unauthenticated);
        client.createToken("ci", access::Duration::oneYear(), note);
        QTRY_COMPARE(errors.size(), 5U);
        QCOMPARE(errors.back().code, ErrorCode::unauthenticated);
    }

    void init() { m_server = std::make_unique<ScriptedServer>(); }

    void aGoodTokenShowsItsAccountsAndRights()
    {
        m_server->thenReply(200, active).thenReply(200, accounts).thenReply(200, yes("[]")).thenReply(404, no(11021, "no such token")).thenReply(200, yes("[]"));
        const ApiTokenReport report = check();
        QVERIFY(report.works());
        QCOMPARE(report.accounts.size(), std::size_t(2));
        QCOMPARE(report.accounts[0], (NamedPlace{account, "Acme"}));
        QCOMPARE(report.accountId, account);
        QCOMPARE(report.rights, (std::map<ApiRight, Right>{{ApiRight::readTokens, Right::granted}, {ApiRight::editTokens, Right::granted},
                                                           {ApiRight::readApplications, Right::granted}}));
        QCOMPARE(asked(), (QByteArrayList{"GET /client/v4/user/tokens/verify", "GET /client/v4/accounts",
                                          "GET /client/v4/accounts/0123456789abcdef0123456789abcdef/access/service_tokens",
                                          "PUT /client/v4/accounts/0123456789abcdef0123456789abcdef/access/service_tokens/00000000-0000-0000-0000-000000000000",
                                          "GET /client/v4/accounts/0123456789abcdef0123456789abcdef/access/apps"}));
        for (const auto& request : m_server->requests())
            QCOMPARE(request.header("authorization"), QByteArray("Bearer test-token"));
    }

    void whatItLacksIsTold_data()
    {
        QTest::addColumn<int>("read");
        QTest::addColumn<int>("edit");
        QTest::addColumn<int>("apps");
        QTest::newRow("all") << 403 << 403 << 403;
        QTest::newRow("edit") << 200 << 403 << 200;
        QTest::newRow("applications") << 200 << 404 << 403;
        QTest::newRow("the edit is asked of a strict server") << 200 << 400 << 200;
    }

    void whatItLacksIsTold()
    {
        QFETCH(int, read);
        QFETCH(int, edit);
        QFETCH(int, apps);
        const auto answer = [&](int status) { m_server->thenReply(status, status == 200 ? yes("[]") : status == 403 ? denied : no(12130, "invalid")); };
        m_server->thenReply(200, active).thenReply(200, accounts);
        answer(read);
        answer(edit);
        answer(apps);
        const ApiTokenReport report = check();
        QVERIFY(report.works());
        const auto right = [](int status) { return status == 403 ? Right::lacking : Right::granted; };
        QCOMPARE(report.rights.at(ApiRight::readTokens), right(read));
        QCOMPARE(report.rights.at(ApiRight::editTokens), right(edit));
        QCOMPARE(report.rights.at(ApiRight::readApplications), right(apps));
    }

    void aServerThatFailsLeavesARightUnknown()
    {
        m_server->thenReply(200, active).thenReply(200, accounts).thenReply(200, yes("[]")).thenReply(500, no(1, "oops")).thenReply(200, yes("[]"));
        const ApiTokenReport report = check();
        QCOMPARE(report.rights.at(ApiRight::editTokens), Right::unknown);
        QCOMPARE(report.rights.at(ApiRight::readApplications), Right::granted);
    }

    void aTokenOfAnAccountIsVerifiedThere()
    {
        m_server->thenReply(401, no(1000, "Invalid API Token")).thenReply(200, accounts).thenReply(200, active)
            .thenReply(200, yes("[]")).thenReply(404, no(11021, "none")).thenReply(200, yes("[]"));
        const ApiTokenReport report = check();
        QVERIFY(report.works());
        QCOMPARE(asked().at(2), QByteArray("GET /client/v4/accounts/0123456789abcdef0123456789abcdef/tokens/verify"));
    }

    void anAccountThatIsKnownNeedsNoList()
    {
        m_server->thenReply(200, active).thenReply(403, denied).thenReply(200, yes("[]")).thenReply(404, no(11021, "none")).thenReply(403, denied);
        const ApiTokenReport report = check("fedcba9876543210fedcba9876543210");
        QVERIFY(report.works());
        QVERIFY(report.accounts.empty());
        QCOMPARE(report.accountId, std::string("fedcba9876543210fedcba9876543210"));
        QVERIFY(asked().at(2).contains("/accounts/fedcba9876543210fedcba9876543210/access/service_tokens"));
        QCOMPARE(report.rights.at(ApiRight::readApplications), Right::lacking);
    }

    void withoutAnyAccountThePersonMustNameOne()
    {
        m_server->thenReply(200, active).thenReply(403, denied);
        const ApiTokenReport report = check();
        QVERIFY(report.works());
        QVERIFY(report.accountId.empty());
        QVERIFY(report.rights.empty());
    }

    void aWrongTokenIsAnErrorAndIsNotSentAround()
    {
        m_server->thenReply(401, no(1000, "Invalid API Token")).thenReply(403, denied);
        const ApiTokenReport report = check();
        QVERIFY(!report.works());
        QCOMPARE(report.error->code, ErrorCode::unauthenticated);
        QCOMPARE(m_server->requests().size(), 2);
    }

    void anExpiredTokenIsToldByItsStatus()
    {
        m_server->thenReply(200, yes(R"({"id":"1","status":"expired"})")).thenReply(200, accounts);
        const ApiTokenReport report = check();
        QVERIFY(!report.works());
        QCOMPARE(report.status, std::string("expired"));
    }

    void anAddressWhereNothingAnswersIsAnErrorAtOnce()
    {
        const QUrl nowhere = m_server->url(QStringLiteral("/client/v4"));
        m_server->close();
        std::optional<ApiTokenReport> report;
        ApiTokenCheck check(nowhere, SecretBytes("test-token"), {}, {});
        check.start([&](ApiTokenReport answer) { report = std::move(answer); });
        QTRY_VERIFY(report.has_value());
        QCOMPARE(report->error->code, ErrorCode::network);
    }

    void aLongPauseHoldsForEveryCall()
    {
        m_server->thenReply(429, no(971, "slow down"), "Retry-After: 120\r\n");
        ManagementClient client({m_server->url(QStringLiteral("/client/v4")), account}, SecretBytes("test-token"));
        QSignalSpy paused(&client, &ManagementClient::paused);
        std::vector<Error> errors;
        const auto keep = [&](auto answer) {
            if (!answer)
                errors.push_back(answer.error());
        };
        client.listAllTokens(keep);
        QTRY_COMPARE(errors.size(), std::size_t(1));
        QCOMPARE(paused.count(), 1);
        QCOMPARE(paused[0][0].value<std::chrono::seconds>(), std::chrono::seconds(120));
        client.createToken("ci", access::Duration::oneYear(), keep);
        QTRY_COMPARE(errors.size(), std::size_t(2));
        for (const Error& error : errors) {
            QCOMPARE(error.code, ErrorCode::rateLimited);
            QVERIFY2(error.message.find("2 minutes") != std::string::npos, error.message.c_str());
        }
        QCOMPARE(m_server->requests().size(), 1);
    }

    void aShortPauseIsWaitedForByCallsThatComeMeanwhile()
    {
        m_server->thenReply(429, no(971, "slow down"), "Retry-After: 1\r\n").thenReply(200, yes("[]")).thenReply(200, yes("[]"));
        ManagementClient client({m_server->url(QStringLiteral("/client/v4")), account}, SecretBytes("test-token"));
        QSignalSpy paused(&client, &ManagementClient::paused);
        QSignalSpy resumed(&client, &ManagementClient::resumed);
        int answers = 0;
        client.listAllTokens([&](auto answer) { answers += answer ? 1 : 0; });
        QTRY_COMPARE(paused.count(), 1);
        client.listAllApplications([&](auto answer) { answers += answer ? 1 : 0; });
        QTRY_COMPARE(answers, 2);
        QCOMPARE(resumed.count(), 1);
        for (int i = 1; i < 3; ++i)
            QVERIFY(m_server->requests().at(i).at - m_server->requests().at(0).at >= 950);
    }

    void pausesInEveryForm_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("most");   // -1: none
        QTest::newRow("seconds") << QByteArray("7") << 7 << 7;
        QTest::newRow("blanks") << QByteArray(" 7 ") << 7 << 7;
        QTest::newRow("zero") << QByteArray("0") << 0 << 0;
        QTest::newRow("a date long ago") << QByteArray("Fri, 31 Dec 1999 23:59:59 GMT") << 0 << 0;
        QTest::newRow("a date") << QLocale::c().toString(QDateTime::currentDateTimeUtc().addSecs(90), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss")).toLatin1() + " GMT" << 85 << 90;
        QTest::newRow("rubbish") << QByteArray("soon") << 0 << -1;
        QTest::newRow("negative") << QByteArray("-3") << 0 << -1;
        QTest::newRow("nothing") << QByteArray() << 0 << -1;
    }

    void pausesInEveryForm()
    {
        QFETCH(QByteArray, header);
        QFETCH(int, least);
        QFETCH(int, most);
        const auto seconds = Pacer::secondsIn(header);
        QCOMPARE(seconds.has_value(), most >= 0);
        if (seconds)
            QVERIFY(seconds->count() >= least && seconds->count() <= most);
    }

    void aLongListTellsOfEachPage()
    {
        const auto page = [](int number, const QByteArray& tokens) {
            return R"({"success":true,"errors":[],"messages":[],"result":[)" + tokens + R"(],"result_info":{"page":)" + QByteArray::number(number)
                + R"(,"per_page":1,"count":1,"total_count":2,"total_pages":2}})";
        };
        const auto token = [](const QByteArray& digit) {
            return "{\"id\":\"" + digit + "1111111-2222-4333-8444-555555555555\",\"client_id\":\"88bf3b6d86161464f6509f7219099e57.access\",\"name\":\"ci\",\"duration\":\"8760h\",\"created_at\":\"2026-11-01T00:00:00Z\",\"updated_at\":\"2026-11-01T00:00:00Z\",\"expires_at\":\"2027-11-01T00:00:00Z\"}";
        };
        m_server->thenReply(200, page(1, token("1"))).thenReply(200, page(2, token("2")));
        ManagementClient client({m_server->url(QStringLiteral("/client/v4")), account}, SecretBytes("test-token"));
        std::vector<std::pair<std::size_t, int>> seen;
        std::size_t all = 0;
        client.listAllTokens([&](const std::vector<access::ServiceToken>& soFar, int total) { seen.emplace_back(soFar.size(), total); },
                             [&](Result<std::vector<access::ServiceToken>> tokens) { all = tokens ? tokens->size() : 0; });
        QTRY_COMPARE(all, std::size_t(2));
        QCOMPARE(seen, (std::vector<std::pair<std::size_t, int>>{{1, 2}, {2, 2}}));
    }

    void aZonesTokensAreAskedForThere()
    {
        m_server->thenReply(200, yes("[]"));
        ManagementClient client({m_server->url(QStringLiteral("/client/v4")), account, "fedcba9876543210fedcba9876543210"}, SecretBytes("test-token"));
        bool answered = false;
        client.listAllTokens([&](Result<std::vector<access::ServiceToken>> tokens) { answered = tokens.has_value(); });
        QTRY_VERIFY(answered);
        QVERIFY(m_server->requests().at(0).target.startsWith("/client/v4/zones/fedcba9876543210fedcba9876543210/access/service_tokens"));
    }

    void aCaFileThatIsNoneIsSaid()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(QStringLiteral("ca.pem")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("nothing of the kind");
        file.close();
        QVERIFY(!trusting(file.fileName()).has_value());
        QVERIFY(!trusting(directory.filePath(QStringLiteral("missing.pem"))).has_value());
    }
};

LATCHKEY_TEST(TestApiToken)

} // namespace tst_client_apitoken

#include "tst_client_apitoken.moc"
