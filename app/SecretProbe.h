// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Ids.h"
#include "agent/base/SecretBytes.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QUrl>

#include <functional>

namespace latchkey::app {

/// What a request with a secret came to.
struct ProbeAnswer {
    enum class Verdict {
        admitted,   ///< A success, so Access let it in.
        refused,    ///< 401, 403, or sent to a login page.
        unclear,    ///< Something answered, but it does not prove that it was let in.
        failed,     ///< No answer at all.
    };
    Verdict verdict = Verdict::failed;
    QString text;   ///< "200 OK", "401 · wrong_secret", "Connection refused".
};

/// Asks an address with the two headers, as a consumer would: a GET that follows no redirect, takes no cookie and no
/// stored login. GUI thread.
class SecretProbe final : public QObject {
    Q_OBJECT
public:
    using Done = std::function<void(const ProbeAnswer&)>;

    explicit SecretProbe(QObject* parent = nullptr);
    ~SecretProbe() override;   ///< Its answer then never comes.

    void ask(const QUrl& url, const access::ClientId& clientId, const SecretBytes& secret, Done done);

    /// Empty, or why a secret must not be sent there: not http or https, or readable by others on its way.
    [[nodiscard]] static QString objectionTo(const QUrl& url);

private:
    QNetworkAccessManager m_network;
    QPointer<QNetworkReply> m_reply;
};

} // namespace latchkey::app
