// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"
#include "agent/base/OpenSsl.h"
#include "agent/base/SecretBytes.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace latchkey::jose {

/// An RSA key of the edge, with everything that is published about it. Immutable and thread-safe: any number of
/// threads sign with one key at once. Shared between the control plane and the snapshots that the edge works with.
/// The private half leaves it only through toPkcs8Der(), for the vault.
class SigningKey {
public:
    /// A new 2048-bit key with exponent 65537, as Cloudflare's own keys are. Takes up to a second of processor time.
    /// `createdAt` is when it enters service; it is part of the certificate.
    [[nodiscard]] static Result<std::shared_ptr<const SigningKey>> generate(std::chrono::sys_seconds createdAt);

    /// The key that a vault kept. Refuses (ErrorCode::damaged) whatever is not one whole PKCS#8 structure with an RSA
    /// key of 2048 to 8192 bits whose halves belong together.
    [[nodiscard]] static Result<std::shared_ptr<const SigningKey>> fromPkcs8Der(const SecretBytes& der,
                                                                                std::chrono::sys_seconds createdAt);

    /// The private key, unencrypted, for the vault only.
    [[nodiscard]] Result<SecretBytes> toPkcs8Der() const;

    /// 64 lower-case hex digits: SHA-256 of the SubjectPublicKeyInfo's DER.
    [[nodiscard]] const std::string& kid() const { return m_kid; }
    [[nodiscard]] std::chrono::sys_seconds createdAt() const { return m_createdAt; }

    /// The RS256 signature's bytes (RFC 7518 §3.3: RSASSA-PKCS1-v1_5 with SHA-256) over `signingInput`.
    [[nodiscard]] Result<std::string> sign(std::string_view signingInput) const;

    /// `{kid,kty,alg,use,e,n}`, in the order in which Cloudflare's certs document writes them.
    [[nodiscard]] const Json& publicJwk() const { return m_publicJwk; }

    /// Self-signed X.509 in PEM. The same key and createdAt always give the same bytes. Valid for 379 days (a year and
    /// two weeks, as Cloudflare's): longer than any key stays published.
    [[nodiscard]] const std::string& certificatePem() const { return m_certificatePem; }

    /// `{"alg":"RS256","kid":…,"typ":"JWT"}` in base64url, rendered once: the first part of every JWT by this key.
    [[nodiscard]] const std::string& jwtHeader() const { return m_jwtHeader; }

private:
    SigningKey() = default;
    static Result<std::shared_ptr<const SigningKey>> make(base::EvpPkeyPtr key, std::chrono::sys_seconds createdAt);

    base::EvpPkeyPtr m_key;
    base::EvpMdCtxPtr m_prepared;   ///< Initialised for RS256 with m_key; only ever copied from.
    std::chrono::sys_seconds m_createdAt{};
    std::string m_kid;
    Json m_publicJwk;
    std::string m_certificatePem;
    std::string m_jwtHeader;
};

} // namespace latchkey::jose
