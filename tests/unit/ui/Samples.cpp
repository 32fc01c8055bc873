// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"

#include <QCryptographicHash>

namespace latchkey::ui::samples {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::Policy;
using access::PolicyDecision;
using access::ServiceToken;

namespace {

std::string hexOf(const std::string& name, const char* salt)
{
    return QCryptographicHash::hash(QByteArray::fromStdString(salt + name), QCryptographicHash::Md5).toHex().toStdString();
}

access::Application application(const std::string& name, const std::string& policy, PolicyDecision decision, std::uint16_t port)
{
    Policy one;
    one.name = policy;
    one.decision = decision;
    one.include.emplace_back(access::ServiceTokenRule{access::TokenId{hexOf("grafana-prod", "id")}});
    access::Application result;
    result.id.value = hexOf(name, "app");
    result.name = name;
    result.port = port;
    result.policies.push_back(one);
    return result;
}

} // namespace

ServiceToken token(const std::string& name, std::chrono::seconds endsIn, std::chrono::seconds seenAgo)
{
    ServiceToken result;
    result.id.value = hexOf(name, "id");
    result.clientId.value = hexOf(name, "client") + ".access";
    result.name = name;
    result.expiresAt = now + endsIn;
    result.createdAt = *result.expiresAt - 8760h;
    result.updatedAt = result.createdAt;
    result.lastSeenAt = now - seenAgo;
    return result;
}

std::vector<ServiceToken> tokens(int more)
{
    constexpr auto day = 24h;
    std::vector<ServiceToken> list{
        token("legacy-backup-job", -2 * day, 3 * day),
        token("grafana-prod", 12 * day + 2h, 130s),
        token("ci-deploy", 19 * day, 2h + 23min),
        token("status-page", 28 * day, 0s),
        token("billing-webhook", 95 * day, 26h),
        token("terraform", 155 * day, 11 * day),
        token("partner-feed", 246 * day, 80 * day),
        token("synthetic-checks", 340 * day, 65s),
    };
    list[3].lastSeenAt.reset();
    list[6].enabled = false;
    list[7].expiresAt.reset();
    list[7].duration = access::Duration::forever();
    for (int i = 0; i < more; ++i) {
        const auto n = static_cast<std::chrono::hours::rep>(i);
        list.push_back(token("service-" + std::to_string(i + 1), (40 + n * 37 % 320) * day + n * 1h, (1 + n * 13 % 50) * 17h));
    }
    return list;
}

std::vector<access::Application> applications()
{
    return {application("Grafana", "monitoring", PolicyDecision::nonIdentity, 8410),
            application("Prometheus", "people", PolicyDecision::allow, 8411)};
}

std::vector<RequestLine> requests()
{
    return {{now - 140s, u"GET"_s, u"/api/health"_s, 200, {}},
            {now - 200s, u"GET"_s, u"/api/health"_s, 200, {}},
            {now - 351s, u"POST"_s, u"/api/ds/query"_s, 403, u"No policy of the application matches this token."_s}};
}

} // namespace latchkey::ui::samples
