// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"

namespace latchkey::store::test {
namespace {

std::string uuid(int kind, int number)
{
    const std::string digits = std::to_string(number);
    return "0000000" + std::to_string(kind) + "-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

base::Digest digest(int number, std::uint8_t fill)
{
    base::Digest bytes;
    bytes.fill(fill);
    for (std::size_t i = 0; i < 4; ++i)
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return bytes;
}

} // namespace

access::TokenRecord plainToken(int number, const std::string& name)
{
    access::TokenRecord record;
    record.token.id.value = uuid(1, number);
    const std::string digits = std::to_string(number);
    record.token.clientId.value = std::string(32 - digits.size(), 'a') + digits + ".access";
    record.token.name = name;
    record.token.createdAt = at(1'700'000'000 + number);
    record.token.updatedAt = record.token.createdAt;
    record.secrets.current = digest(number, 0x00);
    return record;
}

access::TokenRecord fullToken(int number)
{
    access::TokenRecord record = plainToken(number, "Größe – 名前 🔑 \"quoted\" 'n' \\ % _");
    record.token.duration = *access::Duration::parse("2h45.5m");
    record.token.enabled = false;
    record.token.clientSecretVersion = 7;
    record.token.previousClientSecretExpiresAt = at(1'800'000'001);
    record.token.updatedAt = at(1'800'000'002);
    record.token.expiresAt = at(253'402'300'799);
    record.token.lastSeenAt = at(1'800'000'003);
    record.token.extra = R"({"unknown":[1,2.50,null,"é"]})";
    record.secrets.current = digest(number, 0xFF);
    record.secrets.previous = digest(number, 0x80);
    return record;
}

access::Application fullApplication(int number)
{
    access::Application application;
    application.id.value = uuid(2, number);
    const std::string digits = std::to_string(number);
    application.audience.value = std::string(64 - digits.size(), 'b') + digits;
    application.name = "Überwachung " + digits;
    application.domain = "grafana-" + digits + ".example.com/api";
    application.sessionDuration = *access::Duration::parse("30m");
    application.upstream = "http://127.0.0.1:3000";
    application.port = std::uint16_t{65535};
    application.createdAt = at(1'700'000'000 + number);
    application.updatedAt = at(1'700'000'100);
    application.sessionsRevokedAt = at(1'700'000'200);
    application.sessionEpoch = ~std::uint64_t{0};
    application.options.selfHostedDomains = {"grafana-" + digits + ".example.com/api", "*.example.net"};
    application.options.destinations = {{"a.example.com", R"({"type":"public","uri":"a.example.com"})"},
                                        {"", R"({"type":"private","cidr":"10.0.0.0/8"})"}};
    application.options.serviceAuth401Redirect = false;
    application.options.readServiceTokensFromHeader = "Authorization";
    application.options.sameSiteCookie = "lax";
    application.options.cors = access::CorsHeaders{{"x-a"}, {"GET"}, {"https://a.example"}, {}, true, {}, true, 600, R"({"new":1})"};
    application.options.customDenyMessage = "Nicht für dich";
    application.extra = R"({"logo_url":"https://example.com/x.png"})";

    access::Policy first;
    first.id.value = uuid(3, number);
    first.name = "CI & cron";
    first.decision = access::PolicyDecision::nonIdentity;
    first.include = {access::ServiceTokenRule{access::TokenId{uuid(1, number)}}, access::AnyValidServiceTokenRule{},
                     access::EveryoneRule{}, access::IpRule{*access::IpNetwork::parse("10.0.0.0/8")},
                     access::IpRule{*access::IpNetwork::parse("2001:db8::/32")}, access::CertificateRule{},
                     access::CommonNameRule{"edge.example.com"},
                     access::UnknownRule{"okta", R"({"okta":{"name":"example.com"}})"}, access::EmailDomainRule{"example.com"}};
    first.require = {access::IpRule{*access::IpNetwork::parse("192.0.2.7")}};
    first.exclude = {access::CommonNameRule{"quote\"d"}};
    first.sessionDuration = access::Duration::hours(2);
    first.precedence = 9;
    first.createdAt = at(1'700'000'300);
    first.updatedAt = at(1'700'000'400);
    first.extra = R"({"approval_required":false})";

    access::Policy second;
    second.id.value = uuid(4, number);
    second.decision = access::PolicyDecision::bypass;
    second.precedence = 2;
    application.policies = {first, second};
    return application;
}

LogRow logRow(int number)
{
    LogRow row;
    row.at = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1'700'000'000'000'000 + number));
    row.rayId = "ray" + std::to_string(number);
    row.method = "GET";
    row.host = "grafana.example.com";
    row.path = "/d/ü";
    row.peer = "127.0.0.1";
    row.applicationId = uuid(2, 1);
    row.tokenId = uuid(1, 1);
    row.clientId = std::string(32, 'a') + ".access";
    row.policyId = uuid(3, 1);
    row.reason = "wrong_secret";
    row.allowed = true;
    row.status = 403;
    return row;
}

} // namespace latchkey::store::test
