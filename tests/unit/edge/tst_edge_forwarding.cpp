// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/base/Json.h"
#include "agent/jose/Verify.h"

#include <QTest>

using namespace edgeTesting;

/// What reaches the upstream, and what comes back.
class TestForwarding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aValidTokenIsForwardedWithAJwt()
    {
        Upstream upstream;
        World world(simpleState(upstream.url()));
        const Message answer = world.ask(get("/hello?q=1", token(1).headers()));
        QCOMPARE(answer.status(), 200);
        QVERIFY(answer.body.starts_with("GET /hello?q=1 HTTP/1.1\r\n"));
        QVERIFY(answer.has("Cf-Ray"));

        Message received;
        received.head = answer.body;
        QCOMPARE(text(received.header("Host")), QStringLiteral("app.test"));
        QVERIFY(!received.has("CF-Access-Client-Id"));
        QVERIFY(!received.has("CF-Access-Client-Secret"));
        QCOMPARE(text(received.header("Cf-Ray")), text(answer.header("Cf-Ray")));

        const Message certs = world.ask(get("/cdn-cgi/access/certs", {}, "whatever.test"));
        QCOMPARE(certs.status(), 200);
        const auto keys = jose::JwkSet::parse(certs.body);
        QVERIFY(keys.has_value());
        const auto verdict = jose::verify(received.header("Cf-Access-Jwt-Assertion"), *keys,
                                          {.issuer = issuer, .audience = std::string(64, '1'), .now = world.clock.now()});
        QVERIFY2(verdict.valid(), verdict.message.c_str());
        const auto jwt = jose::decodeJwt(received.header("Cf-Access-Jwt-Assertion"));
        QCOMPARE(text(*jwt->payload.find("common_name")->asString()), text(token(1).clientId));
        QCOMPARE(*jwt->payload.find("exp")->asInteger() - *jwt->payload.find("iat")->asInteger(), std::int64_t{24 * 3600});
    }
};

QTEST_GUILESS_MAIN(TestForwarding)
#include "tst_edge_forwarding.moc"
