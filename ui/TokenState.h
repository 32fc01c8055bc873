// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include "agent/access/ServiceToken.h"

namespace latchkey::ui {

/// The colour and the icon that go with a token's state; the word is TokenModel::stateWord.
[[nodiscard]] constexpr Role roleOf(access::TokenState state)
{
    switch (state) {
    case access::TokenState::active: return Role::success;
    case access::TokenState::expiresSoon: return Role::warning;
    case access::TokenState::expired: return Role::danger;
    case access::TokenState::disabled: return Role::mutedText;
    }
    return Role::text;
}

[[nodiscard]] constexpr IconName iconOf(access::TokenState state)
{
    switch (state) {
    case access::TokenState::active: return IconName::ok;
    case access::TokenState::expiresSoon: return IconName::soon;
    case access::TokenState::expired: return IconName::expired;
    case access::TokenState::disabled: return IconName::disabled;
    }
    return IconName::info;
}

} // namespace latchkey::ui
