// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Call.h"

#include "OneShotBody.h"
#include "Pacer.h"

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
        return {ErrorCode::network,
                "No secure connection to " + host
                    + " could be made: its certificate is not trusted here. Where a company's proxy looks into connections, name the "
                      "company's CA file in the profile's advanced settings.",
                detail};
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
        return {ErrorCode::network, "The system's proxy does not let the connection to " + host + " through.", detail};
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return {ErrorCode::network, "The system's proxy wants a name and password for the connection to " + host + '.', detail};
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

Call::Call(const CallContext& context, ApiRequest request, Done done, QObject* parent)
    : QObject(parent)
    , m_context(context)
    , m_request(std::move(request))
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
    if (m_cancelled || waitForPause())
        return;
    QNetworkRequest request(m_request.url);
    QByteArray bearer("Bearer ");
    bearer.append(m_context.apiToken.reveal().data(), static_cast<qsizetype>(m_context.apiToken.size()));
    request.setRawHeader("Authorization", bearer);
    request.setRawHeader("Accept", "application/json");
    if (!m_request.body.empty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
    // A redirect would carry the API token to another address.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    if (m_request.revision && !m_request.revision->tag.empty())
        request.setRawHeader("If-None-Match", QByteArray::fromStdString(m_request.revision->tag));
    request.setTransferTimeout(static_cast<int>(m_context.transferTimeout.count()));
    if (m_context.tls)
        request.setSslConfiguration(*m_context.tls);
    if (m_request.verb == Verb::get) {
        m_reply = m_context.network.get(request);
    } else {
        auto* body = new OneShotBody(m_request.body, this);
        m_reply = m_context.network.sendCustomRequest(request, verbName(m_request.verb), body);
        body->setParent(m_reply);
    }
    base::wipe(bearer);
    connect(m_reply, &QNetworkReply::finished, this, &Call::replied);
}

/// The server asked for a pause that is not over: a short one is waited for, a long one is told at once.
bool Call::waitForPause()
{
    const std::chrono::milliseconds left = m_context.pacer.left();
    if (left.count() <= 0)
        return false;
    if (left > longestRetryAfter)
        finish(std::unexpected(m_context.pacer.error()));
    else
        QTimer::singleShot(left, this, &Call::attempt);
    return true;
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
    if (status == 429)
        m_context.pacer.heed(reply->rawHeader("Retry-After"));
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
    if (status == 429 && m_context.pacer.left().count() > 0) {
        finish(std::unexpected(m_context.pacer.error()));
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
    if (status == 429) {
        const std::chrono::milliseconds pause = m_context.pacer.left();
        if (pause > longestRetryAfter)
            return false;
        delay = std::max(delay, pause);
    } else if (m_reply && m_reply->hasRawHeader("Retry-After")) {
        const auto asked = Pacer::secondsIn(m_reply->rawHeader("Retry-After"));
        if (asked && *asked > longestRetryAfter)
            return false;
        delay = std::max(delay, std::chrono::milliseconds(asked.value_or(std::chrono::seconds(0))));
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
