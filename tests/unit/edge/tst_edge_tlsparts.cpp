// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/edge/TlsBuffer.h"
#include "agent/edge/TlsTunnel.h"

#include "TestProgram.h"

#include <openssl/err.h>

#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace tst_edge_tlsparts {

using namespace latchkey;
using edge::TlsBuffer;
using edge::TlsHosts;

namespace {

constexpr std::chrono::sys_seconds time0{std::chrono::seconds(1'795'521'600)};

/// As if memory were out whenever the time is asked for.
class ThrowingClock final : public Clock {
public:
    [[nodiscard]] std::chrono::sys_seconds now() const override
    {
        if (throws)
            throw std::bad_alloc();
        return time0;
    }
    bool throws = false;
};

void put(TlsBuffer& buffer, std::string_view text)
{
    std::memcpy(buffer.room().data(), text.data(), text.size());
    buffer.filled(text.size());
}

} // namespace

class TestTlsParts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// A hundred thousand connections that wait must not cost 3 GB.
    void aConnectionThatWaitsHoldsNoBuffer()
    {
        QVERIFY(sizeof(edge::TlsTunnel) < 2048);
        TlsBuffer buffer(TlsBuffer::Holds::answers);
        QVERIFY(!buffer.hasMemory());
        QVERIFY(buffer.isEmpty());
        put(buffer, "bytes");
        buffer.releaseIfEmpty();
        QVERIFY(buffer.hasMemory());   // they are still to be passed on
        QCOMPARE(std::string(buffer.waiting().begin(), buffer.waiting().end()), std::string("bytes"));
        buffer.took(2);
        QCOMPARE(std::string(buffer.waiting().begin(), buffer.waiting().end()), std::string("tes"));
        buffer.took(3);
        QVERIFY(buffer.isEmpty());
        buffer.releaseIfEmpty();
        QVERIFY(!buffer.hasMemory());
        QVERIFY(buffer.waiting().empty());
    }

    void whatAClientSentIsWipedWhenItHasBeenPassedOn()
    {
        TlsBuffer buffer(TlsBuffer::Holds::requests);
        put(buffer, "CF-Access-Client-Secret: 0123");
        const char* at = buffer.waiting().data();
        buffer.took(25);
        QCOMPARE(std::string(at, 25), std::string(25, '\0'));
        QCOMPARE(std::string(at + 25, 4), std::string("0123"));
        buffer.drop();
        QCOMPARE(std::string(at, 29), std::string(29, '\0'));
    }

    /// No exception may go through OpenSSL, which is C: the connection ends with an alert, and the next one is served.
    void outOfMemoryWhileACertificateIsChosen()
    {
        ThrowingClock clock;
        const auto hosts = *TlsHosts::create(*jose::LocalCa::create("test", {"app.test"}, time0), clock);
        clock.throws = true;
        QCOMPARE(shakeHands(*hosts), SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
        clock.throws = false;
        QCOMPARE(shakeHands(*hosts), 0);
    }

private:
    /// Why the client's handshake failed; 0: it did not.
    static int shakeHands(const TlsHosts& hosts)
    {
        int ends[2] = {-1, -1};
        ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
        for (const int end : ends)
            ::fcntl(end, F_SETFL, O_NONBLOCK);
        const edge::SslContextPtr context(SSL_CTX_new(TLS_client_method()));
        const edge::SslPtr client(SSL_new(context.get()));
        SSL_set_fd(client.get(), ends[0]);
        SSL_set_tlsext_host_name(client.get(), "app.test");
        const edge::SslPtr server = hosts.open(hosts.context(), ends[1]);
        int reason = 0;
        int result = 0;
        for (int round = 0; round < 8 && result != 1 && reason == 0; ++round) {
            ERR_clear_error();
            result = SSL_connect(client.get());
            if (result != 1 && SSL_get_error(client.get(), result) == SSL_ERROR_SSL)
                reason = ERR_GET_REASON(ERR_peek_error());
            ERR_clear_error();
            SSL_do_handshake(server.get());
        }
        for (const int end : ends)
            ::close(end);
        return result == 1 ? 0 : reason;
    }
};

LATCHKEY_TEST(TestTlsParts)

} // namespace tst_edge_tlsparts

#include "tst_edge_tlsparts.moc"
