// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QNetworkProxy>
#include <QObject>
#include <QUrl>

#include <chrono>
#include <functional>

namespace latchkey::client {

/// Asks the system which proxy leads to `url`: its settings, the environment, or a PAC file that may have to be fetched
/// first, so it is asked on another thread. Answers once, on this one, from its event loop; not when `context` is gone. A
/// system that does not know in time means no proxy.
void lookUpProxy(const QUrl& url, QObject* context, std::function<void(const QNetworkProxy&)> handler, std::chrono::milliseconds deadline = std::chrono::seconds(10));

} // namespace latchkey::client
