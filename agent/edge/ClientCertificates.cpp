// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ClientCertificates.h"

#include "agent/access/ClientSecret.h"
#include "agent/base/Encoding.h"
#include "agent/base/OpenSsl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string>
#include <vector>

namespace latchkey::edge {

namespace {

std::unexpected<Error> noRoots(const char* what)
{
    return fail(ErrorCode::invalidArgument, std::string("The authorities for client certificates ") + what, base::openSslError());
}

Result<std::vector<base::X509Ptr>> rootsFrom(std::string_view pem)
{
    std::vector<base::X509Ptr> roots;
    const base::BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    ERR_clear_error();
    while (base::X509Ptr root{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) {
        if (X509_check_ca(root.get()) == 0)
            return noRoots("hold a certificate that may not vouch for others.");
        roots.push_back(std::move(root));
    }
    // PEM_R_NO_START_LINE is how it says that nothing more comes.
    if (roots.empty() || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return noRoots("must be certificates in PEM form.");
    ERR_clear_error();
    return roots;
}

/// Set on a connection whose certificate did not pass, whatever OpenSSL says after it was told to go on.
int failedIndex()
{
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int goOn(int passed, X509_STORE_CTX* context)
{
    if (passed == 0) {
        auto* const connection = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
        static char failed = 1;
        if (connection == nullptr || SSL_set_ex_data(connection, failedIndex(), &failed) != 1)
            return 0;
    }
    return 1;
}

/// Empty: none that could be told.
std::string commonNameOf(X509* certificate)
{
    X509_NAME* const subject = X509_get_subject_name(certificate);
    int last = -1;   // the most specific one stands last
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
        last = at;
    if (last < 0)
        return {};
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (size < 0)
        return {};
    std::string name(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    // A JWT whose common name is a Client ID is a service token's; no certificate can say that of itself.
    if (!base::isUtf8(name) || std::ranges::any_of(name, isControl) || access::isClientId(name))
        return {};
    return name;
}

} // namespace

Result<void> checkClientRoots(std::string_view pem)
{
    const auto roots = rootsFrom(pem);
    if (!roots)
        return std::unexpected(roots.error());
    return {};
}

Result<void> askForCertificates(SSL_CTX* context, std::string_view rootsPem)
{
    const auto roots = rootsFrom(rootsPem);
    if (!roots)
        return std::unexpected(roots.error());
    for (const base::X509Ptr& root : *roots) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get()) != 1 || SSL_CTX_add_client_CA(context, root.get()) != 1)
            return noRoots("cannot be used.");
    }
    if (failedIndex() < 0)
        return fail(ErrorCode::internal, "TLS could not be set up.", base::openSslError());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &goOn);
    return {};
}

void judgeCertificatesAt(SSL* connection, std::chrono::sys_seconds now)
{
    X509_VERIFY_PARAM_set_time(SSL_get0_param(connection), static_cast<std::time_t>(now.time_since_epoch().count()));
}

ClientCertificate clientCertificateOf(const SSL* connection)
{
    X509* const certificate = SSL_get0_peer_certificate(connection);
    if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK || SSL_get_ex_data(connection, failedIndex()) != nullptr)
        return {};
    return {true, commonNameOf(certificate)};
}

} // namespace latchkey::edge
