// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QFutureWatcher>
#include <QObject>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <utility>

namespace latchkey::control {

/// Runs `work`, which takes a moment, on another thread; answers on the caller's, or not at all once `context` is gone.
template <typename T>
void inBackground(QObject* context, std::move_only_function<Result<T>()> work, std::move_only_function<void(Result<T>)> handler)
{
    using Done = std::shared_ptr<Result<T>>;   // QFuture copies what it hands on
    auto promise = std::make_shared<QPromise<Done>>();
    auto* watcher = new QFutureWatcher<Done>(context);
    auto shared = std::make_shared<std::move_only_function<void(Result<T>)>>(std::move(handler));
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, shared] {
        watcher->deleteLater();
        (*shared)(std::move(*watcher->result()));
    });
    watcher->setFuture(promise->future());
    promise->start();
    QThreadPool::globalInstance()->start([promise, work = std::make_shared<std::move_only_function<Result<T>()>>(std::move(work))] {
        promise->addResult(std::make_shared<Result<T>>((*work)()));
        promise->finish();
    });
}

} // namespace latchkey::control
