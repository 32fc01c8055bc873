// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaObject>
#include <QObject>

#include <functional>
#include <memory>
#include <utility>

namespace latchkey::control {

/// Runs `work` in a later turn of the event loop of `context`'s thread; never, if `context` is gone by then. May be called
/// on any thread while `context` lives. Qt 6.4 copies what it is given, hence the shared owner of what can only move.
inline void post(QObject* context, std::move_only_function<void()> work)
{
    auto shared = std::make_shared<std::move_only_function<void()>>(std::move(work));
    QMetaObject::invokeMethod(context, [shared] { (*shared)(); }, Qt::QueuedConnection);
}

} // namespace latchkey::control
