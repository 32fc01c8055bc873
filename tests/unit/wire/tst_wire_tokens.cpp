// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Rfc3339.h"
#include "agent/wire/ServiceTokenCodec.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

using namespace latchkey;

namespace {

/// Watches the blocks this program gives back for a run of the secret's one character (see tst_base_secretbytes.cpp).
struct HeapWatch {
    static constexpr char mark = '\xA7';
    bool armed = false;
    int leaked = 0;
};

HeapWatch heap;   // constant-initialised: it is there before the first allocation
constexpr std::size_t headSize = alignof(std::max_align_t);

void* take(std::size_t size)
{
    auto* block = static_cast<char*>(std::malloc(size + headSize));
    if (block == nullptr)
        throw std::bad_alloc();
    std::memcpy(block, &size, sizeof size);
    return block + headSize;
}

void giveBack(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    char* const block = static_cast<char*>(memory) - headSize;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    if (heap.armed) {
        const auto* text = static_cast<const char*>(memory);
        std::size_t run = 0;
        for (std::size_t i = 0; i < size && run < 16; ++i)
            run = text[i] == HeapWatch::mark ? run + 1 : 0;
        heap.leaked += run >= 16 ? 1 : 0;
    }
    std::free(block);
}

} // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { giveBack(memory); }
void operator delete[](void* memory) noexcept { giveBack(memory); }
void operator delete(void* memory, std::size_t) noexcept { giveBack(memory); }
void operator delete[](void* memory, std::size_t) noexcept { giveBack(memory); }

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

// As Cloudflare's documents show a token, with members that came later.
constexpr std::string_view sample = R"({
    "id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415",
    "client_id": "88bf3b6d86161464f6509f7219099e57.access.example.com",
    "name": "CI/CD token", "duration": "60m", "enabled": false, "client_secret_version": 3,
    "previous_client_secret_expires_at": "2026-11-25T00:00:00Z",
    "created_at": "2026-01-01T05:20:00Z", "updated_at": "2026-02-01T05:20:00Z",
    "expires_at": "2027-01-01T05:20:00Z", "last_seen_at": "2026-11-24T12:04:31Z",
    "new_member": {"deep": [1, 2.50, null, 12345678901234567890]}, "other": "\u20ac"
})";

} // namespace

class TestWireTokens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void readsCloudflaresReplies_data();
    void readsCloudflaresReplies();
    void refusesReplies_data();
    void refusesReplies();
    void leavesOutWhatIsNot();
    void extraCannotReplaceWhatWeKnow();
    void issuedCarriesItsSecretOnce();
    void issuedLeavesNoSecretBehind_data();
    void issuedLeavesNoSecretBehind();
    void names_data();
    void names();
    void createBodies();
    void updateBodies();
    void refusesBodies_data();
    void refusesBodies();
    void bodiesComeBack();
};

void TestWireTokens::roundTrip()
{
    const auto token = wire::decodeServiceToken(json(sample));
    QVERIFY(token.has_value());
    QCOMPARE(bytes(token->name), QByteArray("CI/CD token"));
    QCOMPARE(bytes(token->duration.text()), QByteArray("60m"));
    QVERIFY(!token->enabled);
    QCOMPARE(token->clientSecretVersion, 3);
    QVERIFY(token->lastSeenAt == base::parseRfc3339("2026-11-24T12:04:31Z").value());
    QVERIFY(json(token->extra).find("new_member") != nullptr);
    QVERIFY(json(token->extra).find("name") == nullptr);
    const Json again = wire::encode(*token);
    QCOMPARE(bytes(ordered(again).dump()), bytes(ordered(json(sample)).dump()));
    QVERIFY(wire::decodeServiceToken(again).value() == *token);
}

void TestWireTokens::readsCloudflaresReplies_data()
{
    QTest::addColumn<QByteArray>("members");   // beside id and client_id
    QTest::addColumn<QByteArray>("duration");
    QTest::addColumn<bool>("ends");
    const auto row = [](const char* name, const char* members, const char* duration, bool ends) {
        QTest::newRow(name) << QByteArray(members) << QByteArray(duration) << ends;
    };
    row("ids alone", "", "forever", false);
    row("what the SDK's type has", R"(,"duration":"8760h","enabled":true,"expires_at":"2027-01-01T00:00:00Z","name":"n")", "8760h", true);
    row("fractions of seconds", R"(,"created_at":"2014-01-01T05:20:00.12345Z","expires_at":"2027-01-01T00:00:00.9Z")", "8760h", true);
    row("no duration and an end", R"(,"expires_at":"2027-01-01T00:00:00Z")", "8760h", true);
    row("forever", R"(,"duration":"forever","expires_at":null)", "forever", false);
    row("forever with an empty end", R"(,"duration":"forever","expires_at":"")", "forever", false);
    row("a duration we cannot read", R"(,"duration":"1 year","expires_at":"2027-01-01T00:00:00Z")", "8760h", true);
    row("a negative duration", R"(,"duration":"-5s","expires_at":"2020-01-01T00:00:00Z")", "8760h", true);
    row("nulls", R"(,"name":null,"enabled":null,"client_secret_version":null,"last_seen_at":null)", "forever", false);
    row("an offset", R"(,"expires_at":"2027-01-01T02:00:00+02:00")", "8760h", true);
}

void TestWireTokens::readsCloudflaresReplies()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, duration);
    QFETCH(const bool, ends);
    const auto token = wire::decodeServiceToken(json((R"({"id":"i","client_id":"c")" + members + "}").toStdString()));
    QVERIFY2(token, token ? "" : token.error().message.c_str());
    QCOMPARE(bytes(token->duration.text()), duration);
    QCOMPARE(token->expiresAt.has_value(), ends);
    QVERIFY(token->enabled);
    QCOMPARE(token->clientSecretVersion, 1);
    QVERIFY(token->extra.empty());
}

void TestWireTokens::refusesReplies_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<QByteArray>("names");
    const auto row = [](const char* name, const char* reply, const char* names) { QTest::newRow(name) << QByteArray(reply) << QByteArray(names); };
    row("null", "null", "object");
    row("an array", "[]", "object");
    row("no id", R"({"client_id":"c"})", "id");
    row("no client_id", R"({"id":"i"})", "client_id");
    row("id is a number", R"({"id":1,"client_id":"c"})", "id must be");
    row("name is an object", R"({"id":"i","client_id":"c","name":{}})", "name must be");
    row("enabled is a text", R"({"id":"i","client_id":"c","enabled":"true"})", "enabled must be");
    row("a version that is half", R"({"id":"i","client_id":"c","client_secret_version":1.5})", "client_secret_version must be");
    row("a negative version", R"({"id":"i","client_id":"c","client_secret_version":-1})", "client_secret_version");
    row("a version beyond int", R"({"id":"i","client_id":"c","client_secret_version":4294967297})", "client_secret_version");
    row("a time that is none", R"({"id":"i","client_id":"c","expires_at":"tomorrow"})", "expires_at must be");
    row("a time that is a number", R"({"id":"i","client_id":"c","last_seen_at":1795500000})", "last_seen_at must be");
    row("created_at", R"({"id":"i","client_id":"c","created_at":"2026-13-01T00:00:00Z"})", "created_at must be");
    row("previous end", R"({"id":"i","client_id":"c","previous_client_secret_expires_at":"x"})", "previous_client_secret_expires_at must be");
}

void TestWireTokens::refusesReplies()
{
    QFETCH(const QByteArray, reply);
    QFETCH(const QByteArray, names);
    const auto token = wire::decodeServiceToken(json(reply.toStdString()));
    QVERIFY(!token);
    QCOMPARE(token.error().code, ErrorCode::protocol);
    QVERIFY2(bytes(token.error().message).contains(names), token.error().message.c_str());
}

void TestWireTokens::leavesOutWhatIsNot()
{
    access::ServiceToken token;
    token.id = {"i"};
    token.duration = access::Duration::forever();
    const Json bare = wire::encode(token);
    for (const char* name : {"expires_at", "last_seen_at", "previous_client_secret_expires_at", "created_at", "updated_at", "client_secret"})
        QVERIFY2(bare.find(name) == nullptr, name);
    QVERIFY(wire::decodeServiceToken(bare).value() == token);
}

void TestWireTokens::extraCannotReplaceWhatWeKnow()
{
    access::ServiceToken token;
    token.name = "real";
    token.extra = R"({"name":"forged","id":"forged","more":1})";
    const Json encoded = wire::encode(token);
    QCOMPARE(bytes(*encoded.find("name")->asString()), QByteArray("real"));
    QCOMPARE(bytes(*encoded.find("id")->asString()), QByteArray());
    QVERIFY(encoded.find("more") != nullptr);
    token.extra = "not JSON";
    QVERIFY(wire::encode(token).find("more") == nullptr);
}

void TestWireTokens::issuedCarriesItsSecretOnce()
{
    const auto token = wire::decodeServiceToken(json(sample)).value();
    Json reply = wire::encodeIssued(token, "cfast_x");
    for (const char* name : {"id", "client_id", "client_secret", "duration", "enabled", "name"})   // ServiceTokenCreateResponse
        QVERIFY2(reply.find(name) != nullptr, name);
    const auto issued = wire::decodeIssued(std::move(reply));
    QVERIFY(issued.has_value());
    QVERIFY(issued->secret.equals("cfast_x"));
    QVERIFY(issued->token == token);
    QVERIFY(!bytes(issued->token.extra).contains("cfast_x"));
    QVERIFY(!bytes(wire::encode(issued->token).dump()).contains("client_secret\""));
    // Also when a reply to another call shows one, it is not kept.
    QVERIFY(!bytes(wire::decodeServiceToken(wire::encodeIssued(token, "cfast_x"))->extra).contains("cfast_x"));
    for (const char* bad : {R"({"id":"i","client_id":"c"})", R"({"id":"i","client_id":"c","client_secret":""})",
                            R"({"id":"i","client_id":"c","client_secret":1})", R"({"client_secret":"s"})", "[]", "null"}) {
        const auto none = wire::decodeIssued(json(bad));
        QVERIFY2(!none, bad);
        QCOMPARE(none.error().code, ErrorCode::protocol);
    }
}

void TestWireTokens::issuedLeavesNoSecretBehind_data()
{
    QTest::addColumn<bool>("wiped");
    QTest::addColumn<bool>("good");
    QTest::newRow("the watch sees a leak") << false << true;
    QTest::newRow("a good reply") << true << true;
    QTest::newRow("a reply without an id") << true << false;
}

void TestWireTokens::issuedLeavesNoSecretBehind()
{
    QFETCH(const bool, wiped);
    QFETCH(const bool, good);
    auto reply = std::make_unique<Json>(Json::object());
    reply->set("client_id", "c").set("client_secret", std::string(54, HeapWatch::mark)).set("name", "n");
    if (good)
        reply->set("id", "i");
    heap = {.armed = true};
    if (wiped) {
        auto issued = std::make_unique<Result<wire::IssuedServiceToken>>(wire::decodeIssued(std::move(*reply)));
        const bool decoded = issued->has_value();
        const bool held = decoded && (*issued)->secret.size() == 54;
        issued.reset();
        reply.reset();
        heap.armed = false;
        QCOMPARE(decoded, good);
        QCOMPARE(held, good);
    } else {
        reply.reset();
        heap.armed = false;
    }
    QCOMPARE(heap.leaked, wiped ? 0 : 1);
}

void TestWireTokens::names_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("because");   // empty: accepted
    const auto row = [](const char* title, const QByteArray& name, const char* because) { QTest::newRow(title) << name << QByteArray(because); };
    const QByteArray emoji("\xF0\x9F\x94\x91");
    row("one letter", "a", "");
    row("255 letters", QByteArray(255, 'a'), "");
    row("255 emoji", emoji.repeated(255), "");
    row("255 umlauts", QByteArray("\xC3\xBC").repeated(255), "");
    row("words", "CI/CD token #1 (\"staging\") <b>", "");
    row("space around", " a ", "");
    row("joined emoji", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", "");
    row("empty", "", "must not be empty");
    row("256 letters", QByteArray(256, 'a'), "at most 255");
    row("256 emoji", emoji.repeated(256), "at most 255");
    row("a megabyte", QByteArray(1'000'000, 'a'), "at most 255");
    row("a space", " ", "must not be empty");
    row("tabs and line breaks", "\t\r\n", "must not be empty");
    row("no-break spaces", "\xC2\xA0\xC2\xA0", "must not be empty");
    row("ideographic space", "\xE3\x80\x80", "must not be empty");
    row("zero-width space", "\xE2\x80\x8B", "must not be empty");
    row("byte order mark", "\xEF\xBB\xBF", "must not be empty");
    row("line break", "a\nb", "control characters");
    row("tab", "a\tb", "control characters");
    row("zero byte", QByteArray("a\0b", 3), "control characters");
    row("escape", "\x1B[31mred", "control characters");
    row("delete", "a\x7F", "control characters");
    row("next line", "a\xC2\x85", "control characters");
    row("line separator", "a\xE2\x80\xA8" "b", "control characters");
    row("byte FF", "a\xFF", "UTF-8");
    row("cut short", "a\xC3", "UTF-8");
    row("overlong", "\xC0\xAF", "UTF-8");
    row("surrogate", "\xED\xA0\x80", "UTF-8");
    row("beyond Unicode", "\xF4\x90\x80\x80", "UTF-8");
}

void TestWireTokens::names()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, because);
    const auto checked = wire::checkTokenName({name.data(), std::size_t(name.size())});
    QCOMPARE(checked.has_value(), because.isEmpty());
    if (!checked) {
        QVERIFY2(bytes(checked.error().message).contains(because), checked.error().message.c_str());
        QVERIFY(bytes(checked.error().message).startsWith("name must"));
    }
}

void TestWireTokens::createBodies()
{
    const auto least = wire::decodeTokenCreate(R"({"name":"a"})");
    QVERIFY(least.has_value());
    QVERIFY(least->duration == access::Duration::oneYear());
    QVERIFY(least->enabled);
    QVERIFY(least->extra.empty());
    // Everything ServiceTokenCreateParams has, and more.
    const auto most = wire::decodeTokenCreate(R"({"name":"b","duration":"2h45m","enabled":false,"client_secret_version":1,)"
                                              R"("previous_client_secret_expires_at":"2026-01-01T00:00:00Z","id":"forged","client_secret":"forged","x":1})");
    QVERIFY(most.has_value());
    QCOMPARE(bytes(most->duration.text()), QByteArray("2h45m"));
    QVERIFY(!most->enabled);
    QCOMPARE(bytes(most->extra), QByteArray(R"({"x":1})"));
    QVERIFY(wire::decodeTokenCreate(R"({"name":"a","duration":"forever"})")->duration.isForever());
    QVERIFY(wire::decodeTokenCreate(R"({"name":"a","duration":null})")->duration == access::Duration::oneYear());
}

void TestWireTokens::updateBodies()
{
    const auto nothing = wire::decodeTokenUpdate("{}");
    QVERIFY(nothing.has_value());
    QVERIFY(!nothing->name && !nothing->duration && !nothing->enabled && !nothing->clientSecretVersion && !nothing->extra
            && !nothing->previousClientSecretExpiresAt);
    const auto all = wire::decodeTokenUpdate(R"({"name":"b","duration":"1h","enabled":true,"client_secret_version":2,)"
                                             R"("previous_client_secret_expires_at":"2026-01-01T00:00:00Z","x":[]})");
    QVERIFY(all.has_value());
    QCOMPARE(bytes(all->name.value()), QByteArray("b"));
    QVERIFY(all->duration == access::Duration::hours(1));
    QVERIFY(all->enabled == true);
    QVERIFY(all->clientSecretVersion == 2);
    QVERIFY(all->previousClientSecretExpiresAt == base::parseRfc3339("2026-01-01T00:00:00Z").value());
    QCOMPARE(bytes(all->extra.value()), QByteArray(R"({"x":[]})"));
}

void TestWireTokens::refusesBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<bool>("update");   // wrong for an update too
    const auto row = [](const char* name, const char* body, const char* names, bool update = true) {
        QTest::newRow(name) << QByteArray(body) << QByteArray(names) << update;
    };
    row("empty", "", "");
    row("no JSON", "name=a", "");
    row("an array", "[]", "the body must be a JSON object");
    row("a text", R"("a")", "the body must be a JSON object");
    row("null", "null", "the body must be a JSON object");
    row("a member twice", R"({"name":"a","name":"b"})", "");
    row("no name", "{}", "name is required", false);
    row("name is null", R"({"name":null})", "name is required", false);
    row("name is empty", R"({"name":""})", "name must not be empty");
    row("name is a number", R"({"name":5})", "name must be a string");
    row("name with a control character", R"({"name":"a\u0000b"})", "name must not hold control characters");
    row("duration is a number", R"({"name":"a","duration":60})", "duration must be a string");
    row("duration of days", R"({"name":"a","duration":"30d"})", R"(duration: The duration has "d")");
    row("duration of nothing", R"({"name":"a","duration":"0s"})", "duration: The duration must be longer");
    row("enabled is a text", R"({"name":"a","enabled":"no"})", "enabled must be true or false");
    row("enabled is a number", R"({"name":"a","enabled":1})", "enabled must be true or false");
    row("version is a text", R"({"name":"a","client_secret_version":"2"})", "client_secret_version must be a whole number");
    row("version 0", R"({"name":"a","client_secret_version":0})", "client_secret_version");
    row("version 2 of a new token", R"({"name":"a","client_secret_version":2})", "client_secret_version", false);
    row("a version beyond int", R"({"name":"a","client_secret_version":4294967297})", "client_secret_version");
    row("a time that is none", R"({"name":"a","previous_client_secret_expires_at":"soon"})", "previous_client_secret_expires_at must be");
}

void TestWireTokens::refusesBodies()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, names);
    QFETCH(const bool, update);
    const auto created = wire::decodeTokenCreate(body.toStdString());
    QVERIFY(!created);
    QCOMPARE(created.error().code, ErrorCode::invalidArgument);
    QVERIFY2(bytes(created.error().message).contains(names), created.error().message.c_str());
    const auto updated = wire::decodeTokenUpdate(body.toStdString());
    QCOMPARE(updated.has_value(), !update);
    if (!updated)
        QVERIFY2(bytes(updated.error().message).contains(names), updated.error().message.c_str());
}

void TestWireTokens::bodiesComeBack()
{
    const wire::TokenCreate create{.name = "\xF0\x9F\x94\x91 \"a\"\\", .duration = access::Duration::forever(), .extra = R"({"x":1})", .enabled = false};
    const auto created = wire::decodeTokenCreate(wire::encodeTokenCreate(create));
    QVERIFY(created.has_value());
    QCOMPARE(bytes(created->name), bytes(create.name));
    QVERIFY(created->duration.isForever());
    QVERIFY(!created->enabled);
    QCOMPARE(bytes(created->extra), bytes(create.extra));

    QCOMPARE(bytes(wire::encodeTokenUpdate({})), QByteArray("{}"));
    const wire::TokenUpdate update{.name = "n", .duration = access::Duration::hours(5), .enabled = false, .clientSecretVersion = 4,
                                   .extra = R"({"y":null})", .previousClientSecretExpiresAt = base::parseRfc3339("2026-01-01T00:00:00Z").value()};
    const auto updated = wire::decodeTokenUpdate(wire::encodeTokenUpdate(update));
    QVERIFY(updated.has_value());
    QVERIFY(updated->name == update.name && updated->duration == update.duration && updated->enabled == update.enabled);
    QVERIFY(updated->clientSecretVersion == update.clientSecretVersion && updated->extra == update.extra);
    QVERIFY(updated->previousClientSecretExpiresAt == update.previousClientSecretExpiresAt);
}

LATCHKEY_TEST(TestWireTokens)

#include "tst_wire_tokens.moc"
