// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Tokens and applications between their JSON and the domain: what Cloudflare writes reads and goes back unchanged, also what
// we do not understand; a body is told what is wrong with it.
#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/ServiceTokenCodec.h"

#include "agent/base/Rfc3339.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>

namespace tst_wire_replies {

using namespace latchkey;
using namespace latchkey::wire;

// The class stands first: the moc of Qt 6.4 loses its way in raw strings of several lines.
class TestReplies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tokensGoBackUnchanged_data();
    void tokensGoBackUnchanged();
    void aTokenIsUnderstood();
    void repliesOfTokensAreTolerated();
    void refusesTokens_data();
    void refusesTokens();
    void anIssuedTokenGivesItsSecretAway();
    void names_data();
    void names();
    void creates_data();
    void creates();
    void refusesBodies_data();
    void refusesBodies();
    void updates();
    void applicationsGoBackUnchanged_data();
    void applicationsGoBackUnchanged();
    void anApplicationIsUnderstood();
    void whatABodyMayNotSayAReplyMay_data();
    void whatABodyMayNotSayAReplyMay();
    void aSessionChosenSinceReplacesAnOddOne();
    void refusesApplications_data();
    void refusesApplications();
    void precedences_data();
    void precedences();
    void bodiesLeaveOutWhatTheServerMakes();
};

namespace {

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

Json json(const QByteArray& text)
{
    return parseJson(view(text)).value();
}

/// With the members of every object in order, so that two texts compare as values.
Json sorted(Json value)
{
    if (JsonObject* members = value.asObject()) {
        for (auto& [name, member] : *members)
            member = sorted(std::move(member));
        std::ranges::sort(*members, {}, [](const auto& member) { return member.first; });
    } else if (JsonArray* items = value.asArray()) {
        for (Json& item : *items)
            item = sorted(std::move(item));
    }
    return value;
}

QByteArray text(const Json& value)
{
    return QByteArray::fromStdString(sorted(value).dump());
}

/// In the shape of the SDK's documentation, with every member we know and two that we do not.
const QByteArray token = R"({"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415","client_id":"88bf3b6d86161464f6509f7219099e57.access",
    "name":"CI/CD token","duration":"60m","enabled":false,"client_secret_version":3,
    "previous_client_secret_expires_at":"2026-12-01T00:00:00Z","created_at":"2014-01-01T05:20:00Z","updated_at":"2014-01-01T05:20:01Z",
    "expires_at":"2027-01-01T05:20:00Z","last_seen_at":"2026-01-01T05:20:00Z",
    "tags":["a",{"b":12345678901234567890}],"note":null})";

const QByteArray application = R"({"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
    "aud":"737646a56ab1df6ec9bddc7e5ca84eaf3b0768850f3ffb5d74f1534911fe3893","name":"Admin Site","type":"self_hosted",
    "domain":"test.example.com/admin","session_duration":"24h","created_at":"2014-01-01T05:20:00Z","updated_at":"2014-01-01T05:20:00Z",
    "cors_headers":{"max_age":-1,"allowed_methods":["GET"]},"self_hosted_domains":["test.example.com/admin"],
    "http_only_cookie_attribute":true,"custom_deny_message":null,
    "latchkey":{"upstream":"http://127.0.0.1:3000","port":8410,"upstream_tls":{"verify":false}},
    "policies":[
      {"id":"11111111-1111-4111-8111-111111111111","name":"CI","decision":"non_identity","precedence":1,"session_duration":"30m",
       "include":[{"service_token":{"token_id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}},{"any_valid_service_token":{}}],
       "require":[{"ip":{"ip":"10.0.0.0/8"}},{"certificate":{}}],"exclude":[{"common_name":{"common_name":"old"}},{"geo":{"country_code":"US"}}],
       "created_at":"2014-01-01T05:20:00Z","updated_at":"2014-01-01T05:20:00Z","approval_required":false},
      {"id":"22222222-2222-4222-8222-222222222222","name":"People","decision":"allow","precedence":2,
       "include":[{"email_domain":{"domain":"example.com"}},{"everyone":{}}],"require":[],"exclude":[],
       "created_at":"2014-01-01T05:20:00Z","updated_at":"2014-01-01T05:20:00Z"}]})";

/// An application with one policy that has this member.
QByteArray withPolicy(const QByteArray& member)
{
    return R"({"name":"a","domain":"a.example.com","policies":[{"name":"p","decision":"allow",)" + member + "}]}";
}

} // namespace

void TestReplies::tokensGoBackUnchanged_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("everything") << token;
    QTest::newRow("as the SDK's types know it")
        << QByteArray(R"({"id":"i","client_id":"c","name":"n","duration":"8760h","enabled":true,"client_secret_version":1,"expires_at":"2027-01-01T00:00:00Z"})");
    QTest::newRow("forever") << QByteArray(R"({"id":"i","client_id":"c","name":"n","duration":"forever","enabled":true,"client_secret_version":1})");
    QTest::newRow("a name of many scripts")
        << QByteArray("{\"id\":\"i\",\"client_id\":\"c\",\"name\":\"M\xC3\xBCller \xF0\x9F\x94\x91 \\\"x\\\"\",\"duration\":\"1h\",\"enabled\":true,\"client_secret_version\":1}");
}

void TestReplies::tokensGoBackUnchanged()
{
    QFETCH(QByteArray, body);
    const auto decoded = decodeServiceToken(json(body));
    QVERIFY2(decoded.has_value(), decoded ? "" : decoded.error().message.c_str());
    QVERIFY(decodeServiceToken(encode(*decoded)).value() == *decoded);
    QCOMPARE(text(encode(*decoded)), text(json(body)));
}

void TestReplies::aTokenIsUnderstood()
{
    const access::ServiceToken decoded = decodeServiceToken(json(token)).value();
    QCOMPARE(decoded.id.value, std::string("f174e90a-fafe-4643-bbbc-4a0ed4fc8415"));
    QCOMPARE(decoded.clientId.value, std::string("88bf3b6d86161464f6509f7219099e57.access"));
    QCOMPARE(decoded.name, std::string("CI/CD token"));
    QVERIFY(decoded.duration == access::Duration::parse("60m").value());
    QVERIFY(!decoded.enabled);
    QCOMPARE(decoded.clientSecretVersion, 3);
    QCOMPARE(base::formatRfc3339(decoded.previousClientSecretExpiresAt.value()), std::string("2026-12-01T00:00:00Z"));
    QCOMPARE(base::formatRfc3339(decoded.createdAt), std::string("2014-01-01T05:20:00Z"));
    QCOMPARE(base::formatRfc3339(decoded.updatedAt), std::string("2014-01-01T05:20:01Z"));
    QCOMPARE(base::formatRfc3339(decoded.expiresAt.value()), std::string("2027-01-01T05:20:00Z"));
    QCOMPARE(base::formatRfc3339(decoded.lastSeenAt.value()), std::string("2026-01-01T05:20:00Z"));
    QCOMPARE(decoded.extra, std::string(R"({"tags":["a",{"b":12345678901234567890}],"note":null})"));
}

void TestReplies::repliesOfTokensAreTolerated()
{
    const access::ServiceToken bare = decodeServiceToken(json(R"({"id":"i","client_id":"c"})")).value();
    QVERIFY(bare.enabled && bare.duration.isForever() && !bare.expiresAt && bare.clientSecretVersion == 1 && bare.extra.empty());
    const access::ServiceToken odd = decodeServiceToken(json(R"({"id":"i","client_id":"c","duration":"one year","expires_at":"2027-01-01T00:00:00.123456Z",
        "last_seen_at":null,"previous_client_secret_expires_at":""})")).value();
    QVERIFY(odd.duration == access::Duration::oneYear() && odd.expiresAt && !odd.lastSeenAt && !odd.previousClientSecretExpiresAt);
    QVERIFY(encode(bare).find("created_at") == nullptr && encode(bare).find("expires_at") == nullptr);
    // A secret that a reply should not hold does not travel on as a member we do not know.
    const access::ServiceToken leaky = decodeServiceToken(json(R"({"id":"i","client_id":"c","client_secret":"secret-7f3a"})")).value();
    QVERIFY(leaky.extra.empty() && encode(leaky).dump().find("7f3a") == std::string::npos);
}

void TestReplies::refusesTokens_data()
{
    QTest::addColumn<QByteArray>("body");
    for (const char* body : {"null", "[]", "{}", R"("x")", R"({"id":"i"})", R"({"client_id":"c"})", R"({"id":1,"client_id":"c"})",
                             R"({"id":"i","client_id":"c","name":{}})", R"({"id":"i","client_id":"c","enabled":"yes"})",
                             R"({"id":"i","client_id":"c","client_secret_version":"1"})", R"({"id":"i","client_id":"c","client_secret_version":1.5})",
                             R"({"id":"i","client_id":"c","client_secret_version":-1})", R"({"id":"i","client_id":"c","client_secret_version":99999999999})",
                             R"({"id":"i","client_id":"c","expires_at":"tomorrow"})", R"({"id":"i","client_id":"c","expires_at":1})"})
        QTest::newRow(body) << QByteArray(body);
}

void TestReplies::refusesTokens()
{
    QFETCH(QByteArray, body);
    const auto decoded = decodeServiceToken(json(body));
    QVERIFY(!decoded.has_value());
    QCOMPARE(decoded.error().code, ErrorCode::protocol);
}

void TestReplies::anIssuedTokenGivesItsSecretAway()
{
    access::ServiceToken made = decodeServiceToken(json(token)).value();
    Json reply = encodeIssued(made, "cfast_secret");
    QCOMPARE(*reply.find("client_secret")->asString(), std::string("cfast_secret"));
    const auto issued = decodeIssued(std::move(reply));
    QVERIFY(issued.has_value());
    QVERIFY(issued->secret.equals("cfast_secret"));
    QVERIFY(issued->token == made);
    QVERIFY(reply.find("client_secret") == nullptr);   // what is left behind does not hold it
    for (const char* body : {R"({"id":"i","client_id":"c"})", R"({"id":"i","client_id":"c","client_secret":""})",
                             R"({"id":"i","client_id":"c","client_secret":7})", R"({"client_secret":"s"})", "[]"})
        QVERIFY2(!decodeIssued(json(body)).has_value(), body);
}

void TestReplies::names_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* what, const QByteArray& name, bool good) { QTest::newRow(what) << name << good; };
    row("one letter", "a", true);
    row("spaces around", " a ", true);
    row("quotes and slashes", "CI/CD \"x\" \\", true);
    row("255 letters", QByteArray(255, 'a'), true);
    row("256 letters", QByteArray(256, 'a'), false);
    row("255 code points of four bytes", QByteArray("\xF0\x9F\x94\x91").repeated(255), true);
    row("256 code points of two bytes", QByteArray("\xC3\xA4").repeated(256), false);
    row("nothing", "", false);
    row("spaces", "   ", false);
    row("a tab", "\t", false);
    row("no-break space", "\xC2\xA0", false);
    row("ideographic space", "\xE3\x80\x80", false);
    row("zero-width space", "\xE2\x80\x8B", false);
    row("byte order mark", "\xEF\xBB\xBF", false);
    row("a letter between no-break spaces", "\xC2\xA0" "a\xC2\xA0", true);
    row("line break inside", "a\nb", false);
    row("zero byte", QByteArray("a\0b", 3), false);
    row("escape", "a\x1B[31m", false);
    row("delete", "a\x7F", false);
    row("C1 control", "a\xC2\x9B" "31m", false);
    row("first after C1", "a\xC2\xA1", true);
    row("line separator", "a\xE2\x80\xA8" "b", false);
    row("paragraph separator", "a\xE2\x80\xA9" "b", false);
    row("not UTF-8", "a\xFF", false);
    row("overlong", "a\xC0\xAF", false);
    row("surrogate", "a\xED\xA0\x80", false);
}

void TestReplies::names()
{
    QFETCH(QByteArray, name);
    QFETCH(bool, good);
    const auto checked = checkTokenName(view(name));
    QCOMPARE(checked.has_value(), good);
    if (!checked)
        QCOMPARE(checked.error().code, ErrorCode::invalidArgument);
}

void TestReplies::creates_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("back");
    const auto row = [](const char* body, const char* back) { QTest::newRow(body) << QByteArray(body) << QByteArray(back); };
    row(R"({"name":"ci"})", R"({"duration":"8760h","name":"ci"})");
    row(R"({"name":"ci","duration":null})", R"({"duration":"8760h","name":"ci"})");
    row(R"({"name":"ci","duration":"2h45m"})", R"({"duration":"2h45m","name":"ci"})");
    row(R"({"name":"ci","duration":"forever","enabled":true})", R"({"duration":"forever","name":"ci"})");
    row(R"({"name":"ci","enabled":false})", R"({"duration":"8760h","enabled":false,"name":"ci"})");
    row(R"({"name":"ci","client_secret_version":1})", R"({"duration":"8760h","name":"ci"})");
    row(R"({"name":"ci","tags":["x"]})", R"({"duration":"8760h","name":"ci","tags":["x"]})");
    row(R"({"name":"ci","client_secret":"mine","id":"mine","client_id":"mine"})", R"({"duration":"8760h","name":"ci"})");
}

void TestReplies::creates()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, back);
    const auto create = decodeTokenCreate(view(body));
    QVERIFY2(create.has_value(), create ? "" : create.error().message.c_str());
    QCOMPARE(text(parseJson(encodeTokenCreate(*create)).value()), back);
}

void TestReplies::refusesBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("createOnly");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char* body, const char* words, bool createOnly = false) {
        QTest::newRow(*body != 0 ? body : "nothing") << QByteArray(body) << createOnly << QByteArray(words);
    };
    row("", "");
    row("{", "");
    row("[]", "must be a JSON object");
    row("null", "must be a JSON object");
    row(R"({"name":"a","name":"b"})", "");
    row("{}", "name is required", true);
    row(R"({"name":null})", "name is required", true);
    row(R"({"name":""})", "name must not be empty");
    row(R"({"name":7})", "name must be a string");
    row(R"({"name":"a\nb"})", "control characters");
    row(R"({"name":"a","duration":"1d"})", "duration: The duration has \"d\"");
    row(R"({"name":"a","duration":"-1h"})", "must be positive");
    row(R"({"name":"a","duration":"0s"})", "longer than nothing");
    row(R"({"name":"a","duration":8760})", "duration must be a string");
    row(R"({"name":"a","enabled":"false"})", "enabled must be true or false");
    row(R"({"name":"a","enabled":0})", "enabled must be true or false");
    row(R"({"name":"a","client_secret_version":"2"})", "client_secret_version must be a whole number");
    row(R"({"name":"a","client_secret_version":0})", "client_secret_version");
    row(R"({"name":"a","client_secret_version":2})", "must be 1", true);
    row(R"({"name":"a","previous_client_secret_expires_at":"soon"})", "RFC 3339");
}

void TestReplies::refusesBodies()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, createOnly);
    QFETCH(QByteArray, words);
    const auto create = decodeTokenCreate(view(body));
    QVERIFY(!create.has_value());
    QCOMPARE(create.error().code, ErrorCode::invalidArgument);
    QVERIFY2(QByteArray::fromStdString(create.error().message).contains(words), create.error().message.c_str());
    const auto update = decodeTokenUpdate(view(body));
    QCOMPARE(update.has_value(), createOnly);
    if (!update)
        QVERIFY2(QByteArray::fromStdString(update.error().message).contains(words), update.error().message.c_str());
}

void TestReplies::updates()
{
    const TokenUpdate nothing = decodeTokenUpdate("{}").value();
    QVERIFY(!nothing.name && !nothing.duration && !nothing.enabled && !nothing.clientSecretVersion && !nothing.extra
            && !nothing.previousClientSecretExpiresAt);
    QCOMPARE(encodeTokenUpdate(nothing), std::string("{}"));
    const QByteArray body = R"({"client_secret_version":2,"duration":"1h","enabled":false,"name":"n","previous_client_secret_expires_at":"2026-12-01T00:00:00Z","tags":[]})";
    const TokenUpdate all = decodeTokenUpdate(view(body)).value();
    QVERIFY(all.name == "n" && all.enabled == false && all.clientSecretVersion == 2 && all.extra == R"({"tags":[]})");
    QVERIFY(all.previousClientSecretExpiresAt == base::parseRfc3339("2026-12-01T00:00:00Z").value());
    QCOMPARE(text(parseJson(encodeTokenUpdate(all)).value()), body);
}

void TestReplies::applicationsGoBackUnchanged_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("everything") << application;
    QTest::newRow("without policies") << QByteArray(R"({"id":"i","aud":"a","name":"n","type":"self_hosted","domain":"","session_duration":"1h","policies":[],
        "latchkey":{"upstream":"","port":null},"x":{"latchkey":1}})");
}

void TestReplies::applicationsGoBackUnchanged()
{
    QFETCH(QByteArray, body);
    for (const auto decode : {decodeApplication, decodeApplicationReply}) {
        const auto decoded = decode(json(body));
        QVERIFY2(decoded.has_value(), decoded ? "" : decoded.error().message.c_str());
        QCOMPARE(text(encode(*decoded)), text(json(body)));
        QVERIFY(decode(encode(*decoded)).value() == *decoded);
    }
    QVERIFY(decodeApplicationBody(view(body)).value() == decodeApplication(json(body)).value());
}

void TestReplies::anApplicationIsUnderstood()
{
    const access::Application decoded = decodeApplication(json(application)).value();
    QCOMPARE(decoded.domain, std::string("test.example.com/admin"));
    QCOMPARE(decoded.upstream, std::string("http://127.0.0.1:3000"));
    QVERIFY(decoded.port == std::uint16_t{8410});
    QVERIFY(decoded.sessionDuration == access::Duration::oneDay());
    QCOMPARE(decoded.policies.size(), std::size_t(2));
    const access::Policy& policy = decoded.policies.front();
    QVERIFY(policy.decision == access::PolicyDecision::nonIdentity);
    QVERIFY(policy.sessionDuration == access::Duration::parse("30m").value());
    QVERIFY((policy.include == std::vector<access::Rule>{access::ServiceTokenRule{{"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}}, access::AnyValidServiceTokenRule{}}));
    QVERIFY((policy.require == std::vector<access::Rule>{access::IpRule{access::IpNetwork::parse("10.0.0.0/8").value()}, access::CertificateRule{}}));
    QVERIFY((policy.exclude == std::vector<access::Rule>{access::CommonNameRule{"old"}, access::GeoRule{"US"}}));
    QCOMPARE(policy.extra, std::string(R"({"approval_required":false})"));
    QVERIFY(std::holds_alternative<access::EveryoneRule>(decoded.policies.back().include.back()));
}

void TestReplies::whatABodyMayNotSayAReplyMay_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char* name, const QByteArray& body, const char* words) { QTest::newRow(name) << body << QByteArray(words); };
    row("session of no length", R"({"domain":"a.example.com","session_duration":"0s"})", "session_duration");
    row("session of another form", R"({"domain":"a.example.com","session_duration":"one day"})", "session_duration");
    row("policy session of no length", withPolicy(R"("include":[],"session_duration":"0m")"), "session_duration");
    row("host bits in a network", withPolicy(R"("include":[{"ip":{"ip":"10.0.0.1/8"}}])"), "include: ");
    row("a token that is no UUID", withPolicy(R"("exclude":[{"service_token":{"token_id":"ci"}}])"), "exclude: token_id must be the UUID");
    row("a token that is null", withPolicy(R"("include":[{"service_token":{"token_id":null}}])"), "token_id");
    row("two kinds in one rule", withPolicy(R"("require":[{"everyone":{},"certificate":{}}])"), "require: a rule");
    row("no kind in a rule", withPolicy(R"("include":[{}])"), "a rule");
    row("a rule that is a text", withPolicy(R"("include":["everyone"])"), "a rule");
    row("a kind that is no object", withPolicy(R"("include":[{"everyone":true}])"), "a rule");
}

void TestReplies::whatABodyMayNotSayAReplyMay()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, words);
    const auto strict = decodeApplication(json(body));
    QVERIFY(!strict.has_value());
    QCOMPARE(strict.error().code, ErrorCode::invalidArgument);
    QVERIFY2(QByteArray::fromStdString(strict.error().message).contains(words), strict.error().message.c_str());

    const auto tolerant = decodeApplicationReply(json(body));
    QVERIFY2(tolerant.has_value(), tolerant ? "" : tolerant.error().message.c_str());
    // It goes back as it came.
    const Json back = encode(*tolerant);
    const Json sentApplication = json(body);
    if (const Json* sent = sentApplication.find("session_duration"))
        QCOMPARE(text(*back.find("session_duration")), text(*sent));
    if (const Json* policies = sentApplication.find("policies")) {
        const Json& sent = policies->asArray()->front();
        const Json& returned = back.find("policies")->asArray()->front();
        for (const char* member : {"include", "require", "exclude", "session_duration"}) {
            if (sent.find(member) != nullptr)
                QCOMPARE(text(*returned.find(member)), text(*sent.find(member)));
        }
    }
}

void TestReplies::aSessionChosenSinceReplacesAnOddOne()
{
    access::Application decoded = decodeApplicationReply(json(R"({"domain":"a.example.com","session_duration":"0s"})")).value();
    decoded.sessionDuration = access::Duration::parse("30m").value();
    QCOMPARE(*encode(decoded).find("session_duration")->asString(), std::string("30m"));
    access::Application policy = decodeApplicationReply(json(withPolicy(R"("session_duration":"0s")"))).value();
    policy.policies.front().sessionDuration = access::Duration::parse("30m").value();
    QCOMPARE(*encode(policy.policies.front()).find("session_duration")->asString(), std::string("30m"));
}

void TestReplies::refusesApplications_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const QByteArray& body, ErrorCode code, const char* words) { QTest::newRow(body.constData()) << body << int(code) << QByteArray(words); };
    row("[]", ErrorCode::invalidArgument, "must be an object");
    row(R"({"type":"saas"})", ErrorCode::unsupported, "self_hosted");
    row(R"({"type":"app_launcher","policies":{},"session_duration":0})", ErrorCode::unsupported, "self_hosted");
    row(R"({"type":7})", ErrorCode::invalidArgument, "type must be a string");
    row(R"({"domain":[]})", ErrorCode::invalidArgument, "domain must be a string");
    row(R"({"policies":{}})", ErrorCode::invalidArgument, "policies must be an array");
    row(R"({"policies":[7]})", ErrorCode::invalidArgument, "a policy must be an object");
    row(R"({"policies":[""]})", ErrorCode::invalidArgument, "the id of a policy is empty");
    row(R"({"policies":[{"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415","precedence":-1}]})", ErrorCode::invalidArgument, "precedence");
    row(R"({"policies":[{"name":"p"}]})", ErrorCode::invalidArgument, "must have a decision");
    row(R"({"policies":[{"decision":"service_auth"}]})", ErrorCode::invalidArgument, "decision must be one of");
    row(withPolicy(R"("precedence":-1)"), ErrorCode::invalidArgument, "precedence");
    row(withPolicy(R"("precedence":1000001)"), ErrorCode::invalidArgument, "precedence");
    row(withPolicy(R"("precedence":"1")"), ErrorCode::invalidArgument, "precedence must be a whole number");
    row(withPolicy(R"("include":{})"), ErrorCode::invalidArgument, "include must be an array");
    row(R"({"latchkey":[]})", ErrorCode::invalidArgument, "latchkey must be an object");
    row(R"({"latchkey":{"port":0}})", ErrorCode::invalidArgument, "port");
    row(R"({"latchkey":{"port":65536}})", ErrorCode::invalidArgument, "port");
    row(R"({"latchkey":{"port":"8410"}})", ErrorCode::invalidArgument, "port");
    row(R"({"latchkey":{"upstream":3000}})", ErrorCode::invalidArgument, "upstream");
}

void TestReplies::refusesApplications()
{
    QFETCH(QByteArray, body);
    QFETCH(int, code);
    QFETCH(QByteArray, words);
    for (const auto decode : {decodeApplication, decodeApplicationReply}) {
        const auto decoded = decode(json(body));
        QVERIFY(!decoded.has_value());
        QCOMPARE(int(decoded.error().code), code);
        QVERIFY2(QByteArray::fromStdString(decoded.error().message).contains(words), decoded.error().message.c_str());
    }
    QVERIFY(!decodeApplication(json(R"({"session_duration":"forever"})")).has_value());
}

void TestReplies::precedences_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("made");   // names and precedences, in order
    QTest::newRow("none: by place") << QByteArray("- - -") << QByteArray("a1 b2 c3");
    QTest::newRow("null is none") << QByteArray("null null") << QByteArray("a1 b2");
    QTest::newRow("all") << QByteArray("3 1 2") << QByteArray("b1 c2 a3");
    QTest::newRow("some: the next after the largest so far") << QByteArray("2 - 1 -") << QByteArray("c1 a2 b3 d4");
    QTest::newRow("zero") << QByteArray("0 -") << QByteArray("a0 b1");
    QTest::newRow("equal ones are left to the compiler") << QByteArray("1 1") << QByteArray("a1 b1");
}

void TestReplies::precedences()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, made);
    Json policies = Json::array();
    char name = 'a';
    for (const QByteArray& precedence : given.split(' ')) {
        Json policy = Json::object();
        policy.set("name", std::string(1, name++)).set("decision", "allow");
        if (precedence != "-")
            policy.set("precedence", json(precedence));
        policies.push(std::move(policy));
    }
    const auto decoded = decodeApplication(Json::object().set("policies", std::move(policies)));
    QVERIFY(decoded.has_value());
    QByteArrayList order;
    for (const access::Policy& policy : decoded->policies)
        order += QByteArray::fromStdString(policy.name + std::to_string(policy.precedence));
    QCOMPARE(order.join(' '), made);
}

void TestReplies::bodiesLeaveOutWhatTheServerMakes()
{
    access::Application wanted = decodeApplication(json(application)).value();
    wanted.policies.back().id = {};
    const Json body = parseJson(encodeBody(wanted)).value();
    for (const char* made : {"id", "aud", "created_at", "updated_at"})
        QVERIFY2(body.find(made) == nullptr, made);
    const JsonArray& policies = *body.find("policies")->asArray();
    QVERIFY(policies.front().find("created_at") == nullptr && policies.front().find("updated_at") == nullptr);
    // A policy that is there already stays the same one; a new one has no id to tell.
    QCOMPARE(*policies.front().find("id")->asString(), std::string("11111111-1111-4111-8111-111111111111"));
    QVERIFY(policies.back().find("id") == nullptr);
    QCOMPARE(text(*body.find("latchkey")), QByteArray(R"({"port":8410,"upstream":"http://127.0.0.1:3000","upstream_tls":{"verify":false}})"));
    QVERIFY(body.find("cors_headers") != nullptr);

    // Cloudflare does not know our member: where it says nothing it is not sent.
    access::Application theirs;
    theirs.domain = "a.example.com";
    QVERIFY(parseJson(encodeBody(theirs)).value().find("latchkey") == nullptr);
    theirs.upstream = "http://127.0.0.1:3000";
    QVERIFY(parseJson(encodeBody(theirs)).value().find("latchkey") != nullptr);
}

LATCHKEY_TEST(TestReplies)

} // namespace tst_wire_replies

#include "tst_wire_replies.moc"
