// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Reason.h"
#include "agent/http/RequestHead.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::edge {

/// The service-token credentials of a request in strict mode, and which of its lines must not reach the upstream.
/// Source: access-facts, "The edge" and "Our choices".
class Credentials {
public:
    enum class Form : std::uint8_t {
        none,     ///< No service-token header.
        complete, ///< One well-formed Client ID and one well-formed secret.
        refused,  ///< reason() says why.
    };

    /// Looks at every header once. The views are into the head's bytes.
    void read(const http::RequestHead& head);

    /// The single-header form, for an application that reads its tokens from the header `name` (lower case): a JSON object
    /// `{"cf-access-client-id":"…","cf-access-client-secret":"…"}`. A value of another form is none of ours and passes
    /// (`Authorization: Bearer …`). Both forms in one request: duplicate. Looks once a request.
    void readSingle(const http::RequestHead& head, std::string_view name);

    [[nodiscard]] Form form() const { return m_form; }
    [[nodiscard]] access::Reason reason() const { return m_reason; }
    [[nodiscard]] std::string_view clientId() const { return m_clientId; } ///< Of `complete` only.
    [[nodiscard]] std::string_view secret() const { return m_secret; }     ///< Of `complete` only.
    /// Where in the head's bytes the secret stands, for whoever wipes it; forgetSecret() wipes what is kept here.
    [[nodiscard]] std::string_view secretBytes() const { return m_secretBytes; }
    void forgetSecret();

    /// Indices, rising, of the head's fields that are left out when it is forwarded: hop-by-hop and nominated fields,
    /// credentials, and everything a client could pretend to be the edge with.
    [[nodiscard]] std::span<const std::uint8_t> dropped() const { return {m_dropped.data(), m_droppedCount}; }
    /// Indices, rising and among the dropped ones, of Cookie fields that hold a `CF_Authorization` cookie: they are
    /// written anew without it.
    [[nodiscard]] std::span<const std::uint8_t> cookies() const { return {m_cookies.data(), m_cookieCount}; }

private:
    static constexpr std::size_t maxSecretLength = 256; // both forms are at most 64 long

    void judge(unsigned ids, unsigned secrets);
    void judgeSingle(std::string_view json);
    void drop(std::uint8_t index);

    Form m_form = Form::none;
    access::Reason m_reason = access::Reason::missingCredentials;
    std::string_view m_clientId;
    std::string_view m_secret;
    std::string_view m_secretBytes;
    std::string m_singleId;
    std::string m_singleSecret;
    bool m_singleRead = false;
    std::uint8_t m_droppedCount = 0;
    std::uint8_t m_cookieCount = 0;
    std::array<std::uint8_t, http::limits::headers> m_dropped;
    std::array<std::uint8_t, http::limits::headers> m_cookies;
};

/// Whether a name is one that only the edge itself may write, `_` counted as `-`: services that turn headers into
/// environment variables cannot tell the two apart.
[[nodiscard]] bool isReservedHeader(std::string_view name);

/// For chunked bodies: the trailer fields that may pass on the way to an upstream.
[[nodiscard]] bool mayForwardTrailer(std::string_view name);

/// Whether a Cookie field's value holds a `CF_Authorization` cookie.
[[nodiscard]] bool holdsAuthorizationCookie(std::string_view value);
/// Cuts the next `name=value` off a Cookie field's value; nullopt at its end.
[[nodiscard]] std::optional<std::string_view> takeCookie(std::string_view& value);
[[nodiscard]] bool isAuthorizationCookie(std::string_view pair);

} // namespace latchkey::edge
