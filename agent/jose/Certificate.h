// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/OpenSsl.h"

#include <chrono>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// A self-signed certificate for a signing key, in PEM; private to this room. Everything in it follows from the
/// arguments (the serial number from `kid`, RSA signatures of PKCS#1 v1.5 have no chance in them), so the certificate
/// need not be stored. Source for the form: certificates that Cloudflare's certs documents publish: CN
/// cloudflareaccess.com, 16-byte serial number, SHA-256, valid for a year and two weeks.
[[nodiscard]] Result<std::string> selfSignedPem(EVP_PKEY* key, std::string_view kid,
                                                std::chrono::sys_seconds notBefore);

} // namespace latchkey::jose
