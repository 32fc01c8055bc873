// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TlsHosts.h"

#include "ClientCertificates.h"

#include "agent/base/Encoding.h"

#include <string_view>
#include <utility>

namespace latchkey::edge {

namespace {

constexpr std::chrono::hours renewal{24};
constexpr std::string_view protocol = "http/1.1";

} // namespace

TlsHosts::TlsHosts(std::shared_ptr<const jose::LocalCa> authority, const Clock& clock)
    : m_clock(clock)
    , m_context(SSL_CTX_new(TLS_server_method()))
    , m_authority(std::move(authority))
{
}

Result<std::unique_ptr<TlsHosts>> TlsHosts::create(std::shared_ptr<const jose::LocalCa> authority, const Clock& clock,
                                                   const std::string& clientRootsPem)
{
    std::unique_ptr<TlsHosts> hosts(new TlsHosts(std::move(authority), clock));
    SSL_CTX* const context = hosts->m_context.get();
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return fail(ErrorCode::internal, "TLS could not be set up.", base::openSslError());
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // A resumed session would keep the certificate of an authority that has been replaced.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_tlsext_servername_callback(context, &TlsHosts::chooseCertificate);
    SSL_CTX_set_tlsext_servername_arg(context, hosts.get());
    SSL_CTX_set_alpn_select_cb(context, &TlsHosts::chooseProtocol, nullptr);
    if (!clientRootsPem.empty()) {
        if (auto asks = askForCertificates(context, clientRootsPem); !asks)
            return std::unexpected(asks.error());
        hosts->m_asksClients = true;
    }
    return hosts;
}

SslPtr TlsHosts::open(SSL_CTX* context, std::intptr_t socket) const
{
    SslPtr connection(SSL_new(context));
    // Also on Windows a socket's handle fits into an int; OpenSSL's own interface relies on it.
    if (connection && SSL_set_fd(connection.get(), static_cast<int>(socket)) != 1)
        connection.reset();
    if (connection) {
        SSL_set_accept_state(connection.get());
        if (m_asksClients)
            judgeCertificatesAt(connection.get(), m_clock.now());
    }
    return connection;
}

void TlsHosts::setAuthority(std::shared_ptr<const jose::LocalCa> authority)
{
    const std::lock_guard lock(m_mutex);
    m_authority = std::move(authority);
    m_cache.clear();
}

/// Called in every handshake, also where the client names no host; by C, which no exception may go through.
int TlsHosts::chooseCertificate(SSL* connection, int* alert, void* self)
{
    try {
        const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
        std::string host = name != nullptr ? base::toLowerAscii(name) : std::string();
        if (host.ends_with('.'))
            host.pop_back();
        if (static_cast<TlsHosts*>(self)->present(connection, host))
            return SSL_TLSEXT_ERR_OK;
        *alert = SSL_AD_UNRECOGNIZED_NAME;
    } catch (...) { // out of memory: this connection ends, the others go on
        *alert = SSL_AD_INTERNAL_ERROR;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool TlsHosts::present(SSL* connection, const std::string& host)
{
    const std::lock_guard lock(m_mutex);
    const auto now = m_clock.now();
    auto found = m_cache.find(host);
    if (found == m_cache.end() || found->second.notAfter - now < renewal || found->second.notAfter - now > jose::LocalCa::leafValidity) {
        auto issued = m_authority->issue(host, now);
        if (!issued)
            return false;
        if (m_cache.size() >= mostCached)
            m_cache.clear();   // names below a wildcard have no end
        found = m_cache.insert_or_assign(host, std::move(*issued)).first;
    }
    return SSL_use_certificate(connection, found->second.certificate.get()) == 1
        && SSL_use_PrivateKey(connection, found->second.key.get()) == 1;
}

int TlsHosts::chooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosenSize, const unsigned char* offered,
                             unsigned offeredSize, void*)
{
    for (unsigned at = 0; at < offeredSize; at += offered[at] + 1U) {
        const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
        if (at + 1U + name.size() > offeredSize)
            break;
        if (name != protocol)
            continue;
        *chosen = offered + at + 1;
        *chosenSize = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;   // RFC 7301 §3.2: no_application_protocol
}

} // namespace latchkey::edge
