// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Fetch.h"

#include "agent/base/Encoding.h"

#include <QEventLoop>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <memory>

namespace latchkey::cli {

std::string FetchReply::header(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (base::equalsIgnoreCaseAscii(key, name))
            return value;
    }
    return {};
}

Result<FetchReply> fetch(const FetchRequest& wanted)
{
    QNetworkAccessManager network;
    QNetworkRequest request(QUrl(QString::fromStdString(wanted.url), QUrl::StrictMode));
    if (!request.url().isValid() || !request.url().scheme().startsWith(QLatin1String("http")))
        return fail(ErrorCode::invalidArgument, "\"" + wanted.url + "\" is not a web address.");
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(15000);
    for (const auto& [name, value] : wanted.headers)
        request.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    const std::unique_ptr<QNetworkReply> reply(network.sendCustomRequest(
        request, QByteArray::fromStdString(wanted.method), QByteArray::fromStdString(wanted.body)));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished())
        loop.exec();

    FetchReply result;
    result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (result.status == 0)
        return fail(ErrorCode::network, "Nothing usable answers at " + request.url().authority().toStdString() + ".",
                    reply->errorString().toStdString());
    for (const auto& [name, value] : reply->rawHeaderPairs())
        result.headers.emplace_back(name.toStdString(), value.toStdString());
    result.body = reply->readAll().toStdString();
    return result;
}

} // namespace latchkey::cli
