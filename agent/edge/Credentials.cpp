// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Credentials.h"

#include "agent/access/ClientSecret.h"
#include "agent/base/Json.h"
#include "agent/base/SecretBytes.h"
#include "agent/http/Characters.h"

#include <algorithm>
#include <utility>

namespace latchkey::edge {

namespace {

using http::characters::equalsLower;

constexpr std::string_view idHeader = "cf-access-client-id";
constexpr std::string_view secretHeader = "cf-access-client-secret";

bool matches(std::string_view name, std::string_view lower)
{
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const char c = name[i] == '_' ? '-' : http::characters::toLower(name[i]);
        if (c != lower[i])
            return false;
    }
    return true;
}

bool is(std::string_view name, std::string_view lower)
{
    return name.size() == lower.size() && matches(name, lower);
}

bool startsWith(std::string_view name, std::string_view lower)
{
    return name.size() >= lower.size() && matches(name, lower);
}

/// A member's text, its name in any case as header names are.
std::string* memberText(Json& object, std::string_view lower)
{
    if (object.asObject() == nullptr)
        return nullptr;
    for (auto& [name, value] : *object.asObject()) {
        if (equalsLower(name, lower))
            return value.asString();
    }
    return nullptr;
}

bool isPrintable(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace

bool isReservedHeader(std::string_view name)
{
    switch (name.front() | 0x20) {
    case 'c':
        return startsWith(name, "cf-access-") || startsWith(name, "cf-connecting-ip") || is(name, "cf-ray")
               || is(name, "cf-visitor") || is(name, "cf-ipcountry");
    case 'l':
        return startsWith(name, "latchkey-");
    case 'x':
        return startsWith(name, "x-forwarded-") || is(name, "x-real-ip");
    case 'f':
        return is(name, "forwarded");
    case 't':
        return is(name, "true-client-ip");
    default:
        return false;
    }
}

bool mayForwardTrailer(std::string_view name)
{
    return !isReservedHeader(name) && !is(name, "cookie");
}

std::optional<std::string_view> takeCookie(std::string_view& value)
{
    if (value.empty())
        return std::nullopt;
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view pair = http::characters::trimBlanks(value.substr(0, end));
    value = end == value.size() ? std::string_view{} : value.substr(end + 1);
    return pair;
}

bool isAuthorizationCookie(std::string_view pair)
{
    const std::string_view name = http::characters::trimBlanks(pair.substr(0, pair.find('=')));
    // Cookie names tell capitals apart, but not every service does.
    return equalsLower(name, "cf_authorization");
}

bool holdsAuthorizationCookie(std::string_view value)
{
    while (const auto pair = takeCookie(value)) {
        if (isAuthorizationCookie(*pair))
            return true;
    }
    return false;
}

void Credentials::read(const http::RequestHead& head)
{
    m_droppedCount = m_cookieCount = 0;
    m_singleRead = false;
    m_form = Form::none;
    m_reason = access::Reason::missingCredentials;
    unsigned ids = 0;
    unsigned secrets = 0;
    std::uint8_t index = 0;
    for (const http::Field& field : head.fields()) {
        bool drop = field.nominated || http::isHopByHop(field.known);
        if (field.known == http::KnownHeader::other) {
            const std::string_view name = head.name(field);
            if (equalsLower(name, idHeader)) {
                m_clientId = head.value(field);
                ++ids;
            } else if (equalsLower(name, secretHeader)) {
                m_secret = head.value(field);
                ++secrets;
            }
            drop = drop || isReservedHeader(name);
            if (!drop && equalsLower(name, "cookie") && holdsAuthorizationCookie(head.value(field))) {
                m_cookies[m_cookieCount++] = index;
                drop = true;
            }
        }
        if (drop)
            m_dropped[m_droppedCount++] = index;
        ++index;
    }
    if (ids + secrets != 0)
        judge(ids, secrets);
}

void Credentials::judge(unsigned ids, unsigned secrets)
{
    m_form = Form::refused;
    if (ids > 1 || secrets > 1) {
        m_reason = access::Reason::duplicateCredentials;
    } else if (ids == 0 || secrets == 0) {
        m_reason = access::Reason::incompleteCredentials;
    } else if (!access::isClientId(m_clientId) || m_secret.empty() || m_secret.size() > maxSecretLength
               || !isPrintable(m_secret)) {
        m_reason = access::Reason::malformedCredentials;
    } else {
        m_form = Form::complete;
        m_secretBytes = m_secret;
    }
}

void Credentials::readSingle(const http::RequestHead& head, std::string_view name)
{
    if (std::exchange(m_singleRead, true))
        return;
    unsigned found = 0;
    std::string_view value;
    std::uint8_t index = 0;
    for (const http::Field& field : head.fields()) {
        if (equalsLower(head.name(field), name) && head.value(field).starts_with('{')) {
            value = head.value(field);
            ++found;
            drop(index);
        }
        ++index;
    }
    if (found == 0)
        return;
    if (found > 1 || m_form != Form::none) {
        m_form = Form::refused;
        m_reason = access::Reason::duplicateCredentials;
        return;
    }
    m_secretBytes = value;
    judgeSingle(value);
}

void Credentials::judgeSingle(std::string_view text)
{
    auto json = parseJson(text);
    std::string* const id = json ? memberText(*json, idHeader) : nullptr;
    std::string* const secret = json ? memberText(*json, secretHeader) : nullptr;
    if (!json) {
        m_form = Form::refused;
        m_reason = access::Reason::malformedCredentials;
        return;
    }
    m_singleId = id != nullptr ? *id : std::string();
    m_singleSecret = secret != nullptr ? *secret : std::string();
    if (secret != nullptr)
        base::wipe(*secret);
    m_clientId = m_singleId;
    m_secret = m_singleSecret;
    const std::string_view bytes = m_secretBytes;
    judge(id != nullptr ? 1 : 0, secret != nullptr ? 1 : 0);
    m_secretBytes = bytes;
}

void Credentials::forgetSecret()
{
    base::wipe(m_singleSecret);
    m_singleSecret.clear();
}

/// Keeps the indices rising.
void Credentials::drop(std::uint8_t index)
{
    const auto end = m_dropped.begin() + m_droppedCount;
    const auto place = std::lower_bound(m_dropped.begin(), end, index);
    if (place != end && *place == index)
        return;
    std::copy_backward(place, end, end + 1);
    *place = index;
    ++m_droppedCount;
}

} // namespace latchkey::edge
