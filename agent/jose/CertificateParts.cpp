// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CertificateParts.h"

#include "agent/base/OpenSsl.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace latchkey::jose {

bool setRandomSerial(X509* certificate)
{
    constexpr int bits = 127;   // positive in 16 bytes
    const base::BignumPtr number(BN_new());
    return number && BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
        && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool addEntry(X509_NAME* name, const char* field, std::string_view value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0)
        == 1;
}

bool setTimes(X509* certificate, std::chrono::sys_seconds notBefore, std::chrono::sys_seconds notAfter)
{
    const auto set = [](ASN1_TIME* field, std::chrono::sys_seconds time) {
        return ASN1_TIME_set(field, static_cast<time_t>(time.time_since_epoch().count())) != nullptr;
    };
    return set(X509_getm_notBefore(certificate), notBefore) && set(X509_getm_notAfter(certificate), notAfter);
}

bool addExtension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, base::OpenSslDeleter<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::optional<std::chrono::sys_seconds> timeOf(const ASN1_TIME* time)
{
    const std::unique_ptr<ASN1_TIME, base::OpenSslDeleter<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
    int days = 0;
    int seconds = 0;
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1)
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::days(days) + std::chrono::seconds(seconds));
}

std::string toPem(X509* certificate)
{
    const base::BioPtr memory(BIO_new(BIO_s_mem()));
    if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1)
        return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace latchkey::jose
