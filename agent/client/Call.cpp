// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Call.h"

#include "OneShotBody.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace latchkey::client {

namespace {

/// Lost on the way, as opposed to refused by the server: reading again can help.
bool isConnectionLoss(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::TemporaryNetworkFailureError:
    case QNetworkReply::NetworkSessionFailedError:
        return true;
    default:
        return false;
    }
}

Error networkError(const QNetworkReply& reply)
{
    const std::string host = (reply.url().host() + QLatin1Char(':') + QString::number(reply.url().port(443))).toStdString();
    const std::string detail = reply.errorString().toStdString();
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return {ErrorCode::network, "Nothing answers at " + host + ". Is it running?", detail};
    case QNetworkReply::HostNotFoundError:
        return {ErrorCode::network, "The address " + host + " cannot be found.", detail};
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError:   // Qt's own transfer time-out arrives as this
        return {ErrorCode::timedOut, host + " did not answer in time.", detail};
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError:   // lost after a write was sent: see OneShotBody
        return {ErrorCode::network, "The connection to " + host + " was lost before the whole answer came.", detail};
    case QNetworkReply::SslHandshakeFailedError:
        return {ErrorCode::network, "No secure connection to " + host + " could be made.", detail};
    default:
        return {ErrorCode::network, "The connection to " + host + " failed.", detail};
    }
}

QByteArray verbName(Verb verb)
{
    switch (verb) {
    case Verb::get: return "GET";
    case Verb::post: return "POST";
    case Verb::put: return "PUT";
    case Verb::patch: return "PATCH";
    case Verb::del: return "DELETE";
    }
    return "GET";
}

} // namespace

Call::Call(QNetworkAccessManager& network, ApiRequest request, const SecretBytes& apiToken, Done done, QObject* parent)
    : QObject(parent)
    , m_network(network)
    , m_request(std::move(request))
    , m_apiToken(apiToken)
    , m_done(std::move(done))
{
}

Call::~Call()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
    }
}

void Call::start()
{
    // From the event loop, so that the answer never comes from inside the call that asked.
    QMetaObject::invokeMethod(this, &Call::attempt, Qt::QueuedConnection);
}

void Call::cancel()
{
    if (std::exchange(m_cancelled, true))
        return;
    if (m_reply)
        m_reply->abort();
    else
        QMetaObject::invokeMethod(
            this, [this] { finish(fail(ErrorCode::cancelled, "Cancelled.")); }, Qt::QueuedConnection);
}

void Call::attempt()
{
    if (m_cancelled)
        return;
    QNetworkRequest request(m_request.url);
    QByteArray bearer("Bearer ");
    bearer.append(m_apiToken.reveal().data(), static_cast<qsizetype>(m_apiToken.size()));
    request.setRawHeader("Authorization", bearer);
    request.setRawHeader("Accept", "application/json");
    if (!m_request.body.empty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
    // A redirect would carry the API token to another address.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    if (m_request.revision && !m_request.revision->tag.empty())
        request.setRawHeader("If-None-Match", QByteArray::fromStdString(m_request.revision->tag));
    request.setTransferTimeout(static_cast<int>(std::chrono::milliseconds(transferTimeout).count()));
    if (m_request.verb == Verb::get) {
        m_reply = m_network.get(request);
    } else {
        auto* body = new OneShotBody(m_request.body, this);
        m_reply = m_network.sendCustomRequest(request, verbName(m_request.verb), body);
        body->setParent(m_reply);
    }
    base::wipe(bearer);
    connect(m_reply, &QNetworkReply::finished, this, &Call::replied);
}

void Call::replied()
{
    QNetworkReply* reply = m_reply;
    reply->deleteLater();
    if (m_cancelled) {
        finish(fail(ErrorCode::cancelled, "Cancelled."));
        return;
    }
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (retry(status, isConnectionLoss(reply->error())))
        return;
    // Errors below the HTTP level: no answer came, or only a part of one.
    if (status == 0 || (reply->error() != QNetworkReply::NoError && reply->error() < QNetworkReply::ContentAccessDenied)) {
        finish(std::unexpected(networkError(*reply)));
        return;
    }

    if (m_request.revision) {
        m_request.revision->unchanged = status == 304;
        if (m_request.revision->unchanged) {
            finish(wire::Envelope{.success = true, .errors = {}, .messages = {}, .result = {}, .pageInfo = {}});
            return;
        }
        m_request.revision->tag = reply->rawHeader("ETag").toStdString();
    }

    QByteArray body = reply->readAll();
    Result<wire::Envelope> envelope = wire::decodeEnvelope(std::string_view(body.constData(), static_cast<std::size_t>(body.size())));
    if (m_request.replyHoldsSecret)
        base::wipe(body);
    if (!envelope) {
        finish(fail(ErrorCode::protocol,
                    "The server's answer (HTTP " + std::to_string(status) + ") is not one of this API. Is the address right?",
                    envelope.error().message));
        return;
    }
    if (status < 200 || status > 299 || !envelope->success) {
        finish(std::unexpected(wire::errorFrom(status, *envelope)));
        return;
    }
    finish(std::move(*envelope));
}

/// Arms another attempt if one is allowed; see the contract in ManagementClient.h.
bool Call::retry(int status, bool connectionLost)
{
    const bool read = m_request.verb == Verb::get;
    const bool worthIt = status == 429 || (read && (connectionLost || status == 502 || status == 503 || status == 504 || status == 500));
    if (!worthIt || m_retries >= maxRetries)
        return false;
    std::chrono::milliseconds delay = std::chrono::milliseconds(250) * (1 << m_retries);
    if (m_reply && m_reply->hasRawHeader("Retry-After")) {
        bool isNumber = false;
        const int seconds = m_reply->rawHeader("Retry-After").toInt(&isNumber);
        if (isNumber && std::chrono::seconds(seconds) > longestRetryAfter)
            return false;
        if (isNumber && seconds > 0)
            delay = std::chrono::seconds(seconds);
    }
    ++m_retries;
    m_reply = nullptr;
    QTimer::singleShot(delay, this, &Call::attempt);
    return true;
}

void Call::finish(Result<wire::Envelope> result)
{
    m_reply = nullptr;
    base::wipe(m_request.body);
    deleteLater();
    if (Done done = std::exchange(m_done, nullptr))
        done(std::move(result));
}

} // namespace latchkey::client
