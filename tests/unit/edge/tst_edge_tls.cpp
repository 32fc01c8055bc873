// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/jose/LocalCa.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <QTest>

#include <csignal>

using namespace edgeTesting;

namespace {

/// A client that trusts one authority, blocking, with OpenSSL.
class TlsPeer {
public:
    struct Settings {
        std::string serverName = "app.test";
        int lowest = TLS1_2_VERSION;
        int highest = TLS1_3_VERSION;
        std::vector<std::string> protocols;
        int receiveBuffer = 0;
    };

    TlsPeer(std::uint16_t port, const jose::LocalCa& ca, const Settings& settings)
        : m_context(SSL_CTX_new(TLS_client_method()))
    {
        const base::BioPtr memory(BIO_new_mem_buf(ca.certificatePem().data(), static_cast<int>(ca.certificatePem().size())));
        const base::X509Ptr root(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
        X509_STORE_add_cert(SSL_CTX_get_cert_store(m_context.get()), root.get());
        SSL_CTX_set_verify(m_context.get(), SSL_VERIFY_PEER, nullptr);
        X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(m_context.get()), 1795521600);   // TestClock's
        SSL_CTX_set_security_level(m_context.get(), 0);                                // so that old versions can be offered
        SSL_CTX_set_min_proto_version(m_context.get(), settings.lowest);
        SSL_CTX_set_max_proto_version(m_context.get(), settings.highest);
        m_socket = ::socket(AF_INET, SOCK_STREAM, 0);
        if (settings.receiveBuffer != 0)
            ::setsockopt(m_socket, SOL_SOCKET, SO_RCVBUF, &settings.receiveBuffer, sizeof settings.receiveBuffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(m_socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            return;
        const timeval limit{20, 0};
        ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        m_tls.reset(SSL_new(m_context.get()));
        SSL_set_fd(m_tls.get(), m_socket);
        if (!settings.serverName.empty()) {
            SSL_set_tlsext_host_name(m_tls.get(), settings.serverName.c_str());
            SSL_set1_host(m_tls.get(), settings.serverName.c_str());
        } else {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(m_tls.get()), "127.0.0.1");
        }
        if (!settings.protocols.empty()) {
            std::string wire;
            for (const std::string& protocol : settings.protocols)
                wire += static_cast<char>(protocol.size()) + protocol;
            SSL_set_alpn_protos(m_tls.get(), reinterpret_cast<const unsigned char*>(wire.data()), static_cast<unsigned>(wire.size()));
        }
        ERR_clear_error();
        m_connected = SSL_connect(m_tls.get()) == 1;
        if (!m_connected)
            m_reason = ERR_GET_REASON(ERR_peek_error());
    }
    ~TlsPeer()
    {
        m_tls.reset();
        ::close(m_socket);
    }

    [[nodiscard]] bool isConnected() const { return m_connected; }
    [[nodiscard]] int reason() const { return m_reason; }
    [[nodiscard]] std::string version() const { return SSL_get_version(m_tls.get()); }
    [[nodiscard]] std::string protocol() const
    {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(m_tls.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }

    bool send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const int count = SSL_write(m_tls.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
            if (count <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    void endSending() { SSL_shutdown(m_tls.get()); }

    std::string receiveSome(std::size_t most = 65536)
    {
        std::string bytes(most, '\0');
        const int count = SSL_read(m_tls.get(), bytes.data(), static_cast<int>(most));
        m_cleanEnd = count <= 0 && SSL_get_error(m_tls.get(), count) == SSL_ERROR_ZERO_RETURN;
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
    /// Until the other side ends.
    std::string receiveAll()
    {
        std::string bytes;
        for (std::string more = receiveSome(); !more.empty(); more = receiveSome())
            bytes += more;
        return bytes;
    }
    std::string receiveUntil(std::string_view end)
    {
        std::string bytes;
        while (bytes.find(end) == std::string::npos) {
            const std::string more = receiveSome();
            if (more.empty())
                return bytes;
            bytes += more;
        }
        return bytes;
    }
    [[nodiscard]] bool endedCleanly() const { return m_cleanEnd; }   ///< With close_notify.

private:
    std::unique_ptr<SSL_CTX, base::OpenSslDeleter<SSL_CTX_free>> m_context;
    std::unique_ptr<SSL, base::OpenSslDeleter<SSL_free>> m_tls;
    int m_socket = -1;
    bool m_connected = false;
    bool m_cleanEnd = false;
    int m_reason = 0;
};

const std::vector<std::string> hosts{"app.test", "local.cloudflareaccess.com"};

/// A world with a TLS listener.
struct TlsWorld {
    explicit TlsWorld(const std::string& upstream)
        : world(simpleState(upstream))
        , ca(jose::LocalCa::create("test", hosts, world.clock.now()).value())
        , port(world.edge().openTls("127.0.0.1", 0, ca).value())
    {
    }
    [[nodiscard]] TlsPeer connect(const TlsPeer::Settings& settings = {}) const { return {port, *ca, settings}; }

    World world;
    std::shared_ptr<const jose::LocalCa> ca;
    std::uint16_t port;
};

} // namespace

class TestTls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }   // as the agent does

    void versions_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("served");
        QTest::newRow("1.3") << TLS1_3_VERSION << true;
        QTest::newRow("1.2") << TLS1_2_VERSION << true;
        QTest::newRow("1.1") << TLS1_1_VERSION << false;
        QTest::newRow("1.0") << TLS1_VERSION << false;
    }

    void versions()
    {
        QFETCH(int, version);
        QFETCH(bool, served);
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect({.lowest = version, .highest = version, .protocols = {}});
        QCOMPARE(peer.isConnected(), served);
        if (!served)
            return;
        peer.send(get("/hello", token(1).headers() + "Connection: close\r\n"));
        const std::string answer = peer.receiveAll();
        QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.c_str());
        QVERIFY(peer.endedCleanly());
        // The upstream, which echoes the head, was told the client's scheme, address and assertion, and no credentials.
        QVERIFY(answer.find("X-Forwarded-Proto: https") != std::string::npos);
        QVERIFY(answer.find("X-Forwarded-For: 127.0.0.1") != std::string::npos);
        QVERIFY(QByteArray::fromStdString(answer).toLower().contains("cf-access-jwt-assertion: ey"));
        QVERIFY(answer.find(token(1).secret) == std::string::npos);
    }

    void namesAndProtocols()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer team = tls.connect({.serverName = "local.cloudflareaccess.com", .protocols = {"h2", "http/1.1"}});
        QVERIFY(team.isConnected());
        QCOMPARE(team.protocol(), std::string("http/1.1"));
        team.send(get("/cdn-cgi/access/certs", "Connection: close\r\n", "local.cloudflareaccess.com"));
        QVERIFY(team.receiveAll().find("\"public_certs\"") != std::string::npos);

        QVERIFY(tls.connect({.serverName = "APP.test", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "localhost", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "", .protocols = {}}).isConnected());   // by its address
        const TlsPeer stranger = tls.connect({.serverName = "www.example.com", .protocols = {}});
        QVERIFY(!stranger.isConnected());
        QCOMPARE(stranger.reason(), SSL_R_TLSV1_UNRECOGNIZED_NAME);
        const TlsPeer onlyH2 = tls.connect({.protocols = {"h2"}});
        QVERIFY(!onlyH2.isConnected());
        QCOMPARE(onlyH2.reason(), SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
    }

    void withoutCredentialsNobodyGetsIn()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", "Connection: close\r\n"));
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 401"));
        QCOMPARE(upstream.connections(), 0);
    }

    void aNewAuthorityIsInForceAtOnce()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        QVERIFY(!tls.connect({.serverName = "new.test", .protocols = {}}).isConnected());
        auto wider = jose::LocalCa::remake(*tls.ca->toPkcs8Der(), "test", {"app.test", "new.test"}, tls.world.clock.now()).value();
        const_cast<World&>(tls.world).edge().setAuthority(wider);
        QVERIFY(TlsPeer(tls.port, *wider, {.serverName = "new.test", .protocols = {}}).isConnected());
        QVERIFY(tls.connect({.serverName = "app.test", .protocols = {}}).isConnected());   // who trusts the old one goes on
    }

    /// Bytes both ways, more than any buffer holds, kept alive over several requests.
    void largeBodies()
    {
        const std::string body(5'000'000, 'x');
        Upstream upstream([&body](Peer& peer) {
            for (;;) {
                const Message request = readMessage(peer);
                if (!request.complete)
                    return;
                const std::string reply = request.body == body ? body : std::string("short");
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(reply.size()) + "\r\n\r\n" + reply);
            }
        });
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect({.protocols = {}, .receiveBuffer = 8192});
        for (int round = 0; round < 2; ++round) {
            const std::string head = "POST /up HTTP/1.1\r\nHost: app.test\r\n" + token(1).headers() + "Content-Length: "
                                   + std::to_string(body.size()) + "\r\n\r\n";
            QVERIFY(peer.send(head));
            QVERIFY(peer.send(body));
            std::string answer = peer.receiveUntil("\r\n\r\n");
            QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.substr(0, 200).c_str());
            answer.erase(0, answer.find("\r\n\r\n") + 4);
            while (answer.size() < body.size()) {
                const std::string more = peer.receiveSome();
                QVERIFY(!more.empty());
                answer += more;
            }
            QVERIFY(answer == body);
        }
    }

    /// A client that reads nothing holds its upstream back: what is in between is bounded.
    void backPressure()
    {
        std::atomic<std::size_t> sent = 0;
        Upstream upstream([&sent](Peer& peer) {
            if (!readMessage(peer).complete)
                return;
            const std::string piece(100'000, 'y');
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            for (int i = 0; i < 1000 && peer.send(piece); ++i)
                sent += piece.size();
        });
        const TlsWorld tls(upstream.url());
        {
            TlsPeer peer = tls.connect({.protocols = {}, .receiveBuffer = 8192});
            peer.send(get("/", token(1).headers()));
            QVERIFY(peer.receiveSome(100).starts_with("HTTP/1.1 200"));
            std::size_t before = 0;
            QTRY_VERIFY_WITH_TIMEOUT((before == sent && before != 0) || ((before = sent), QTest::qWait(300), before == sent), patience);
            QVERIFY2(sent < 30'000'000, std::to_string(sent).c_str());
        }
    }

    /// The end of the client's sending is passed on by itself, and the answer still comes.
    void halfClose()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers() + "Connection: close\r\n"));
        peer.endSending();
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 200"));
        QVERIFY(peer.endedCleanly());
    }

    void rubbishAndSilenceHarmNobodyElse()
    {
        Upstream upstream;
        const TlsWorld tls(upstream.url());
        Peer rubbish = Peer::connect(tls.port);
        rubbish.send("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        rubbish.receiveAll();
        const Peer silent = Peer::connect(tls.port);
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers() + "Connection: close\r\n"));
        QVERIFY(peer.receiveAll().starts_with("HTTP/1.1 200"));
    }

    /// Requests under way when the edge stops get their answers.
    void stopsWithGrace()
    {
        std::promise<void> reached;
        std::promise<void> proceed;
        Upstream upstream([&](Peer& peer) {
            if (!readMessage(peer).complete)
                return;
            reached.set_value();
            proceed.get_future().wait();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        TlsWorld tls(upstream.url());
        TlsPeer peer = tls.connect();
        peer.send(get("/", token(1).headers()));
        reached.get_future().wait();
        std::thread stopping([&tls] { tls.world.stop(std::chrono::milliseconds(patience)); });
        proceed.set_value();
        const std::string answer = peer.receiveAll();
        stopping.join();
        QVERIFY2(answer.ends_with("hello"), answer.c_str());
    }

    void theListenerIsOneAndItsPortIsItsOwn()
    {
        Upstream upstream;
        TlsWorld tls(upstream.url());
        QCOMPARE(tls.world.edge().openTls("127.0.0.1", 0, tls.ca).error().code, ErrorCode::conflict);
        World other;
        QCOMPARE(other.edge().openTls("127.0.0.1", tls.port, tls.ca).error().code, ErrorCode::portTaken);
    }
};

QTEST_GUILESS_MAIN(TestTls)
#include "tst_edge_tls.moc"
