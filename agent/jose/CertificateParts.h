// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::jose {

// What the certificates of signing keys and of the local authority are put together from; private to this room. False or
// empty: OpenSSL refused, see base::openSslError().
[[nodiscard]] bool setRandomSerial(X509* certificate);   ///< 127 random bits, positive.
[[nodiscard]] bool addEntry(X509_NAME* name, const char* field, std::string_view value);
[[nodiscard]] bool setTimes(X509* certificate, std::chrono::sys_seconds notBefore, std::chrono::sys_seconds notAfter);
/// `value` in the words of x509v3_config(5).
[[nodiscard]] bool addExtension(X509* certificate, X509* issuer, int nid, const std::string& value);
[[nodiscard]] std::optional<std::chrono::sys_seconds> timeOf(const ASN1_TIME* time);
[[nodiscard]] std::string toPem(X509* certificate);

} // namespace latchkey::jose
