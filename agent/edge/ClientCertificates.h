// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClientInfo.h"

#include "agent/base/Error.h"

#include <openssl/ssl.h>

#include <chrono>
#include <string_view>

namespace latchkey::edge {

// Certificates that clients show on the TLS listener, for the rules `certificate` and `common_name`.

/// Whether the PEM text holds certificates, and nothing but certificates, of authorities. Errors: invalidArgument.
[[nodiscard]] Result<void> checkClientRoots(std::string_view pem);

/// Has every client asked for a certificate that one of these authorities vouches for. Who has none, or another one, goes on
/// without, as on Cloudflare's edge: what that means is the policies' to say.
[[nodiscard]] Result<void> askForCertificates(SSL_CTX* context, std::string_view rootsPem);

/// Of one connection, before its handshake: `now` is the time that certificates must be good at.
void judgeCertificatesAt(SSL* connection, std::chrono::sys_seconds now);
/// After the handshake.
[[nodiscard]] ClientCertificate clientCertificateOf(const SSL* connection);

} // namespace latchkey::edge
