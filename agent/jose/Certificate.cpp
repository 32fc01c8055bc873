// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Certificate.h"
#include "CertificateParts.h"

#include "agent/base/Encoding.h"

#include <openssl/asn1.h>

namespace latchkey::jose {

namespace {

constexpr std::chrono::days validity{379};
constexpr std::size_t serialDigits = 32;   // 16 bytes of the kid

bool setSerial(X509* certificate, std::string_view kid)
{
    auto bytes = base::fromHex(kid.substr(0, serialDigits));
    if (!bytes)
        return false;
    // RFC 5280 §4.1.2.2: positive and not zero.
    bytes->front() = static_cast<char>((static_cast<unsigned char>(bytes->front()) & 0x7fU) | 0x40U);
    const base::BignumPtr number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                                           static_cast<int>(bytes->size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool setNames(X509* certificate)
{
    X509_NAME* name = X509_get_subject_name(certificate);
    return addEntry(name, "O", "Latchkey local agent") && addEntry(name, "CN", "cloudflareaccess.com")
        && X509_set_issuer_name(certificate, name) == 1;
}

} // namespace

Result<std::string> selfSignedPem(EVP_PKEY* key, std::string_view kid, std::chrono::sys_seconds notBefore)
{
    const base::X509Ptr certificate(X509_new());
    if (certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 && setSerial(certificate.get(), kid)
        && setNames(certificate.get()) && setTimes(certificate.get(), notBefore, notBefore + validity)
        && X509_set_pubkey(certificate.get(), key) == 1 && X509_sign(certificate.get(), key, EVP_sha256()) != 0) {
        if (std::string pem = toPem(certificate.get()); !pem.empty())
            return pem;
    }
    return fail(ErrorCode::internal, "The certificate of a signing key could not be made.", base::openSslError());
}

} // namespace latchkey::jose
