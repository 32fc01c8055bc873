// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QObject>
#include <QUrl>

#include <functional>
#include <string>

class QNetworkAccessManager;

namespace latchkey::client {

/// What an agent says of itself to anybody; `proof` shows that it knows the API token.
struct Health {
    std::string agentId;
    std::string version;
    std::string accountId;
    std::string proof;   ///< Hex HMAC-SHA256(API token, nonce).
};

/// Asks `<api origin>/latchkey/v1/health?nonce=…` without sending any credential. Answers exactly once, from the event
/// loop; never when `context` is gone. Gives up after 3 s.
void askHealth(QNetworkAccessManager& network, const QUrl& apiBase, const std::string& nonce, QObject* context,
               std::move_only_function<void(Result<Health>)> handler);

} // namespace latchkey::client
