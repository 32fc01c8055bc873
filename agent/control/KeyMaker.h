// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/jose/SigningKey.h"

#include <QFutureWatcher>
#include <QObject>
#include <QPromise>
#include <QThreadPool>

#include <chrono>
#include <functional>
#include <memory>

namespace latchkey::control {

using KeyHandler = std::move_only_function<void(Result<std::shared_ptr<const jose::SigningKey>>)>;

/// Makes a signing key on another thread, as it takes up to a second; answers on the caller's, or not at all once
/// `context` is gone.
inline void makeSigningKey(std::chrono::sys_seconds createdAt, QObject* context, KeyHandler handler)
{
    using Made = Result<std::shared_ptr<const jose::SigningKey>>;
    auto promise = std::make_shared<QPromise<std::shared_ptr<Made>>>();
    auto* watcher = new QFutureWatcher<std::shared_ptr<Made>>(context);
    auto shared = std::make_shared<KeyHandler>(std::move(handler));
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, shared] {
        watcher->deleteLater();
        (*shared)(std::move(*watcher->result()));
    });
    watcher->setFuture(promise->future());
    promise->start();
    QThreadPool::globalInstance()->start([promise, createdAt] {
        promise->addResult(std::make_shared<Made>(jose::SigningKey::generate(createdAt)));
        promise->finish();
    });
}

} // namespace latchkey::control
