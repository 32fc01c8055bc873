// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/RuleJson.h"
#include "agent/wire/ApplicationCodec.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>

namespace tst_wire_applications {

using namespace latchkey;
using access::PolicyDecision;

class TestWireApplications : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void theLeastBody();
    void bodiesLeaveOutWhatTheServerMakes();
    void ownMember_data();
    void ownMember();
    void precedences_data();
    void precedences();
    void rules_data();
    void rules();
    void unknownRulesAreKept_data();
    void unknownRulesAreKept();
    void refuses_data();
    void refuses();
    void aReplyHidesNothing();
    void options();
    void badOptions_data();
    void badOptions();
};

namespace {

QByteArray bytes(std::string_view text)
{
    return {text.data(), qsizetype(text.size())};
}

Json json(std::string_view text)
{
    return parseJson(text).value();
}

/// The same value with the members of every object in alphabetical order.
Json ordered(Json value)
{
    if (JsonObject* members = value.asObject()) {
        for (auto& [name, member] : *members)
            member = ordered(member);
        std::ranges::sort(*members, {}, &JsonObject::value_type::first);
    } else if (JsonArray* items = value.asArray()) {
        for (Json& item : *items)
            item = ordered(item);
    }
    return value;
}

// What a GET of an application gives, with members of the SDK's SelfHostedApplication that only travel.
constexpr std::string_view sample = R"({
    "id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "type": "self_hosted",
    "aud": "737646a56ab1df6ec9bddc7e5ca84eaf3b0768850f3ffb5d74f1534911fe3893",
    "name": "Admin Site", "domain": "test.example.com/admin", "session_duration": "30m",
    "created_at": "2026-01-01T05:20:00Z", "updated_at": "2026-02-01T05:20:00Z",
    "allowed_idps": ["699d98642c564d2e855e9661899b7252"], "app_launcher_visible": true,
    "cors_headers": {"allowed_methods": ["GET"], "max_age": -1}, "http_only_cookie_attribute": true,
    "self_hosted_domains": ["test.example.com/admin"], "destinations": [{"type": "public", "uri": "test.example.com/admin"}],
    "service_auth_401_redirect": true, "read_service_tokens_from_header": "Authorization", "tags": [],
    "latchkey": {"upstream": "http://127.0.0.1:3000", "port": 8410, "upstream_tls": {"verify": false}},
    "policies": [{
        "id": "699d9864-2c56-4d2e-855e-9661899b7252", "name": "CI", "decision": "non_identity", "precedence": 1,
        "include": [{"service_token": {"token_id": "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}}, {"any_valid_service_token": {}},
                    {"everyone": {}}, {"ip": {"ip": "10.0.0.0/8"}}, {"certificate": {}}, {"common_name": {"common_name": "james"}}],
        "require": [{"geo": {"country_code": "US"}}], "exclude": [{"email": {"email": "a@example.com"}}],
        "session_duration": "1h", "created_at": "2026-01-01T05:20:00Z", "updated_at": "2026-01-02T05:20:00Z",
        "approval_required": false, "isolation_required": false, "reusable": false
    }]
})";

Json withPolicies(std::string_view policies)
{
    return json(R"({"name":"a","domain":"a.example.com","policies":)" + std::string(policies) + "}");
}

} // namespace

void TestWireApplications::roundTrip()
{
    for (const auto decode : {wire::decodeApplication, wire::decodeApplicationReply}) {
        const auto application = decode(json(sample));
        QVERIFY2(application, application ? "" : application.error().message.c_str());
        QCOMPARE(bytes(application->domain), QByteArray("test.example.com/admin"));
        QCOMPARE(bytes(application->sessionDuration.text()), QByteArray("30m"));
        QCOMPARE(bytes(application->upstream), QByteArray("http://127.0.0.1:3000"));
        QVERIFY(application->port == 8410);
        QCOMPARE(application->policies.size(), std::size_t(1));
        QCOMPARE(application->policies[0].include.size(), std::size_t(6));
        const Json again = wire::encode(*application);
        QCOMPARE(bytes(ordered(again).dump()), bytes(ordered(json(sample)).dump()));
        QVERIFY(decode(again).value() == *application);
    }
}

void TestWireApplications::options()
{
    const std::string body = R"({"name":"a","domain":"a.example.com","self_hosted_domains":["b.example.com/x"],
        "destinations":[{"type":"public","uri":"*.example.net","note":1},{"type":"private","cidr":"10.0.0.0/8"}],
        "service_auth_401_redirect":true,"read_service_tokens_from_header":"Authorization","http_only_cookie_attribute":false,
        "same_site_cookie_attribute":"lax","path_cookie_attribute":true,"options_preflight_bypass":false,
        "cors_headers":{"allowed_methods":["GET"],"allowed_headers":["x-a"],"allowed_origins":["https://a.example"],
        "allow_all_headers":false,"allow_credentials":true,"max_age":600,"later":{"x":1}},
        "custom_deny_message":"no","custom_deny_url":"https://a.example/no","custom_non_identity_deny_url":"https://a.example/n"})";
    const auto application = wire::decodeApplicationBody(body);
    QVERIFY2(application, application ? "" : application.error().message.c_str());
    const access::ApplicationOptions& options = application->options;
    QVERIFY(application->extra.empty());
    QVERIFY(options.serviceAuth401Redirect == true && options.httpOnlyCookie == false && options.optionsPreflightBypass == false);
    QCOMPARE(bytes(options.readServiceTokensFromHeader.value_or("")), QByteArray("Authorization"));
    QCOMPARE(options.destinations.size(), std::size_t(2));
    QVERIFY(options.cors && options.cors->maxAge == 600 && options.cors->allowCredentials == true);
    const auto places = access::placesOf(*application).value();
    // Destinations supersede self_hosted_domains, and only public ones are served.
    QVERIFY((places == std::vector<access::HostAndPath>{{"a.example.com", "/"}, {"*.example.net", "/"}}));
    const Json again = wire::encode(*application);
    const Json sent = json(body);
    for (const auto& [name, value] : *sent.asObject()) {
        QVERIFY2(again.find(name) != nullptr, name.c_str());
        QCOMPARE(bytes(ordered(*again.find(name)).dump()), bytes(ordered(value).dump()));
    }
}

void TestWireApplications::badOptions_data()
{
    QTest::addColumn<QByteArray>("member");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("a flag that is text") << QByteArray("service_auth_401_redirect") << QByteArray("\"yes\"");
    QTest::newRow("a header that is a number") << QByteArray("read_service_tokens_from_header") << QByteArray("1");
    QTest::newRow("domains that are text") << QByteArray("self_hosted_domains") << QByteArray("\"a.example.com\"");
    QTest::newRow("a domain that is a number") << QByteArray("self_hosted_domains") << QByteArray("[1]");
    QTest::newRow("a public destination without uri") << QByteArray("destinations") << QByteArray("[{\"type\":\"public\"}]");
    QTest::newRow("cors that is a list") << QByteArray("cors_headers") << QByteArray("[]");
    QTest::newRow("cors with a bad age") << QByteArray("cors_headers") << QByteArray("{\"max_age\":\"1\"}");
}

void TestWireApplications::badOptions()
{
    QFETCH(QByteArray, member);
    QFETCH(QByteArray, value);
    const std::string body = R"({"name":"a","domain":"a.example.com",")" + member.toStdString() + "\":" + value.toStdString() + '}';
    const auto refused = wire::decodeApplicationBody(body);
    QVERIFY(!refused.has_value());
    QVERIFY2(refused.error().message.find(member.toStdString()) != std::string::npos, refused.error().message.c_str());
    // What Cloudflare answers is never refused, and goes back as it came.
    const auto kept = wire::decodeApplicationReply(json(body));
    QVERIFY(kept.has_value());
    QCOMPARE(bytes(wire::encode(*kept).find(member.toStdString())->dump()), bytes(json(value.toStdString()).dump()));
}

void TestWireApplications::theLeastBody()
{
    const auto application = wire::decodeApplicationBody(R"({"name":"a"})");
    QVERIFY(application.has_value());
    QVERIFY(application->sessionDuration == access::Duration::oneDay());
    QVERIFY(application->policies.empty() && application->domain.empty() && application->upstream.empty() && !application->port);
    QVERIFY(application->id.isEmpty() && application->extra.empty());
    const Json encoded = wire::encode(*application);
    QVERIFY(encoded.find("created_at") == nullptr);
    QCOMPARE(bytes(*encoded.find("type")->asString()), QByteArray("self_hosted"));
    QCOMPARE(bytes(*encoded.find("session_duration")->asString()), QByteArray("24h"));
    const auto nulls = wire::decodeApplicationBody(R"({"name":"a","domain":null,"policies":null,"session_duration":null,"latchkey":null,"type":null})");
    QVERIFY(nulls.has_value());
    QVERIFY(*nulls == *application);
}

void TestWireApplications::bodiesLeaveOutWhatTheServerMakes()
{
    auto application = wire::decodeApplication(json(sample)).value();
    const Json body = json(wire::encodeBody(application));
    for (const char* made : {"id", "aud", "created_at", "updated_at"})
        QVERIFY2(body.find(made) == nullptr, made);
    for (const char* kept : {"name", "domain", "policies", "latchkey", "cors_headers", "session_duration"})
        QVERIFY2(body.find(kept) != nullptr, kept);
    const Json& policy = body.find("policies")->asArray()->front();
    QVERIFY(policy.find("id") != nullptr);   // so that a PUT does not make it anew
    QVERIFY(policy.find("created_at") == nullptr && policy.find("updated_at") == nullptr);

    application.policies[0].id = {};
    application.upstream.clear();
    application.port.reset();
    application.extra.clear();
    const Json bare = json(wire::encodeBody(application));
    QVERIFY(bare.find("policies")->asArray()->front().find("id") == nullptr);
    QVERIFY(bare.find("latchkey") == nullptr);   // Cloudflare does not know it
}

void TestWireApplications::ownMember_data()
{
    QTest::addColumn<QByteArray>("own");
    QTest::addColumn<QByteArray>("upstream");
    QTest::addColumn<int>("port");             // 0: none, -1: refused
    QTest::addColumn<QByteArray>("names");
    const auto row = [](const char* name, const char* own, const char* upstream, int port, const char* names = "") {
        QTest::newRow(name) << QByteArray(own) << QByteArray(upstream) << port << QByteArray(names);
    };
    row("both", R"({"upstream":"http://127.0.0.1:3000","port":8410})", "http://127.0.0.1:3000", 8410);
    row("neither", "{}", "", 0);
    row("nulls", R"({"upstream":null,"port":null})", "", 0);
    row("port 1", R"({"port":1})", "", 1);
    row("port 65535", R"({"port":65535})", "", 65535);
    row("a port with an exponent", R"({"port":8.41e3})", "", 8410);
    row("port 0", R"({"port":0})", "", -1, "port must be");
    row("port 65536", R"({"port":65536})", "", -1, "port must be");
    row("port 73946", R"({"port":73946})", "", -1, "port must be");
    row("a negative port", R"({"port":-1})", "", -1, "port must be");
    row("half a port", R"({"port":80.5})", "", -1, "port must be");
    row("a port that is a text", R"({"port":"8410"})", "", -1, "port must be");
    row("an upstream that is a number", R"({"upstream":3000})", "", -1, "upstream must be");
    row("a text", R"("http://127.0.0.1")", "", -1, "latchkey must be an object");
    row("an array", "[]", "", -1, "latchkey must be an object");
}

void TestWireApplications::ownMember()
{
    QFETCH(const QByteArray, own);
    QFETCH(const QByteArray, upstream);
    QFETCH(const int, port);
    QFETCH(const QByteArray, names);
    const auto application = wire::decodeApplicationBody((R"({"name":"a","latchkey":)" + own + "}").toStdString());
    QCOMPARE(application.has_value(), port >= 0);
    if (!application) {
        QVERIFY2(bytes(application.error().message).contains(names), application.error().message.c_str());
        return;
    }
    QCOMPARE(bytes(application->upstream), upstream);
    QCOMPARE(int(application->port.value_or(0)), port);
}

void TestWireApplications::precedences_data()
{
    QTest::addColumn<QByteArray>("policies");   // name:precedence, in the order of the body; no precedence: left out
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("none given") << QByteArray("a b c") << QByteArray("a:1 b:2 c:3");
    QTest::newRow("one given") << QByteArray("a b c:5 d") << QByteArray("a:1 b:2 c:5 d:6");
    QTest::newRow("given backwards") << QByteArray("a:3 b c:1") << QByteArray("c:1 a:3 b:4");
    QTest::newRow("all given") << QByteArray("a:30 b:20 c:10") << QByteArray("c:10 b:20 a:30");
    QTest::newRow("zero") << QByteArray("a:0 b") << QByteArray("a:0 b:1");
    QTest::newRow("null is none") << QByteArray("a:null b:null") << QByteArray("a:1 b:2");
    QTest::newRow("equal ones keep their order") << QByteArray("a:1 b:1") << QByteArray("a:1 b:1");   // refused by compile()
    QTest::newRow("a million") << QByteArray("a:1000000") << QByteArray("a:1000000");
}

void TestWireApplications::precedences()
{
    QFETCH(const QByteArray, policies);
    QFETCH(const QByteArray, expected);
    QByteArray array;
    for (const QByteArray& item : policies.split(' ')) {
        const auto parts = item.split(':');
        array += (array.isEmpty() ? "" : ",") + QByteArray(R"({"decision":"bypass","name":")") + parts[0] + '"';
        array += (parts.size() > 1 ? ",\"precedence\":" + parts[1] : QByteArray()) + '}';
    }
    const auto application = wire::decodeApplication(withPolicies(("[" + array + "]").toStdString()));
    QVERIFY2(application, application ? "" : application.error().message.c_str());
    QByteArray found;
    for (const access::Policy& policy : application->policies)
        found += (found.isEmpty() ? "" : " ") + bytes(policy.name) + ":" + QByteArray::number(policy.precedence);
    QCOMPARE(found, expected);
}

void TestWireApplications::rules_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<int>("kind");   // index in the variant; -1: refused
    QTest::addColumn<QByteArray>("names");
    const auto row = [](const char* name, const char* rule, int kind, const char* names = "") {
        QTest::newRow(name) << QByteArray(rule) << kind << QByteArray(names);
    };
    row("service token", R"({"service_token":{"token_id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}})", 0);
    row("any token", R"({"any_valid_service_token":{}})", 1);
    row("everyone", R"({"everyone":{}})", 2);
    row("ip block", R"({"ip":{"ip":"2001:db8::/32"}})", 3);
    row("ip", R"({"ip":{"ip":"192.0.2.7"}})", 3);
    row("certificate", R"({"certificate":{}})", 4);
    row("common name", R"({"common_name":{"common_name":"james"}})", 5);
    row("country", R"({"geo":{"country_code":"US"}})", 6);
    row("group", R"({"group":{"id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}})", 7);
    row("email", R"({"email":{"email":"a@example.com"}})", 8);
    row("email domain", R"({"email_domain":{"domain":"example.com"}})", 9);
    row("emails ending", R"({"email_domain":{"domain":"-ops@example.com"}})", 9);
    row("login method", R"({"login_method":{"id":"x"}})", 10);
    row("not emulated", R"({"okta":{"identity_provider_id":"x","name":"y"}})", 11);
    row("a kind in capitals is another", R"({"IP":{"ip":"10.0.0.0/8"}})", 11);
    row("a group that is no UUID", R"({"group":{"id":"admins"}})", -1, "UUID of an Access group");
    row("no group", R"({"group":{}})", -1, "id");
    row("no email", R"({"email":{"email":""}})", -1, "email");
    row("no domain", R"({"email_domain":{"email":"x"}})", -1, "domain");
    row("no login method", R"({"login_method":{"id":null}})", -1, "id");
    row("a country's name", R"({"geo":{"country_code":"Germany"}})", -1, "two letters");
    row("countries", R"({"geo":{"country_code":["US"]}})", -1, "country_code");
    row("no token_id", R"({"service_token":{}})", -1, "token_id");
    row("token_id is null", R"({"service_token":{"token_id":null}})", -1, "token_id");
    row("token_id is a Client ID", R"({"service_token":{"token_id":"0123456789abcdef0123456789abcdef.access"}})", -1, "not its Client ID");
    row("no ip", R"({"ip":{}})", -1, "ip");
    row("ip is a number", R"({"ip":{"ip":10}})", -1, "ip");
    row("ip that is none", R"({"ip":{"ip":"localhost"}})", -1, "localhost");
    row("ip with bits beyond its prefix", R"({"ip":{"ip":"10.0.0.1/8"}})", -1, "10.0.0.1/8");
    row("no common name", R"({"common_name":{}})", -1, "common_name");
    row("two kinds", R"({"everyone":{},"ip":{"ip":"10.0.0.0/8"}})", -1, "one member");
    row("no kind", "{}", -1, "one member");
    row("null", "null", -1, "object");
    row("a text", R"("everyone")", -1, "object");
    row("an array", R"([{"everyone":{}}])", -1, "object");
    row("a kind that is true", R"({"everyone":true})", -1, "object");
    row("a kind that is null", R"({"everyone":null})", -1, "object");
}

void TestWireApplications::rules()
{
    QFETCH(const QByteArray, rule);
    QFETCH(const int, kind);
    QFETCH(const QByteArray, names);
    const auto decoded = access::decodeRule(json(rule.toStdString()));
    QCOMPARE(decoded ? int(decoded->index()) : -1, kind);
    if (!decoded) {
        QCOMPARE(decoded.error().code, ErrorCode::invalidArgument);
        QVERIFY2(bytes(decoded.error().message).contains(names), decoded.error().message.c_str());
        return;
    }
    QCOMPARE(bytes(access::encodeRule(*decoded).dump()), rule);
}

void TestWireApplications::unknownRulesAreKept_data()
{
    QTest::addColumn<QByteArray>("rule");
    // The SDK's AccessRule has these kinds beside those that are emulated.
    for (const char* rule : {R"({"auth_context":{"id":"x","ac_id":"y","identity_provider_id":"z"}})",
                             R"({"auth_method":{"auth_method":"mfa"}})", R"({"azureAD":{"id":"x","identity_provider_id":"y"}})",
                             R"({"device_posture":{"integration_uid":"x"}})",
                             R"({"email_list":{"id":"x"}})",
                             R"({"external_evaluation":{"evaluate_url":"https://e.example.com","keys_url":"https://k.example.com"}})",
                             R"({"github-organization":{"identity_provider_id":"x","name":"y"}})", R"({"gsuite":{"email":"e","identity_provider_id":"x"}})",
                             R"({"ip_list":{"id":"x"}})", R"({"okta":{"identity_provider_id":"x","name":"y"}})",
                             R"({"saml":{"attribute_name":"a","attribute_value":"b","identity_provider_id":"c"}})",
                             R"({"oidc":{"claim_name":"a","claim_value":"b","identity_provider_id":"c"}})", R"({"linked_app_token":{"app_uid":"x"}})",
                             R"({"user_risk_score":{"user_risk_score":["low","unscored"]}})", R"({"cloudflare_account_member":{}})",
                             R"({"new_kind":{"n":1.50,"big":12345678901234567890,"e":1E+2,"deep":{"list":[null,true,"\"\\"]}}})", R"({"":{}})"})
        QTest::newRow(rule) << QByteArray(rule);
}

void TestWireApplications::unknownRulesAreKept()
{
    QFETCH(const QByteArray, rule);
    const auto decoded = access::decodeRule(json(rule.toStdString()));
    QVERIFY(decoded.has_value());
    QVERIFY(std::holds_alternative<access::UnknownRule>(*decoded));
    QCOMPARE(bytes(access::encodeRule(*decoded).dump()), rule);
}

void TestWireApplications::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<bool>("unsupported");
    const auto row = [](const char* name, const char* body, const char* names, bool unsupported = false) {
        QTest::newRow(name) << QByteArray(body) << QByteArray(names) << unsupported;
    };
    row("an empty id", R"({"policies":[""]})", "the id of a policy is empty");
    row("an id that is a number", R"({"policies":[{"id":5}]})", "id must be a string");
    row("an id and a negative precedence", R"({"policies":[{"id":"699d9864-2c56-4d2e-855e-9661899b7252","precedence":-1}]})", "precedence must be");
    row("another type", R"({"type":"saas","saas_app":{}})", "type self_hosted", true);
    row("another type, other rubbish", R"({"type":"warp","name":5})", "type self_hosted", true);
    row("no JSON", "name=a", "");
    row("an array", "[]", "an application must be an object");
    row("name", R"({"name":5})", "name must be a string");
    row("domain", R"({"domain":["a.example.com"]})", "domain must be a string");
    row("type", R"({"type":1})", "type must be a string");
    row("session of days", R"({"session_duration":"1d"})", R"(session_duration: The duration has "d")");
    row("session forever", R"({"session_duration":"forever"})", "session_duration: a session ends");
    row("policies", R"({"policies":{}})", "policies must be an array");
    row("a policy that is a number", R"({"policies":[1]})", "a policy must be an object");
    row("no decision", R"({"policies":[{"name":"a"}]})", "a policy must have a decision");
    row("another decision", R"({"policies":[{"decision":"service_auth"}]})", "decision must be one of allow, deny, non_identity, bypass");
    row("decision in capitals", R"({"policies":[{"decision":"Allow"}]})", "decision must be one of");
    row("include", R"({"policies":[{"decision":"allow","include":{}}]})", "include must be an array");
    row("a rule of require", R"({"policies":[{"decision":"allow","require":[{"ip":{"ip":"x"}}]}]})", "require: ");
    row("a rule of exclude", R"({"policies":[{"decision":"allow","exclude":["everyone"]}]})", "exclude: ");
    row("a negative precedence", R"({"policies":[{"decision":"allow","precedence":-1}]})", "precedence must be");
    row("half a precedence", R"({"policies":[{"decision":"allow","precedence":1.5}]})", "precedence must be");
    row("a huge precedence", R"({"policies":[{"decision":"allow","precedence":4294967297}]})", "precedence must be");
    row("a policy's session", R"({"policies":[{"decision":"allow","session_duration":"forever"}]})", "session_duration: a session ends");
    row("created_at", R"({"created_at":"yesterday"})", "created_at must be");
}

void TestWireApplications::refuses()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, names);
    QFETCH(const bool, unsupported);
    const auto application = wire::decodeApplicationBody(body.toStdString());
    QVERIFY(!application);
    QVERIFY2(bytes(application.error().message).contains(names), application.error().message.c_str());
    QCOMPARE(application.error().code, unsupported ? ErrorCode::unsupported : ErrorCode::invalidArgument);
}

void TestWireApplications::aReplyHidesNothing()
{
    // What a body may not hold, a server's reply may: it is kept, matches nothing, and goes back as it came.
    const Json reply = json(R"({"id":"i","name":"a","domain":"a.example.com","session_duration":"never ends","policies":[{"id":"p","name":"n",)"
                            R"("decision":"non_identity","precedence":1,"session_duration":"1w","require":[],"exclude":[],)"
                            R"("include":[{"service_token":{"token_id":"old-style"}},{"ip":{"ip":"10.0.0.1/8"}},{"everyone":true}]}]})");
    QVERIFY(!wire::decodeApplication(reply));
    const auto application = wire::decodeApplicationReply(reply);
    QVERIFY2(application, application ? "" : application.error().message.c_str());
    for (const access::Rule& rule : application->policies[0].include)
        QVERIFY(std::holds_alternative<access::UnknownRule>(rule));
    const Json back = wire::encode(*application);
    for (const char* name : {"session_duration", "policies"})
        QCOMPARE(bytes(ordered(*back.find(name)).dump()), bytes(ordered(*reply.find(name)).dump()));
    auto changed = *application;
    changed.sessionDuration = access::Duration::hours(2);
    QCOMPARE(bytes(*wire::encode(changed).find("session_duration")->asString()), QByteArray("2h"));
}

LATCHKEY_TEST(TestWireApplications)

} // namespace tst_wire_applications

#include "tst_wire_applications.moc"
