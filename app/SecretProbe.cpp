// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretProbe.h"

#include <QHostAddress>
#include <QNetworkCookie>
#include <QNetworkCookieJar>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <utility>

namespace latchkey::app {

namespace {

constexpr int probeTimeout = 20'000;

/// Takes none and gives none: a session of an earlier request must not admit this one.
class NoCookies final : public QNetworkCookieJar {
public:
    [[nodiscard]] QList<QNetworkCookie> cookiesForUrl(const QUrl&) const override { return {}; }
    bool setCookiesFromUrl(const QList<QNetworkCookie>&, const QUrl&) override { return false; }
};

ProbeAnswer answerOf(const QNetworkReply& reply)
{
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0)
        return {ProbeAnswer::Verdict::failed, reply.errorString()};
    QString text = QString::number(status);
    const QString phrase = reply.attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString();
    if (!phrase.isEmpty())
        text += QLatin1Char(' ') + phrase;
    // The local agent says why it refused. Source: design, "Why refused".
    const QByteArray reason = reply.rawHeader("Latchkey-Reason");
    if (!reason.isEmpty())
        text += QStringLiteral(" · ") + QString::fromLatin1(reason);
    const bool toLogin = status >= 300 && status < 400 && reply.rawHeader("Location").contains("/cdn-cgi/access/login");
    if (toLogin)
        return {ProbeAnswer::Verdict::refused, text + QStringLiteral(" · ") + SecretProbe::tr("sent to the login page")};
    if (status == 401 || status == 403 || !reason.isEmpty())
        return {ProbeAnswer::Verdict::refused, text};
    if (status >= 200 && status < 300)
        return {ProbeAnswer::Verdict::admitted, text};
    return {ProbeAnswer::Verdict::unclear, text};
}

} // namespace

SecretProbe::SecretProbe(QObject* parent)
    : QObject(parent)
{
    m_network.setCookieJar(new NoCookies);   // the manager owns it
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

SecretProbe::~SecretProbe()
{
    if (m_reply)
        m_reply->disconnect(this);
}

QString SecretProbe::objectionTo(const QUrl& url)
{
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != QLatin1String("https") && url.scheme() != QLatin1String("http")))
        return tr("Enter an address that begins with https://.");
    if (!url.userInfo().isEmpty())
        return tr("Leave out the name and password in the address.");
    const bool local = url.host() == QLatin1String("localhost") || url.host().endsWith(QLatin1String(".localhost")) || QHostAddress(url.host()).isLoopback();
    if (url.scheme() == QLatin1String("http") && !local)
        return tr("Only https:// addresses: others on the way could read the secret.");
    return {};
}

void SecretProbe::ask(const QUrl& url, const access::ClientId& clientId, const SecretBytes& secret, Done done)
{
    QNetworkRequest request(url);
    request.setTransferTimeout(probeTimeout);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setRawHeader("CF-Access-Client-Id", QByteArray::fromStdString(clientId.value));
    request.setRawHeader("CF-Access-Client-Secret", QByteArray(secret.reveal().data(), static_cast<qsizetype>(secret.size())));
    m_reply = m_network.get(request);
    // Its head is enough; a body may be large or never end.
    const auto tell = [this, done = std::move(done)] {
        QNetworkReply* reply = m_reply;
        if (!reply)
            return;
        m_reply = nullptr;
        reply->disconnect(this);
        const ProbeAnswer answer = answerOf(*reply);
        reply->abort();
        reply->deleteLater();
        done(answer);
    };
    connect(m_reply, &QNetworkReply::metaDataChanged, this, tell);
    connect(m_reply, &QNetworkReply::finished, this, tell);
}

} // namespace latchkey::app
