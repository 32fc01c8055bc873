// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KnownHeader.h"

#include "Characters.h"

namespace latchkey::http {

KnownHeader knownHeader(std::string_view name)
{
    using characters::equalsLower;
    const auto is = [name](std::string_view lower, KnownHeader header) {
        return equalsLower(name, lower) ? header : KnownHeader::other;
    };
    switch (name.size()) {
    case 2:
        return is("te", KnownHeader::te);
    case 4:
        return is("host", KnownHeader::host);
    case 6:
        return is("expect", KnownHeader::expect);
    case 7:
        return equalsLower(name, "upgrade") ? KnownHeader::upgrade : is("trailer", KnownHeader::trailer);
    case 10:
        return equalsLower(name, "connection") ? KnownHeader::connection : is("keep-alive", KnownHeader::keepAlive);
    case 12:
        return is("max-forwards", KnownHeader::maxForwards);
    case 14:
        return equalsLower(name, "content-length") ? KnownHeader::contentLength
                                                   : is("http2-settings", KnownHeader::http2Settings);
    case 16:
        return is("proxy-connection", KnownHeader::proxyConnection);
    case 17:
        return is("transfer-encoding", KnownHeader::transferEncoding);
    case 18:
        return is("proxy-authenticate", KnownHeader::proxyAuthenticate);
    case 19:
        return is("proxy-authorization", KnownHeader::proxyAuthorization);
    default:
        return KnownHeader::other;
    }
}

} // namespace latchkey::http
