// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/client/ApiTokenCheck.h"
#include "ui/ProfileDraft.h"

#include <QUrl>

namespace latchkey::app {

/// What a try of an API token found, in words for the person: what works, what does not, and which permission is missing.
[[nodiscard]] ui::ProfileReport reportOf(const client::ApiTokenReport& report);

/// "“Access: Service Tokens” (Edit)", as Cloudflare's own page calls it.
[[nodiscard]] QString permissionName(client::ApiRight right);

/// The page where API tokens are made and changed.
[[nodiscard]] QUrl apiTokenPage();

} // namespace latchkey::app
