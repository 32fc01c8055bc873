// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "EdgeTesting.h"

#include "agent/jose/LocalCa.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace edgeTesting {

/// A client that trusts one authority, blocking, with OpenSSL.
class TlsPeer {
public:
    struct Settings {
        std::string serverName = "app.test";
        int lowest = TLS1_2_VERSION;
        int highest = TLS1_3_VERSION;
        std::vector<std::string> protocols;
        int receiveBuffer = 0;
        X509* certificate = nullptr;   ///< That it shows, with its key.
        EVP_PKEY* key = nullptr;
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
        if (settings.certificate != nullptr) {
            SSL_CTX_use_certificate(m_context.get(), settings.certificate);
            SSL_CTX_use_PrivateKey(m_context.get(), settings.key);
        }
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

inline const std::vector<std::string> tlsHosts{"app.test", "local.cloudflareaccess.com"};

/// A world with a TLS listener.
struct TlsWorld {
    explicit TlsWorld(const std::string& upstream)
        : TlsWorld(simpleState(upstream))
    {
    }
    explicit TlsWorld(State state, edge::EdgeConfig config = {})
        : world(std::move(state), {}, 2, std::move(config))
        , ca(jose::LocalCa::create("test", tlsHosts, world.clock.now()).value())
        , port(world.edge().openTls("127.0.0.1", 0, ca).value())
    {
    }
    [[nodiscard]] TlsPeer connect(const TlsPeer::Settings& settings = {}) const { return {port, *ca, settings}; }

    World world;
    std::shared_ptr<const jose::LocalCa> ca;
    std::uint16_t port;
};

} // namespace edgeTesting
