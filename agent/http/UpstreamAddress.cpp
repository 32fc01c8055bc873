// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UpstreamAddress.h"

#include "Authority.h"
#include "Characters.h"

#include "agent/base/HostAndPort.h"

namespace latchkey::http {

Result<UpstreamAddress> UpstreamAddress::parse(std::string_view url)
{
    constexpr std::string_view scheme = "http://";
    constexpr std::string_view secureScheme = "https://";
    if (characters::equalsLower(url.substr(0, secureScheme.size()), secureScheme))
        return fail(ErrorCode::unsupported, "Upstreams over https are not supported; name the service's http address.");
    if (!characters::equalsLower(url.substr(0, scheme.size()), scheme))
        return fail(ErrorCode::invalidArgument, "An upstream is written as http://host:port.");
    std::string_view rest = url.substr(scheme.size());
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    const auto authority = Authority::parse(rest);
    if (!authority)
        return fail(ErrorCode::invalidArgument, "An upstream is written as http://host:port, without path, query or user.");
    if (authority->port == std::uint16_t{0})
        return fail(ErrorCode::invalidArgument, "An upstream's port is between 1 and 65535.");

    std::string_view host = authority->host;
    if (authority->isIpv6())
        host = host.substr(1, host.size() - 2);
    return UpstreamAddress{std::string(host), authority->port.value_or(80)};
}

std::string UpstreamAddress::text() const
{
    return base::hostAndPort(host, port);
}

} // namespace latchkey::http
