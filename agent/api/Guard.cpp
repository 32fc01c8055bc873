// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Guard.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"
#include "agent/http/Authority.h"

#include <algorithm>

namespace latchkey::api {

Guard::Guard(std::vector<std::string> hostNames, SecretBytes apiToken)
    : m_hostNames(std::move(hostNames))
    , m_apiToken(std::move(apiToken))
{
    for (auto& name : m_hostNames)
        name = base::toLowerAscii(name);
}

bool Guard::isOurHost(std::string_view host) const
{
    const auto authority = http::Authority::parse(host);
    if (!authority)
        return false;
    // Not isThisMachine(): a page of any program here may have a name below localhost.
    return authority->isLoopback() || std::ranges::find(m_hostNames, base::toLowerAscii(authority->host)) != m_hostNames.end();
}

std::optional<Reply> Guard::refuseOrigin(std::string_view host, std::string_view origin) const
{
    if (!isOurHost(host))
        return failure(403, 9109,
                       "This agent answers requests for localhost only. Use http://localhost or http://127.0.0.1 in the address, or "
                       "start the agent with --api-host for another name.");
    // A browser names the page's origin. No page of ours exists, so the only one to let through is the address itself.
    if (!origin.empty() && base::toLowerAscii(origin) != "http://" + base::toLowerAscii(host))
        return failure(403, 9109, "This agent does not answer requests that web pages make.");
    return std::nullopt;
}

bool Guard::isAuthorized(std::string_view authorization) const
{
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size() || !base::equalsIgnoreCaseAscii(authorization.substr(0, scheme.size()), scheme))
        return false;
    auto token = authorization.substr(scheme.size());
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return m_apiToken.equals(token);
}

std::string Guard::proof(std::string_view nonce) const
{
    return base::toHex(base::asText(base::hmacSha256(m_apiToken.reveal(), nonce)));
}

} // namespace latchkey::api
