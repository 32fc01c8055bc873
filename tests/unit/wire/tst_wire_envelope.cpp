// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/Envelope.h"
#include "agent/wire/ListQuery.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_envelope {

using namespace latchkey;
using wire::Envelope;
using wire::ListQuery;
using wire::PageInfo;

namespace {

QByteArray bytes(std::string_view text)
{
    return {text.data(), qsizetype(text.size())};
}

} // namespace

class TestEnvelope : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void successHasCloudflaresMembers();
    void failureHasCloudflaresMembers();
    void readsBackWhatItWrote();
    void tolerates_data();
    void tolerates();
    void refuses_data();
    void refuses();
    void failures_data();
    void failures();
    void errors_data();
    void errors();
    void messagesSurviveTheWay();
    void pages_data();
    void pages();
    void queries_data();
    void queries();
    void refusesQueries_data();
    void refusesQueries();
    void writesQueries();
    void percentEncodes();
};

void TestEnvelope::successHasCloudflaresMembers()
{
    QCOMPARE(bytes(wire::encodeSuccess(Json::object().set("id", "x"))),
             QByteArray(R"({"success":true,"errors":[],"messages":[],"result":{"id":"x"}})"));
    QCOMPARE(bytes(wire::encodeSuccess(Json::array(), PageInfo::of(1, 100, 0, 0), {{7, "hello"}})),
             QByteArray(R"({"success":true,"errors":[],"messages":[{"code":7,"message":"hello"}],"result":[],)"
                        R"("result_info":{"page":1,"per_page":100,"count":0,"total_count":0,"total_pages":0}})"));
}

void TestEnvelope::failureHasCloudflaresMembers()
{
    QCOMPARE(bytes(wire::encodeFailure({403, {10000, "Authentication error"}})),
             QByteArray(R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null})"));
}

void TestEnvelope::readsBackWhatItWrote()
{
    const Json result = parseJson(R"([{"id":"a","n":12345678901234567890},"\u00e9\"\n",null,true])").value();
    const auto envelope = wire::decodeEnvelope(wire::encodeSuccess(result, PageInfo::of(2, 50, 50, 130), {{1, "one"}, {2, "\"two\""}}));
    QVERIFY(envelope.has_value());
    QVERIFY(envelope->success);
    QVERIFY(envelope->errors.empty());
    QVERIFY(envelope->messages == (std::vector<wire::ApiMessage>{{1, "one"}, {2, "\"two\""}}));
    QVERIFY(envelope->result == result);
    QVERIFY(envelope->pageInfo == PageInfo::of(2, 50, 50, 130));
    QCOMPARE(envelope->pageInfo->totalPages, 3);
}

void TestEnvelope::tolerates_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("success");
    QTest::addColumn<int>("code");        // of the first error
    QTest::addColumn<int>("totalPages");  // -1: no result_info
    const auto row = [](const char* name, const char* body, bool success, int code, int pages) {
        QTest::newRow(name) << QByteArray(body) << success << code << pages;
    };
    row("success alone", R"({"success":true})", true, 0, -1);
    row("failure alone", R"({"success":false})", false, 0, -1);
    row("members that are null", R"({"success":true,"errors":null,"messages":null,"result":null,"result_info":null})", true, 0, -1);
    row("members of another kind", R"({"success":true,"errors":{},"messages":"x","result_info":[]})", true, 0, -1);
    row("errors that are texts", R"({"success":false,"errors":["broken"]})", false, 0, -1);
    row("an error with more to say", R"({"success":false,"errors":[{"code":9109,"message":"m","documentation_url":"u","source":{"pointer":"/name"}}]})", false, 9109, -1);
    row("a code that is a text", R"({"success":false,"errors":[{"code":"9109","message":1}]})", false, 0, -1);
    row("a code out of range", R"({"success":false,"errors":[{"code":99999999999999,"message":"m"}]})", false, 0, -1);
    row("no total_pages", R"({"success":true,"result_info":{"page":1,"per_page":20,"count":20,"total_count":41}})", true, 0, 3);
    row("an empty result_info", R"({"success":true,"result_info":{}})", true, 0, 0);
    row("negative counts", R"({"success":true,"result_info":{"page":-1,"per_page":-1,"total_count":-5}})", true, 0, 0);
    row("members we do not know", R"({"success":true,"result":[],"timing":{"x":1}})", true, 0, -1);
}

void TestEnvelope::tolerates()
{
    QFETCH(const QByteArray, body);
    QFETCH(const bool, success);
    QFETCH(const int, code);
    QFETCH(const int, totalPages);
    const auto envelope = wire::decodeEnvelope(body.toStdString());
    QVERIFY(envelope.has_value());
    QCOMPARE(envelope->success, success);
    QCOMPARE(envelope->errors.empty() ? 0 : envelope->errors.front().code, code);
    QCOMPARE(envelope->pageInfo ? envelope->pageInfo->totalPages : -1, totalPages);
    const Error error = wire::errorFrom(500, *envelope);   // whatever it holds, there is something to say
    QVERIFY(!error.message.empty());
}

void TestEnvelope::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char* name, const char* body) { QTest::newRow(name) << QByteArray(body); };
    row("empty", "");
    row("a page of HTML", "<html><body>secret-7f3a</body></html>");
    row("an array", R"([{"success":true,"x":"secret-7f3a"}])");
    row("a text", R"("secret-7f3a")");
    row("null", "null");
    row("no success", R"({"result":"secret-7f3a"})");
    row("success is a text", R"({"success":"true","result":"secret-7f3a"})");
    row("success is a number", R"({"success":1,"result":"secret-7f3a"})");
    row("success is null", R"({"success":null})");
    row("cut short", R"({"success":true,"result":{"client_secret":"secret-7f3a)");
    row("success twice", R"({"success":false,"success":true,"x":"secret-7f3a"})");
    row("two values", R"({"success":true}{"secret-7f3a":1})");
}

void TestEnvelope::refuses()
{
    QFETCH(const QByteArray, body);
    const auto envelope = wire::decodeEnvelope(body.toStdString());
    QVERIFY(!envelope);
    QVERIFY(!envelope.error().message.empty());
    // The body may hold a secret.
    QVERIFY(!bytes(envelope.error().message + envelope.error().detail).contains("secret-7f3a"));
}

void TestEnvelope::failures_data()
{
    QTest::addColumn<int>("errorCode");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("clientCode");   // what our client makes of it
    const auto row = [](const char* name, ErrorCode from, int status, int code, const char* message, ErrorCode back) {
        QTest::newRow(name) << int(from) << status << code << QByteArray(message) << int(back);
    };
    row("no API token", ErrorCode::unauthenticated, 403, 10000, "Authentication error", ErrorCode::unauthenticated);
    row("a right is missing", ErrorCode::forbidden, 403, 9109, "Why.", ErrorCode::forbidden);
    row("malformed", ErrorCode::invalidArgument, 400, 12130, "access.api.error.invalid_request: Why.", ErrorCode::invalidArgument);
    row("not emulated", ErrorCode::unsupported, 400, 12130, "access.api.error.invalid_request: Why.", ErrorCode::invalidArgument);
    row("port taken", ErrorCode::portTaken, 409, 12130, "access.api.error.invalid_request: Why.", ErrorCode::conflict);
    row("not there", ErrorCode::notFound, 404, 11021, "access.api.error.not_found: Why.", ErrorCode::notFound);
    row("conflict", ErrorCode::conflict, 409, 12132, "access.api.error.conflict: Why.", ErrorCode::conflict);
    row("too often", ErrorCode::rateLimited, 429, 971, "Please wait and consider throttling your request speed", ErrorCode::rateLimited);
    row("stopping", ErrorCode::cancelled, 503, 10001, "The agent is stopping.", ErrorCode::protocol);
    for (const auto& [name, code] : {std::pair("keychain locked", ErrorCode::vaultLocked), {"keychain absent", ErrorCode::vaultAbsent},
                                    {"entry missing", ErrorCode::vaultMissing}, {"keychain refused", ErrorCode::vaultDenied},
                                    {"timed out", ErrorCode::timedOut}, {"in use", ErrorCode::inUse}, {"damaged", ErrorCode::damaged},
                                    {"disk", ErrorCode::io}, {"network", ErrorCode::network}, {"protocol", ErrorCode::protocol},
                                    {"internal", ErrorCode::internal}})
        row(name, code, 500, 10001, "Why.", ErrorCode::protocol);
}

void TestEnvelope::failures()
{
    QFETCH(const int, errorCode);
    QFETCH(const int, status);
    QFETCH(const int, code);
    QFETCH(const QByteArray, message);
    QFETCH(const int, clientCode);
    const auto failure = wire::failureFor({ErrorCode(errorCode), "Why.", "internal detail"});
    QCOMPARE(failure.status, status);
    QCOMPARE(failure.error.code, code);
    QCOMPARE(bytes(failure.error.message), message);
    const std::string body = wire::encodeFailure(failure);
    QVERIFY(!bytes(body).contains("internal detail"));
    const auto envelope = wire::decodeEnvelope(body);
    QVERIFY(envelope && !envelope->success);
    QCOMPARE(int(wire::errorFrom(failure.status, *envelope).code), clientCode);
}

void TestEnvelope::errors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("errorCode");
    QTest::addColumn<QByteArray>("said");
    const auto row = [](const char* name, int status, int code, const char* message, ErrorCode expected, const char* said) {
        QTest::newRow(name) << status << code << QByteArray(message) << int(expected) << QByteArray(said);
    };
    row("wrong API token", 403, 10000, "Authentication error", ErrorCode::unauthenticated, "API token was not accepted");
    row("wrong API token as 400", 400, 10000, "Authentication error", ErrorCode::unauthenticated, "API token was not accepted");
    row("malformed Authorization", 400, 6003, "Invalid request headers", ErrorCode::unauthenticated, "API token was not accepted");
    row("malformed Authorization, in detail", 400, 6111, "Invalid format for Authorization header", ErrorCode::unauthenticated, "API token was not accepted");
    row("401", 401, 0, "", ErrorCode::unauthenticated, "API token was not accepted");
    row("unauthorized", 403, 9109, "Unauthorized to access requested resource", ErrorCode::forbidden, "lacks the right to do this: Unauthorized to access requested resource");
    row("403 without words", 403, 0, "", ErrorCode::forbidden, "lacks the right to do this.");
    row("invalid request", 400, 12130, "access.api.error.invalid_request: name is required", ErrorCode::invalidArgument, "name is required");
    row("not enabled", 400, 9999, "access.api.error.not_enabled: Visit the dashboard", ErrorCode::invalidArgument, "Visit the dashboard");
    row("a code without words", 400, 12130, "access.api.error.invalid_request", ErrorCode::invalidArgument, "HTTP 400");
    row("a code and a colon", 400, 12130, "access.api.error.invalid_request: ", ErrorCode::invalidArgument, "HTTP 400");
    row("words of another room", 400, 1004, "DNS Validation Error", ErrorCode::invalidArgument, "DNS Validation Error");
    row("422", 422, 1, "no", ErrorCode::invalidArgument, "no");
    row("404", 404, 11021, "access.api.error.not_found: No token has this id.", ErrorCode::notFound, "No token has this id.");
    row("404 without words", 404, 0, "", ErrorCode::notFound, "not there any more");
    row("409", 409, 12132, "access.api.error.conflict: precedence taken", ErrorCode::conflict, "precedence taken");
    row("429", 429, 971, "", ErrorCode::rateLimited, "pause");
    row("504", 504, 0, "", ErrorCode::timedOut, "HTTP 504");
    row("500", 500, 10001, "boom", ErrorCode::protocol, "boom");
    row("503 without words", 503, 0, "", ErrorCode::protocol, "HTTP 503");
    row("a refusal with 200", 200, 1, "odd", ErrorCode::protocol, "odd");
}

void TestEnvelope::errors()
{
    QFETCH(const int, status);
    QFETCH(const int, code);
    QFETCH(const QByteArray, message);
    QFETCH(const int, errorCode);
    QFETCH(const QByteArray, said);
    Envelope envelope;
    if (code != 0 || !message.isEmpty())
        envelope.errors = {{code, message.toStdString()}, {1, "a second one"}};
    const Error error = wire::errorFrom(status, envelope);
    QCOMPARE(int(error.code), errorCode);
    QVERIFY2(bytes(error.message).contains(said), error.message.c_str());
    QVERIFY2(!bytes(error.message).contains("access.api.error"), error.message.c_str());
    QVERIFY(bytes(error.detail).contains(QByteArray::number(status)));
}

void TestEnvelope::messagesSurviveTheWay()
{
    for (const auto code : {ErrorCode::invalidArgument, ErrorCode::notFound, ErrorCode::conflict, ErrorCode::io}) {
        for (const char* message : {"name is required", "x", "session_duration: The duration is empty.", ": odd", "\"quoted\" \xE2\x82\xAC"}) {
            const auto failure = wire::failureFor({code, message, {}});
            const auto envelope = wire::decodeEnvelope(wire::encodeFailure(failure)).value();
            const std::string words = std::string_view(message).starts_with(": ") && code != ErrorCode::io ? message + 2 : message;
            QCOMPARE(bytes(wire::errorFrom(failure.status, envelope).message), bytes(words));
        }
    }
}

void TestEnvelope::pages_data()
{
    QTest::addColumn<int>("perPage");
    QTest::addColumn<int>("total");
    QTest::addColumn<int>("pages");
    QTest::newRow("none") << 100 << 0 << 0;
    QTest::newRow("one") << 100 << 1 << 1;
    QTest::newRow("just full") << 100 << 100 << 1;
    QTest::newRow("one more") << 100 << 101 << 2;
    QTest::newRow("one a page") << 1 << 5 << 5;
    QTest::newRow("a million") << 1000 << 1'000'000 << 1000;
    QTest::newRow("the largest") << 1 << 2'147'483'647 << 2'147'483'647;
    QTest::newRow("nothing a page") << 0 << 5 << 0;
}

void TestEnvelope::pages()
{
    QFETCH(const int, perPage);
    QFETCH(const int, total);
    QFETCH(const int, pages);
    const PageInfo info = PageInfo::of(3, perPage, 2, total);
    QCOMPARE(info.totalPages, pages);
    QCOMPARE(info.page, 3);
    QCOMPARE(info.count, 2);
}

void TestEnvelope::queries_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<int>("page");
    QTest::addColumn<int>("perPage");
    const auto row = [](const char* key, const char* value, int page, int perPage) {
        QTest::newRow(qPrintable(QString::fromLatin1(key) + QLatin1Char('=') + QString::fromLatin1(value))) << QByteArray(key) << QByteArray(value) << page << perPage;
    };
    row("page", "1", 1, 100);
    row("page", "7", 7, 100);
    row("page", "007", 7, 100);
    row("page", "1000000", 1'000'000, 100);
    row("page", "2000000000", 1'000'000, 100);
    row("per_page", "1", 1, 1);
    row("per_page", "999", 1, 999);
    row("per_page", "1000", 1, 1000);
    row("per_page", "1001", 1, 1000);
    row("per_page", "2147483647", 1, 1000);
    row("unknown", "rubbish", 1, 100);
    row("PAGE", "rubbish", 1, 100);
    row("", "", 1, 100);
}

void TestEnvelope::queries()
{
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, value);
    QFETCH(const int, page);
    QFETCH(const int, perPage);
    const auto query = wire::decodeListQuery({{key.toStdString(), value.toStdString()}});
    QVERIFY(query.has_value());
    QCOMPARE(query->page, page);
    QCOMPARE(query->perPage, perPage);
    QVERIFY(query->name.empty() && query->search.empty());
}

void TestEnvelope::refusesQueries_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    for (const char* key : {"page", "per_page"}) {
        for (const char* value : {"", "0", "-1", "+1", " 1", "1 ", "1.5", "1e3", "0x10", "one", "99999999999", "1,2", "\xD9\xA3"})
            QTest::newRow(QByteArray(key) + "=" + value) << QByteArray(key) << QByteArray(value);
    }
    QTest::newRow("name that is not UTF-8") << QByteArray("name") << QByteArray("\xFF");
    QTest::newRow("search that is not UTF-8") << QByteArray("search") << QByteArray("a\xC3");
}

void TestEnvelope::refusesQueries()
{
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, value);
    const auto query = wire::decodeListQuery({{key.toStdString(), value.toStdString()}});
    QVERIFY(!query);
    QCOMPARE(query.error().code, ErrorCode::invalidArgument);
    QVERIFY(bytes(query.error().message).startsWith(key + " "));   // names what is wrong
}

void TestEnvelope::writesQueries()
{
    QCOMPARE(bytes(wire::encodeListQuery({})), QByteArray("page=1&per_page=100"));
    const ListQuery query{.name = "a&b=c", .search = "50% \xC3\xA9+", .page = 3, .perPage = 25};
    QCOMPARE(bytes(wire::encodeListQuery(query)), QByteArray("page=3&per_page=25&name=a%26b%3Dc&search=50%25%20%C3%A9%2B"));
    const auto back = wire::decodeListQuery({{"page", "3"}, {"per_page", "25"}, {"name", "a&b=c"}, {"search", "50% \xC3\xA9+"}});
    QVERIFY(back == query);
}

void TestEnvelope::percentEncodes()
{
    QCOMPARE(bytes(wire::percentEncode("AZaz09-._~")), QByteArray("AZaz09-._~"));
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        const QByteArray encoded = bytes(wire::percentEncode({&c, 1}));
        QCOMPARE(QByteArray::fromPercentEncoding(encoded), QByteArray(1, c));
        QVERIFY(encoded.size() == 1 || encoded.size() == 3);
        QVERIFY(encoded.size() == 3 || std::isalnum(value) != 0 || QByteArray("-._~").contains(c));
    }
}

LATCHKEY_TEST(TestEnvelope)

} // namespace tst_wire_envelope

#include "tst_wire_envelope.moc"
