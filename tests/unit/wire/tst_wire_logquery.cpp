// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/LogQuery.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_logquery {

using namespace latchkey;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using wire::LogQuery;

namespace {

/// `a=b&c=d`, without escapes: taking a query apart is the http room's.
Pairs pairsOf(const QByteArray& query)
{
    Pairs pairs;
    for (const QByteArray& part : query.split('&')) {
        const auto equals = part.indexOf('=');
        if (equals >= 0)
            pairs.emplace_back(part.left(equals).toStdString(), part.mid(equals + 1).toStdString());
    }
    return pairs;
}

using Change = void (*)(LogQuery&);

} // namespace

class TestWireLogQuery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachParameterSetsItsField_data();
    void eachParameterSetsItsField();
    void refusalsNameTheParameter_data();
    void refusalsNameTheParameter();
    void bytesThatAreNoTextAreRefused();
};

void TestWireLogQuery::eachParameterSetsItsField_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<Change>("change");   // of what no parameter at all gives
    using enum LogQuery::Match;
    const auto row = [](const char* name, const char* query, Change change) { QTest::newRow(name) << QByteArray(query) << change; };
    row("nothing", "", [](LogQuery&) {});
    row("unknown names", "order=up&user_email=x&=y", [](LogQuery&) {});
    row("what Cloudflare ignores, too", "user_id=x&user_idOp=rubbish", [](LogQuery&) {});
    row("values that are empty", "since=&until=&allowed=&app_uid=&email=&limit=&page=&per_page=&direction=&fields=&non_identity=&emailOp=", [](LogQuery&) {});
    row("since", "since=2026-11-24T12:00:00Z", [](LogQuery& query) { query.since = std::chrono::sys_seconds(std::chrono::seconds(1'795'521'600)); });
    row("until, in another zone", "until=2026-11-24T13:00:00%2B01:00", nullptr);
    row("until", "until=2026-11-24T13:00:00+01:00", [](LogQuery& query) { query.until = std::chrono::sys_seconds(std::chrono::seconds(1'795'521'600)); });
    row("allowed", "allowed=true", [](LogQuery& query) { query.allowed = true; });
    row("not allowed", "allowed=false", [](LogQuery& query) { query.allowed = false; });
    row("allowed, negated", "allowed=true&allowedOp=neq", [](LogQuery& query) { query.allowed = false; });
    row("allowed, not negated", "allowed=false&allowedOp=eq", [](LogQuery& query) { query.allowed = false; });
    row("only an operator", "allowedOp=neq&app_uidOp=neq&emailOp=neq", [](LogQuery&) {});
    row("application", "app_uid=a", [](LogQuery& query) { query.application = {"a", equal}; });
    row("another application", "app_uid=a&app_uidOp=neq", [](LogQuery& query) { query.application = {"a", notEqual}; });
    row("domain", "app_domain=a.example.com&app_domainOp=eq", [](LogQuery& query) { query.domain = {"a.example.com", equal}; });
    row("type", "app_type=self_hosted&app_typeOp=neq", [](LogQuery& query) { query.applicationType = {"self_hosted", notEqual}; });
    row("country", "country_code=DE", [](LogQuery& query) { query.country = {"DE", equal}; });
    row("identity provider", "idp=x&idpOp=neq", [](LogQuery& query) { query.identityProvider = {"x", notEqual}; });
    row("ray", "ray_id=0123456789abcdef", [](LogQuery& query) { query.rayId = {"0123456789abcdef", equal}; });
    row("service tokens", "non_identity=true", [](LogQuery& query) { query.nonIdentity = {"true", equal}; });
    row("people", "non_identity=true&non_identityOp=neq", [](LogQuery& query) { query.nonIdentity = {"true", notEqual}; });
    row("part of an address", "email=@example.com", [](LogQuery& query) { query.email = {"@example.com", contains}; });
    row("part of an address, explicitly", "email=ada&emailOp=contains", [](LogQuery& query) { query.email = {"ada", contains}; });
    row("a whole address", "email=ada@example.com&emailOp=eq", [](LogQuery& query) { query.email = {"ada@example.com", equal}; });
    row("a whole address, the older way", "email=ada@example.com&email_exact=true", [](LogQuery& query) { query.email = {"ada@example.com", equal}; });
    row("the older way wins", "email=ada@example.com&email_exact=true&emailOp=contains", [](LogQuery& query) { query.email = {"ada@example.com", equal}; });
    row("no part of an address", "email=ada&emailOp=neq", [](LogQuery& query) { query.email = {"ada", notContains}; });
    row("not this address", "email=ada@example.com&emailOp=neq&email_exact=true", [](LogQuery& query) { query.email = {"ada@example.com", notEqual}; });
    row("oldest first", "direction=asc", [](LogQuery& query) { query.oldestFirst = true; });
    row("newest first", "direction=desc", [](LogQuery&) {});
    row("a limit is a page", "limit=7", [](LogQuery& query) { query.limit = query.perPage = 7; });
    row("a large limit is several pages", "limit=5000", [](LogQuery& query) { query.limit = 5000; query.perPage = 1000; });
    row("a limit beyond reason", "limit=99999999", [](LogQuery& query) { query.limit = 1'000'000; query.perPage = 1000; });
    row("a limit and pages", "limit=7&per_page=3&page=2", [](LogQuery& query) { query.limit = 7; query.perPage = 3; query.page = 2; });
    row("pages beyond reason", "per_page=100000", [](LogQuery& query) { query.perPage = 1000; });
    row("fields", "fields=ray_id,,allowed,", [](LogQuery& query) { query.fields = {"ray_id", "allowed"}; });
    row("the last of two", "page=2&page=3&page=", [](LogQuery& query) { query.page = 3; });
}

void TestWireLogQuery::eachParameterSetsItsField()
{
    QFETCH(QByteArray, query);
    QFETCH(Change, change);
    const auto decoded = wire::decodeLogQuery(pairsOf(query));
    if (change == nullptr) {
        QVERIFY(!decoded);
        return;
    }
    QVERIFY2(decoded, decoded ? "" : decoded.error().message.c_str());
    LogQuery expected;
    change(expected);
    QVERIFY(*decoded == expected);
}

void TestWireLogQuery::refusalsNameTheParameter_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* query, const char* message) { QTest::newRow(query) << QByteArray(query) << QByteArray(message); };
    for (const char* const name : {"since", "until"}) {
        for (const char* const value : {"yesterday", "2026-11-24", "1795521600"})
            row(QByteArray(QByteArray(name) + "=" + value).constData(), QByteArray(QByteArray(name) + " must be a date and time as RFC 3339 writes it").constData());
    }
    row("allowed=perhaps", "allowed must be true or false");
    row("allowed=TRUE", "allowed must be true or false");
    row("allowed=1", "allowed must be true or false");
    row("non_identity=yes", "non_identity must be true or false");
    row("email=a@b.c&email_exact=yes", "email_exact must be true or false");
    for (const char* const name : {"allowed", "app_uid", "app_domain", "app_type", "country_code", "idp", "ray_id", "non_identity"}) {
        const QByteArray parameter = QByteArray(name) + "Op";
        row(QByteArray(parameter + "=like").constData(), QByteArray(parameter + " must be eq or neq").constData());
        row(QByteArray(parameter + "=contains").constData(), QByteArray(parameter + " must be eq or neq").constData());
    }
    row("emailOp=like", "emailOp must be eq, neq or contains");
    row("email=a b", "email must be an address like ada@example.com, or a part of one");
    row("email=a@b@c", "email must be an address like ada@example.com, or a part of one");
    row("email=a,b", "email must be an address like ada@example.com, or a part of one");
    row("email=a,b&emailOp=neq", "email must be an address like ada@example.com, or a part of one");
    row("email=ada&emailOp=eq", "email must be an address like ada@example.com, as it is compared with whole ones");
    row("email=@example.com&email_exact=true", "email must be an address like ada@example.com, as it is compared with whole ones");
    row("email=ada@&email_exact=true&emailOp=neq", "email must be an address like ada@example.com, as it is compared with whole ones");
    row("direction=up", "direction must be asc or desc");
    for (const char* const name : {"limit", "page", "per_page"}) {
        for (const char* const value : {"0", "-1", "x", "1.5", "1x", "+1", "99999999999999999999"})
            row(QByteArray(QByteArray(name) + "=" + value).constData(), QByteArray(QByteArray(name) + " must be a whole number from 1").constData());
    }
}

void TestWireLogQuery::refusalsNameTheParameter()
{
    QFETCH(QByteArray, query);
    QFETCH(QByteArray, message);
    const auto decoded = wire::decodeLogQuery(pairsOf(query));
    QVERIFY(!decoded);
    QCOMPARE(decoded.error().code, ErrorCode::invalidArgument);
    QCOMPARE(QByteArray::fromStdString(decoded.error().message), message);
}

void TestWireLogQuery::bytesThatAreNoTextAreRefused()
{
    for (const char* const name : {"app_uid", "app_domain", "app_type", "country_code", "idp", "ray_id"}) {
        const auto decoded = wire::decodeLogQuery({{name, "a\xFF"}});
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().message, std::string(name) + " must be UTF-8");
    }
    QVERIFY(!wire::decodeLogQuery({{"email", "a\xFF"}}));
}

LATCHKEY_TEST(TestWireLogQuery)

} // namespace tst_wire_logquery

Q_DECLARE_METATYPE(tst_wire_logquery::Change)

#include "tst_wire_logquery.moc"
