// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LocalCa.h"

#include "CertificateParts.h"

#include "agent/base/Encoding.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <span>

namespace latchkey::jose {

namespace {

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, base::OpenSslDeleter<PKCS8_PRIV_KEY_INFO_free>>;
using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, base::OpenSslDeleter<NAME_CONSTRAINTS_free>>;

constexpr std::chrono::days lastMonth{30};
constexpr std::chrono::hours clockSkew{1};   // a virtual machine's clock may be behind ours

std::unexpected<Error> failed()
{
    return fail(ErrorCode::internal, "A certificate could not be made.", base::openSslError());
}

std::unexpected<Error> damagedAuthority(std::string why)
{
    return fail(ErrorCode::damaged, "The stored certificate authority cannot be used: " + std::move(why) + ".",
                base::openSslError());
}

base::EvpPkeyPtr newKey()
{
    return base::EvpPkeyPtr(EVP_EC_gen("P-256"));
}

Result<base::EvpPkeyPtr> readKey(const SecretBytes& der)
{
    const std::string_view bytes = der.reveal();
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const Pkcs8Ptr info(bytes.empty() ? nullptr : d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(bytes.size())));
    base::EvpPkeyPtr key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
    if (!key || EVP_PKEY_is_a(key.get(), "EC") != 1)
        return damagedAuthority("its key is no elliptic-curve key in PKCS#8 form");
    return key;
}

bool isHostName(std::string_view name)
{
    return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    }) && name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos;
}

/// The bytes of an address; none for anything else. OpenSSL alone takes what follows a blank for nothing.
std::vector<unsigned char> addressBytes(std::string_view host)
{
    const bool looksLikeOne = std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '.' || c == ':';
    });
    const std::unique_ptr<ASN1_OCTET_STRING, base::OpenSslDeleter<ASN1_OCTET_STRING_free>> address(
        looksLikeOne ? a2i_IPADDRESS(std::string(host).c_str()) : nullptr);
    if (!address)
        return {};
    const std::span bytes(ASN1_STRING_get0_data(address.get()), static_cast<std::size_t>(ASN1_STRING_length(address.get())));
    return {bytes.begin(), bytes.end()};
}

bool isAddress(std::string_view host)
{
    return !addressBytes(host).empty();
}

bool isLoopbackAddress(std::string_view host)
{
    const std::vector<unsigned char> bytes = addressBytes(host);
    if (bytes.size() == 4)
        return bytes[0] == 127;
    return bytes.size() == 16 && std::ranges::all_of(std::span(bytes).first(15), [](unsigned char byte) { return byte == 0; })
        && bytes[15] == 1;
}

/// Whether everything below a name may belong to strangers: a top-level domain such as `dev` or `app`, but for those that the
/// Internet does not have. RFC 6761, RFC 6762, RFC 8375 (home.arpa has two labels) and ICANN's `internal`; `lan` is in use.
bool isPublicTopLevel(std::string_view name)
{
    static constexpr std::array privateNames{std::string_view("localhost"), std::string_view("test"), std::string_view("example"),
                                             std::string_view("invalid"), std::string_view("local"), std::string_view("internal"),
                                             std::string_view("lan")};
    return name.find('.') == std::string_view::npos && std::ranges::find(privateNames, name) == privateNames.end();
}

bool isBelowOrEqual(std::string_view host, std::string_view name)
{
    return host == name || (host.size() > name.size() + 1 && host.ends_with(name) && host[host.size() - name.size() - 1] == '.');
}

std::string constraintsText(const std::vector<std::string>& names)
{
    std::string text = "critical,permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    for (const std::string& name : names) {
        text += ",permitted;DNS:";
        text += name;
    }
    return text;
}

std::vector<std::string> constraintsOf(const X509* certificate)
{
    std::vector<std::string> names;
    int critical = 0;
    const ConstraintsPtr constraints(static_cast<NAME_CONSTRAINTS*>(
        X509_get_ext_d2i(certificate, NID_name_constraints, &critical, nullptr)));
    if (!constraints || critical != 1)
        return names;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
        if (name->type == GEN_DNS)
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                               static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    }
    return names;
}

std::string fingerprintOf(const X509* certificate)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string text;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1)
        return text;
    for (const unsigned char byte : std::span(digest).first(size)) {
        if (!text.empty())
            text += ':';
        text += "0123456789ABCDEF"[byte >> 4U];
        text += "0123456789ABCDEF"[byte & 15U];
    }
    return text;
}

} // namespace

std::vector<std::string> permittedNames(const std::vector<std::string>& hosts)
{
    std::vector<std::string> names{"localhost"};
    for (const std::string& host : hosts) {
        const std::size_t star = host.rfind('*');
        std::string name = host;
        if (star != std::string::npos) {
            const std::size_t dot = host.find('.', star);
            name = dot == std::string::npos ? std::string() : host.substr(dot + 1);
        }
        if (!isHostName(name) || isAddress(name))
            continue;
        if (isPublicTopLevel(name))
            continue;
        names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    const auto [first, last] = std::ranges::unique(names);
    names.erase(first, last);
    // What is below another name is permitted by that one.
    const std::vector<std::string> all = names;
    std::erase_if(names, [&all](const std::string& name) {
        return std::ranges::any_of(all, [&name](const std::string& other) { return other != name && isBelowOrEqual(name, other); });
    });
    return names;
}

Result<std::shared_ptr<const LocalCa>> LocalCa::create(std::string_view name, const std::vector<std::string>& hosts,
                                                       std::chrono::sys_seconds now)
{
    base::EvpPkeyPtr key = newKey();
    if (!key)
        return failed();
    return make(std::move(key), name, hosts, now);
}

Result<std::shared_ptr<const LocalCa>> LocalCa::remake(const SecretBytes& pkcs8Der, std::string_view name,
                                                       const std::vector<std::string>& hosts, std::chrono::sys_seconds now)
{
    auto key = readKey(pkcs8Der);
    if (!key)
        return std::unexpected(key.error());
    return make(std::move(*key), name, hosts, now);
}

Result<std::shared_ptr<const LocalCa>> LocalCa::load(const SecretBytes& pkcs8Der, std::string_view certificatePem)
{
    auto key = readKey(pkcs8Der);
    if (!key)
        return std::unexpected(key.error());
    const base::BioPtr memory(BIO_new_mem_buf(certificatePem.data(), static_cast<int>(certificatePem.size())));
    base::X509Ptr certificate(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
    if (!certificate)
        return damagedAuthority("its certificate does not read");
    if (X509_check_private_key(certificate.get(), key->get()) != 1 || X509_verify(certificate.get(), key->get()) != 1)
        return damagedAuthority("its certificate belongs to another key");
    return assemble(std::move(*key), std::move(certificate));
}

Result<std::shared_ptr<const LocalCa>> LocalCa::make(base::EvpPkeyPtr key, std::string_view name,
                                                     const std::vector<std::string>& hosts, std::chrono::sys_seconds now)
{
    base::X509Ptr certificate(X509_new());
    X509* const made = certificate.get();
    const bool ok = made != nullptr && X509_set_version(made, X509_VERSION_3) == 1 && setRandomSerial(made)
        && addEntry(X509_get_subject_name(made), "O", "Latchkey local agent")
        && addEntry(X509_get_subject_name(made), "CN", "Latchkey local CA " + std::string(name))
        && X509_set_issuer_name(made, X509_get_subject_name(made)) == 1
        && setTimes(made, now - clockSkew, now + validity) && X509_set_pubkey(made, key.get()) == 1
        && addExtension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        && addExtension(made, made, NID_key_usage, "critical,keyCertSign")
        && addExtension(made, made, NID_ext_key_usage, "serverAuth")
        && addExtension(made, made, NID_subject_key_identifier, "hash")
        && addExtension(made, made, NID_name_constraints, constraintsText(permittedNames(hosts)))
        && X509_sign(made, key.get(), EVP_sha256()) != 0;
    if (!ok)
        return failed();
    return assemble(std::move(key), std::move(certificate));
}

Result<std::shared_ptr<const LocalCa>> LocalCa::assemble(base::EvpPkeyPtr key, base::X509Ptr certificate)
{
    const std::shared_ptr<LocalCa> ca(new LocalCa);
    ca->m_permittedDns = constraintsOf(certificate.get());
    if (ca->m_permittedDns.empty())
        return damagedAuthority("its certificate has no name constraints");
    const auto end = timeOf(X509_get0_notAfter(certificate.get()));
    ca->m_pem = toPem(certificate.get());
    ca->m_fingerprint = fingerprintOf(certificate.get());
    ca->m_leafKey = std::shared_ptr<EVP_PKEY>(newKey());
    if (!end || ca->m_pem.empty() || ca->m_fingerprint.empty() || !ca->m_leafKey)
        return failed();
    ca->m_notAfter = *end;
    ca->m_key = std::move(key);
    ca->m_certificate = std::move(certificate);
    return ca;
}

Result<SecretBytes> LocalCa::toPkcs8Der() const
{
    const Pkcs8Ptr info(EVP_PKEY2PKCS8(m_key.get()));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0)
        return fail(ErrorCode::internal, "The key of the certificate authority could not be written.", base::openSslError());
    std::vector<unsigned char> der(static_cast<std::size_t>(size));
    unsigned char* out = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &out);
    SecretBytes secret(std::as_bytes(std::span(der)));
    base::wipe(der);
    return secret;
}

bool LocalCa::permits(std::string_view host) const
{
    return isLoopbackAddress(host)
        || (isHostName(host) && !isAddress(host)
            && std::ranges::any_of(m_permittedDns, [host](const std::string& name) { return isBelowOrEqual(host, name); }));
}

bool LocalCa::serves(const std::vector<std::string>& hosts, std::chrono::sys_seconds now) const
{
    return now + lastMonth < m_notAfter && std::ranges::none_of(m_permittedDns, isPublicTopLevel)
        && std::ranges::all_of(permittedNames(hosts), [this](const std::string& name) { return permits(name); });
}

Result<HostCertificate> LocalCa::issue(std::string_view host, std::chrono::sys_seconds now) const
{
    if (!host.empty() && !permits(host))
        return fail(ErrorCode::forbidden, "The local certificate authority may not vouch for " + base::inQuotes(host) + '.');
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    if (!host.empty())
        names = (isAddress(host) ? "IP:" : "DNS:") + std::string(host);
    const auto end = std::min(now + leafValidity, m_notAfter);
    base::X509Ptr certificate(X509_new());
    X509* const made = certificate.get();
    X509* const issuer = m_certificate.get();
    const bool ok = made != nullptr && X509_set_version(made, X509_VERSION_3) == 1 && setRandomSerial(made)
        && addEntry(X509_get_subject_name(made), "O", "Latchkey local agent")
        && X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1 && setTimes(made, now - clockSkew, end)
        && X509_set_pubkey(made, m_leafKey.get()) == 1
        && addExtension(made, issuer, NID_basic_constraints, "critical,CA:FALSE")
        && addExtension(made, issuer, NID_key_usage, "critical,digitalSignature")
        && addExtension(made, issuer, NID_ext_key_usage, "serverAuth")
        && addExtension(made, issuer, NID_subject_key_identifier, "hash")
        && addExtension(made, issuer, NID_authority_key_identifier, "keyid:always")
        && addExtension(made, issuer, NID_subject_alt_name, names) && X509_sign(made, m_key.get(), EVP_sha256()) != 0;
    if (!ok)
        return failed();
    return HostCertificate{std::move(certificate), m_leafKey, end};
}

} // namespace latchkey::jose
