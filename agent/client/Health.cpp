// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Health.h"

#include "agent/base/Json.h"
#include "agent/wire/Envelope.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QUrlQuery>

#include <memory>

namespace latchkey::client {

namespace {

Result<Health> decode(const QByteArray& body)
{
    const auto stranger = [](std::string detail) {
        return fail(ErrorCode::protocol, "What answers there is not a Latchkey agent.", std::move(detail));
    };
    const auto envelope = wire::decodeEnvelope(std::string_view(body.constData(), static_cast<std::size_t>(body.size())));
    if (!envelope)
        return stranger(envelope.error().message);
    const auto text = [&](std::string_view name) {
        const Json* member = envelope->result.find(name);
        const std::string* value = member != nullptr ? member->asString() : nullptr;
        return value != nullptr ? *value : std::string();
    };
    Health health{text("agent_id"), text("version"), text("account_id"), text("proof")};
    if (health.agentId.empty() || health.proof.empty())
        return stranger("agent_id or proof is missing");
    return health;
}

} // namespace

void askHealth(QNetworkAccessManager& network, const QUrl& apiBase, const std::string& nonce, QObject* context,
               std::move_only_function<void(Result<Health>)> handler)
{
    QUrl url = apiBase;
    url.setPath(QStringLiteral("/latchkey/v1/health"));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("nonce"), QString::fromStdString(nonce));
    url.setQuery(query);
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(3000);
    QNetworkReply* reply = network.get(request);
    auto shared = std::make_shared<std::move_only_function<void(Result<Health>)>>(std::move(handler));
    QObject::connect(reply, &QNetworkReply::finished, context, [reply, shared] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status == 0)
            (*shared)(fail(ErrorCode::network, "No agent answers at " + reply->url().authority().toStdString() + ".",
                           reply->errorString().toStdString()));
        else
            (*shared)(decode(reply->readAll()));
    });
    QObject::connect(context, &QObject::destroyed, reply, &QObject::deleteLater);
}

} // namespace latchkey::client
