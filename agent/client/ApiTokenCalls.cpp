// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// ManagementClient's calls about the API token itself: does it work, what does it reach, what may it do.
#include "Decoding.h"

#include <QSslCertificate>
#include <QSslConfiguration>

namespace latchkey::client {

namespace {

/// An id that no token has: what is asked about it can change nothing.
constexpr const char* nobody = "/access/service_tokens/00000000-0000-0000-0000-000000000000";

std::string textIn(const Json& json, const char* name)
{
    const Json* member = json.find(name);
    const std::string* value = member != nullptr ? member->asString() : nullptr;
    return value != nullptr ? *value : std::string();
}

Result<NamedPlace> placeFrom(const Json& json)
{
    NamedPlace place{textIn(json, "id"), textIn(json, "name")};
    if (place.id.empty())
        return fail(ErrorCode::protocol, "an account or zone without an id");
    return place;
}

} // namespace

Result<QSslConfiguration> trusting(const QString& caFile)
{
    const QList<QSslCertificate> authorities = QSslCertificate::fromPath(caFile, QSsl::Pem, QSslCertificate::PatternSyntax::FixedString);
    if (authorities.isEmpty())
        return fail(ErrorCode::invalidArgument, "No certificate can be read from " + caFile.toStdString()
                                                    + ". A CA file has lines that begin with -----BEGIN CERTIFICATE-----.");
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.addCaCertificates(authorities);
    return tls;
}

CallHandle ManagementClient::verifyApiToken(const std::string& ownerAccount, Handler<std::string> handler)
{
    const QString owner = ownerAccount.empty() ? QStringLiteral("/user")
                                               : QStringLiteral("/accounts/") + QString::fromStdString(wire::percentEncode(ownerAccount));
    return send({.url = apiUrl(owner + QStringLiteral("/tokens/verify")), .body = {}}, decoding(
                    [](Json json) -> Result<std::string> {
                        std::string status = textIn(json, "status");
                        if (status.empty())
                            return fail(ErrorCode::protocol, "the answer tells no status");
                        return status;
                    },
                    std::move(handler)));
}

CallHandle ManagementClient::listAccounts(Handler<std::vector<NamedPlace>> handler)
{
    return send({.url = apiUrl(QStringLiteral("/accounts"), "page=1&per_page=50"), .body = {}},
                decoding([](Json json) { return itemsFrom<NamedPlace>(json, placeFrom); }, std::move(handler)));
}

CallHandle ManagementClient::listZones(const std::string& accountId, Handler<std::vector<NamedPlace>> handler)
{
    return send({.url = apiUrl(QStringLiteral("/zones"), "account.id=" + wire::percentEncode(accountId) + "&page=1&per_page=50"), .body = {}},
                decoding([](Json json) { return itemsFrom<NamedPlace>(json, placeFrom); }, std::move(handler)));
}

CallHandle ManagementClient::probe(ApiRight right, Handler<bool> handler)
{
    ApiRequest request;
    switch (right) {
    case ApiRight::readTokens: request.url = accountUrl(QStringLiteral("/access/service_tokens"), "page=1&per_page=1"); break;
    case ApiRight::readApplications: request.url = accountUrl(QStringLiteral("/access/apps"), "page=1&per_page=1"); break;
    case ApiRight::editTokens:
        // Who may edit is told that there is no such token; who may not is told that, first.
        request.verb = Verb::put;
        request.url = accountUrl(QLatin1String(nobody));
        request.body = "{}";
        break;
    }
    return send(std::move(request), [right, handler = std::move(handler)](Result<wire::Envelope> envelope) mutable {
        if (envelope) {
            handler(true);
            return;
        }
        switch (envelope.error().code) {
        case ErrorCode::unauthenticated:
        case ErrorCode::forbidden: handler(false); break;
        case ErrorCode::notFound:
        case ErrorCode::invalidArgument:
        case ErrorCode::conflict:
            if (right == ApiRight::editTokens) {
                handler(true);
                break;
            }
            [[fallthrough]];
        default: handler(std::unexpected(envelope.error()));
        }
    });
}

} // namespace latchkey::client
