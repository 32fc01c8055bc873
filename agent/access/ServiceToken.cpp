// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServiceToken.h"

namespace latchkey::access {

TokenState stateAt(const ServiceToken& token, std::chrono::sys_seconds now)
{
    if (!token.enabled)
        return TokenState::disabled;
    if (!token.expiresAt)
        return TokenState::active;
    if (*token.expiresAt <= now)
        return TokenState::expired;
    return *token.expiresAt <= now + std::chrono::days(30) ? TokenState::expiresSoon : TokenState::active;
}

} // namespace latchkey::access
