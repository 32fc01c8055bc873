// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/Application.h"
#include "agent/access/ClientSecret.h"
#include "agent/access/Decision.h"
#include "agent/access/ServiceToken.h"
#include "agent/access/TokenMap.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_access_token {

using namespace latchkey;
using access::Reason;
using access::TokenState;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{1'795'500'000s};   // 24 November 2026

} // namespace

class TestToken : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void state_data();
    void state();
    void authenticates_data();
    void authenticates();
    void unknownTokens();
    void entriesOfRecords();
    void noTimeTurnsIntoNone();
    void uuids_data();
    void uuids();
    void splitsDomains_data();
    void splitsDomains();
    void refusesDomains_data();
    void refusesDomains();
};

void TestToken::state_data()
{
    QTest::addColumn<bool>("enabled");
    QTest::addColumn<bool>("ends");
    QTest::addColumn<qint64>("secondsLeft");
    QTest::addColumn<int>("state");
    const auto row = [](const char* name, bool enabled, bool ends, std::chrono::seconds left, TokenState state) {
        QTest::newRow(name) << enabled << ends << qint64(left.count()) << int(state);
    };
    constexpr auto day = 86'400s;
    row("a year left", true, true, 365 * day, TokenState::active);
    row("a second more than 30 days", true, true, 30 * day + 1s, TokenState::active);
    row("30 days", true, true, 30 * day, TokenState::expiresSoon);
    row("a second less than 30 days", true, true, 30 * day - 1s, TokenState::expiresSoon);
    row("a second left", true, true, 1s, TokenState::expiresSoon);
    row("over this second", true, true, 0s, TokenState::expired);
    row("over since a second", true, true, -1s, TokenState::expired);
    row("over since a year", true, true, -365 * day, TokenState::expired);
    row("forever", true, false, 0s, TokenState::active);
    row("disabled", false, true, 365 * day, TokenState::disabled);
    row("disabled and soon over", false, true, day, TokenState::disabled);
    row("disabled wins over expired", false, true, -day, TokenState::disabled);
    row("disabled forever", false, false, 0s, TokenState::disabled);
}

void TestToken::state()
{
    QFETCH(const bool, enabled);
    QFETCH(const bool, ends);
    QFETCH(const qint64, secondsLeft);
    QFETCH(const int, state);
    access::ServiceToken token;
    token.enabled = enabled;
    if (ends)
        token.expiresAt = now + std::chrono::seconds(secondsLeft);
    QCOMPARE(int(access::stateAt(token, now)), state);
}

void TestToken::authenticates_data()
{
    QTest::addColumn<access::TokenEntry>("token");
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QByteArray>("reason");
    const std::int64_t second = now.time_since_epoch().count();
    access::TokenEntry fresh;
    fresh.current = access::hashClientSecret("current");
    fresh.activeFrom = second - 100;
    fresh.expiresAt = second + 100;
    access::TokenEntry rotated = fresh;
    rotated.previous = access::hashClientSecret("previous");
    rotated.previousUntil = second + 50;
    const auto with = [](access::TokenEntry token, auto change) {
        change(token);
        return token;
    };
    using Entry = access::TokenEntry&;
    const auto row = [](const char* name, const access::TokenEntry& token, const char* secret, Reason reason) {
        const std::string_view text = access::code(reason);
        QTest::newRow(name) << token << QByteArray(secret) << QByteArray(text.data(), qsizetype(text.size()));
    };
    row("current secret", fresh, "current", Reason::allowed);
    row("never ends", with(fresh, [](Entry t) { t.expiresAt = 0; }), "current", Reason::allowed);
    row("a second before its end", with(fresh, [=](Entry t) { t.expiresAt = second + 1; }), "current", Reason::allowed);
    row("at its end", with(fresh, [=](Entry t) { t.expiresAt = second; }), "current", Reason::tokenExpired);
    row("after its end", with(fresh, [=](Entry t) { t.expiresAt = second - 1; }), "current", Reason::tokenExpired);
    row("long after its end", with(fresh, [](Entry t) { t.expiresAt = 1; }), "current", Reason::tokenExpired);
    row("disabled", with(fresh, [](Entry t) { t.enabled = false; }), "current", Reason::tokenDisabled);
    row("disabled and expired", with(fresh, [=](Entry t) { t.enabled = false; t.expiresAt = second - 1; }), "current", Reason::tokenDisabled);
    row("disabled and not active", with(fresh, [=](Entry t) { t.enabled = false; t.activeFrom = second + 9; }), "current", Reason::tokenDisabled);
    row("active from this second", with(fresh, [=](Entry t) { t.activeFrom = second; }), "current", Reason::allowed);
    row("active in a second", with(fresh, [=](Entry t) { t.activeFrom = second + 1; }), "current", Reason::tokenNotActiveYet);
    row("wrong secret", fresh, "wrong", Reason::wrongSecret);
    row("empty secret", fresh, "", Reason::wrongSecret);
    // The state of a token is told only to who knows its secret.
    row("wrong secret, expired", with(fresh, [](Entry t) { t.expiresAt = 1; }), "wrong", Reason::wrongSecret);
    row("wrong secret, disabled", with(fresh, [](Entry t) { t.enabled = false; }), "wrong", Reason::wrongSecret);
    row("wrong secret, not active", with(fresh, [=](Entry t) { t.activeFrom = second + 9; }), "wrong", Reason::wrongSecret);
    row("wrong secret after a rotation", rotated, "wrong", Reason::wrongSecret);
    row("wrong secret, the previous over", with(rotated, [=](Entry t) { t.previousUntil = second - 1; }), "wrong", Reason::wrongSecret);
    row("current after a rotation", rotated, "current", Reason::allowed);
    row("current, the previous over", with(rotated, [=](Entry t) { t.previousUntil = second - 1; }), "current", Reason::allowed);
    row("previous in its grace", rotated, "previous", Reason::allowed);
    row("previous, its last second", with(rotated, [=](Entry t) { t.previousUntil = second + 1; }), "previous", Reason::allowed);
    row("previous, over this second", with(rotated, [=](Entry t) { t.previousUntil = second; }), "previous", Reason::previousSecretExpired);
    row("previous, over", with(rotated, [=](Entry t) { t.previousUntil = second - 1; }), "previous", Reason::previousSecretExpired);
    row("previous, over since 1970", with(rotated, [](Entry t) { t.previousUntil = 1; }), "previous", Reason::previousSecretExpired);
    row("previous without a grace", with(rotated, [](Entry t) { t.previousUntil = 0; }), "previous", Reason::wrongSecret);
    row("previous, disabled", with(rotated, [](Entry t) { t.enabled = false; }), "previous", Reason::tokenDisabled);
    row("previous, expired", with(rotated, [=](Entry t) { t.expiresAt = second; }), "previous", Reason::tokenExpired);
    row("previous, not active", with(rotated, [=](Entry t) { t.activeFrom = second + 9; }), "previous", Reason::tokenNotActiveYet);
    row("previous over and disabled", with(rotated, [=](Entry t) { t.previousUntil = second; t.enabled = false; }), "previous", Reason::previousSecretExpired);
    row("rotated back to the same", with(rotated, [](Entry t) { t.previous = t.current; t.previousUntil = 1; }), "current", Reason::allowed);
}

void TestToken::authenticates()
{
    QFETCH(const access::TokenEntry, token);
    QFETCH(const QByteArray, secret);
    QFETCH(const QByteArray, reason);
    const auto digest = access::hashClientSecret({secret.data(), std::size_t(secret.size())});
    const std::string_view said = access::code(access::authenticate(&token, digest, now));
    QCOMPARE(QByteArray(said.data(), qsizetype(said.size())), reason);
}

void TestToken::unknownTokens()
{
    QCOMPARE(access::authenticate(nullptr, access::hashClientSecret("anything"), now), Reason::unknownClientId);
    // Also for the digest that stands for "no secret", which must open nothing.
    QCOMPARE(access::authenticate(nullptr, base::Digest{}, now), Reason::unknownClientId);
    access::TokenEntry token;
    token.current = access::hashClientSecret("current");
    QCOMPARE(access::authenticate(&token, base::Digest{}, now), Reason::wrongSecret);
}

void TestToken::entriesOfRecords()
{
    access::TokenRecord record;
    record.token.id = {"4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d"};
    record.token.clientId = {"0123456789abcdef0123456789abcdef.access"};
    record.token.expiresAt = now + 1h;
    record.token.previousClientSecretExpiresAt = now + 1min;
    record.token.enabled = false;
    record.secrets.current = access::hashClientSecret("current");
    record.activeFrom = now;
    const auto bare = access::entryFor(record, 7);
    QCOMPARE(bare.clientId, record.token.clientId.value);
    QCOMPARE(access::uuidText(bare.id), record.token.id.value);
    QCOMPARE(bare.expiresAt, std::int64_t((now + 1h).time_since_epoch().count()));
    QCOMPARE(bare.activeFrom, std::int64_t(now.time_since_epoch().count()));
    QCOMPARE(bare.revision, 7U);
    QVERIFY(!bare.enabled);
    QVERIFY(bare.current == record.secrets.current);
    QCOMPARE(bare.previousUntil, std::int64_t(0));   // no previous secret, whatever the time says

    record.secrets.previous = access::hashClientSecret("previous");
    QCOMPARE(access::entryFor(record, 7).previousUntil, std::int64_t((now + 1min).time_since_epoch().count()));
    record.token.previousClientSecretExpiresAt.reset();
    QCOMPARE(access::entryFor(record, 7).previousUntil, std::int64_t(0));
    record.token.expiresAt.reset();
    QCOMPARE(access::entryFor(record, 7).expiresAt, std::int64_t(0));
}

void TestToken::noTimeTurnsIntoNone()
{
    // 0 stands for "never" in an entry, but a token that ended in 1970 or before has ended.
    for (const auto moment : {std::chrono::sys_seconds(0s), std::chrono::sys_seconds(-5s)}) {
        access::TokenRecord record;
        record.secrets.current = access::hashClientSecret("current");
        record.secrets.previous = access::hashClientSecret("previous");
        record.token.expiresAt = moment;
        record.token.previousClientSecretExpiresAt = moment;
        const auto entry = access::entryFor(record, 1);
        QCOMPARE(access::authenticate(&entry, record.secrets.current, now), Reason::tokenExpired);
        QCOMPARE(access::authenticate(&entry, *record.secrets.previous, now), Reason::previousSecretExpired);
    }
}

void TestToken::uuids_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("back");   // empty: none
    QTest::newRow("lower case") << QByteArray("4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d") << QByteArray("4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d");
    QTest::newRow("upper case") << QByteArray("4C1F8A52-6D3E-4B7A-9C1D-2E5F8A7B6C3D") << QByteArray("4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d");
    for (const char* bad : {"", "4c1f8a526d3e4b7a9c1d2e5f8a7b6c3d", "{4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d}", "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3",
                            "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3dd", "4c1f8a5-26d3e-4b7a-9c1d-2e5f8a7b6c3d", "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3g",
                            "4c1f8a52-6d3e-4b7a-9c1d-2e5f-a7b6c3d", "4c1f8a52-6d3e-4b7a-9c1d--e5f8a7b6c-d", "4c1f8a52 6d3e 4b7a 9c1d 2e5f8a7b6c3d"})
        QTest::newRow(*bad != 0 ? bad : "empty") << QByteArray(bad) << QByteArray();
}

void TestToken::uuids()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, back);
    const auto bytes = access::uuidBytes({text.data(), std::size_t(text.size())});
    QCOMPARE(bytes ? QByteArray::fromStdString(access::uuidText(*bytes)) : QByteArray(), back);
}

void TestToken::splitsDomains_data()
{
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("path");
    const auto row = [](const char* domain, const char* host, const char* path) {
        QTest::newRow(domain) << QByteArray(domain) << QByteArray(host) << QByteArray(path);
    };
    row("app.example.com", "app.example.com", "/");
    row("app.example.com/", "app.example.com", "/");
    row("app.example.com///", "app.example.com", "/");
    row("app.example.com/admin", "app.example.com", "/admin");
    row("app.example.com/admin/", "app.example.com", "/admin");
    row("app.example.com/admin/users", "app.example.com", "/admin/users");
    row("APP.Example.COM/Admin", "app.example.com", "/Admin");   // paths tell cases apart
    row("app.example.com:8443", "app.example.com", "/");
    row("app.example.com:8443/admin", "app.example.com", "/admin");
    row("localhost", "localhost", "/");
    row("localhost:3000", "localhost", "/");
    row("127.0.0.1", "127.0.0.1", "/");
    row("*.example.com", "*.example.com", "/");
    row("app-*.example.com/api/*", "app-*.example.com", "/api/*");
    row("my_app.example.com", "my_app.example.com", "/");
    row("xn--mller-kva.de", "xn--mller-kva.de", "/");
    row("app.example.com/a:b", "app.example.com", "/a:b");
    row("app.example.com/a%20b", "app.example.com", "/a%20b");
    row("app.example.com/.well-known", "app.example.com", "/.well-known");
    row("app.example.com/...", "app.example.com", "/...");
    row("app.example.com/m\xC3\xBCller", "app.example.com", "/m\xC3\xBCller");
}

void TestToken::splitsDomains()
{
    QFETCH(const QByteArray, domain);
    QFETCH(const QByteArray, host);
    QFETCH(const QByteArray, path);
    const auto parts = access::splitDomain(domain.toStdString());
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(parts->host), host);
    QCOMPARE(QByteArray::fromStdString(parts->path), path);
}

void TestToken::refusesDomains_data()
{
    QTest::addColumn<QByteArray>("domain");
    for (const char* domain : {"", "/", "/admin", "https://app.example.com", "http://localhost:3000/", "app.example.com/https://x", "app..example.com",
                               ".example.com", "app.example.com.", "app example.com", "app.example.com ", "m\xC3\xBCller.de", "app.example.com?x=1",
                               "app.example.com#top", "app.example.com/a?b", "app.example.com/a#b", "app.example.com/a b", "app.example.com/a\tb",
                               "app.example.com/a\\b", "app.example.com/a;b", "app.example.com/a\x7F", "app.example.com/\r\nX: 1", "app.example.com:", "app.example.com:0",
                               "app.example.com:65536", "app.example.com:http", "app.example.com:80:80", "app.example.com:-1", ":3000",
                               "user@app.example.com", "[::1]", "::1", "app.example.com/a//b", "app.example.com//a", "app.example.com/./a",
                               "app.example.com/a/../b", "app.example.com/..", "app.example.com/a/.", "app,example.com", "app%2eexample.com"})
        QTest::newRow(*domain != 0 ? domain : "empty") << QByteArray(domain);
    QTest::newRow("a zero byte") << QByteArray("app.example.com\0", 16);
    QTest::newRow("254 characters of host") << QByteArray(254, 'a');
    QTest::newRow("a megabyte") << QByteArray(1'000'000, 'a');
}

void TestToken::refusesDomains()
{
    QFETCH(const QByteArray, domain);
    const auto parts = access::splitDomain({domain.data(), std::size_t(domain.size())});
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::invalidArgument);
    QVERIFY(parts.error().message.size() < 400);
}

LATCHKEY_TEST(TestToken)

} // namespace tst_access_token

#include "tst_access_token.moc"
