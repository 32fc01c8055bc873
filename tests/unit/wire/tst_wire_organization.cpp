// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/wire/OrganizationCodec.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_wire_organization {

using namespace latchkey;
using access::Organization;
using wire::OrganizationUpdate;
using enum wire::OrganizationUpdate;
using Action = access::InactivitySetting::Action;

namespace {

using Change = void (*)(Organization&);

Json json(const QByteArray& text)
{
    return parseJson(text.toStdString()).value();
}

/// One whose every field differs from its default.
Organization full()
{
    Organization organization;
    organization.name = "Acme";
    organization.authDomain = "acme.cloudflareaccess.com";
    organization.sessionDuration = *access::Duration::parse("6h");
    organization.strict = false;
    organization.inactivity = {true, 45, Action::remove};
    organization.activationDelay = std::chrono::seconds(5);
    organization.rateLimit = 1200;
    organization.countryHeader = "CF-IPCountry";
    organization.testIdentities = {{"ada@example.com", "Ada", {"ops", "dev"}, "DE"}};
    organization.extra = R"({"login_design":{"text_color":"#fff"},"latchkey":{"later":1}})";
    return organization;
}

} // namespace

class TestWireOrganization : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesEveryMember();
    void readsWhatItWrote();
    void aBodyChangesWhatItMentions_data();
    void aBodyChangesWhatItMentions();
    void unknownMembersTravel_data();
    void unknownMembersTravel();
    void refusalsNameTheMember_data();
    void refusalsNameTheMember();
};

void TestWireOrganization::writesEveryMember()
{
    const QByteArray expected = R"({"name":"Acme","auth_domain":"acme.cloudflareaccess.com","session_duration":"6h","strict_service_token_auth":false,"service_token_inactivity":{"enabled":true,"inactivity_threshold_days":45,"action":"delete"},"latchkey":{"activation_delay":5,"rate_limit":1200,"country_header":"CF-IPCountry","test_identities":[{"email":"ada@example.com","name":"Ada","groups":["ops","dev"],"country":"DE"}],"later":1},"login_design":{"text_color":"#fff"}})";
    QCOMPARE(QByteArray::fromStdString(wire::encode(full()).dump()), expected);
    // Cloudflare leaves out a session's length that was never chosen.
    QVERIFY(wire::encode(Organization{}).find("session_duration") == nullptr);
    QCOMPARE(*wire::encode(Organization{}).find("service_token_inactivity")->find("action")->asString(), std::string("disable"));
}

void TestWireOrganization::readsWhatItWrote()
{
    QVERIFY(*wire::decodeOrganization(wire::encode(full())) == full());
    QVERIFY(*wire::decodeOrganization(Json::object()) == Organization{});
}

void TestWireOrganization::aBodyChangesWhatItMentions_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isPut");   // else PATCH
    QTest::addColumn<Change>("change");
    const auto both = [](const char* name, const char* body, Change change) {
        QTest::addRow("PATCH %s", name) << QByteArray(body) << false << change;
        if (!QByteArray(name).startsWith("session"))   // A PUT always says how long a session is.
            QTest::addRow("PUT %s", name) << QByteArray(QByteArray(body).chopped(1) + (qstrlen(body) > 2 ? "," : "") + R"("session_duration":"6h"})") << true << change;
    };
    both("nothing", "{}", [](Organization&) {});
    both("name", R"({"name":"B"})", [](Organization& o) { o.name = "B"; });
    both("name of null", R"({"name":null})", [](Organization&) {});
    both("auth_domain", R"({"auth_domain":"b.example"})", [](Organization& o) { o.authDomain = "b.example"; });
    both("session_duration", R"({"session_duration":"30m"})", [](Organization& o) { o.sessionDuration = *access::Duration::parse("30m"); });
    both("session_duration of null", R"({"session_duration":null})", [](Organization& o) { o.sessionDuration.reset(); });
    both("session_duration of nothing", R"({"session_duration":""})", [](Organization& o) { o.sessionDuration.reset(); });
    both("strictness", R"({"strict_service_token_auth":true})", [](Organization& o) { o.strict = true; });
    both("strictness of null, its default", R"({"strict_service_token_auth":null})", [](Organization& o) { o.strict = true; });
    both("lenience", R"({"strict_service_token_auth":false})", [](Organization& o) { o.strict = false; });
    both("inactivity off", R"({"service_token_inactivity":{"enabled":false}})", [](Organization& o) { o.inactivity.enabled = false; });
    both("inactivity's days, the fewest", R"({"service_token_inactivity":{"inactivity_threshold_days":30}})", [](Organization& o) { o.inactivity.thresholdDays = 30; });
    both("inactivity's days, the most", R"({"service_token_inactivity":{"inactivity_threshold_days":365}})", [](Organization& o) { o.inactivity.thresholdDays = 365; });
    both("inactivity's action", R"({"service_token_inactivity":{"action":"disable"}})", [](Organization& o) { o.inactivity.action = Action::disable; });
    both("inactivity of null", R"({"service_token_inactivity":null})", [](Organization& o) { o.inactivity = {}; });
    both("latchkey of null", R"({"latchkey":null})", [](Organization&) {});
    both("a delay in seconds", R"({"latchkey":{"activation_delay":90}})", [](Organization& o) { o.activationDelay = std::chrono::seconds(90); });
    both("a delay as a duration", R"({"latchkey":{"activation_delay":"2m"}})", [](Organization& o) { o.activationDelay = std::chrono::minutes(2); });
    both("a delay of part of a second", R"({"latchkey":{"activation_delay":"1500ms"}})", [](Organization& o) { o.activationDelay = std::chrono::seconds(2); });
    both("a delay of null", R"({"latchkey":{"activation_delay":null}})", [](Organization& o) { o.activationDelay = {}; });
    both("a rate limit", R"({"latchkey":{"rate_limit":10}})", [](Organization& o) { o.rateLimit = 10; });
    both("a rate limit of null", R"({"latchkey":{"rate_limit":null}})", [](Organization& o) { o.rateLimit = 0; });
    both("a header", R"({"latchkey":{"country_header":"x-country"}})", [](Organization& o) { o.countryHeader = "x-country"; });
    both("a header of null", R"({"latchkey":{"country_header":null}})", [](Organization& o) { o.countryHeader.clear(); });
    both("identities", R"({"latchkey":{"test_identities":[{"email":"b@b.c"},{"email":"d@d.e","name":"D","country":"FR","groups":["x"]},{"email":"f@f.g","groups":null}]}})",
         [](Organization& o) { o.testIdentities = {{"b@b.c", "", {}, ""}, {"d@d.e", "D", {"x"}, "FR"}, {"f@f.g", "", {}, ""}}; });
    both("no identities", R"({"latchkey":{"test_identities":[]}})", [](Organization& o) { o.testIdentities.clear(); });
    both("identities of null", R"({"latchkey":{"test_identities":null}})", [](Organization& o) { o.testIdentities.clear(); });
    QTest::newRow("PUT without a session's length") << QByteArray("{}") << true << Change([](Organization& o) { o.sessionDuration.reset(); });
}

void TestWireOrganization::aBodyChangesWhatItMentions()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, isPut);
    QFETCH(Change, change);
    Organization current = full();
    current.extra.clear();
    const auto changed = wire::applyOrganization(json(body), current, isPut ? put : patch);
    QVERIFY2(changed, changed ? "" : changed.error().message.c_str());
    change(current);
    QVERIFY(*changed == current);
}

void TestWireOrganization::unknownMembersTravel_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isPut");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char* name, const char* before, const char* body, bool isPut, const char* after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(body) << isPut << QByteArray(after);
    };
    row("a PATCH joins", R"({"a":1,"b":2})", R"({"b":3,"c":4})", false, R"({"a":1,"b":3,"c":4})");
    row("a PUT replaces", R"({"a":1,"b":2})", R"({"b":3,"c":4})", true, R"({"b":3,"c":4})");
    row("a PUT without any", R"({"a":1})", R"({"name":"x"})", true, "");
    row("known ones do not", "", R"({"name":"x","auth_domain":"y","session_duration":"1h","strict_service_token_auth":true,"service_token_inactivity":{},"latchkey":{}})", false, "");
    row("ours stay in a PUT that has none", R"({"latchkey":{"later":1}})", R"({})", true, R"({"latchkey":{"later":1}})");
    row("ours join", R"({"latchkey":{"later":1}})", R"({"latchkey":{"rate_limit":1,"more":2}})", true, R"({"latchkey":{"later":1,"more":2}})");
}

void TestWireOrganization::unknownMembersTravel()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, body);
    QFETCH(bool, isPut);
    QFETCH(QByteArray, after);
    Organization current;
    current.extra = before.toStdString();
    const auto changed = wire::applyOrganization(json(body), current, isPut ? put : patch);
    QVERIFY2(changed, changed ? "" : changed.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(changed->extra), after);
}

void TestWireOrganization::refusalsNameTheMember_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char* body, const char* message) { QTest::newRow(body) << QByteArray(body) << QByteArray(message); };
    row("[]", "the body must be a JSON object");
    row(R"({"name":1})", "name must be a string");
    row(R"({"auth_domain":{}})", "auth_domain must be a string");
    row(R"({"session_duration":24})", "session_duration must be a string");
    row(R"({"session_duration":"long"})", "session_duration: ");
    row(R"({"strict_service_token_auth":"true"})", "strict_service_token_auth must be true or false");
    row(R"({"service_token_inactivity":true})", "service_token_inactivity must be an object");
    row(R"({"service_token_inactivity":{"enabled":1}})", "service_token_inactivity.enabled must be true or false");
    row(R"({"service_token_inactivity":{"inactivity_threshold_days":"90"}})", "service_token_inactivity.inactivity_threshold_days must be a whole number");
    row(R"({"service_token_inactivity":{"inactivity_threshold_days":29}})", "service_token_inactivity.inactivity_threshold_days must be a whole number from 30 to 365");
    row(R"({"service_token_inactivity":{"inactivity_threshold_days":366}})", "service_token_inactivity.inactivity_threshold_days must be a whole number from 30 to 365");
    row(R"({"service_token_inactivity":{"action":"warn"}})", "service_token_inactivity.action must be disable or delete");
    row(R"({"service_token_inactivity":{"action":7}})", "service_token_inactivity.action must be a string");
    row(R"({"latchkey":[]})", "latchkey must be an object");
    row(R"({"latchkey":{"activation_delay":"soon"}})", "latchkey.activation_delay: ");
    row(R"({"latchkey":{"activation_delay":"forever"}})", "latchkey.activation_delay must end");
    row(R"({"latchkey":{"activation_delay":1.5}})", "latchkey.activation_delay must be a number of seconds or a duration such as 5m");
    row(R"({"latchkey":{"activation_delay":true}})", "latchkey.activation_delay must be a number of seconds or a duration such as 5m");
    row(R"({"latchkey":{"rate_limit":"10"}})", "latchkey.rate_limit must be a whole number");
    row(R"({"latchkey":{"rate_limit":-1}})", "latchkey.rate_limit must be a whole number of requests per 5 minutes; 0 means no limit");
    row(R"({"latchkey":{"rate_limit":4294967296}})", "latchkey.rate_limit must be a whole number of requests per 5 minutes; 0 means no limit");
    row(R"({"latchkey":{"country_header":1}})", "latchkey.country_header must be a string");
    row(R"({"latchkey":{"test_identities":{}}})", "latchkey.test_identities must be an array");
    row(R"({"latchkey":{"test_identities":["a@b.c"]}})", "latchkey.test_identities: each must be an object with an email");
    row(R"({"latchkey":{"test_identities":[{}]}})", "latchkey.test_identities: email is required");
    row(R"({"latchkey":{"test_identities":[{"email":1}]}})", "latchkey.test_identities: email must be a string");
    row(R"({"latchkey":{"test_identities":[{"email":"a@b.c","name":1}]}})", "latchkey.test_identities: name must be a string");
    row(R"({"latchkey":{"test_identities":[{"email":"a@b.c","country":1}]}})", "latchkey.test_identities: country must be a string");
    row(R"({"latchkey":{"test_identities":[{"email":"a@b.c","groups":"ops"}]}})", "latchkey.test_identities: groups must be an array");
    row(R"({"latchkey":{"test_identities":[{"email":"a@b.c","groups":["ops",1]}]}})", "latchkey.test_identities: groups must be an array of strings");
}

void TestWireOrganization::refusalsNameTheMember()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, message);
    for (const OrganizationUpdate how : {put, patch}) {
        const auto changed = wire::applyOrganization(json(body), full(), how);
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, ErrorCode::invalidArgument);
        const QByteArray said = QByteArray::fromStdString(changed.error().message);
        QVERIFY2(message.endsWith(": ") ? said.startsWith(message) && said != message : said == message, said.constData());
    }
}

LATCHKEY_TEST(TestWireOrganization)

} // namespace tst_wire_organization

Q_DECLARE_METATYPE(tst_wire_organization::Change)

#include "tst_wire_organization.moc"
