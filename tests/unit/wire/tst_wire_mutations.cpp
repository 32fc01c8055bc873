// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Bodies with a few bytes changed: nothing crashes, and what is accepted means the same when it is written and read again.
#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/Envelope.h"
#include "agent/wire/ServiceTokenCodec.h"

#include "TestProgram.h"

#include <QRandomGenerator>
#include <QTest>

namespace tst_wire_mutations {

using namespace latchkey;

namespace {

const QList<QByteArray>& seeds()
{
    static const QList<QByteArray> texts{
        R"({"id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f","client_id":"0123456789abcdef0123456789abcdef.access","name":"n","duration":"8760h",)"
        R"("enabled":true,"client_secret_version":1,"expires_at":"2027-01-01T00:00:00Z","last_seen_at":null,"client_secret":"cfast_x","x":[1]})",
        R"({"success":true,"errors":[{"code":1,"message":"m"}],"messages":[],"result":{"id":"i"},"result_info":{"page":1,"per_page":2,"total_count":9}})",
        R"({"name":"a","type":"self_hosted","domain":"a.example.com/x","session_duration":"1h","latchkey":{"upstream":"http://h:1","port":8410,"y":2},)"
        R"("policies":[{"name":"p","decision":"non_identity","precedence":2,"include":[{"ip":{"ip":"10.0.0.0/8"}},{"everyone":{}},{"geo":{"country_code":"US"}}],)"
        R"("require":[{"service_token":{"token_id":"aa0a4aab-672b-4bdb-bc33-a59f1130a11f"}}],"exclude":[{"common_name":{"common_name":"c"}}]}]})"};
    return texts;
}

/// One to four changes: a byte, a stretch cut, doubled or moved, a value put for a piece between two marks.
QByteArray mutated(QByteArray text, QRandomGenerator& random)
{
    static const QList<QByteArray> values{"null", "true", "-1", "1e400", "99999999999999999999", "\"\"", "[]", "{}", "\"\\ud800\"", "[[[[[[[[", "0.5", "\"\\u0000\""};
    const int changes = random.bounded(1, 5);
    for (int change = 0; change < changes && !text.isEmpty(); ++change) {
        const int at = random.bounded(int(text.size()));
        const int length = std::min(random.bounded(1, 20), int(text.size()) - at);
        switch (random.bounded(6)) {
        case 0: text[at] = static_cast<char>(random.bounded(256)); break;
        case 1: text.remove(at, length); break;
        case 2: text.insert(at, text.mid(at, length)); break;
        case 3: text.truncate(at); break;
        case 4: text.insert(random.bounded(int(text.size())), text.mid(at, length)); break;
        default: {
            // A whole value is replaced, so that much of what comes out is still JSON.
            const qsizetype colon = text.indexOf(':', at);
            const qsizetype end = colon >= 0 ? text.indexOf(random.bounded(2) != 0 ? ',' : '}', colon) : -1;
            if (end > colon)
                text.replace(colon + 1, end - colon - 1, values[random.bounded(int(values.size()))]);
            break;
        }
        }
    }
    return text;
}

struct Seen {
    int tokens = 0;
    int applications = 0;
    int envelopes = 0;
    int bodies = 0;
};

void check(std::string_view text, Seen& seen)
{
    if (const auto envelope = wire::decodeEnvelope(text)) {
        QVERIFY(!wire::errorFrom(400, *envelope).message.empty());
        ++seen.envelopes;
    }
    if (const auto create = wire::decodeTokenCreate(text)) {
        const auto again = wire::decodeTokenCreate(wire::encodeTokenCreate(*create));
        QVERIFY(again && again->name == create->name && again->duration == create->duration && again->extra == create->extra);
        ++seen.bodies;
    }
    if (const auto update = wire::decodeTokenUpdate(text)) {
        const auto again = wire::decodeTokenUpdate(wire::encodeTokenUpdate(*update));
        QVERIFY(again && again->name == update->name && again->duration == update->duration && again->extra == update->extra);
    }
    if (const auto application = wire::decodeApplicationBody(text)) {
        const auto again = wire::decodeApplication(wire::encode(*application));
        QVERIFY(again && *again == *application);
        QVERIFY(wire::decodeApplicationBody(wire::encodeBody(*application)).has_value());
        ++seen.applications;
    }
    const auto json = parseJson(text);
    if (!json)
        return;
    if (const auto application = wire::decodeApplicationReply(*json)) {
        const auto again = wire::decodeApplicationReply(wire::encode(*application));
        QVERIFY(again && *again == *application);
    }
    if (const auto token = wire::decodeServiceToken(*json)) {
        const auto again = wire::decodeServiceToken(wire::encode(*token));
        QVERIFY(again && *again == *token);
        ++seen.tokens;
    }
    Json copy = *json;
    if (const auto issued = wire::decodeIssued(std::move(copy)))
        QVERIFY(issued->token.extra.find("client_secret\"") == std::string::npos);
}

} // namespace

class TestWireMutations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPrefix();
    void mutations();
    void deepNesting();
};

void TestWireMutations::everyPrefix()
{
    Seen seen;
    for (const QByteArray& seed : seeds()) {
        for (qsizetype length = 0; length <= seed.size(); ++length) {
            check({seed.data(), std::size_t(length)}, seen);
            if (QTest::currentTestFailed()) {
                qWarning("%s", seed.left(length).constData());
                return;
            }
        }
    }
    QCOMPARE(seen.tokens, 1);   // only the whole text is one
}

void TestWireMutations::mutations()
{
    QRandomGenerator random(20261124);
    Seen seen;
    for (int round = 0; round < 6000; ++round) {
        const QByteArray text = mutated(seeds()[round % seeds().size()], random);
        check({text.data(), std::size_t(text.size())}, seen);
        if (QTest::currentTestFailed()) {
            qWarning("%s", text.constData());
            return;
        }
    }
    // Otherwise only the JSON parser was tested.
    QVERIFY(seen.tokens > 50);
    QVERIFY(seen.applications > 50);
    QVERIFY(seen.envelopes > 50);
    QVERIFY(seen.bodies > 50);
}

void TestWireMutations::deepNesting()
{
    Seen seen;
    for (const char* open : {"[", "{\"a\":", "{\"policies\":[", "{\"latchkey\":"}) {
        std::string text;
        for (int depth = 0; depth < 20'000; ++depth)
            text += open;
        check(text, seen);
    }
    // As deep as the parser lets in: it must be written again too.
    std::string nested = R"({"name":"a","x":)" + std::string(62, '[') + std::string(62, ']') + "}";
    QVERIFY(wire::decodeApplicationBody(nested).has_value());
    check(nested, seen);
    QCOMPARE(seen.applications, 1);
}

LATCHKEY_TEST(TestWireMutations)

} // namespace tst_wire_mutations

#include "tst_wire_mutations.moc"
