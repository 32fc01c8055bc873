// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// First: moc of Qt 6.4 stumbles over <compare> when it is the first standard header it meets.
#include <QString>

#include "agent/access/Ids.h"
#include "agent/base/SecretBytes.h"

namespace latchkey::ui {

/// The forms in which a token's credentials are copied.
enum class CopyKind {
    clientId,       ///< Public.
    clientSecret,
    headers,        ///< Two request headers.
    environment,    ///< CF_ACCESS_CLIENT_ID=… and CF_ACCESS_CLIENT_SECRET=…
    curl,
    json,
};

/// The text of a kind, in memory that wipes itself. `url` is what the curl command asks; may be empty for the other kinds.
[[nodiscard]] SecretBytes credentialText(CopyKind kind, const access::ClientId& clientId, const SecretBytes& secret,
                                         const QString& url);

/// The curl command that takes the secret from CF_ACCESS_CLIENT_SECRET: it can be shown and shared.
[[nodiscard]] QString curlSnippet(const access::ClientId& clientId, const QString& url);

} // namespace latchkey::ui
