// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "MessageHead.h"

namespace latchkey::http {

enum class Method : std::uint8_t { get, head, post, put, del, options, patch, trace, other };

/// RFC 9110 §9.2.2; `other` counts as not idempotent.
[[nodiscard]] constexpr bool isIdempotent(Method method)
{
    return method != Method::post && method != Method::patch && method != Method::other;
}

enum class TargetForm : std::uint8_t {
    origin,   ///< `/path?query`
    absolute, ///< `http://host/path?query`
    asterisk, ///< `*`, OPTIONS only
};

/// A strict, incremental HTTP/1.x request head parser that copies nothing: it remembers where in the caller's buffer each
/// line lies, so that a proxy decides on exactly the bytes it forwards. Everything two parsers could read differently is
/// refused (RFC 9112 §11.2): bare LF or CR, folded lines, space before a colon, two lengths, several Hosts, odd targets.
/// One empty line before the request line is tolerated (RFC 9112 §2.2).
///
///     RequestHead head;
///     for (;;) {                                    // the buffer holds the message from its first byte
///         switch (head.parse(buffer)) {
///         case ParseState::needMore: read more behind it; continue;   // the buffer may move meanwhile
///         case ParseState::malformed: answer requestStatus(head.error()) and close
///         case ParseState::complete: … head.length() bytes are the head
///         }
///     }
class RequestHead : public MessageHead {
public:
    RequestHead() = default;

    /// Looks at the bytes of one message from its first on; called again with the same bytes and more behind them until it
    /// answers something else than `needMore`. Bytes behind the head are not looked at. Takes up where it stopped.
    ParseState parse(std::string_view buffer);

    /// For the next message.
    void reset();

    /// Whether any byte of the message itself was seen: tells an idle connection from a slow head (408).
    [[nodiscard]] bool started() const { return m_fieldsBegin != 0 || m_available > m_position; }

    // After `complete`:
    [[nodiscard]] Method method() const { return m_method; }
    [[nodiscard]] std::string_view methodText() const { return view(m_begin, m_methodLength); }
    [[nodiscard]] std::string_view target() const { return view(m_target, m_targetLength); } ///< As it was sent.
    [[nodiscard]] TargetForm targetForm() const { return m_form; }
    /// Path and query as sent: the target itself in origin form; what follows the authority in absolute form, where
    /// it may be empty (forward `/`, or `*` if the method is OPTIONS) or start with `?` (forward `/?…`); `*`.
    [[nodiscard]] std::string_view resource() const { return view(m_resource, m_resourceLength); }

    /// Host's value, valid and with its port if it has one; in absolute form equal to the target's authority. Empty only in
    /// HTTP/1.0 without Host and without an absolute target.
    [[nodiscard]] std::string_view host() const { return view(m_host, m_hostLength); }

    /// The client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1): HTTP/1.1 with a body only.
    [[nodiscard]] bool expectContinue() const { return m_expectContinue; }
    /// upgrade(), and what is asked for is a WebSocket and nothing else: GET, no body, `Upgrade: websocket` alone (RFC 6455 §4.1).
    [[nodiscard]] bool webSocket() const { return m_webSocket; }

private:
    bool readFirstLine();
    bool skipEmptyLine();
    bool checkFirstByte();
    bool parseRequestLine(std::string_view line);
    static HeadError versionError(std::string_view version);
    bool parseTarget(std::string_view target);
    bool parseAbsolute(std::string_view target);
    bool finish();
    bool checkHost();
    bool checkExpect();

    std::uint32_t m_target = 0;
    std::uint32_t m_targetLength = 0;
    std::uint32_t m_resource = 0;
    std::uint32_t m_resourceLength = 0;
    std::uint32_t m_host = 0;
    std::uint32_t m_hostLength = 0;
    std::uint16_t m_methodLength = 0;
    Method m_method = Method::other;
    TargetForm m_form = TargetForm::origin;
    bool m_expectContinue = false;
    bool m_webSocket = false;
};

} // namespace latchkey::http
