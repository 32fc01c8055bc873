// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginNonce.h"

#include "Credentials.h"

#include "agent/base/Encoding.h"
#include "agent/base/Random.h"
#include "agent/base/Sha256.h"
#include "agent/http/Characters.h"

#include <algorithm>
#include <span>

namespace latchkey::edge {

namespace {

bool isLowerHex(std::string_view text, std::size_t size)
{
    return text.size() == size && std::ranges::all_of(text, [](char c) { return http::characters::isDigit(c) || (c >= 'a' && c <= 'f'); });
}

} // namespace

std::string_view cookieValue(const http::RequestHead& head, std::string_view name)
{
    for (const http::Field& field : head.fields()) {
        if (!http::characters::equalsLower(head.name(field), "cookie"))
            continue;
        std::string_view value = head.value(field);
        while (const auto pair = takeCookie(value)) {
            if (pair->size() > name.size() && pair->starts_with(name) && (*pair)[name.size()] == '=')
                return pair->substr(name.size() + 1);
        }
    }
    return {};
}

std::string nonceOf(const http::RequestHead& head, std::string_view cookie)
{
    if (const std::string_view known = cookieValue(head, cookie); isLowerHex(known, 32))
        return std::string(known);
    base::SystemRandom random;
    return random.hex(16);
}

std::string nonceLine(std::string_view cookie, std::string_view nonce, std::string_view sameSite, bool https)
{
    std::string line = "Set-Cookie: ";
    line.append(cookie).append(1, '=').append(nonce).append("; Path=/cdn-cgi/access/; Max-Age=3600; HttpOnly; SameSite=").append(sameSite);
    line += https ? "; Secure\r\n" : "\r\n";
    return line;
}

std::string stateOf(std::string_view nonce)
{
    const base::Digest digest = base::sha256(nonce);
    return base::toHex(std::as_bytes(std::span(digest)));
}

bool isState(std::string_view text)
{
    return isLowerHex(text, 64);
}

} // namespace latchkey::edge
