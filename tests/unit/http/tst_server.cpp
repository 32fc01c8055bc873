// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServerTesting.h"
#include "TestProgram.h"

namespace tst_server {

using namespace serverTesting;

class TestServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers()
    {
        const FixedClock clock;
        Server::Config config;
        config.clock = &clock;
        const auto server = startEcho(config);
        QVERIFY(server->port() != 0);
        Client client(server->port());
        client.send("GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        QCOMPARE(client.readToEnd(), QByteArray("HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 09:00:05 GMT\r\nContent-Type: text/plain\r\n"
                                                "Content-Length: 18\r\nConnection: close\r\n\r\nGET /a%20b?c=d []\n"));
    }

    void keepsTheConnection()
    {
        const auto server = startEcho();
        Client client(server->port());
        for (int i = 0; i < 3; ++i) {
            client.send(hello);
            const QByteArray answer = client.readUntil("[]\n");
            QVERIFY(answer.startsWith("HTTP/1.1 200 OK\r\n"));
            QVERIFY(!answer.contains("Connection:"));
        }
    }

    void http10ClosesUnlessAsked()
    {
        const auto server = startEcho();
        Client plain(server->port());
        plain.send("GET / HTTP/1.0\r\n\r\n");
        QVERIFY(plain.readToEnd().endsWith("GET /? []\n"));
        Client keeping(server->port());
        keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        QVERIFY(keeping.readUntil("[]\n").contains("\r\nConnection: keep-alive\r\n"));
        keeping.send("GET /2 HTTP/1.0\r\n\r\n");
        QVERIFY(keeping.readToEnd().endsWith("GET /2? []\n"));
    }

    void answersPipelinedRequestsInOrder()
    {
        Desk desk;
        const auto server = startOrFail({}, desk.handler());
        Client client(server->port());
        std::string all;
        for (int i = 0; i < 20; ++i)
            all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";
        client.send(all + "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        std::string expected;
        for (int i = 0; i < 21; ++i) {
            QTRY_COMPARE(desk.count(), std::size_t{1});
            auto [request, reply] = desk.take();
            ServerResponse response = echo(request);
            expected += response.body;
            reply(std::move(response));
        }
        std::string bodies;
        for (const QByteArray& answer : client.readToEnd().split('\n')) {
            if (answer.endsWith(']'))
                bodies += answer.toStdString() + '\n';
        }
        QCOMPARE(bodies, expected);
    }

    void readsBodies_data()
    {
        QTest::addColumn<QByteArray>("framed");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("length") << QByteArray("Content-Length: 5\r\n\r\nhello") << QByteArray("hello");
        QTest::newRow("length of 0") << QByteArray("Content-Length: 0\r\n\r\n") << QByteArray("");
        QTest::newRow("chunked") << QByteArray("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n")
                                 << QByteArray("hello");
        const QByteArray large(200'000, 'x');
        QTest::newRow("a large one") << QByteArray("Content-Length: 200000\r\n\r\n" + large) << large;
        QTest::newRow("a large one, chunked") << QByteArray("Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + large + "\r\n0\r\n\r\n")
                                              << large;
    }
    void readsBodies()
    {
        QFETCH(QByteArray, framed);
        QFETCH(QByteArray, body);
        const auto server = startEcho();
        Client client(server->port());
        client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framed.toStdString());
        const QByteArray answer = client.readUntil("]\n");
        QVERIFY(answer.endsWith("\r\n\r\nPOST /? [" + body + "]\n"));
        client.send(hello); // what followed was found where it begins
        QVERIFY(client.readUntil("[]\n").endsWith("GET /hello? []\n"));
    }

    void readsAByteAtATime()
    {
        const auto server = startEcho();
        Client client(server->port());
        client.socket().setSocketOption(QAbstractSocket::LowDelayOption, 1);
        for (const char c : std::string("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"))
            client.send(std::string(1, c));
        QVERIFY(client.readUntil("]\n").endsWith("POST /x? [ab]\n"));
    }

    void sendsContinueWhenAsked()
    {
        const auto server = startEcho();
        Client client(server->port());
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.readUntil("\r\n\r\n"), QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
        client.send("hi");
        QVERIFY(client.readUntil("]\n").endsWith("POST /? [hi]\n"));
    }

    void sendsNoContinueForWhatItRefuses()
    {
        const auto server = startEcho();
        Client client(server->port());
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
        QVERIFY(client.readToEnd().startsWith("HTTP/1.1 413 "));
    }

    void headHasNoBody()
    {
        const auto server = startEcho();
        Client client(server->port());
        client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const QByteArray both = client.readToEnd();
        QVERIFY(both.contains("Content-Length: 11\r\n\r\nHTTP/1.1 200 OK\r\n"));
        QVERIFY(both.endsWith("GET /2? []\n"));
    }

    void noContentHasNeitherBodyNorLength()
    {
        const auto server = startOrFail({}, [](ServerRequest, Server::Reply reply) { reply({204, {}, "left out"}); });
        Client client(server->port());
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const QByteArray answer = client.readToEnd();
        QVERIFY(answer.startsWith("HTTP/1.1 204 No Content\r\n"));
        QVERIFY(answer.endsWith("\r\n\r\n"));
        QVERIFY(!answer.contains("Content-Length"));
    }

    void aRequestsOwnLimit_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("answer");
        const auto post = [](const char* path, int size) {
            return QByteArray("POST ") + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Size: " + QByteArray::number(size) + "\r\n";
        };
        const auto whole = [&](const char* path, int size) {
            return post(path, size) + "Content-Length: " + QByteArray::number(size) + "\r\n\r\n" + QByteArray(size, 'x');
        };
        const auto chunked = [&](const char* path, int size) {
            return post(path, size) + "Transfer-Encoding: chunked\r\n\r\n" + QByteArray::number(size, 16) + "\r\n" + QByteArray(size, 'x') + "\r\n0\r\n\r\n";
        };
        QTest::newRow("small where little may come") << whole("/small", 10) << QByteArray("10");
        QTest::newRow("one byte too many there") << whole("/small", 11) << QByteArray("413 10");
        QTest::newRow("one byte too many there, chunked") << chunked("/small", 11) << QByteArray("413 10");
        QTest::newRow("beyond the usual limit where much may come") << whole("/large", 2'000'000) << QByteArray("2000000");
        QTest::newRow("the same chunked") << chunked("/large", 2'000'000) << QByteArray("2000000");
        QTest::newRow("one byte too many") << whole("/large", 2'000'001) << QByteArray("413 2000000");
        QTest::newRow("one byte too many, chunked") << chunked("/large", 2'000'001) << QByteArray("413 2000000");
    }
    void aRequestsOwnLimit()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, answer);
        Server::Config config;
        std::atomic<bool> headWasWhole = true;
        config.bodyLimit = [&](const ServerRequest& head) -> std::size_t {
            headWasWhole = headWasWhole && head.method == "POST" && head.header("X-Size") != nullptr && head.body.empty();
            return head.path == "/large" ? 2'000'000 : 10;
        };
        config.refusal = [](int status, std::string_view, std::string_view message) {
            const auto digit = message.find_first_of("0123456789");
            return ServerResponse{status, {}, std::to_string(status) + ' ' + std::string(message.substr(digit, message.find(' ', digit) - digit))};
        };
        const auto server = startOrFail(config, [](ServerRequest request, Server::Reply reply) { reply({200, {}, std::to_string(request.body.size())}); });
        Client client(server->port());
        client.send(bytes.toStdString());
        const QByteArray got = client.readToEnd();
        QCOMPARE(got.mid(got.indexOf("\r\n\r\n") + 4), answer);
        QVERIFY(headWasWhole);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("answer");
        const auto row = [](const char* name, const std::string& bytes, const char* answer) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray(answer);
        };
        row("a malformed head", "GET / HTTP/1.1\nHost: h\n\n", "400 bare_lf");
        row("no Host", "GET / HTTP/1.1\r\n\r\n", "400 missing_host");
        row("two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400 length_and_chunked");
        row("a path not in normal form", "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n", "400 dot_segment");
        row("a body beyond the limit", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n", "413 content_too_large");
        row("a chunked body beyond the limit", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\nx"
                + std::string(0x100001, 'x'), "413 content_too_large");
        row("a chunk without size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400 bad_chunk_size");
        row("a head that is too large", "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n",
            "431 head_too_large");
        row("a target that is too long", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "414 request_line_too_long");
        row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 unsupported_version");
        row("TLS", std::string("\x16\x03\x01\x02", 4), "400 not_http");
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, answer);
        Server::Config config;
        config.refusal = [](int status, std::string_view word, std::string_view message) {
            ServerResponse response{status, {}, std::to_string(status) + ' ' + std::string(word)};
            response.headers.emplace_back("X-Message", message);
            return response;
        };
        std::atomic<int> handled = 0;
        const auto server = startOrFail(config, [&handled](ServerRequest, Server::Reply) { ++handled; });
        Client client(server->port());
        client.send(bytes.toStdString());
        const QByteArray all = client.readToEnd();
        QVERIFY2(all.startsWith("HTTP/1.1 " + answer.left(3) + ' '), all.constData());
        QVERIFY(all.contains("\r\nConnection: close\r\n"));
        QVERIFY(all.endsWith("\r\n\r\n" + answer));
        QCOMPARE(handled.load(), 0);
    }

    void refusesInPlainTextByDefault()
    {
        const auto server = startEcho();
        Client client(server->port());
        client.send("GET / HTTP/1.1\r\n\r\n");
        QVERIFY(client.readToEnd().endsWith("\r\n\r\nHTTP/1.1 needs a Host header.\n"));
    }

    void tellsTheHandlerWhoAsks()
    {
        Desk desk;
        const auto server = startOrFail({}, desk.handler());
        Client client(server->port());
        client.send("OPTIONS * HTTP/1.1\r\nHost: h:1\r\nAuthorization: Bearer x\r\nA: 1\r\na: 2\r\n\r\n");
        QTRY_COMPARE(desk.count(), std::size_t{1});
        auto [request, reply] = desk.take();
        QCOMPARE(request.method, std::string("OPTIONS"));
        QCOMPARE(request.path, std::string("*"));
        QVERIFY(request.peerIsLoopback);
        QCOMPARE(request.peer, "127.0.0.1:" + std::to_string(client.socket().localPort()));
        QCOMPARE(*request.header("authorization"), std::string("Bearer x"));
        QCOMPARE(*request.header("Host"), std::string("h:1"));
        QCOMPARE(request.count("A"), std::size_t{2});
        QVERIFY(!request.header("b"));
    }

    void answersFromAnotherThread()
    {
        Desk desk;
        const auto server = startOrFail({}, desk.handler());
        Client client(server->port());
        client.send(hello);
        QTRY_COMPARE(desk.count(), std::size_t{1});
        auto [request, reply] = desk.take();
        std::thread([given = std::move(reply)]() mutable { given({200, {}, "from elsewhere\n"}); }).join();
        QVERIFY(client.readUntil("elsewhere\n").startsWith("HTTP/1.1 200 OK\r\n"));
    }

    void onlyTheFirstAnswerCounts()
    {
        const auto server = startOrFail({}, [](ServerRequest, Server::Reply reply) {
            reply({200, {}, "first\n"});
            reply({200, {}, "second\n"});
        });
        Client client(server->port());
        client.send(hello);
        QVERIFY(client.readUntil("first\n").endsWith("first\n"));
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const QByteArray rest = client.readToEnd();
        QVERIFY(rest.endsWith("first\n"));
        QVERIFY(!rest.contains("second"));
    }

    void aDroppedReplyIs503()
    {
        const auto server = startOrFail({}, [](ServerRequest, Server::Reply) { });
        Client client(server->port());
        client.send(hello);
        QVERIFY(client.readUntil("\n").startsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    }

    void anAnswerThatCannotBeSentIs500_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("a value with CRLF") << 200 << QByteArray("X") << QByteArray("a\r\nSet-Cookie: b");
        QTest::newRow("a name with a colon") << 200 << QByteArray("X: y") << QByteArray("a");
        QTest::newRow("an empty name") << 200 << QByteArray("") << QByteArray("a");
        QTest::newRow("an interim status") << 101 << QByteArray("X") << QByteArray("a");
        QTest::newRow("a status of four digits") << 1000 << QByteArray("X") << QByteArray("a");
    }
    void anAnswerThatCannotBeSentIs500()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const auto server = startOrFail({}, [&](ServerRequest, Server::Reply reply) {
            reply({status, {{name.toStdString(), value.toStdString()}}, "body"});
        });
        Client client(server->port());
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const QByteArray answer = client.readToEnd();
        QVERIFY(answer.startsWith("HTTP/1.1 500 Internal Server Error\r\n"));
        QVERIFY(!answer.contains("Set-Cookie"));
    }

    void framingIsTheServersOwn()
    {
        const auto server = startOrFail({}, [](ServerRequest, Server::Reply reply) {
            reply({200, {{"content-length", "1"}, {"Transfer-Encoding", "chunked"}, {"Connection", "close"}, {"X", "y"}}, "abc"});
        });
        Client client(server->port());
        client.send(hello);
        const QByteArray answer = client.readUntil("abc");
        QVERIFY(answer.contains("X: y\r\nContent-Length: 3\r\n\r\nabc"));
        QVERIFY(!answer.contains("chunked"));
        QVERIFY(!answer.contains("content-length"));
    }

    void sendsLargeAnswers()
    {
        std::string body(8'000'000, 'x');
        body += "end\n";
        const auto server = startOrFail({}, [&body](ServerRequest, Server::Reply reply) { reply({200, {}, body, true}); });
        Client client(server->port());
        client.send(hello);
        const QByteArray answer = client.readUntil("end\n");
        QVERIFY(answer.endsWith("x" "end\n"));
        QVERIFY(answer.contains("Content-Length: 8000004\r\n"));
        client.send(hello);
        QCOMPARE(client.readUntil("end\n").size(), answer.size());
    }
};

LATCHKEY_TEST(TestServer)

} // namespace tst_server

#include "tst_server.moc"
