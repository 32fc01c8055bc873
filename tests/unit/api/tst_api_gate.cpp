// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/api/Gate.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include "TestProgram.h"

#include <QtTest>

#include <set>

namespace tst_api_gate {

using namespace latchkey;
using namespace latchkey::api;
using namespace Qt::StringLiterals;

namespace {

constexpr std::string_view kToken = "correct-horse-battery-staple";
constexpr std::string_view kBearer = "Bearer correct-horse-battery-staple";
const std::string kAccount = "0123456789abcdef0123456789abcdef";

Gate makeGate()
{
    return Gate(Guard({"Agent.internal"}, SecretBytes(kToken)), {"agent-id", "1.2.3", kAccount});
}

ApiRequest goodRequest(std::string_view path)
{
    return {.method = "GET",
            .host = "127.0.0.1:8401",
            .path = path,
            .query = {},
            .authorization = kBearer,
            .origin = {},
            .contentType = {},
            .body = {}};
}

/// The status of a refusal, 200 when it was admitted.
int statusOf(const std::variant<Reply, Admitted>& outcome)
{
    const auto* reply = std::get_if<Reply>(&outcome);
    return reply ? reply->status : 200;
}

} // namespace

class TestApiGate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyNamesOfThisMachineAreAnswered_data();
    void onlyNamesOfThisMachineAreAnswered();
    void pagesOfTheWebAreNotAnswered_data();
    void pagesOfTheWebAreNotAnswered();
    void onlyTheBearerTokenLetsIn_data();
    void onlyTheBearerTokenLetsIn();
    void refusalsDoNotTellWhatWasWrong();
    void pathsLeadToTheirRoutes_data();
    void pathsLeadToTheirRoutes();
    void anotherAccountIsRefused();
    void anyZoneStandsForTheAccount();
    void aWrongMethodNamesTheRightOnes();
    void bodiesMustBeJson_data();
    void bodiesMustBeJson();
    void healthProvesTheToken();
    void healthWantsANonce_data();
    void healthWantsANonce();
    void aBrokenQueryIsRefused();
};

void TestApiGate::onlyNamesOfThisMachineAreAnswered_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("status");
    QTest::newRow("address") << "127.0.0.1" << 200;
    QTest::newRow("address and port") << "127.0.0.1:8401" << 200;
    QTest::newRow("another loopback address") << "127.1.2.3:8401" << 200;
    QTest::newRow("localhost") << "localhost:8401" << 200;
    QTest::newRow("in capitals") << "LOCALHOST" << 200;
    QTest::newRow("IPv6") << "[::1]:8401" << 200;
    QTest::newRow("a configured name") << "agent.internal:8401" << 200;
    QTest::newRow("none") << "" << 403;
    QTest::newRow("a stranger's name") << "evil.example.com:8401" << 403;
    QTest::newRow("a name that begins alike") << "127.0.0.1.evil.example.com" << 403;
    QTest::newRow("a name that ends alike") << "evil-localhost" << 403;
    QTest::newRow("below localhost") << "evil.localhost" << 403;
    QTest::newRow("another address") << "192.0.2.7:8401" << 403;
    QTest::newRow("any address") << "0.0.0.0:8401" << 403;
    QTest::newRow("user information") << "localhost@evil.example.com" << 403;
    QTest::newRow("IPv4-mapped loopback") << "[::ffff:127.0.0.1]" << 200;
    QTest::newRow("IPv4-mapped loopback in hex") << "[::FFFF:7f00:1]" << 200;
    QTest::newRow("IPv4-mapped, another address") << "[::ffff:192.0.2.7]" << 403;
    QTest::newRow("IPv4-mapped, another address in hex") << "[::ffff:c000:207]" << 403;
    QTest::newRow("IPv6 in full") << "[0:0:0:0:0:0:0:1]" << 200;
    QTest::newRow("IPv6, another address") << "[::2:1]" << 403;
    QTest::newRow("IPv6, any address") << "[::]" << 403;
    QTest::newRow("a name that begins like an address") << "127.example.com" << 403;
    QTest::newRow("a number") << "2130706433" << 403;
}

void TestApiGate::onlyNamesOfThisMachineAreAnswered()
{
    QFETCH(QString, host);
    QFETCH(int, status);
    const auto name = host.toStdString();
    auto request = goodRequest("/latchkey/v1/status");
    request.host = name;
    QCOMPARE(statusOf(makeGate().admit(request)), status);
    request.path = "/latchkey/v1/health";
    request.query = "nonce=0123456789abcdef";
    QCOMPARE(statusOf(makeGate().admit(request)), status);
}

void TestApiGate::pagesOfTheWebAreNotAnswered_data()
{
    QTest::addColumn<QString>("origin");
    QTest::addColumn<int>("status");
    QTest::newRow("no browser") << "" << 200;
    QTest::newRow("the address itself") << "http://127.0.0.1:8401" << 200;
    QTest::newRow("a site") << "https://evil.example.com" << 403;
    QTest::newRow("another port of this machine") << "http://127.0.0.1:3000" << 403;
    QTest::newRow("another name of this machine") << "http://localhost:8401" << 403;
    QTest::newRow("a file or a sandbox") << "null" << 403;
}

void TestApiGate::pagesOfTheWebAreNotAnswered()
{
    QFETCH(QString, origin);
    QFETCH(int, status);
    const auto text = origin.toStdString();
    auto request = goodRequest("/latchkey/v1/status");
    request.origin = text;
    QCOMPARE(statusOf(makeGate().admit(request)), status);
}

void TestApiGate::onlyTheBearerTokenLetsIn_data()
{
    QTest::addColumn<QString>("authorization");
    QTest::addColumn<bool>("allowed");
    QTest::newRow("right") << "Bearer correct-horse-battery-staple" << true;
    QTest::newRow("scheme in small letters") << "bearer correct-horse-battery-staple" << true;
    QTest::newRow("two spaces") << "Bearer  correct-horse-battery-staple" << true;
    QTest::newRow("missing") << "" << false;
    QTest::newRow("wrong") << "Bearer correct-horse-battery-stapl3" << false;
    QTest::newRow("shorter") << "Bearer correct-horse-battery-stapl" << false;
    QTest::newRow("longer") << "Bearer correct-horse-battery-staple1" << false;
    QTest::newRow("empty") << "Bearer " << false;
    QTest::newRow("only the scheme") << "Bearer" << false;
    QTest::newRow("another scheme") << "Basic correct-horse-battery-staple" << false;
    QTest::newRow("bare") << "correct-horse-battery-staple" << false;
    QTest::newRow("behind a comma") << "Bearer x, Bearer correct-horse-battery-staple" << false;
}

void TestApiGate::onlyTheBearerTokenLetsIn()
{
    QFETCH(QString, authorization);
    QFETCH(bool, allowed);
    const auto text = authorization.toStdString();
    auto request = goodRequest("/client/v4/accounts");
    request.authorization = text;
    QCOMPARE(statusOf(makeGate().admit(request)), allowed ? 200 : 403);
}

void TestApiGate::refusalsDoNotTellWhatWasWrong()
{
    std::set<std::string> bodies;
    for (const std::string_view authorization : {"", "Bearer x", "Basic y"}) {
        for (const std::string path : {"/client/v4/accounts", "/nowhere", "/client/v4/accounts/other/access/apps"}) {
            auto request = goodRequest(path);
            request.authorization = authorization;
            const auto outcome = makeGate().admit(request);
            QCOMPARE(statusOf(outcome), 403);
            bodies.insert(std::get<Reply>(outcome).body);
        }
    }
    QCOMPARE(bodies.size(), 1U);
    const auto envelope = wire::decodeEnvelope(*bodies.begin());
    QVERIFY(envelope);
    QVERIFY(!envelope->success);
    QCOMPARE(envelope->errors.front(), (wire::ApiMessage{10000, "Authentication error"}));
}

void TestApiGate::pathsLeadToTheirRoutes_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QStringList>("ids");
    const auto account = QStringLiteral("/client/v4/accounts/0123456789abcdef0123456789abcdef");
    QTest::newRow("list") << "GET" << account + u"/access/service_tokens"_s << "{owner}/access/service_tokens" << QStringList();
    QTest::newRow("create") << "POST" << account + u"/access/service_tokens"_s << "{owner}/access/service_tokens" << QStringList();
    QTest::newRow("get") << "GET" << account + u"/access/service_tokens/abc"_s << "{owner}/access/service_tokens/{id}" << QStringList{u"abc"_s};
    QTest::newRow("id with escapes") << "GET" << account + u"/access/service_tokens/a%20b"_s << "{owner}/access/service_tokens/{id}" << QStringList{u"a b"_s};
    QTest::newRow("refresh") << "POST" << account + u"/access/service_tokens/abc/refresh"_s << "{owner}/access/service_tokens/{id}/refresh" << QStringList{u"abc"_s};
    QTest::newRow("zone") << "DELETE" << "/client/v4/zones/whatever/access/apps/abc" << "{owner}/access/apps/{id}" << QStringList{u"abc"_s};
    QTest::newRow("revoke") << "POST" << account + u"/access/apps/abc/revoke_tokens"_s << "{owner}/access/apps/{id}/revoke_tokens" << QStringList{u"abc"_s};
    QTest::newRow("accounts") << "GET" << "/client/v4/accounts" << "/client/v4/accounts" << QStringList();
    QTest::newRow("account") << "GET" << account << "/client/v4/accounts/{id}" << QStringList{u"0123456789abcdef0123456789abcdef"_s};
    QTest::newRow("zone alone") << "GET" << "/client/v4/zones/abc" << "" << QStringList();
    QTest::newRow("verify") << "GET" << account + u"/tokens/verify"_s << "{owner}/tokens/verify" << QStringList();
    QTest::newRow("user's verify") << "GET" << "/client/v4/user/tokens/verify" << "/client/v4/user/tokens/verify" << QStringList();
    QTest::newRow("shutdown") << "POST" << "/latchkey/v1/shutdown" << "/latchkey/v1/shutdown" << QStringList();
    QTest::newRow("nowhere") << "GET" << "/" << "" << QStringList();
    QTest::newRow("slash at the end") << "GET" << account + u"/access/apps/"_s << "" << QStringList();
    QTest::newRow("empty id") << "GET" << account + u"/access/apps//revoke_tokens"_s << "" << QStringList();
    QTest::newRow("no account") << "GET" << "/client/v4/accounts//access/apps" << "" << QStringList();
    QTest::newRow("another base") << "GET" << "/client/v5/accounts" << "" << QStringList();
    QTest::newRow("capitals") << "GET" << "/CLIENT/v4/accounts" << "" << QStringList();
    QTest::newRow("another method") << "PATCH" << account + u"/access/apps"_s << "" << QStringList();
    QTest::newRow("method in small letters") << "get" << account + u"/access/apps"_s << "" << QStringList();
}

void TestApiGate::pathsLeadToTheirRoutes()
{
    QFETCH(QString, method);
    QFETCH(QString, path);
    QFETCH(QString, pattern);
    QFETCH(QStringList, ids);
    const auto match = findRoute(method.toStdString(), path.toStdString());
    QCOMPARE(match.route != nullptr, !pattern.isEmpty());
    if (!match.route)
        return;
    QCOMPARE(QString::fromUtf8(match.route->pattern.data(), static_cast<qsizetype>(match.route->pattern.size())), pattern);
    QStringList found;
    for (const auto& id : match.ids)
        found.append(QString::fromStdString(id));
    QCOMPARE(found, ids);
}

void TestApiGate::anotherAccountIsRefused()
{
    const auto outcome = makeGate().admit(goodRequest("/client/v4/accounts/fedcba9876543210fedcba9876543210/access/apps"));
    QCOMPARE(statusOf(outcome), 403);
    QVERIFY(std::get<Reply>(outcome).body.find(kAccount) != std::string::npos);
}

void TestApiGate::anyZoneStandsForTheAccount()
{
    QCOMPARE(statusOf(makeGate().admit(goodRequest("/client/v4/zones/fedcba9876543210fedcba9876543210/access/apps"))), 200);
}

void TestApiGate::aWrongMethodNamesTheRightOnes()
{
    const auto path = "/client/v4/accounts/" + kAccount + "/access/service_tokens/abc";
    auto request = goodRequest(path);
    request.method = "PATCH";
    const auto outcome = makeGate().admit(request);
    QCOMPARE(statusOf(outcome), 405);
    QCOMPARE(std::get<Reply>(outcome).allow, std::string("GET, PUT, DELETE"));
    QCOMPARE(statusOf(makeGate().admit(goodRequest("/nowhere"))), 404);
}

void TestApiGate::bodiesMustBeJson_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    QTest::newRow("JSON") << "application/json" << "{}" << 200;
    QTest::newRow("with parameter") << "application/json; charset=utf-8" << "{}" << 200;
    QTest::newRow("with space before the parameter") << "Application/JSON ;charset=utf-8" << "{}" << 200;
    QTest::newRow("nothing sent") << "" << "" << 200;
    QTest::newRow("nothing sent, of a type") << "text/plain" << "" << 200;
    QTest::newRow("missing") << "" << "{}" << 415;
    QTest::newRow("plain text") << "text/plain" << "{}" << 415;
    QTest::newRow("form") << "application/x-www-form-urlencoded" << "a=b" << 415;
    QTest::newRow("alike") << "application/jsonp" << "{}" << 415;
}

void TestApiGate::bodiesMustBeJson()
{
    QFETCH(QString, type);
    QFETCH(QString, body);
    QFETCH(int, status);
    const auto typeText = type.toStdString();
    const auto bodyText = body.toStdString();
    const auto path = "/client/v4/accounts/" + kAccount + "/access/service_tokens";
    auto request = goodRequest(path);
    request.method = "POST";
    request.contentType = typeText;
    request.body = bodyText;
    QCOMPARE(statusOf(makeGate().admit(request)), status);
}

void TestApiGate::healthProvesTheToken()
{
    auto request = goodRequest("/latchkey/v1/health");
    request.authorization = {};
    request.query = "nonce=0123456789abcdef";
    const auto outcome = makeGate().admit(request);
    QCOMPARE(statusOf(outcome), 200);
    const auto envelope = wire::decodeEnvelope(std::get<Reply>(outcome).body);
    QVERIFY(envelope);
    QCOMPARE(*envelope->result.find("agent_id")->asString(), std::string("agent-id"));
    QCOMPARE(*envelope->result.find("version")->asString(), std::string("1.2.3"));
    QCOMPARE(*envelope->result.find("account_id")->asString(), kAccount);
    QCOMPARE(*envelope->result.find("proof")->asString(),
             base::toHex(base::asText(base::hmacSha256(kToken, "0123456789abcdef"))));
    request.method = "POST";
    QCOMPARE(statusOf(makeGate().admit(request)), 405);
}

void TestApiGate::healthWantsANonce_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("status");
    QTest::newRow("16 characters") << u"nonce="_s + QString(16, u'x') << 200;
    QTest::newRow("128 characters") << u"nonce="_s + QString(128, u'x') << 200;
    QTest::newRow("missing") << "" << 400;
    QTest::newRow("15 characters") << u"nonce="_s + QString(15, u'x') << 400;
    QTest::newRow("129 characters") << u"nonce="_s + QString(129, u'x') << 400;
    QTest::newRow("a space") << "nonce=0123456789abcdef+" << 400;
    QTest::newRow("not ASCII") << "nonce=0123456789abcdef%C3%B6" << 400;
}

void TestApiGate::healthWantsANonce()
{
    QFETCH(QString, query);
    QFETCH(int, status);
    const auto text = query.toStdString();
    auto request = goodRequest("/latchkey/v1/health");
    request.query = text;
    const auto outcome = makeGate().admit(request);
    QCOMPARE(std::get<Reply>(outcome).status, status);
}

void TestApiGate::aBrokenQueryIsRefused()
{
    const auto path = "/client/v4/accounts/" + kAccount + "/access/service_tokens";
    auto request = goodRequest(path);
    request.query = "name=%zz";
    QCOMPARE(statusOf(makeGate().admit(request)), 400);
}

LATCHKEY_TEST(TestApiGate)

} // namespace tst_api_gate

#include "tst_api_gate.moc"
