// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ReadRequest.h"

#include "Credentials.h"
#include "Router.h"
#include "SessionStanding.h"
#include "Sessions.h"

#include "agent/base/Encoding.h"
#include "agent/http/RequestHead.h"

#include <algorithm>

namespace latchkey::edge {

using access::Reason;

namespace {

/// The head's bytes, which are wiped when it goes.
class HeadText {
public:
    explicit HeadText(std::span<const HeaderLine> headers)
    {
        constexpr std::string_view start = "GET / HTTP/1.1\r\nHost: localhost\r\n";
        std::size_t size = start.size() + 2;
        for (const HeaderLine& line : headers)
            size += line.name.size() + line.value.size() + 4;
        m_text.reserve(size);   // It must not grow, and leave a piece of a secret behind.
        m_text += start;
        for (const HeaderLine& line : headers) {
            m_text += line.name;
            m_text += ": ";
            m_text += line.value.reveal();
            m_text += "\r\n";
        }
        m_text += "\r\n";
    }
    ~HeadText() { base::wipe(m_text); }
    HeadText(const HeadText&) = delete;
    HeadText& operator=(const HeadText&) = delete;

    [[nodiscard]] std::string_view view() const { return m_text; }

private:
    std::string m_text;
};

} // namespace

Result<AskedBy> readRequest(const Snapshot& snapshot, const access::CompiledApplication& application, std::span<const HeaderLine> headers)
{
    // Else a value could be several lines.
    constexpr std::string_view lineEnds = "\r\n";
    for (const HeaderLine& line : headers) {
        if (line.name.find_first_of(lineEnds) != std::string::npos || line.value.reveal().find_first_of(lineEnds) != std::string_view::npos)
            return fail(ErrorCode::invalidArgument, "headers: a line of a request holds no line break.");
    }
    const HeadText text(headers);
    http::RequestHead head;
    if (head.parse(text.view()) != http::ParseState::complete)
        return fail(ErrorCode::invalidArgument, "headers: the edge refuses these: " + std::string(http::describe(head.error())));
    Credentials credentials;
    credentials.read(head);
    if (const auto& name = application.options().readServiceTokensFromHeader; name && !name->empty())
        credentials.readSingle(head, base::toLowerAscii(*name));

    AskedBy asked;
    if (credentials.form() == Credentials::Form::refused) {
        asked.credentials = credentials.reason();
    } else if (credentials.form() == Credentials::Form::complete) {
        asked.credentials = Reason::allowed;
        asked.clientId = credentials.clientId();
        asked.secret = SecretBytes(credentials.secret());
    }
    credentials.forgetSecret();
    if (const std::string_view jwt = sessionTokenOf(head, credentials); !jwt.empty())
        asked.session = SecretBytes(jwt);
    if (const std::string& name = snapshot.organization->countryHeader; !name.empty()) {
        if (const http::Field* const country = head.find(name))
            asked.country = head.value(*country);
    }
    return asked;
}

ReadSession readSession(const Snapshot& snapshot, const access::CompiledApplication& application, std::string_view jwt, bool isEnded,
                        std::chrono::sys_seconds now)
{
    const Router router(snapshot, nullptr, now);
    const Route* const route = router.byAudience(application.audience().value);
    const auto session = verifySession(std::string(jwt), *router.keySet());
    if (!session || route == nullptr)
        return {Reason::invalidJwt, std::nullopt, nullptr};
    Reason standing = standingOf(*session, snapshot, router, *route, now);
    if (standing == Reason::allowed && isEnded)
        standing = Reason::sessionRevoked;
    if (standing != Reason::allowed)
        return {standing, std::nullopt, nullptr};
    const SessionOwner owner = ownerOf(*session, snapshot, router);
    return {owner.reason, owner.identity != nullptr ? std::optional(*owner.identity) : std::nullopt, owner.token};
}

} // namespace latchkey::edge
