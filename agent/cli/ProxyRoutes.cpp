// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProxyRoutes.h"

#include "agent/access/IpNetwork.h"
#include "agent/base/Encoding.h"

#include <QUrl>

#include <algorithm>
#include <charconv>

namespace latchkey::cli {

namespace {

bool matchesPattern(std::string_view host, std::string_view pattern)
{
    for (;;) {
        const std::size_t hostDot = host.find('.');
        const std::size_t patternDot = pattern.find('.');
        const std::string_view label = pattern.substr(0, patternDot);
        if (label != "*" && label != host.substr(0, hostDot))
            return false;
        if (hostDot == std::string_view::npos || patternDot == std::string_view::npos)
            return hostDot == patternDot;
        host.remove_prefix(hostDot + 1);
        pattern.remove_prefix(patternDot + 1);
    }
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

} // namespace

bool isOneOf(std::string_view host, const std::vector<std::string>& patterns)
{
    std::string name = base::toLowerAscii(host);
    if (name.ends_with('.'))
        name.pop_back();
    return std::ranges::any_of(patterns, [&name](const std::string& pattern) { return matchesPattern(name, pattern); });
}

NoProxy::NoProxy(std::string_view list)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view text = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (text.empty())
            continue;
        Entry entry{std::string(text), base::toLowerAscii(text), 0};
        const std::size_t colon = entry.host.rfind(':');
        const bool isIpv6 = std::ranges::count(entry.host, ':') > 1 && !entry.host.starts_with('[');
        if (colon != std::string::npos && !isIpv6 && !entry.host.ends_with(']')) {
            const char* end = entry.host.data() + entry.host.size();
            if (std::from_chars(entry.host.data() + colon + 1, end, entry.port).ptr == end)
                entry.host.resize(colon);
        }
        if (entry.host.starts_with('[') && entry.host.ends_with(']'))
            entry.host = entry.host.substr(1, entry.host.size() - 2);
        if (entry.host.starts_with("*."))
            entry.host.erase(0, 1);
        if (entry.host.starts_with('.'))
            entry.host.erase(0, 1);
        m_entries.push_back(std::move(entry));
    }
}

bool NoProxy::matches(const Entry& entry, std::string_view host, std::uint16_t port)
{
    if (entry.port != 0 && entry.port != port)
        return false;
    if (entry.host == "*" || host == entry.host)
        return true;
    if (const auto address = access::IpAddress::parse(host)) {
        const auto network = access::IpNetwork::parse(entry.host);
        return network && network->contains(*address);
    }
    return host.size() > entry.host.size() && host.ends_with(entry.host) && host[host.size() - entry.host.size() - 1] == '.';
}

bool NoProxy::covers(std::string_view host, std::uint16_t port) const
{
    const std::string name = base::toLowerAscii(host);
    return std::ranges::any_of(m_entries, [&](const Entry& entry) { return matches(entry, name, port); });
}

std::string NoProxy::without(const std::vector<std::string>& mine) const
{
    std::string list = "localhost,127.0.0.1,::1";
    for (const Entry& entry : m_entries) {
        const bool takesMine = entry.host == "*" || std::ranges::any_of(mine, [&entry](const std::string& pattern) {
            return isOneOf(entry.host, {pattern}) || matches({{}, entry.host, 0}, pattern, 443);
        });
        if (!takesMine)
            list += ',' + entry.text;
    }
    return list;
}

Result<QNetworkProxy> onwardProxy(std::string_view text)
{
    if (text.empty())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    std::string whole(text);
    if (whole.find("://") == std::string::npos)
        whole.insert(0, "http://");
    const QUrl url(QString::fromStdString(whole));
    const QString scheme = url.scheme();
    const bool isSocks = scheme == QLatin1String("socks5") || scheme == QLatin1String("socks5h");
    if (!url.isValid() || url.host().isEmpty() || (!isSocks && scheme != QLatin1String("http")))
        return fail(ErrorCode::unsupported, "The proxy of HTTPS_PROXY cannot be used: only http:// and socks5:// proxies are understood.",
                    scheme.toStdString());
    return QNetworkProxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
                         static_cast<quint16>(url.port(isSocks ? 1080 : 80)), url.userName(QUrl::FullyDecoded),
                         url.password(QUrl::FullyDecoded));
}

} // namespace latchkey::cli
