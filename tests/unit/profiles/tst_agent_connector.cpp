// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QMessageAuthenticationCode>
#include <QtTest>

#include "ScriptedServer.h"

#include "agent/base/Random.h"
#include "agent/profiles/AgentConnector.h"

#include "TestProgram.h"

namespace tst_agent_connector {

using namespace latchkey;
using namespace latchkey::profiles;
using latchkey::test::ScriptedServer;

namespace {

const QByteArray apiToken = "connector-test-api-token-0123456789";
constexpr const char* agentId = "0d7c3a52-6f0a-4c0e-9a57-0123456789ab";

QByteArray health(const QByteArray& id, const QByteArray& proof)
{
    return QByteArray(R"({"success":true,"errors":[],"messages":[],"result":{"agent_id":"<id>","version":"9.9",)"
                      R"("account_id":"0123456789abcdef0123456789abcdef","proof":"<proof>"}})")
        .replace("<id>", id)
        .replace("<proof>", proof);
}

QByteArray proofOf(const QByteArray& key, const QByteArray& nonce)
{
    return QMessageAuthenticationCode::hash(nonce, key, QCryptographicHash::Sha256).toHex();
}

/// "Random" bytes that are known beforehand, so that the server can be told the right proof.
class KnownRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override
    {
        for (std::byte& byte : out)
            byte = static_cast<std::byte>(m_next++);
    }
    [[nodiscard]] static QByteArray nonce(int first)
    {
        QByteArray bytes;
        for (int i = 0; i < 32; ++i)
            bytes.append(static_cast<char>(first + i));
        return bytes.toHex();
    }

private:
    unsigned char m_next = 0;
};

} // namespace

class TestAgentConnector : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<vault::Vault> m_vault;
    KnownRandom m_random;
    std::unique_ptr<AgentConnector> m_connector;
    std::optional<Result<ConnectedAgent>> m_answer;
    int m_answers = 0;

    [[nodiscard]] AgentInfo info() const
    {
        AgentInfo info;
        info.agentId = agentId;
        info.api = m_server->url(QStringLiteral("/client/v4")).toString().toStdString();
        info.vault = "memory";
        return info;
    }

    void keepToken()
    {
        bool kept = false;
        m_vault->write(apiTokenKey(agentId), SecretBytes(std::string_view(apiToken.constData(), static_cast<std::size_t>(apiToken.size()))),
                       [&](const Result<void>& done) { kept = done.has_value(); });
        QTRY_VERIFY(kept);
    }

    void connectAgent(std::optional<SecretBytes> known = {})
    {
        m_connector->connectTo(info(), std::move(known), [this](Result<ConnectedAgent> answer) {
            m_answer = std::move(answer);
            ++m_answers;
        });
        QCOMPARE(m_answers, 0);   // never from inside the call
        QTRY_COMPARE(m_answers, 1);
    }

    /// Nothing that was sent so far holds the token or anything made of it but the answer's business.
    void nothingGivenAway(const ScriptedServer& server)
    {
        for (const auto& request : server.requests()) {
            QVERIFY(request.header("Authorization").isEmpty());
            for (const QByteArray& form : {apiToken, apiToken.toBase64(), apiToken.toHex()})
                QVERIFY(!request.head.contains(form) && !request.body.contains(form));
        }
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        m_vault = vault::makeVault({.kind = vault::VaultKind::memory, .directory = {}});
        m_random = {};
        m_connector = std::make_unique<AgentConnector>(*m_vault, m_random);
        m_answer.reset();
        m_answers = 0;
    }

    void theAgentThatProvesItselfGetsAClient()
    {
        keepToken();
        m_server->thenReply(200, health(agentId, proofOf(apiToken, KnownRandom::nonce(0))));
        connectAgent();
        QVERIFY2(m_answer->has_value(), m_answer->has_value() ? "" : m_answer->error().message.c_str());
        QCOMPARE(m_server->requests().size(), 1);
        QCOMPARE(m_server->requests().constFirst().target, "/latchkey/v1/health?nonce=" + KnownRandom::nonce(0));
        nothingGivenAway(*m_server);
        QCOMPARE((*m_answer)->accountId, std::string("0123456789abcdef0123456789abcdef"));
        QCOMPARE((*m_answer)->version, std::string("9.9"));

        // And the client it got does send the token, to that address.
        int refused = 0;
        (*m_answer)->client->deleteToken({"x"}, [&](const Result<void>&) { ++refused; });
        QTRY_COMPARE(refused, 1);
        QCOMPARE(m_server->requests().constLast().header("Authorization"), "Bearer " + apiToken);
    }

    void aTokenThatIsKnownNeedsNoVault()
    {
        m_server->thenReply(200, health(agentId, proofOf(apiToken, KnownRandom::nonce(0))));
        connectAgent(SecretBytes(std::string_view(apiToken.constData(), static_cast<std::size_t>(apiToken.size()))));
        QVERIFY(m_answer->has_value());
    }

    void everyAttemptHasANonceOfItsOwn()
    {
        keepToken();
        m_server->thenReply(200, health(agentId, proofOf(apiToken, KnownRandom::nonce(0))))
            .thenReply(200, health(agentId, proofOf(apiToken, KnownRandom::nonce(0))));   // replayed
        connectAgent();
        QVERIFY(m_answer->has_value());
        m_answers = 0;
        connectAgent();
        QCOMPARE(m_answer->error().code, ErrorCode::unauthenticated);
        QVERIFY(m_server->requests().at(0).target != m_server->requests().at(1).target);
        nothingGivenAway(*m_server);
    }

    void aStrangerGetsNothing_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("code");
        const QByteArray nonce = KnownRandom::nonce(0);
        const int unproved = static_cast<int>(ErrorCode::unauthenticated);
        const int rubbish = static_cast<int>(ErrorCode::protocol);
        QTest::newRow("another key") << 200 << health(agentId, proofOf("another", nonce)) << unproved;
        QTest::newRow("an empty key") << 200 << health(agentId, proofOf("", nonce)) << unproved;
        QTest::newRow("the nonce itself") << 200 << health(agentId, nonce) << unproved;
        QTest::newRow("the hash of the nonce") << 200 << health(agentId, QCryptographicHash::hash(nonce, QCryptographicHash::Sha256).toHex()) << unproved;
        QTest::newRow("part of the proof") << 200 << health(agentId, proofOf(apiToken, nonce).left(32)) << unproved;
        QTest::newRow("another agent's id") << 200 << health("b", proofOf(apiToken, nonce)) << unproved;
        QTest::newRow("no proof") << 200 << health(agentId, "") << rubbish;
        QTest::newRow("no id") << 200 << health("", proofOf(apiToken, nonce)) << rubbish;
        QTest::newRow("a web page") << 200 << QByteArray("<html></html>") << rubbish;
        QTest::newRow("nothing") << 204 << QByteArray() << rubbish;
        QTest::newRow("an error page") << 404 << QByteArray("not here") << rubbish;
        QTest::newRow("a challenge") << 401 << QByteArray("{}") << rubbish;
    }
    void aStrangerGetsNothing()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, code);
        keepToken();
        m_server->thenReply(status, body, status == 401 ? "WWW-Authenticate: Basic realm=\"x\"\r\n" : "");
        connectAgent();
        QVERIFY(!m_answer->has_value());
        QCOMPARE(static_cast<int>(m_answer->error().code), code);
        QTest::qWait(50);
        QCOMPARE(m_server->requests().size(), 1);
        nothingGivenAway(*m_server);
    }

    void aRedirectIsNotFollowed()
    {
        keepToken();
        ScriptedServer elsewhere;
        m_server->thenReply(307, {}, "Location: " + elsewhere.url(QStringLiteral("/")).toEncoded() + "\r\n");
        connectAgent();
        QVERIFY(!m_answer->has_value());
        QCOMPARE(elsewhere.connections(), 0);
        nothingGivenAway(*m_server);
    }

    void aTokenThatIsNotKeptIsTheVaultsError()
    {
        connectAgent();
        QCOMPARE(m_answer->error().code, ErrorCode::vaultMissing);
        QCOMPARE(m_server->connections(), 0);
    }

    void nobodyThereIsANetworkError()
    {
        keepToken();
        const AgentInfo stale = info();
        m_server->close();
        m_connector->connectTo(stale, {}, [this](Result<ConnectedAgent> answer) {
            m_answer = std::move(answer);
            ++m_answers;
        });
        QTRY_COMPARE(m_answers, 1);
        QCOMPARE(m_answer->error().code, ErrorCode::network);
    }

    void aConnectorThatIsGoneAnswersNothing()
    {
        keepToken();
        m_server->thenSilence();
        m_connector->connectTo(info(), {}, [this](const Result<ConnectedAgent>&) { ++m_answers; });
        QTRY_COMPARE(m_server->requests().size(), 1);
        m_connector->connectTo(info(), {}, [this](const Result<ConnectedAgent>&) { ++m_answers; });
        m_connector.reset();
        QTest::qWait(50);
        QCOMPARE(m_answers, 0);
    }
};

LATCHKEY_TEST(TestAgentConnector)

} // namespace tst_agent_connector

#include "tst_agent_connector.moc"
