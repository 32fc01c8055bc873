// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Endpoint.h"

#include "agent/base/Encoding.h"
#include "agent/base/HostAndPort.h"

#include "agent/access/IpNetwork.h"

#include <charconv>

namespace latchkey::cli {

bool ListenAddress::isLoopback() const
{
    if (host == "localhost")
        return true;
    const auto address = access::IpAddress::parse(host);
    return address && address->isLoopback();
}

std::string ListenAddress::url() const
{
    return "http://" + base::hostAndPort(host, port);
}

Result<ListenAddress> parseListenAddress(std::string_view text)
{
    const auto bad = [&] {
        return fail(ErrorCode::invalidArgument, base::inQuotes(text) + " is not an address like 127.0.0.1:8400.");
    };
    ListenAddress address{"127.0.0.1", 0};
    std::string_view port = text;
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        std::string_view host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (host.size() > 2 && host.front() == '[' && host.back() == ']')
            host = host.substr(1, host.size() - 2);
        else if (host.find(':') != std::string_view::npos)
            return bad();
        if (host != "localhost" && !access::IpAddress::parse(host))
            return bad();
        address.host = host;
    }
    const auto read = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || read.ec != std::errc() || read.ptr != port.data() + port.size())
        return bad();
    return address;
}

} // namespace latchkey::cli
