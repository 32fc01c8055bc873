// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The way to the API: through the system's proxy, and past a company's certificate authority.
#include <QtTest>

#include "ScriptedServer.h"

#include "agent/client/ManagementClient.h"

#include "TestProgram.h"

#include <QProcess>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>

namespace tst_client_way {

using namespace latchkey;
using namespace latchkey::client;
using latchkey::test::ScriptedServer;
using namespace Qt::StringLiterals;

namespace {

const std::string account = "0123456789abcdef0123456789abcdef";
const QByteArray emptyList = R"({"success":true,"errors":[],"messages":[],"result":[],"result_info":{"page":1,"per_page":1000,"count":0,"total_count":0}})";

/// Puts a variable of the environment back when it goes.
class Variable {
public:
    Variable(const char* name, const QByteArray& value)
        : m_name(name)
        , m_before(qgetenv(name))
    {
        qputenv(name, value);
    }
    ~Variable()
    {
        if (m_before.isNull())
            qunsetenv(m_name);
        else
            qputenv(m_name, m_before);
    }
    Variable(const Variable&) = delete;

private:
    const char* m_name;
    QByteArray m_before;
};

std::optional<Result<ListPage<access::ServiceToken>>> listOnce(ManagementClient& client)
{
    std::optional<Result<ListPage<access::ServiceToken>>> answer;
    client.listTokens({}, [&](Result<ListPage<access::ServiceToken>> page) { answer = std::move(page); });
    (void)QTest::qWaitFor([&] { return answer.has_value(); }, 20'000);
    return answer;
}

} // namespace

class TestWay final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSystemsProxyIsUsed()
    {
        ScriptedServer proxy;
        proxy.thenReply(200, emptyList).thenReply(200, emptyList);
        const QByteArray address = proxy.url().toEncoded();
        const Variable lower("http_proxy", address);
        const Variable none("no_proxy", "");
        ManagementClient client({QUrl(u"http://api.example.test/client/v4"_s), account}, SecretBytes("token"));
        const auto first = listOnce(client);
        QVERIFY(first && *first);
        QVERIFY(listOnce(client).has_value());
        QCOMPARE(proxy.requests().size(), 2);
        QVERIFY(proxy.requests().front().target.startsWith("http://api.example.test/client/v4/accounts/"));
    }

    void thisMachineIsReachedWithoutIt()
    {
        ScriptedServer proxy;
        ScriptedServer agent;
        agent.thenReply(200, emptyList);
        const Variable lower("http_proxy", proxy.url().toEncoded());
        const Variable none("no_proxy", "");
        ManagementClient client({agent.url(u"/client/v4"_s), account}, SecretBytes("token"));
        const auto answer = listOnce(client);
        QVERIFY(answer && *answer);
        QCOMPARE(proxy.requests().size(), 0);
    }

    void whatIsCancelledWhileTheSystemIsAskedIsNeverSent()
    {
        ScriptedServer proxy;
        proxy.thenReply(200, emptyList);
        const Variable lower("http_proxy", proxy.url().toEncoded());
        const Variable none("no_proxy", "");
        ManagementClient client({QUrl(u"http://api.example.test/client/v4"_s), account}, SecretBytes("token"));
        std::optional<ErrorCode> code;
        CallHandle call = client.listTokens({}, [&](const Result<ListPage<access::ServiceToken>>& page) { code = page ? ErrorCode::internal : page.error().code; });
        call.cancel();
        QTRY_VERIFY(code.has_value());
        QCOMPARE(*code, ErrorCode::cancelled);
        QVERIFY(listOnce(client).has_value());
        QCOMPARE(proxy.requests().size(), 1);
    }

    void aCompanysAuthorityIsTrustedWhereTheProfileNamesIt()
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("no openssl program here to make a certificate with");
        QTemporaryDir directory;
        const QString certificate = directory.filePath(u"ca.pem"_s);
        const QString key = directory.filePath(u"key.pem"_s);
        QProcess openssl;
        openssl.start(u"openssl"_s, {u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-days"_s, u"2"_s, u"-subj"_s, u"/CN=Company"_s, u"-addext"_s,
                                     u"subjectAltName=IP:127.0.0.1"_s, u"-keyout"_s, key, u"-out"_s, certificate});
        QVERIFY(openssl.waitForFinished(30'000) && openssl.exitCode() == 0);
        QFile keyFile(key);
        QVERIFY(keyFile.open(QIODevice::ReadOnly));
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificate(QSslCertificate::fromPath(certificate).value(0));
        tls.setPrivateKey(QSslKey(keyFile.readAll(), QSsl::Rsa));
        QSslServer server;
        server.setSslConfiguration(tls);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QSslServer::pendingConnectionAvailable, this, [&server] {
            QTcpSocket* socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                if (socket->readAll().contains("\r\n\r\n"))
                    socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(emptyList.size()) + "\r\n\r\n" + emptyList);
            });
        });
        const QUrl base(u"https://127.0.0.1:%1/client/v4"_s.arg(server.serverPort()));

        ManagementClient stranger({base, account}, SecretBytes("token"));
        const auto refused = listOnce(stranger);
        QVERIFY(refused && !*refused);
        QVERIFY(refused->error().message.find("CA file") != std::string::npos);

        const auto trusted = trusting(certificate);
        QVERIFY(trusted.has_value());
        ManagementClient client({base, account}, SecretBytes("token"), {.tls = *trusted});
        const auto answer = listOnce(client);
        QVERIFY(answer && *answer);
    }
};

LATCHKEY_TEST(TestWay)

} // namespace tst_client_way

#include "tst_client_way.moc"
