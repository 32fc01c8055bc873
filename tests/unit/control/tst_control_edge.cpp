// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Harness.h"
#include "TestProgram.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_edge {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// A service that answers every request with the assertion it was sent.
class Upstream : public QTcpServer {
public:
    Upstream()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { answer(*socket); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
        listen(QHostAddress::LocalHost);
    }

    int requests = 0;

private:
    void answer(QTcpSocket& socket)
    {
        auto& head = m_heads[&socket];
        head += socket.readAll();
        if (!head.contains("\r\n\r\n"))
            return;
        ++requests;
        QByteArray assertion;
        for (const auto& line : head.split('\n')) {
            if (line.toLower().startsWith("cf-access-jwt-assertion:"))
                assertion = line.mid(line.indexOf(':') + 1).trimmed();
        }
        head.clear();
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(assertion.size()) + "\r\n\r\n" + assertion);
    }

    QHash<QTcpSocket*, QByteArray> m_heads;
};

} // namespace

/// Control with a real edge: what was answered is in force.
class TestControlEdge : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void whatWasAnsweredIsInForce();
    void revocationGivesANewAssertion();
    void useIsSeen();
    void aWantedPortThatIsTakenIsAnError();
    void aRestartLetsTheSameTokenIn();

private:
    struct Reply {
        int status = 0;
        QByteArray body;
    };
    Reply knock(const IssuedToken* issued)
    {
        QNetworkRequest request(QUrl(u"http://127.0.0.1:%1/"_s.arg(*m_application.port)));
        if (issued) {
            request.setRawHeader("CF-Access-Client-Id", QByteArray::fromStdString(issued->token.clientId.value));
            request.setRawHeader("CF-Access-Client-Secret", QByteArray::fromStdString(std::string(issued->secret.reveal())));
        }
        std::unique_ptr<QNetworkReply> reply(m_network.get(request));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 20'000))
            return {};
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()};
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
    std::unique_ptr<Upstream> m_upstream;
    access::Application m_application;
    QNetworkAccessManager m_network;
};

void TestControlEdge::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    m_agent->realEdge = true;
    QVERIFY(m_agent->start());
    m_upstream = std::make_unique<Upstream>();
    QVERIFY(m_upstream->isListening());
    auto wanted = sampleApplication("Grafana");
    wanted.upstream = "http://127.0.0.1:" + std::to_string(m_upstream->serverPort());
    auto created = m_agent->createApplication(wanted);
    QVERIFY(created);
    m_application = std::move(*created);
}

void TestControlEdge::cleanup()
{
    m_agent.reset();
    m_upstream.reset();
}

void TestControlEdge::whatWasAnsweredIsInForce()
{
    QCOMPARE(knock(nullptr).status, 401);
    const auto issued = m_agent->createToken("ci", *access::Duration::parse("1h"));
    QVERIFY(issued);
    const auto allowed = knock(&*issued);
    QCOMPARE(allowed.status, 200);
    QCOMPARE(allowed.body.count('.'), 2);

    m_agent->clock.advance(2h);
    QCOMPARE(knock(&*issued).status, 401);
    QVERIFY(answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().refreshToken(issued->token.id, std::move(answer)); }));
    QCOMPARE(knock(&*issued).status, 200);

    const TokenChange off{.name = {}, .duration = {}, .enabled = false, .extra = {}};
    QVERIFY(answerOf<UpdatedToken>([&](auto answer) { m_agent->control().updateToken(issued->token.id, off, std::move(answer)); }));
    QCOMPARE(knock(&*issued).status, 401);
    const TokenChange on{.name = {}, .duration = {}, .enabled = true, .extra = {}};
    QVERIFY(answerOf<UpdatedToken>([&](auto answer) { m_agent->control().updateToken(issued->token.id, on, std::move(answer)); }));
    QCOMPARE(knock(&*issued).status, 200);

    const auto served = m_upstream->requests;
    QVERIFY(answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().deleteToken(issued->token.id, std::move(answer)); }));
    QCOMPARE(knock(&*issued).status, 401);
    QCOMPARE(m_upstream->requests, served);
}

void TestControlEdge::revocationGivesANewAssertion()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    const auto first = knock(&*issued);
    QCOMPARE(first.status, 200);
    QCOMPARE(knock(&*issued).body, first.body);
    m_agent->clock.advance(2s);
    QCOMPARE(knock(&*issued).body, first.body);
    QVERIFY(answerOf<void>([&](auto answer) { m_agent->control().revokeSessions(m_application.id, std::move(answer)); }));
    const auto second = knock(&*issued);
    QCOMPARE(second.status, 200);
    QVERIFY(second.body != first.body);
}

void TestControlEdge::useIsSeen()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    QCOMPARE(knock(&*issued).status, 200);
    QCOMPARE(knock(nullptr).status, 401);
    QTRY_VERIFY_WITH_TIMEOUT(m_agent->token(issued->token.id)->lastSeenAt == m_agent->clock.now(), 30'000);
    const auto log = [&] {
        auto rows = answerOf<std::vector<store::LogRow>>([&](auto answer) { m_agent->control().recentRequests(10, std::move(answer)); });
        return rows ? std::move(*rows) : std::vector<store::LogRow>{};
    };
    QTRY_COMPARE_WITH_TIMEOUT(log().size(), 2U, 30'000);
    for (const auto& row : log()) {
        QCOMPARE(row.applicationId, m_application.id.value);
        QCOMPARE(row.tokenId, row.allowed ? issued->token.id.value : std::string());
    }
    QCOMPARE(m_agent->control().status().requestsAllowed, 1U);
    QCOMPARE(m_agent->control().status().requestsRefused, 1U);
}

void TestControlEdge::aWantedPortThatIsTakenIsAnError()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    auto wanted = sampleApplication("other");
    wanted.port = other.serverPort();
    QVERIFY(m_agent->createApplication(wanted).error().code == ErrorCode::portTaken);
    other.close();
    QVERIFY(m_agent->createApplication(wanted));
}

void TestControlEdge::aRestartLetsTheSameTokenIn()
{
    const auto issued = m_agent->createToken("ci");
    QVERIFY(issued);
    QCOMPARE(knock(&*issued).status, 200);
    m_agent->stop();
    QVERIFY(m_agent->start());
    QCOMPARE(knock(&*issued).status, 200);
    QVERIFY(m_agent->control().status().degraded.empty());
}

LATCHKEY_TEST(TestControlEdge)

} // namespace tst_control_edge

#include "tst_control_edge.moc"
