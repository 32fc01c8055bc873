// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProxyLookup.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>
#include <QTimer>

#include <memory>
#include <utility>

namespace latchkey::client {

void lookUpProxy(const QUrl& url, QObject* context, std::function<void(const QNetworkProxy&)> handler, std::chrono::milliseconds deadline)
{
    auto once = std::make_shared<std::function<void(const QNetworkProxy&)>>(std::move(handler));
    const auto answer = [once](const QNetworkProxy& proxy) {
        if (const auto take = std::exchange(*once, nullptr))
            take(proxy);
    };
    auto promise = std::make_shared<QPromise<QNetworkProxy>>();
    promise->start();
    promise->future().then(context, answer);
    QThreadPool::globalInstance()->start([promise, url] {
        const QList<QNetworkProxy> proxies = QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url));
        promise->addResult(proxies.value(0, QNetworkProxy(QNetworkProxy::NoProxy)));
        promise->finish();
    });
    QTimer::singleShot(deadline, context, [answer] { answer(QNetworkProxy(QNetworkProxy::NoProxy)); });
}

} // namespace latchkey::client
