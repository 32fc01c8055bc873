// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Clock.h"
#include "agent/base/Error.h"
#include "agent/base/OpenSsl.h"
#include "agent/jose/LocalCa.h"

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace latchkey::edge {

using SslPtr = std::unique_ptr<SSL, base::OpenSslDeleter<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, base::OpenSslDeleter<SSL_CTX_free>>;

/// The settings of a TLS server and the certificates of its hosts: made when a client first asks for one (SNI), kept until
/// shortly before they expire. TLS 1.2 and 1.3; ALPN http/1.1. A host that the authority may not vouch for ends the
/// handshake with unrecognized_name, so that the client does not get as far as a certificate it would refuse.
class TlsHosts {
public:
    /// `clientRootsPem`: see EdgeConfig.
    [[nodiscard]] static Result<std::unique_ptr<TlsHosts>> create(std::shared_ptr<const jose::LocalCa> authority,
                                                                  const Clock& clock, const std::string& clientRootsPem = {});
    TlsHosts(const TlsHosts&) = delete;
    TlsHosts& operator=(const TlsHosts&) = delete;

    /// The server's end of a connection over this socket; nullptr when memory is out.
    [[nodiscard]] SslPtr open(SSL_CTX* context, std::intptr_t socket) const;
    [[nodiscard]] SSL_CTX* context() const { return m_context.get(); }

    /// Thread-safe: handshakes that begin later use it.
    void setAuthority(std::shared_ptr<const jose::LocalCa> authority);

private:
    static constexpr std::size_t mostCached = 256;

    TlsHosts(std::shared_ptr<const jose::LocalCa> authority, const Clock& clock);
    static int chooseCertificate(SSL* connection, int* alert, void* self);
    static int chooseProtocol(SSL* connection, const unsigned char** chosen, unsigned char* chosenSize,
                              const unsigned char* offered, unsigned offeredSize, void* self);
    [[nodiscard]] bool present(SSL* connection, const std::string& host);

    const Clock& m_clock;
    SslContextPtr m_context;
    bool m_asksClients = false;   // for certificates
    std::mutex m_mutex;   // the control thread changes the authority; else only the terminator's thread comes here
    std::shared_ptr<const jose::LocalCa> m_authority;
    std::map<std::string, jose::HostCertificate> m_cache;
};

} // namespace latchkey::edge
