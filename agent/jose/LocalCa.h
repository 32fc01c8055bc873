// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/OpenSsl.h"
#include "agent/base/SecretBytes.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::jose {

/// A certificate of one host with its key, for a TLS server. The key belongs to the authority's lifetime, not to a disk.
struct HostCertificate {
    base::X509Ptr certificate;
    std::shared_ptr<EVP_PKEY> key;
    std::chrono::sys_seconds notAfter{};
};

/// The certificate authority of one agent: what it vouches for is written into its certificate as critical name
/// constraints (RFC 5280 §4.2.1.10), so that whoever trusts it trusts it for these names and for loopback addresses only,
/// even if its key leaks. Keys are P-256: made in a moment, understood by every client, and small enough for every keychain.
///
/// When a host is added that the certificate does not permit, the same key gets a new certificate (`remake`): who trusts the
/// old one still reaches the old hosts, and has to trust the new one for the new hosts.
/// Immutable; issue() belongs to one thread at a time.
class LocalCa {
public:
    /// A new key and its certificate. `name` tells people which agent's it is. `hosts`: see permittedNames().
    [[nodiscard]] static Result<std::shared_ptr<const LocalCa>> create(std::string_view name, const std::vector<std::string>& hosts,
                                                                       std::chrono::sys_seconds now);
    /// The key that a vault kept with the certificate that was made of it. ErrorCode::damaged when they are not a pair.
    [[nodiscard]] static Result<std::shared_ptr<const LocalCa>> load(const SecretBytes& pkcs8Der, std::string_view certificatePem);
    /// The key that a vault kept with a new certificate.
    [[nodiscard]] static Result<std::shared_ptr<const LocalCa>> remake(const SecretBytes& pkcs8Der, std::string_view name,
                                                                       const std::vector<std::string>& hosts,
                                                                       std::chrono::sys_seconds now);

    [[nodiscard]] Result<SecretBytes> toPkcs8Der() const;
    [[nodiscard]] const std::string& certificatePem() const { return m_pem; }
    [[nodiscard]] const std::string& fingerprint() const { return m_fingerprint; }   ///< SHA-256 of the DER, `AB:CD:…`.
    [[nodiscard]] const std::vector<std::string>& permittedDns() const { return m_permittedDns; }
    [[nodiscard]] std::chrono::sys_seconds notAfter() const { return m_notAfter; }

    /// Whether clients that trust the certificate accept this host from it. Loopback addresses are always permitted.
    [[nodiscard]] bool permits(std::string_view host) const;
    /// Whether every one of permittedNames(hosts) is permitted, nothing is that these would never permit, and the certificate
    /// lasts for a month more.
    [[nodiscard]] bool serves(const std::vector<std::string>& hosts, std::chrono::sys_seconds now) const;

    /// A certificate for a host name or a loopback address, good for a week. `host` empty: localhost, 127.0.0.1 and ::1.
    /// ErrorCode::forbidden for what the constraints do not permit.
    [[nodiscard]] Result<HostCertificate> issue(std::string_view host, std::chrono::sys_seconds now) const;

    static constexpr std::chrono::days validity{730};
    static constexpr std::chrono::days leafValidity{7};

private:
    LocalCa() = default;
    static Result<std::shared_ptr<const LocalCa>> make(base::EvpPkeyPtr key, std::string_view name,
                                                       const std::vector<std::string>& hosts, std::chrono::sys_seconds now);
    static Result<std::shared_ptr<const LocalCa>> assemble(base::EvpPkeyPtr key, base::X509Ptr certificate);

    base::EvpPkeyPtr m_key;
    std::shared_ptr<EVP_PKEY> m_leafKey;
    base::X509Ptr m_certificate;
    std::string m_pem;
    std::string m_fingerprint;
    std::vector<std::string> m_permittedDns;
    std::chrono::sys_seconds m_notAfter{};
};

/// The names that a certificate has to permit for these hosts of applications, sorted, each once: a name stands for itself
/// and, as constraints are, for what is below it; `*.example.com` becomes its parent `example.com`. Addresses are left out.
/// So is a whole top-level domain, by itself (`app`) or as a wildcard's parent (`*.com`), unless it is reserved for private use
/// (RFC 2606, RFC 6761, RFC 6762): no developer's machine should trust a local authority for all of .com.
[[nodiscard]] std::vector<std::string> permittedNames(const std::vector<std::string>& hosts);

} // namespace latchkey::jose
